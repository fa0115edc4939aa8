"""Steady stamps for sound that comes or goes in blocks at irregular moments, over hours and with a clock of its own.

    heard    captured ├──────┤├──────┤├──────┤     a block comes at its end or later, never sooner
             came            ▲         ▲▲
    played   asked for ▲▲       ▲                  a block is asked for before it sounds, never later
             sounds    ├──────┤├──────┤├──────┤

Stamps follow the samples. What can't be (heard before it was captured, asked for after it sounded) puts them right at once;
the rest, the device's clock going faster or slower than ours, is followed slowly.
"""

from __future__ import annotations

from typing import Literal

_WINDOW_MS = 1000.0
_FOLLOWS = 0.5  # of what a window shows
_GAP_MS = 100.0  # blocks that are later than this have lost some before them


class Steady:
    def __init__(self, rate: int, way: Literal["heard", "played"]) -> None:
        self._rate = rate
        self._sign = 1 if way == "heard" else -1
        self._next_ms: float | None = None
        self._least_ms = 0.0
        self._window_ms = 0.0

    def stamp(self, count: int, seen_ms: float) -> float:
        """The moment of the first of `count` samples; `seen_ms`: that moment as it looked when the block came."""
        if self._next_ms is None:
            self._next_ms, self._least_ms = seen_ms, _GAP_MS
        late_ms = self._sign * (seen_ms - self._next_ms)
        if late_ms < 0 or (self._sign > 0 and late_ms > _GAP_MS):
            self._next_ms, late_ms = seen_ms, 0.0
        self._least_ms = min(self._least_ms, late_ms)
        at_ms = self._next_ms
        length_ms = count * 1000 / self._rate
        self._next_ms += length_ms
        self._window_ms += length_ms
        if self._window_ms >= _WINDOW_MS:
            self._next_ms += self._sign * self._least_ms * _FOLLOWS
            self._least_ms, self._window_ms = _GAP_MS, 0.0
        return at_ms
