"""What the output plays, once more for the host's ears, on a device of their own."""

from __future__ import annotations

from collections import deque

import numpy as np

from livehost.sound import SPOKEN_RATE, Samples

_MOST = (
    SPOKEN_RATE * 80 // 1000
)  # samples that wait: two devices never run at the same pace, and a mute is to be heard soon


class Monitor:
    """A Tap that is rendered from another thread; what waits too long is dropped, oldest first. `dropped`: in samples."""

    def __init__(self) -> None:
        self._blocks: deque[Samples] = deque()
        self._left = np.zeros(0, dtype=np.float32)
        self.dropped = 0

    def tap(self, _at_ms: float, block: Samples) -> None:
        self._blocks.append(block)

    def render(self, frames: int) -> Samples:
        """[frames]; silence where nothing came."""
        waiting = self._left
        while self._blocks:
            waiting = np.concatenate([waiting, self._blocks.popleft()])
        surplus = len(waiting) - max(frames, _MOST)
        if surplus > 0:
            self.dropped += surplus
            waiting = waiting[surplus:]
        given, self._left = waiting[:frames], waiting[frames:]
        return np.concatenate([given, np.zeros(frames - len(given), dtype=np.float32)])
