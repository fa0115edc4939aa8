"""Somebody's relay: a websocket that hands lines on as text and takes replies as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from livehost.errors import LivehostError
from livehost.ingest.lines import MOST_BYTES
from livehost.ingest.platform import Finding
from livehost.ingest.posting import Limits
from livehost.ingest.room import Room


class RelayLink:
    """`reply(reply_to, text)` makes the message that a relay takes. It tells nothing of what became of it: that it was sent is
    all that is known."""

    def __init__(
        self, name: str, address: str, reply: Callable[[str, str], dict[str, str]], limits: Limits | None = None
    ) -> None:
        self.name = name
        self.limits = limits or Limits()
        self._address = address
        self._reply = reply
        self._connection: ClientConnection | None = None

    async def attend(self, room: Room) -> None:
        room.silent_ms = 0  # a quiet chat sends nothing; the websocket's own pings tell a dead connection
        try:
            async with connect(self._address, max_size=MOST_BYTES, open_timeout=10, close_timeout=2) as connection:
                self._connection = connection
                room.ready()
                async for message in connection:
                    room.frame(message if isinstance(message, str) else message.decode("utf-8", "replace"))
        finally:
            self._connection = None

    async def post(self, reply_to: str, text: str) -> None:
        if self._connection is None:
            raise LivehostError("not connected", where=self.name)
        await self._connection.send(json.dumps(self._reply(reply_to, text), ensure_ascii=False, separators=(",", ":")))


async def examined(name: str, address: str, fix: str) -> Finding:
    """Whether somebody answers at a websocket's address. No word of it holds the address: that may hold a key."""
    try:
        async with connect(address, max_size=MOST_BYTES, open_timeout=5, close_timeout=1):
            return Finding(name, "ok", "it can be reached")
    except InvalidStatus as refused:
        return Finding(name, "warn", f"it refuses the connection ({refused.response.status_code})", fix)
    except (OSError, TimeoutError, WebSocketException):
        return Finding(name, "warn", "nobody answers there", fix)
