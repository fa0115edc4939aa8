"""The host's voice to events: frames through the VAD and the endpointing, each utterance through the recogniser."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Protocol

import numpy as np

from livehost import events
from livehost.hear.recogniser import Put, Recogniser
from livehost.hear.speech import FRAME_MS, Began, Ended, Endpointing, SpeechMachine
from livehost.sound import Samples, Tap, level_db

_PREROLL_MS = 300  # before the onset, so that no first syllable is lost
_AFTER_MS = 128  # behind the last voiced sample; no more than a pause, so that what is heard in one is the same sound
_KEPT_MS = 30_000


# Whether a voice at this moment may well be our own, come back through the room.
Doubted = Callable[[float], bool]


class Source(Protocol):
    def frames(self) -> AsyncIterator[tuple[float, Samples]]:
        """(at_ms of the first sample, [512] at 16 kHz)."""
        ...


class Vad(Protocol):
    def probability(self, frame: Samples) -> float: ...


class Ear:
    """`heard`: the utterances before, which its own are counted on from."""

    def __init__(  # noqa: PLR0913, PLR0917 - what an ear is made of
        self,
        source: Source,
        vad: Vad,
        recogniser: Recogniser,
        tap: Tap,
        doubted: Doubted = lambda _at_ms: False,
        heard: int = 0,
    ) -> None:
        self._source = source
        self._vad = vad
        self._recogniser = recogniser
        self._tap = tap
        self._doubted = doubted
        self._number = heard
        self._frames: deque[tuple[float, Samples]] = deque(maxlen=_KEPT_MS // FRAME_MS)

    @property
    def heard(self) -> int:
        """Utterances so far."""
        return self._number

    async def run(self, put: Put, settings: Endpointing | None = None) -> None:
        """Returns when the source has ended and all that was said is in text."""
        machine = SpeechMachine(settings)
        recognition = asyncio.create_task(self._recogniser.run(put))
        try:
            async for at_ms, frame in self._source.frames():
                self._tap(at_ms, frame)
                self._frames.append((at_ms, frame))
                level = level_db(frame)
                probability = self._vad.probability(frame) if machine.needs(level) else 0.0
                self._follow(machine.push(probability, level, at_ms), put)
                if machine.stirred:
                    put(events.HostStirred())
                self._recognise_so_far(machine, at_ms + FRAME_MS, put)
            self._follow(machine.finish(), put)
            self._recogniser.no_more()
            await recognition
        except Exception as trouble:
            # Told before the texts still under way are waited for: the silence from here on is no pause.
            self._follow(machine.finish(), put)
            put(events.PartChanged("hearing", "lost", str(trouble)))
            self._recogniser.no_more()
            await recognition
            raise
        finally:
            recognition.cancel()
            self._follow(machine.finish(), put)
            self._recogniser.cancel()

    def _follow(self, happened: Began | Ended | None, put: Put) -> None:
        match happened:
            case Began():
                self._number += 1
                doubted = self._doubted(happened.start_ms)
                put(events.HostStarted(self._number, round(happened.start_ms), doubted))
                self._recogniser.begin(self._number, happened.start_ms)
            case Ended():
                put(events.HostStopped(self._number, round(happened.end_ms)))
                self._recogniser.end(happened, self._sound(happened), put)

    def _recognise_so_far(self, machine: SpeechMachine, now_ms: float, put: Put) -> None:
        if resting := machine.resting(now_ms):
            self._recogniser.rest(resting, partial(self._sound, resting), put)
        elif pausing := machine.pausing(now_ms):
            self._recogniser.pause(pausing, now_ms, partial(self._sound, pausing), put)
        elif speaking := machine.speaking(now_ms):
            self._recogniser.go_on(now_ms, partial(self._sound, speaking), put)

    def _sound(self, ended: Ended) -> Samples:
        """The utterance with a little before and behind it."""
        first_ms, last_ms = ended.start_ms - _PREROLL_MS, ended.end_ms + _AFTER_MS
        kept = [frame for at_ms, frame in self._frames if at_ms + FRAME_MS > first_ms and at_ms < last_ms]
        return np.concatenate([np.zeros(0, dtype=np.float32), *kept])
