"""A stream of sound at one loudness, without the silence around it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from livehost.sound import SPOKEN_RATE, Samples
from livehost.speak.level import QUIET, factor, gain_to, louder

_MEASURED = round(0.4 * SPOKEN_RATE)  # of a stream's beginning, which its loudness is taken from where it is not known
_LEAD, _FADE = SPOKEN_RATE // 100, SPOKEN_RATE // 200
_NOTHING = np.zeros(0, dtype=np.float32)


class Level:
    """Of one engine: what a sentence was brought to says where the next one begins."""

    def __init__(self, lufs: float) -> None:
        self._lufs = lufs
        self._gain: float | None = None

    def levelled(self, pieces: Iterator[Samples], tail_ms: int, loudness: float | None) -> Iterator[Samples]:
        """From the first sound to the last, then `tail_ms` of silence. `loudness`: of the engine, LUFS, when it is known."""
        gain = None if loudness is None else factor(self._lufs - loudness)
        held = _NOTHING
        begun = False
        for piece in pieces:
            held = np.concatenate([held, piece if gain is None or not begun else louder(piece, gain)])
            if not begun:
                held = _from_first_sound(held)
                if not len(held) or (gain is None and len(held) < _MEASURED):
                    continue
                begun, gain = True, gain or self._measured(held)
                held = louder(held, gain)
            sounding = _until_last_sound(held)
            if sounding:
                yield held[:sounding]
                held = held[sounding:]
        if not begun:
            held = louder(held, gain or gain_to(held, self._lufs))
        yield np.concatenate([_faded(held), np.zeros(tail_ms * SPOKEN_RATE // 1000, dtype=np.float32)])

    def _measured(self, beginning: Samples) -> float:
        now = gain_to(beginning, self._lufs)
        before, self._gain = self._gain, 0.5 * ((self._gain or now) + now)
        return before or now


def _from_first_sound(audio: Samples) -> Samples:
    loud = np.flatnonzero(np.abs(audio) > QUIET)
    return audio[max(0, loud[0] - _LEAD) :] if len(loud) else audio[-_LEAD:]


def _until_last_sound(audio: Samples) -> int:
    loud = np.flatnonzero(np.abs(audio) > QUIET)
    return int(loud[-1]) + 1 if len(loud) else 0


def _faded(rest: Samples) -> Samples:
    """What is left behind the last sound, gone within 5 ms."""
    kept = rest[:_FADE]
    return kept * np.linspace(1, 0, len(kept), dtype=np.float32)
