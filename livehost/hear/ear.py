"""The host's voice to events: frames through the VAD and the endpointing, each utterance through the recogniser."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
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


@dataclass(frozen=True)
class _Utterance:
    """To be put into text; `begun` is the recognition that was started when the voice fell silent."""

    number: int
    ended: Ended
    sound: Samples
    begun: Begun | None


@dataclass(frozen=True)
class Begun:
    ended: Ended
    recognition: asyncio.Task[tuple[Transcript, int]]


class Ear:
    """Recognition begins when the voice falls silent, not when the silence has become an end: its result is thrown away
    when the voice goes on.

    `heard_late` counts utterances that were given up because too many waited; `begun_early` and `thrown_away` the
    recognitions begun in a silence and those of them that were no end.
    """

    def __init__(self, source: Source, vad: Vad, transcriber: Transcriber, worker: Worker, tap: Tap) -> None:
        self._source = source
        self._vad = vad
        self._transcriber = transcriber
        self._worker = worker
        self._tap = tap
        self._language: str | None = None
        self._number = 0
        self._frames: deque[tuple[float, Samples]] = deque(maxlen=_KEPT_MS // FRAME_MS)
        self._waiting: deque[_Utterance | None] = deque()
        self._begun: Begun | None = None
        self._ready = asyncio.Event()
        self.heard_late = 0
        self.begun_early = 0
        self.thrown_away = 0

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
                self._begin_early(machine.resting(at_ms + FRAME_MS))
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
            if self._begun:
                self._begun.recognition.cancel()
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
                    put(_said(passed.number, passed.ended, Transcript("", ""), 0))
                    put(events.PartChanged("recognition", "degraded", "too slow: an utterance was passed over"))
                begun, self._begun = self._begun, None
                if begun and begun.ended != happened:
                    self._throw_away(begun)
                    begun = None
                self._hand_over(_Utterance(self._number, happened, self._sound(happened), begun))

    def _begin_early(self, resting: Ended | None) -> None:
        """Only while nothing else is being recognised: a silence in mid-sentence must not delay what has ended."""
        if resting is None or (self._begun and self._begun.ended == resting):
            return
        if self._worker.statistics.waiting or self._waiting:
            return
        if self._begun:
            self._throw_away(self._begun)
        self.begun_early += 1
        job = self._worker.run(partial(self._transcribe, self._sound(resting)), _LIMIT_MS)
        self._begun = Begun(resting, asyncio.create_task(job))

    def _throw_away(self, begun: Begun) -> None:
        self.thrown_away += 1
        begun.recognition.cancel()

    def _hand_over(self, utterance: _Utterance | None) -> None:
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
            try:
                heard, took_ms = await self._text_of(utterance)
            except Exception as trouble:  # whatever a recogniser raises costs this utterance, not the hearing
                put(events.PartChanged("recognition", "degraded", str(trouble) or "took too long"))
                heard, took_ms = Transcript("", ""), 0
            put(_said(utterance.number, utterance.ended, heard, took_ms))

    async def _text_of(self, utterance: _Utterance) -> tuple[Transcript, int]:
        if utterance.begun:
            return await utterance.begun.recognition
        return await self._worker.run(partial(self._transcribe, utterance.sound), _LIMIT_MS)

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
