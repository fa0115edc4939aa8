"""Each fault is told under its name, and that it is over; what it does not touch goes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PosixPath
from typing import IO, Any

import numpy as np
import pytest
import soundfile
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from livehost import clock, commands, events
from livehost.clock import Reading, SessionClock
from livehost.commands import Among
from livehost.errors import LivehostError
from livehost.events import Candidate, Envelope, Event, PartChanged
from livehost.hands import Hands
from livehost.ingest.door import Door
from livehost.record.audio import Track
from livehost.record.folder import EVENTS, HOST_TRACK
from livehost.record.log import EventLog
from livehost.record.pieces import joined
from livehost.record.reader import steps
from livehost.show.crowd import Crowd
from livehost.sound import Piece
from livehost.speak.player import Player
from livehost.timekeeper import Found, Timekeeper, compare
from tests.disks import small_disk

NOW = Reading(running_ms=10_000, awake_and_asleep_ms=50_000, wall_ms=1_800_000_000_000, zone_seconds=3600)


def later(ms: int, **more: int) -> Reading:
    assert NOW.awake_and_asleep_ms is not None
    even = Reading(NOW.running_ms + ms, NOW.awake_and_asleep_ms + ms, NOW.wall_ms + ms, NOW.zone_seconds)
    return replace(even, **{name: getattr(even, name) + by for name, by in more.items()})


@pytest.mark.parametrize(
    ("then", "part", "words"),
    [
        (later(500), "", ""),
        (later(30_500), "computer", "the session stood still for 30 s"),
        (later(500, awake_and_asleep_ms=3_600_000, wall_ms=3_600_000), "computer", "it slept for 3600 s"),
        (later(500, wall_ms=7_200_000), "clock", "it was set 7200 s forward"),
        (later(500, wall_ms=-90_000), "clock", "it was set 90 s back"),
        (later(500, zone_seconds=3600), "clock", "the time zone went from +01:00 to +02:00"),
        (later(500, zone_seconds=-12_600), "clock", "the time zone went from +01:00 to -02:30"),
    ],
)
def test_what_happened_to_this_computers_clocks(then: Reading, part: str, words: str) -> None:
    found = compare(NOW, then)
    assert [one.part for one in found] == ([part] if part else [])
    assert not part or found[0].detail.startswith(words)


def test_a_computer_that_slept_is_told_for_a_while_and_the_session_knows_how_long() -> None:
    told: list[tuple[int, PartChanged]] = []

    async def run() -> int:
        session_clock = SessionClock(asyncio.get_running_loop())
        keeper = Timekeeper(session_clock)

        def put(event: Event) -> None:
            assert isinstance(event, PartChanged)
            told.append((session_clock.now_ms(), event))

        keeper.look([Found("computer", "it slept for 600 s", 600_000)], put)
        for _ in range(60):
            await session_clock.sleep_until_ms(session_clock.now_ms() + 500)
            keeper.look([], put)
        return session_clock.now_ms()

    assert clock.run(run(), virtual=True) == 630_000
    assert [(at_ms, change.part, change.state) for at_ms, change in told] == [
        (600_000, "computer", "degraded"),
        (620_000, "computer", "ok"),
    ]


class Failing:
    """A matcher and a voice that fail as long as there is a `problem`."""

    def __init__(self) -> None:
        self.problem = ""
        self.hurried: list[bool] = []

    def match(self, text: str, among: Among = "questions", hurried: bool = False) -> tuple[Candidate, ...]:
        self.hurried.append(hurried)
        if self.problem:
            raise LivehostError(self.problem)
        return ()

    def speak(self, text: str, language: str) -> Iterator[Piece]:
        if self.problem:
            raise RuntimeError(self.problem)
        yield Piece(np.zeros(2400, dtype=np.float32))

    def cancel(self) -> None: ...


def test_more_new_lines_than_can_be_read_closely_are_matched_in_haste_and_it_is_told() -> None:
    told: list[PartChanged] = []
    failing = Failing()

    async def run() -> None:
        def put(event: Event) -> None:
            if isinstance(event, PartChanged):
                told.append(event)

        hands = Hands(SessionClock(asyncio.get_running_loop()), put, Player(lambda *_: None), failing, failing)
        for number in range(1, 13):
            hands.carry_out(commands.Match(number, "hello"))
        await asyncio.sleep(1)
        hands.carry_out(commands.Match(13, "hello"))
        await asyncio.sleep(1)
        await hands.aclose()

    clock.run(run(), virtual=True)
    assert failing.hurried == [True] * 12 + [False]  # until the last of them is through
    assert [(change.part, change.state) for change in told] == [("matching", "degraded"), ("matching", "ok")]
    assert "read closely" in told[0].detail


def test_a_model_that_fails_is_told_once_and_that_it_is_well_again() -> None:
    told: list[PartChanged] = []

    async def run() -> None:
        def put(event: Event) -> None:
            if isinstance(event, PartChanged):
                told.append(event)

        failing = Failing()
        session_clock = SessionClock(asyncio.get_running_loop())
        hands = Hands(session_clock, put, Player(lambda *_: None), failing, failing)
        for number, problem in enumerate(["", "out of memory", "out of memory", ""], 1):
            failing.problem = problem
            hands.carry_out(commands.Match(number, "hello"))
            hands.carry_out(commands.Synthesise(number, 0, "Hello.", "en"))
            await asyncio.sleep(1)  # of virtual time
        await hands.aclose()

    clock.run(run(), virtual=True)
    for part in ("matching", "synthesis"):
        assert [(t.state, t.detail) for t in told if t.part == part] == [("degraded", "out of memory"), ("ok", "")]


class SlowDisk(PosixPath):
    """Opens nothing before it is let."""

    let = threading.Event()

    def open(self, *how: Any, **more: Any) -> IO[Any]:  # type: ignore[override]
        self.let.wait(30)
        opened: IO[Any] = super().open(*how, **more)
        return opened


@pytest.mark.slow
def test_a_slow_disk_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    told: list[str] = []
    slow, well = threading.Event(), threading.Event()

    def tell(trouble: str) -> None:
        told.append(trouble)
        (slow if trouble else well).set()

    log = EventLog(SlowDisk(tmp_path / EVENTS), tell)
    number = 0
    while not slow.is_set():
        number += 1
        log.write(Envelope(number, number, events.Woke("turn", number)), [])
        clock.pause(0.05)
    SlowDisk.let.set()
    assert well.wait(10)
    log.close()
    assert told == ["the disk is slow: what happens is kept in memory meanwhile", ""]
    assert [step.envelope.seq for step in steps(tmp_path)] == list(range(1, number + 1))


@pytest.fixture
def two_megabytes() -> Iterator[Path]:
    with small_disk(kilobytes=2048) as disk:
        yield disk


@pytest.mark.slow
def test_a_track_on_a_full_disk_goes_on_when_there_is_space(two_megabytes: Path) -> None:
    ballast = two_megabytes / "ballast"
    ballast.write_bytes(b"x" * 2_060_000)
    full, well = threading.Event(), threading.Event()
    track = Track(two_megabytes / HOST_TRACK, 16000, "host", lambda trouble: (full if trouble else well).set())
    noise = np.random.default_rng(1).normal(0, 0.2, 16000).astype(np.float32)
    second = 0
    while not well.is_set() and second < 300:
        track.tap(second * 1000, noise)
        second += 1
        clock.pause(0.05)
        if full.is_set():
            ballast.unlink(missing_ok=True)
    assert full.is_set() and well.is_set()
    track.close()
    joined(two_megabytes / HOST_TRACK, 16000, "host", None)
    assert [path.name for path in two_megabytes.glob("host*")] == [HOST_TRACK]
    sound, _ = soundfile.read(two_megabytes / HOST_TRACK)
    assert abs(len(sound) - second * 16000) < 16000 and np.abs(sound[-8000:]).mean() > 0.05


def test_a_clock_that_differs_from_the_platforms_is_told_until_it_agrees() -> None:
    told: list[Event] = []

    async def run() -> None:
        session_clock = SessionClock(asyncio.get_running_loop())
        door = Door("twitch:anna", session_clock, told.append)
        for minutes in (0, 61, 61, 0):
            door.server_says(session_clock.epoch_ms() - minutes * 60_000)

    clock.run(run(), virtual=True)
    assert [(t.part, t.state, t.detail) for t in told if isinstance(t, PartChanged)] == [
        ("clock by twitch:anna", "degraded", "this computer's clock is 61 minutes ahead of the platform's"),
        ("clock by twitch:anna", "ok", ""),
    ]


def test_a_crowd_at_the_pages_is_refused_and_told_and_a_mute_gets_in() -> None:
    told: list[Event] = []
    waiting: list[str] = []
    over = threading.Event()

    async def slow(request: Request) -> PlainTextResponse:
        waiting.append("one")
        await asyncio.to_thread(over.wait, 30)
        return PlainTextResponse("there")

    async def mute(request: Request) -> PlainTextResponse:
        return PlainTextResponse("muted")

    inner = Starlette(routes=[Route("/api/state", slow), Route("/api/mute", mute, methods=["POST"])])
    client = TestClient(Crowd(inner, told.append, most=3))
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(client.get("/api/state").status_code)) for _ in range(3)]
    with client:
        for thread in threads:
            thread.start()
        while len(waiting) < 3:
            clock.pause(0.01)
        assert client.get("/api/state").status_code == 503
        assert client.post("/api/mute").text == "muted"
        over.set()
        for thread in threads:
            thread.join()
    assert answers == [200, 200, 200]
    assert [(t.part, t.state) for t in told if isinstance(t, PartChanged)] == [("pages", "degraded"), ("pages", "ok")]
