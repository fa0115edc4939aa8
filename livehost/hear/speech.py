"""Where an utterance begins and ends: a table over the voice probability of 32 ms frames.

    voice    ▁▁▁▁▁▁▁██▁███████▁▁██████▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
    state    QUIET   STARTING SPEAKING STOPPING     QUIET
                     │◀ onset ▶│       │◀─ hangover ─▶│
    events           stirred│                         │
                            Began(first voiced)      Ended(last voiced)

A frame is voiced above `enter` when it was quiet, and unvoiced below `leave` when somebody spoke, so that a voice that
wavers between the two changes nothing. A VAD that has heard silence for long wakes up slowly: a frame that stands out of the
noise by `rise_db` is voiced at a mere `hint`. A single voiced frame is no onset, a short pause no end. What may turn out to be
an onset, a voiced frame or one that is suddenly louder, is told at once, so that nobody begins to speak in that moment.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum, auto

FRAME_MS = 32
_LOUDEST_NOISE_DB, _SOFTEST_NOISE_DB = -20.0, -70.0
_ABOVE_NOISE_DB = 5.0
_NOISE_RISES_DB = 0.05  # a frame; the floor falls at once and rises by some 1.5 dB a second


@dataclass(frozen=True)
class Endpointing:
    """Probabilities 0-1 and durations in ms."""

    enter: float = 0.5
    leave: float = 0.35
    hint: float = 0.1
    rise_db: float = 20.0
    stir_db: float = 12.0  # above the noise, a frame may be the beginning of a voice
    stir_again_ms: int = 200  # another one is not told of sooner
    onset_ms: int = 64  # voiced sound before it counts as the host's
    hangover_ms: int = 512  # silence before the utterance has ended
    pause_ms: int = 128  # silence after which what was said is looked at: it may be all
    rest_ms: int = 256  # silence after which it may have ended, so that its text is begun
    longest_ms: int = 25_000  # a longer one is cut, since the recogniser hears 30 s at most


@dataclass(frozen=True)
class Began:
    start_ms: float  # of the first voiced frame


@dataclass(frozen=True)
class Ended:
    start_ms: float
    end_ms: float  # of the last voiced frame's last sample


class SpeechState(Enum):
    QUIET = auto()
    STARTING = auto()
    SPEAKING = auto()
    STOPPING = auto()


class _Input(Enum):
    VOICED = auto()
    UNVOICED = auto()
    LONG_ENOUGH = auto()  # voiced for the onset, or unvoiced for the hangover
    TOO_LONG = auto()


_S = SpeechState
_NEXT: dict[tuple[SpeechState, _Input], SpeechState] = {
    (_S.QUIET, _Input.VOICED): _S.STARTING,
    (_S.QUIET, _Input.UNVOICED): _S.QUIET,
    (_S.STARTING, _Input.VOICED): _S.STARTING,
    (_S.STARTING, _Input.UNVOICED): _S.QUIET,
    (_S.STARTING, _Input.LONG_ENOUGH): _S.SPEAKING,
    (_S.SPEAKING, _Input.VOICED): _S.SPEAKING,
    (_S.SPEAKING, _Input.UNVOICED): _S.STOPPING,
    (_S.SPEAKING, _Input.TOO_LONG): _S.QUIET,
    (_S.STOPPING, _Input.VOICED): _S.SPEAKING,
    (_S.STOPPING, _Input.UNVOICED): _S.STOPPING,
    (_S.STOPPING, _Input.LONG_ENOUGH): _S.QUIET,
    (_S.STOPPING, _Input.TOO_LONG): _S.QUIET,
}


class SpeechMachine:
    """Pure: time comes with each frame. `stirred`: the last one may be the beginning of a voice, or nothing."""

    def __init__(self, settings: Endpointing | None = None) -> None:
        self.state = SpeechState.QUIET
        self._set = settings or Endpointing()
        self._start_ms = 0.0
        self._voiced_until_ms = 0.0
        self._noise_db = _LOUDEST_NOISE_DB
        self.stirred = False
        self._was_loud = True
        self._stirred_ms = -math.inf

    def push(self, probability: float, level_db: float, at_ms: float) -> Began | Ended | None:
        """`at_ms` is the frame's first sample, `level_db` its root mean square in dB of full scale."""
        quiet = self.state is SpeechState.QUIET
        voiced = self._is_voiced(probability, level_db)
        if self.state is SpeechState.QUIET and voiced:
            self._start_ms = at_ms
        self._move(_Input.VOICED if voiced else _Input.UNVOICED)
        now_ms = at_ms + FRAME_MS
        if voiced:
            self._voiced_until_ms = now_ms
        self.stirred = quiet and self._stirs(level_db, now_ms)
        return self._judge(now_ms)

    def needs(self, level_db: float) -> bool:
        """Whether a frame of this level has to be asked about at all: one no louder than the noise holds no new voice."""
        return self.state is not SpeechState.QUIET or level_db > self._floor_db + _ABOVE_NOISE_DB

    def resting(self, now_ms: float) -> Ended | None:
        """The utterance as it would end if the silence that has begun lasts."""
        return self._silent_for(self._set.rest_ms, now_ms)

    def pausing(self, now_ms: float) -> Ended | None:
        """The same, sooner and less likely."""
        return self._silent_for(self._set.pause_ms, now_ms)

    def speaking(self, now_ms: float) -> Ended | None:
        """The utterance so far, while the voice is heard."""
        return Ended(self._start_ms, now_ms) if self.state is SpeechState.SPEAKING else None

    def _silent_for(self, least_ms: int, now_ms: float) -> Ended | None:
        if self.state is not SpeechState.STOPPING or now_ms - self._voiced_until_ms < least_ms:
            return None
        return Ended(self._start_ms, self._voiced_until_ms)

    def finish(self) -> Ended | None:
        """The stream is over: what was being said has ended."""
        if self.state in (SpeechState.SPEAKING, SpeechState.STOPPING):
            self.state = SpeechState.QUIET
            return Ended(self._start_ms, self._voiced_until_ms)
        self.state = SpeechState.QUIET
        return None

    def _is_voiced(self, probability: float, level_db: float) -> bool:
        self._noise_db = min(level_db, self._noise_db + _NOISE_RISES_DB)
        if self.state in (SpeechState.SPEAKING, SpeechState.STOPPING):
            return probability >= self._set.leave
        stands_out = level_db - self._floor_db >= self._set.rise_db
        return probability >= (self._set.hint if stands_out else self._set.enter)

    def _stirs(self, level_db: float, now_ms: float) -> bool:
        was_loud, self._was_loud = self._was_loud, level_db - self._floor_db >= self._set.stir_db
        begins = self.state is SpeechState.STARTING or (self._was_loud and not was_loud)
        if not begins or now_ms - self._stirred_ms < self._set.stir_again_ms:
            return False
        self._stirred_ms = now_ms
        return True

    @property
    def _floor_db(self) -> float:
        return max(self._noise_db, _SOFTEST_NOISE_DB)

    def _judge(self, now_ms: float) -> Began | Ended | None:
        if self.state is SpeechState.STARTING and now_ms - self._start_ms >= self._set.onset_ms:
            self._move(_Input.LONG_ENOUGH)
            return Began(self._start_ms)
        silent = self.state is SpeechState.STOPPING and now_ms - self._voiced_until_ms >= self._set.hangover_ms
        speaking = self.state in (SpeechState.SPEAKING, SpeechState.STOPPING)
        too_long = speaking and now_ms + FRAME_MS - self._start_ms > self._set.longest_ms
        if not (silent or too_long):
            return None
        self._move(_Input.LONG_ENOUGH if silent else _Input.TOO_LONG)
        return Ended(self._start_ms, self._voiced_until_ms)

    def _move(self, what: _Input) -> None:
        place = (self.state, what)
        if place not in _NEXT:
            raise AssertionError(f"endpointing does not know {what.name} in {self.state.name}")
        self.state = _NEXT[place]
