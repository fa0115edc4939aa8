"""A chat that is run, and what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import keyring
from keyring.backend import KeyringBackend

from livehost import events
from livehost.chat import ChatLine
from livehost.clock import SessionClock
from livehost.events import Event
from livehost.ingest.platform import Chat, Surroundings
from livehost.secret import Secrets


class MemoryKeyring(KeyringBackend):
    """A keyring that forgets everything with the process."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop(username, None) is None:
            raise keyring.errors.PasswordDeleteError("there is none")


def surroundings(environment: Mapping[str, str] | None = None, **table: Any) -> Surroundings:
    """On the running loop's clock, with nothing of the real environment."""
    clock = SessionClock(asyncio.get_running_loop())
    return Surroundings(clock, Secrets(environment or {}), table)


@dataclass
class Watched:
    got: list[Event] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, event: Event) -> None:
        self.got.append(event)
        self.changed.set()

    @property
    def lines(self) -> list[ChatLine]:
        return [event.line for event in self.got if isinstance(event, events.ChatReceived)]

    @property
    def texts(self) -> list[str]:
        return [line.text for line in self.lines]

    @property
    def told(self) -> list[str]:
        """States and what was said of them, in order."""
        return [f"{event.state}: {event.detail}" for event in self.got if isinstance(event, events.PartChanged)]

    def says(self, words: str) -> bool:
        return any(words in told for told in self.told)

    async def until(self, condition: Callable[[], bool], limit_s: float = 3600) -> None:
        """Waits on the loop's time, for the server's state as well as for what came in."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + limit_s
        look_s = 0.05
        while not condition():
            if loop.time() > ends:
                raise AssertionError(f"it never came: {self.told[-6:]} {self.texts[-3:]}")
            self.changed.clear()
            try:
                await asyncio.wait_for(self.changed.wait(), look_s)
            except TimeoutError:
                look_s = min(0.5, look_s * 1.02)


@asynccontextmanager
async def watched(chat: Chat) -> AsyncIterator[Watched]:
    seen = Watched()
    running = asyncio.create_task(chat.run(seen.put))
    try:
        yield seen
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
