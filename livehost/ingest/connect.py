"""Opens a chat by its address: the scheme names the connector, found among the installed entry points."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Protocol

from livehost.clock import SessionClock
from livehost.errors import BadInput
from livehost.ingest.door import Put


class Chat(Protocol):
    """A connector. `finite`: it ends by itself, as a file does."""

    name: str
    finite: bool

    async def run(self, put: Put) -> None:
        """Returns when the chat has ended; raises when it broke."""
        ...

    async def post(self, reply_to: str, text: str) -> None:
        """Sends a line; raises when it can't."""
        ...


def open_chat(uri: str, clock: SessionClock) -> Chat:
    """Raises BadInput for an unknown scheme, and what the connector finds wrong with the rest."""
    scheme, colon, rest = uri.partition(":")
    known = {point.name: point for point in entry_points(group="livehost.chat")}
    if not colon or scheme not in known:
        raise BadInput(f"{uri!r} is no chat", fix=f"Known are: {', '.join(f'{name}:…' for name in sorted(known))}")
    chat: Chat = known[scheme].load()(scheme, rest, clock)
    return chat
