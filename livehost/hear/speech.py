"""Where speech begins and ends: a table, moved by the probability of a voice in each frame of 32 ms.

    voice       ▁▁▁▁█▁▁▁▁▁▁▁████████████████▁▁██████████▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
    state       QUIET│START.│STARTING│SPEAKING│STOPPING│SPEAKING│STOPPING │QUIET
                     │ gone  │       │                          │         │
    says                     │       Started                    │         Stopped
                             └ start_ms                         └ end_ms ─┘
                                                                 silence_ms
A single click is no speech: STARTING becomes SPEAKING when 3 of the last 4 frames are voiced, and QUIET again when none of
them is. Once somebody speaks, a lower probability is enough to go on (hysteresis): a frame between `leave` and `enter` is
voiced while SPEAKING or STOPPING and silent before. An utterance that gets too long is split: Stopped and, at the same
moment, Started.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum, auto

from livehost.hear.intake import FRAME_MS


@dataclass(frozen=True)
class SpeechSettings:
    enter: float = 0.5  # probability from which a silent stretch becomes voiced
    leave: float = 0.35  # probability below which a voiced stretch becomes silent
    silence_ms: int = 400  # this long without a voice ends an utterance
    longest_ms: int = 25_000  # Whisper hears 30 s at once


@dataclass(frozen=True)
class Started:
    start_ms: float  # first voiced sample


@dataclass(frozen=True)
class Stopped:
    end_ms: float  # last voiced sample


Mark = Started | Stopped


class SpeechState(Enum):
    QUIET = auto()
    STARTING = auto()
    SPEAKING = auto()
    STOPPING = auto()


class SpeechInput(Enum):
    VOICE = auto()
    SILENCE = auto()
    VOICE_SURE = auto()  # voiced, and so are enough of the frames before
    VOICE_GONE = auto()  # silent, and so are all the frames that could become a start
    SILENCE_LONG = auto()
    TOO_LONG = auto()
    ENDED = auto()  # no more sound will come


_S, _I = SpeechState, SpeechInput
_NEXT: dict[tuple[SpeechState, SpeechInput], SpeechState] = {
    (_S.QUIET, _I.VOICE): _S.STARTING,
    (_S.QUIET, _I.SILENCE): _S.QUIET,
    (_S.QUIET, _I.ENDED): _S.QUIET,
    (_S.STARTING, _I.VOICE): _S.STARTING,
    (_S.STARTING, _I.SILENCE): _S.STARTING,
    (_S.STARTING, _I.VOICE_SURE): _S.SPEAKING,
    (_S.STARTING, _I.VOICE_GONE): _S.QUIET,
    (_S.STARTING, _I.ENDED): _S.QUIET,
    (_S.SPEAKING, _I.VOICE): _S.SPEAKING,
    (_S.SPEAKING, _I.SILENCE): _S.STOPPING,
    (_S.SPEAKING, _I.TOO_LONG): _S.SPEAKING,
    (_S.SPEAKING, _I.ENDED): _S.QUIET,
    (_S.STOPPING, _I.VOICE): _S.SPEAKING,
    (_S.STOPPING, _I.SILENCE): _S.STOPPING,
    (_S.STOPPING, _I.SILENCE_LONG): _S.QUIET,
    (_S.STOPPING, _I.ENDED): _S.QUIET,
}
_TALKING = (SpeechState.SPEAKING, SpeechState.STOPPING)
START_WINDOW, _START_VOICED = 4, 3  # frames


class Speech:
    """One stream of sound, frame by frame and without gaps."""

    def __init__(self, settings: SpeechSettings | None = None) -> None:
        self.state = SpeechState.QUIET
        self._settings = settings or SpeechSettings()
        self._recent: deque[tuple[float, bool]] = deque(maxlen=START_WINDOW)  # at_ms, voiced
        self._start_ms = 0.0
        self._voiced_until_ms = 0.0

    def hear(self, at_ms: float, probability: float) -> list[Mark]:
        """What follows from the frame that begins at `at_ms`."""
        talking = self.state in _TALKING
        voiced = probability >= (self._settings.leave if talking else self._settings.enter)
        self._recent.append((at_ms, voiced))
        if voiced:
            self._voiced_until_ms = at_ms + FRAME_MS
        return self.move(self._while_talking(at_ms, voiced) if talking else self._before_speech(voiced))

    def end(self) -> list[Mark]:
        """The sound has ended."""
        return self.move(SpeechInput.ENDED)

    def move(self, what: SpeechInput) -> list[Mark]:
        before = self.state
        if (before, what) not in _NEXT:
            raise AssertionError(f"speech does not know {what.name} in {before.name}")
        self.state = _NEXT[before, what]
        match before, what:
            case SpeechState.STARTING, SpeechInput.VOICE_SURE:
                self._start_ms = next(at_ms for at_ms, voiced in self._recent if voiced)
                return [Started(self._start_ms)]
            case SpeechState.SPEAKING, SpeechInput.TOO_LONG:
                self._start_ms = self._voiced_until_ms
                return [Stopped(self._start_ms), Started(self._start_ms)]
            case (SpeechState.SPEAKING | SpeechState.STOPPING), (SpeechInput.SILENCE_LONG | SpeechInput.ENDED):
                self._recent.clear()
                return [Stopped(self._voiced_until_ms)]
        return []

    def _before_speech(self, voiced: bool) -> SpeechInput:
        if self.state is SpeechState.QUIET:
            return SpeechInput.VOICE if voiced else SpeechInput.SILENCE
        count = sum(was_voiced for _, was_voiced in self._recent)
        if count >= _START_VOICED:
            return SpeechInput.VOICE_SURE
        if not count:
            return SpeechInput.VOICE_GONE
        return SpeechInput.VOICE if voiced else SpeechInput.SILENCE

    def _while_talking(self, at_ms: float, voiced: bool) -> SpeechInput:
        end_ms = at_ms + FRAME_MS
        if voiced:
            speaking = self.state is SpeechState.SPEAKING
            too_long = speaking and end_ms - self._start_ms >= self._settings.longest_ms
            return SpeechInput.TOO_LONG if too_long else SpeechInput.VOICE
        if self.state is SpeechState.STOPPING and end_ms - self._voiced_until_ms >= self._settings.silence_ms:
            return SpeechInput.SILENCE_LONG
        return SpeechInput.SILENCE
