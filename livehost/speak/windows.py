"""Where a planned sentence is cut into windows of sound, and how they are joined. Pure.

       │silence│ the first words │ the next, longer, while the first is heard │ …
     ┄┄├───────┤┄┄
            ┄┄├──────────────────┤┄┄      ┄┄ computed and thrown away: a sound needs what stands around it
                ▲ first sound

Seams lie where the voice is softest nearby. A voice's harmonics start anew in each window: the pitch of the part that is
thrown away is bent by so little that they come to the seam as the window before left it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from livehost.sound import SPOKEN_RATE, Samples

FRAME = 600  # samples at SPOKEN_RATE, 25 ms; pitch and energy have two values each
_BEFORE, _BEHIND = 3, 2  # frames computed around what is kept
_LEAD_KEPT = 4  # frames before the first word: its sound begins within them
_FIRST = 18  # frames of the first words
_LEAST = 12
_SEARCHED = 8  # frames, for a soft place
_SEAM = 240  # samples over which two windows are blended
_HALF = FRAME // 2
_MOST_GROWTH = 2.5
_SPARE = 1.25  # computing may turn out so much slower than it was
_VOICED_HZ = 10.0
_MOST_BENT = 0.06  # of the pitch; where the voice is heard for less, nobody hears its harmonics jump


@dataclass(frozen=True)
class Plan:
    """A sentence as it will sound: `frames` [1, 512, F], `pitch` in Hz and `energy` [1, 2F], `lead` frames before its
    first word."""

    frames: NDArray[np.float32]
    pitch: NDArray[np.float32]
    energy: NDArray[np.float32]
    lead: int

    @property
    def length(self) -> int:
        return int(self.frames.shape[2])


@dataclass(frozen=True)
class Window:
    """Frames `first` to `end` are kept, `begin` to `close` computed."""

    first: int
    end: int
    begin: int
    close: int


def windows(plan: Plan, pace: float) -> list[Window]:
    """In order, the first as short as the rest can keep up with. `pace`: seconds of computing for a second of sound."""
    start = max(0, plan.lead - _LEAD_KEPT)
    first = _FIRST + plan.lead - start
    ends: list[int] | None = None
    while ends is None:
        ends = _ends(plan, start, first, pace * _SPARE)
        first = round(first * 1.3)
    return [
        Window(at, end, max(0, at - _BEFORE), min(plan.length, end + _BEHIND)) for at, end in pairwise([start, *ends])
    ]


def _ends(plan: Plan, at: int, first: int, slow: float) -> list[int] | None:
    """Where windows end of which each is computed while those before are heard; None where that can't be done."""
    ends: list[int] = []
    length, ahead = first, 0.0  # frames that are made and not yet heard
    while True:
        end = at + length
        end = plan.length if plan.length - end < _LEAST else _softest(plan, end - min(length // 4, _SEARCHED), end)
        if ends:
            ahead -= (end - at + _BEFORE + _BEHIND) * slow
        ends.append(end)
        if ends[1:] and ahead < 0:
            return None
        if end == plan.length:
            return ends
        ahead += end - at
        length = max(_LEAST, min(int(ahead / slow) - _BEFORE - _BEHIND, round((end - at) * _MOST_GROWTH)))
        at = end


def cut_out(plan: Plan, window: Window) -> Plan:
    """The window's part of the plan, its harmonics brought into step with the sentence's."""
    pitch = plan.pitch[:, 2 * window.begin : 2 * window.close].copy()
    around = 2 * (window.first - window.begin)
    turns = plan.pitch[0] * _HALF / SPOKEN_RATE
    run_in = pitch[0, :around]
    voiced = run_in > _VOICED_HZ
    missing = turns[: 2 * window.begin].sum() % 1.0
    missing -= round(missing)
    room = turns[2 * window.begin : 2 * window.first][voiced].sum()
    if abs(missing) < _MOST_BENT * room:
        run_in[voiced] *= 1 + missing / room
    energy = plan.energy[:, 2 * window.begin : 2 * window.close]
    return Plan(plan.frames[:, :, window.begin : window.close], pitch, energy, window.first - window.begin)


class Joiner:
    """Puts the windows' sounds together."""

    def __init__(self) -> None:
        self._ahead = np.zeros(0, dtype=np.float32)

    def join(self, window: Window, sound: Samples) -> Samples:
        """What may be played of it; `sound` is all that was computed."""
        start, end = (window.first - window.begin) * FRAME, (window.end - window.begin) * FRAME
        kept = sound[start:end].copy()
        blended = min(len(self._ahead), len(kept))
        rising = np.linspace(0, 1, blended, dtype=np.float32)
        kept[:blended] = self._ahead[:blended] * (1 - rising) + kept[:blended] * rising
        self._ahead = sound[end : end + _SEAM] if window.close > window.end else sound[:0]
        return kept


def _softest(plan: Plan, least: int, most: int) -> int:
    """The frame from `least` to `most` at which the voice is softest, rather an unvoiced one."""
    energy = plan.energy[0, 2 * least - 1 : 2 * most + 1]
    pitch = plan.pitch[0, 2 * least - 1 : 2 * most + 1]
    cost = (energy + np.where(pitch > _VOICED_HZ, 1.0, 0.0)).reshape(-1, 2).mean(axis=1)
    return least + int(cost.argmin())
