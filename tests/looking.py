"""The real pages over a view that a test or a picture makes up: no session, no models."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Thread

from livehost.commands import Command
from livehost.errors import LivehostError
from livehost.events import Acted, Action, Envelope, Event
from livehost.knowledge import Knowledge
from livehost.record.reader import Told, told
from livehost.show.address import Address, listen
from livehost.show.api import Desk
from livehost.show.browser import BrowserSound
from livehost.show.pages import Pages
from livehost.show.passwords import Passwords
from livehost.show.signin import SignIn
from livehost.show.view import View


@dataclass
class Looked:
    """`received` is what was pressed."""

    base: str
    view: View
    at_ms: int = 1000  # the session's clock: a tenth of a second further at each look
    received: list[Acted] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)  # what else the pages told the core


class _NoVoice:
    async def say(self, text: str) -> bytes:
        raise LivehostError("there is no voice here")


@contextmanager
def pages_of(
    view: View, knowledge: Knowledge, people: Path = Path("no-such-file"), tls: tuple[str, str] = ("", "")
) -> Iterator[Looked]:
    """`tls`: certificate and key."""
    address = Address("127.0.0.1", 0, *tls)
    door = listen(address)
    looked = Looked(f"http{'s' if tls[0] else ''}://127.0.0.1:{door.getsockname()[1]}", view)

    def act(action: Action, who: str, target: int = 0, text: str = "", question: str = "") -> None:
        looked.received.append(Acted(action, who, target, text, question))

    def now_ms() -> int:
        looked.at_ms += 101
        return looked.at_ms

    secrets = count(1)
    signin = SignIn(lambda: f"secret-{next(secrets)}")
    desk = Desk(view, knowledge, act, now_ms, signin, BrowserSound(None, False), _NoVoice(), looked.events.append)
    loop = asyncio.new_event_loop()
    serving = loop.create_task(Pages(desk, address, door, Passwords(people)).run())
    thread = Thread(target=loop.run_until_complete, args=(asyncio.wait([serving]),))
    thread.start()
    try:
        yield looked
    finally:
        loop.call_soon_threadsafe(serving.cancel)
        thread.join()
        loop.close()


def view_at(recording: Path, at_ms: int) -> View:
    """What the pages showed at that moment."""
    view = View()
    for envelope, wishes in _steps(line for _, line in told(recording)):
        if envelope.at_ms > at_ms:
            break
        view.apply(envelope, wishes)
    view.at_ms = at_ms
    return view


def _steps(lines: Iterable[Told]) -> Iterator[tuple[Envelope, list[Command]]]:
    envelope: Envelope | None = None
    wishes: list[Command] = []
    for line in lines:
        if line.command:
            wishes.append(line.command)
        elif line.event:
            if envelope:
                yield envelope, wishes
            envelope, wishes = Envelope(line.seq, line.at_ms, line.event), []
