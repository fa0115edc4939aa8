"""Opens the pages of a session, and with them the fan page: the twin that answers there, and its own recording in `twin/`."""

from __future__ import annotations

import secrets
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec
import segno

from livehost import events
from livehost.aside import Aside
from livehost.chat import ChatLine, Viewer
from livehost.clock import SessionClock
from livehost.creators import digest
from livehost.events import Event
from livehost.hands import Hands, Put
from livehost.knowledge import Knowledge
from livehost.live import Live, Part
from livehost.record.folder import EVENTS, Header, new_folder, write_header
from livehost.record.log import EventLog, Trouble
from livehost.resuming import Restored
from livehost.show.address import Address
from livehost.show.api import Desk
from livehost.show.browser import BrowserSound
from livehost.show.doorman import Doorman
from livehost.show.fans import Fans
from livehost.show.guard import is_own
from livehost.show.own_certificate import CERTIFICATE, fingerprint
from livehost.show.pages import Pages
from livehost.show.passwords import FILE, Passwords
from livehost.show.signin import SignIn
from livehost.show.view import View
from livehost.twin import SOURCE, Twin, silent
from livehost.weights import data_dir
from livehost.workers import Transcriber

TWIN = "twin"  # of the session's folder


@dataclass(frozen=True)
class Steered:
    """What the pages show and steer. `put` is the inbox."""

    live: Live
    hands: Hands
    view: View
    clock: SessionClock
    sound: BrowserSound
    knowledge: Knowledge
    transcriber: Transcriber | None
    folder: Path
    put: Callable[[Event], None]
    restored: Restored | None = None  # what was before, where the session goes on


async def open_pages(  # noqa: PLR0913, PLR0917 - the room, where its pages are, and what closes at its end
    steered: Steered, header: Header, tell: Trouble, address: Address, door: socket.socket, opened: AsyncExitStack
) -> tuple[Desk, Part]:
    """Whoever holds the desk can invite people to them."""
    aside = Aside(steered.hands, steered.view, steered.clock, steered.transcriber)
    opened.callback(aside.close)
    signin = SignIn(partial(secrets.token_urlsafe, 24))
    desk = Desk(
        steered.view,
        steered.knowledge,
        steered.live.act,
        steered.clock.now_ms,
        signin,
        steered.sound,
        aside,
        steered.put,
    )
    steered.live.watch(desk.apply)
    fans = None
    if steered.knowledge.creator.twin.on:
        twin = await opened.enter_async_context(_twin(steered, header, tell))
        if steered.restored:
            steered.restored.replay_to(twin.follow)
        steered.live.watch(twin.follow)
        fans = _fans(steered, twin, aside)
        sys.stderr.write(f"livehost: the fan page is at {address.url}/twin, for everybody who can reach it\n")
    pages = Pages(desk, address, door, Passwords(data_dir() / FILE), fans)
    _tell_where(desk, address)

    async def serve(_put: Put) -> None:
        await pages.run()

    return desk, Part("pages", serve, feeds=False)


@asynccontextmanager
async def _twin(steered: Steered, header: Header, tell: Trouble) -> AsyncIterator[Twin]:
    own = silent(steered.knowledge)
    folder = new_folder(steered.folder / TWIN)
    write_header(folder, msgspec.structs.replace(header, knowledge=digest(own)), own)
    log = EventLog(folder / EVENTS, tell)
    twin = Twin(own, steered.clock, lambda: steered.hands.matcher, log.write)
    try:
        yield twin
    finally:
        await twin.aclose()
        log.close()


def _fans(steered: Steered, twin: Twin, aside: Aside) -> Fans:
    settings = steered.knowledge.creator.twin

    def into_room(visitor: str, text: str) -> None:
        line_id = f"{SOURCE}:{steered.clock.now_ms()}:{visitor}"
        line = ChatLine(platform=SOURCE, id=line_id, user=Viewer(visitor, visitor), text=text)
        steered.put(events.ChatReceived(SOURCE, line))

    doorman = Doorman(settings.questions_per_minute)
    return Fans(settings, twin, aside, doorman, into_room if settings.to_room else None)


def _tell_where(desk: Desk, address: Address) -> None:
    """Where the console is, and on a network the owner's invitation as a code for the phone's camera."""
    if is_own(address.host):
        sys.stderr.write(f"livehost: console at {address.url}/console, overlay for OBS at {address.url}/overlay\n")
        return
    link = f"{address.url}/join?invitation={desk.signin.invite('owner', 'owner', desk.now_ms())}"
    segno.make(link).terminal(out=sys.stderr, compact=True)
    sys.stderr.write(f"livehost: sign in within 15 minutes, once: {link}\n")
    if not address.certificate:
        sys.stderr.write("livehost: the link is not encrypted; on a network that is not yours give --tls\n")
    elif address.certificate == str(data_dir() / CERTIFICATE):
        told = fingerprint(Path(address.certificate))
        sys.stderr.write(f"livehost: the browser warns, as nobody vouches for our certificate; its SHA-256 is {told}\n")
