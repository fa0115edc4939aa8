"""Whether the co-host takes its own voice for the host's: the whole loop in simulated rooms, with and without a host."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import soxr
from common import DEMO, Row, percentiles
from room import Room, Walls

from livehost import clock, events
from livehost.asking import matcher_for
from livehost.chat import ChatLine, Viewer
from livehost.clock import SessionClock
from livehost.commands import Command, Cut, Duck, Hold
from livehost.core import Core
from livehost.creators import load
from livehost.ears import Ears, load_hearing
from livehost.events import Envelope, Event
from livehost.hands import Hands
from livehost.hear.curtain import Curtain
from livehost.hear.ear import Ear
from livehost.hear.echo import WebRtc, WithoutEcho
from livehost.hear.recogniser import Recogniser
from livehost.hear.vad import SileroVad
from livehost.inbox import Inbox
from livehost.live import Live, Part
from livehost.room import _reporter
from livehost.sound import HEARD_RATE, SPOKEN_RATE, Samples
from livehost.speak.paced import PacedOutput
from livehost.speak.player import Player
from livehost.speak.voices import open_voice
from livehost.weights import data_dir
from livehost.workers import Worker

_FIRST_MS, _EVERY_MS = 2000, 7000
ROOMS = {
    "desk": Walls(40, -18, 0.25),
    "near loudspeaker": Walls(20, 0, 0.3),
    "slow device": Walls(150, -12, 0.4),
    "slowest device": Walls(300, -12, 0.5),
    "hall": Walls(80, -6, 0.8),
    "fast microphone": Walls(60, -12, 0.3, 200),
    "slow microphone": Walls(60, -12, 0.3, -200),
}


class Evening:
    """A creator's questions asked one after the other in one room."""

    def __init__(self, name: str) -> None:
        self.knowledge = load(DEMO / "creators" / name)
        cache = data_dir() / "cache" / "speech"
        self.voice = open_voice(self.knowledge.creator.voice, faqs=self.knowledge.faqs, cache=cache)
        self.matcher = matcher_for(self.knowledge, data_dir() / "cache" / "embeddings.sqlite")
        self.hearing = load_hearing(self.knowledge)

    def hold(self, walls: Walls, questions: int, host: Samples | None = None, *, cancels: bool = True) -> Loop:
        loop = Loop(self, walls, questions, np.zeros(0, dtype=np.float32) if host is None else host, cancels=cancels)
        clock.run(loop.run(), virtual=True)
        return loop


class Loop:
    def __init__(self, evening: Evening, walls: Walls, questions: int, host: Samples, *, cancels: bool) -> None:
        self.steps: list[tuple[Envelope, Sequence[Command]]] = []
        self._evening, self._walls, self._questions, self._host = evening, walls, questions, host
        self._cancels = cancels

    async def run(self) -> None:
        evening, session_clock = self._evening, SessionClock(asyncio.get_running_loop())
        inbox = Inbox(session_clock)
        player = Player(_reporter(inbox.put))
        hands = Hands(session_clock, inbox.put, player, evening.voice, evening.matcher)
        live = Live(session_clock, Core(evening.knowledge), inbox, hands, player)
        ears = Ears(session_clock, Curtain(), lambda: evening.hearing)
        seconds = (_FIRST_MS + _EVERY_MS * self._questions) / 1000 + 3
        room = Room(self._walls, self._host, session_clock, seconds)
        cleaned = WithoutEcho(room, ears.reference, WebRtc()) if self._cancels else None

        def tap(at_ms: float, block: Samples) -> None:
            room.tap(at_ms, block)
            ears.reference.tap(at_ms, block)

        recogniser = Recogniser(evening.hearing.final, Worker("hearing", session_clock), evening.hearing.whisper, ears)
        doubted = cleaned.doubted if cleaned else ears.reference.sounds_at
        ear = Ear(cleaned or room, SileroVad(), recogniser, lambda _at, _sound: None, doubted)
        live.watch(ears.own.step)
        live.watch(lambda envelope, wishes: self.steps.append((envelope, wishes)))
        output = PacedOutput(player, session_clock, tap)
        parts = [
            Part("hearing", ear.run, feeds=True),
            Part("voice", lambda _put: output.run(), feeds=False),
            Part("chat", self._chat(session_clock), feeds=True),
        ]
        await live.run([events.SessionStarted("bench", "polite", 1)], parts)

    def _chat(self, session_clock: SessionClock) -> Any:
        async def ask(put: Any) -> None:
            for number, faq in enumerate(self._evening.knowledge.faqs[: self._questions]):
                await session_clock.sleep_until_ms(_FIRST_MS + _EVERY_MS * number)
                viewer = Viewer(f"u{number}", f"u{number}")
                put(
                    events.ChatReceived(
                        "bench", ChatLine(id=f"q{number}", platform="b", user=viewer, text=faq.question)
                    )
                )

        return ask

    def of(self, kind: type[Any]) -> list[tuple[int, Any]]:
        """Events or commands, with their moment."""
        found: list[tuple[int, Any]] = []
        for envelope, wishes in self.steps:
            happened: list[Event | Command] = [envelope.event, *wishes]
            found += [(envelope.at_ms, one) for one in happened if isinstance(one, kind)]
        return found


def itself() -> Row:
    """The co-host alone in seven rooms (what of its own voice is taken for the host's, what interrupts it), with and without
    cancelling; and the host over it (how soon it yields, what is heard)."""
    names = os.environ.get("BENCH_CREATORS", "anna,xiaohe").split(",")
    found: Row = {}
    for name in names:
        evening = Evening(name)
        found[name] = {
            "alone": {room: alone(evening.hold(walls, 6)) for room, walls in ROOMS.items()},
            "alone, not cancelled": {
                room: alone(evening.hold(ROOMS[room], 6, cancels=False))
                for room in ("desk", "near loudspeaker", "hall")
            },
            "host over it": {room: over_it(evening, walls) for room, walls in ROOMS.items()},
            "host over it, not cancelled": {
                "near loudspeaker": over_it(evening, ROOMS["near loudspeaker"], cancels=False)
            },
        }
    return found


def alone(loop: Loop) -> Row:
    said = [event for _, event in loop.of(events.HostSaid)]
    return {
        "seconds_spoken": round(sum(event.heard_ms for _, event in loop.of(events.PlaybackFinished)) / 1000, 1),
        "taken_for_a_voice": len(loop.of(events.HostStarted)),
        "known_as_its_own": sum(event.own for event in said),
        "words_taken_for_the_hosts": [event.text for event in said if event.text],
        "partials_taken": [event.text for _, event in loop.of(events.HostPartial)],
        "cut_by_itself": sum(cut.reason == "host" for _, cut in loop.of(Cut)),
        "ducked": len(loop.of(Duck)),
        "held": len(loop.of(Hold)),
    }


def over_it(evening: Evening, walls: Walls, *, cancels: bool = True) -> Row:
    """In a first evening it is found when the co-host speaks; in a second one the host speaks over it then."""
    spoken = evening.hold(walls, 6, cancels=cancels).of(events.PlaybackStarted)
    remark = REMARKS[evening.knowledge.creator.languages[0]]
    sound = in_the_other_voice(evening, remark)
    host = np.zeros(0, dtype=np.float32)
    begins = []
    for at_ms, _ in spoken[1::2]:
        at = round((at_ms + 900) * HEARD_RATE / 1000)
        if at > len(host):
            host = np.concatenate([host, np.zeros(at - len(host), dtype=np.float32), sound])
            begins.append(at_ms + 900)
    loop = evening.hold(walls, 6, host, cancels=cancels)
    cuts = [at_ms for at_ms, cut in loop.of(Cut) if cut.reason == "host"]
    quiet = cuts + [at_ms for kind in (Duck, Hold) for at_ms, _ in loop.of(kind)]
    said = [event for _, event in loop.of(events.HostSaid)]
    after = [min((at - begin for at in cuts if 0 <= at - begin < 4000), default=-1) for begin in begins]
    quieter = [min((at - begin for at in quiet if 0 <= at - begin < 4000), default=-1) for begin in begins]
    return {
        "times": len(begins),
        "quieter_after_ms": percentiles([float(v) for v in quieter if v >= 0], 0)
        if max(quieter, default=-1) >= 0
        else None,
        "yielded": sum(v >= 0 for v in after),
        "yielded_after_ms": percentiles([float(v) for v in after if v >= 0], 0)
        if max(after, default=-1) >= 0
        else None,
        "remark": remark,
        "heard": [event.text for event in said if event.text],
    }


REMARKS = {
    "en": "Hold on, I want to show them the red one first.",
    "zh": "先等等，我想先给大家看看红色的那一件。",
}


def in_the_other_voice(evening: Evening, text: str) -> Samples:
    language = evening.knowledge.creator.languages[0]
    voice = open_voice("bella" if language == "en" else "xiaoyi", cache=data_dir() / "cache" / "speech")
    spoken = np.concatenate([piece.samples for piece in voice.speak(text, language)])
    return soxr.resample(spoken, SPOKEN_RATE, HEARD_RATE).astype(np.float32) * np.float32(0.7)
