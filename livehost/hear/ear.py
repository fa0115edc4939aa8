"""The host's voice to events: frames through the VAD and the endpointing, each utterance through the recogniser."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Protocol

import numpy as np

from livehost import events
from livehost.events import Event
from livehost.hear.speech import FRAME_MS, Began, Ended, Endpointing, SpeechMachine
from livehost.sound import HEARD_RATE, Samples, Tap, level_db
from livehost.workers import Transcriber, Transcript, Worker

Put = Callable[[Event], None]
_PREROLL_MS = 300  # before the onset, so that no first syllable is lost
_AFTER_MS = 200  # behind the last voiced sample
_KEPT_MS = 30_000
_WAITING_MOST = 4  # utterances that may wait for the recogniser
_LIMIT_MS = 15_000
_SURE_SECONDS = 1.5  # an utterance shorter than this does not settle the session's language


class Source(Protocol):
    def frames(self) -> AsyncIterator[tuple[float, Samples]]:
        """(at_ms of the first sample, [512] at 16 kHz)."""
        ...


class Vad(Protocol):
    def probability(self, frame: Samples) -> float: ...


class Ear:
    """`heard_late` counts utterances that were given up because too many waited."""

    def __init__(self, source: Source, vad: Vad, transcriber: Transcriber, worker: Worker, tap: Tap) -> None:
        self._source = source
        self._vad = vad
        self._transcriber = transcriber
        self._worker = worker
        self._tap = tap
        self._language: str | None = None
        self._number = 0
        self._frames: deque[tuple[float, Samples]] = deque(maxlen=_KEPT_MS // FRAME_MS)
        self._waiting: deque[tuple[int, Ended, Samples] | None] = deque()
        self._ready = asyncio.Event()
        self.heard_late = 0

    async def run(self, put: Put, settings: Endpointing | None = None) -> None:
        """Returns when the source has ended and all that was said is in text."""
        machine = SpeechMachine(settings)
        recogniser = asyncio.create_task(self._recognise(put))
        try:
            async for at_ms, frame in self._source.frames():
                self._tap(at_ms, frame)
                self._frames.append((at_ms, frame))
                level = level_db(frame)
                probability = self._vad.probability(frame) if machine.needs(level) else 0.0
                self._follow(machine.push(probability, level, at_ms), put)
            self._follow(machine.finish(), put)
            self._hand_over(None)
            await recogniser
        except Exception as trouble:
            # Told before the texts still under way are waited for: the silence from here on is no pause.
            self._follow(machine.finish(), put)
            put(events.PartChanged("hearing", "lost", str(trouble)))
            self._hand_over(None)
            await recogniser
            raise
        finally:
            recogniser.cancel()
            self._follow(machine.finish(), put)
            self._waiting.clear()

    def _follow(self, happened: Began | Ended | None, put: Put) -> None:
        match happened:
            case Began():
                self._number += 1
                put(events.HostStarted(self._number, round(happened.start_ms)))
            case Ended():
                put(events.HostStopped(self._number, round(happened.end_ms)))
                if len(self._waiting) >= _WAITING_MOST and (passed := self._waiting.popleft()):
                    self.heard_late += 1
                    put(_said(passed[0], passed[1], Transcript("", ""), 0))
                    put(events.PartChanged("recognition", "degraded", "too slow: an utterance was passed over"))
                self._hand_over((self._number, happened, self._sound(happened)))

    def _hand_over(self, utterance: tuple[int, Ended, Samples] | None) -> None:
        self._waiting.append(utterance)
        self._ready.set()

    def _sound(self, ended: Ended) -> Samples:
        """The utterance with a little before and behind it."""
        first_ms, last_ms = ended.start_ms - _PREROLL_MS, ended.end_ms + _AFTER_MS
        kept = [frame for at_ms, frame in self._frames if at_ms + FRAME_MS > first_ms and at_ms < last_ms]
        return np.concatenate([np.zeros(0, dtype=np.float32), *kept])

    async def _recognise(self, put: Put) -> None:
        """Utterance after utterance, until it is handed None."""
        while True:
            while not self._waiting:
                self._ready.clear()
                await self._ready.wait()
            utterance = self._waiting.popleft()
            if utterance is None:
                return
            number, ended, sound = utterance
            try:
                heard, took_ms = await self._worker.run(partial(self._transcribe, sound), _LIMIT_MS)
            except Exception as trouble:  # whatever a recogniser raises costs this utterance, not the hearing
                put(events.PartChanged("recognition", "degraded", str(trouble) or "took too long"))
                heard, took_ms = Transcript("", ""), 0
            put(_said(number, ended, heard, took_ms))

    def _transcribe(self, sound: Samples) -> Transcript:
        """Runs in the worker. The language is the first one that words were understood in."""
        heard = self._transcriber.transcribe(sound, self._language)
        if heard.text and len(sound) >= _SURE_SECONDS * HEARD_RATE:
            self._language = self._language or heard.language
        return heard


def _said(number: int, ended: Ended, heard: Transcript, took_ms: int) -> events.HostSaid:
    return events.HostSaid(
        utterance=number,
        text=heard.text,
        language=heard.language,
        start_ms=round(ended.start_ms),
        end_ms=round(ended.end_ms),
        compute_ms=took_ms,
    )
