"""The shell around the core: a fault of one who only watches is told once, and the session goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

import pytest

from livehost import clock, events
from livehost.clock import SessionClock
from livehost.commands import Among, Command
from livehost.core import Core
from livehost.events import Candidate, Envelope
from livehost.hands import Hands, Put
from livehost.inbox import Inbox
from livehost.live import Live, Part
from livehost.sound import Piece
from livehost.speak.player import Player
from tests.story import shop


class NoModels:
    """Finds nothing and says nothing."""

    def match(self, text: str, among: Among = "questions", hurried: bool = False) -> tuple[Candidate, ...]:
        return ()

    def speak(self, text: str, language: str) -> Iterator[Piece]:
        yield from ()

    def cancel(self) -> None: ...


def held(*, vital: bool) -> list[events.Event]:
    """What a session recorded in which a watcher breaks at each step."""
    recorded: list[events.Event] = []

    def record(envelope: Envelope, wishes: Sequence[Command]) -> None:
        recorded.append(envelope.event)

    def breaks(envelope: Envelope, wishes: Sequence[Command]) -> None:
        raise KeyError(7)

    async def talk(put: Put) -> None:
        for number in range(3):
            put(events.HostStarted(number, 0))

    async def session() -> None:
        session_clock, models = SessionClock(asyncio.get_running_loop()), NoModels()
        inbox = Inbox(session_clock)
        player = Player(lambda *_: None)
        hands = Hands(session_clock, inbox.put, player, models, models)
        live = Live(session_clock, Core(shop()), inbox, hands, player)
        live.watch(record)
        live.watch(breaks, vital=vital)
        await live.run([events.SessionStarted("anna", "polite", 1)], [Part("host", talk, feeds=True)])

    clock.run(session(), virtual=True)
    return recorded


def test_who_only_watches_ends_nothing() -> None:
    recorded = held(vital=False)
    assert [event for event in recorded if isinstance(event, events.PartChanged) and event.part == "watcher"] == [
        events.PartChanged("watcher", "degraded", "KeyError: 7")
    ]
    assert len([event for event in recorded if isinstance(event, events.HostStarted)]) == 3
    assert isinstance(recorded[-1], events.SessionEnded)


def test_a_vital_one_ends_it() -> None:
    with pytest.raises(KeyError):
        held(vital=True)
