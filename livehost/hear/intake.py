"""Brings sound of any rate and any number of channels to the house's form, and cuts it into frames."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from livehost.sound import FRAME, HEARD_RATE, Samples

FRAME_MS = FRAME * 1000 / HEARD_RATE
_NONE: Samples = np.zeros(0, dtype=np.float32)


class Intake:
    """Blocks [n] or [n, channels] at `rate` go in, mono at HEARD_RATE comes out, a few milliseconds later than it went in."""

    def __init__(self, rate: int) -> None:
        import soxr

        self._stream = None if rate == HEARD_RATE else soxr.ResampleStream(rate, HEARD_RATE, 1, dtype="float32")

    def take(self, block: NDArray[np.float32]) -> Samples:
        mono = block if block.ndim == 1 else block.mean(axis=1, dtype=np.float32)
        # One sample that is no number would stay in the VAD's memory for ever.
        whole: Samples = np.nan_to_num(mono, posinf=1.0, neginf=-1.0)
        return self._resample(whole, last=False)

    def rest(self) -> Samples:
        """What is still inside when the sound has ended."""
        return self._resample(_NONE, last=True)

    def _resample(self, mono: Samples, *, last: bool) -> Samples:
        if self._stream is None:
            return mono
        resampled: Samples = self._stream.resample_chunk(mono, last=last)
        return resampled


class Framer:
    """Cuts pieces of any length into frames of FRAME samples."""

    def __init__(self) -> None:
        self._left = _NONE

    def cut(self, piece: Samples) -> Iterator[Samples]:
        whole = np.concatenate((self._left, piece))
        full = len(whole) // FRAME * FRAME
        self._left = whole[full:]
        for start in range(0, full, FRAME):
            yield whole[start : start + FRAME]

    def rest(self) -> Iterator[Samples]:
        """The last frame, filled up with silence; nothing when no sample is left."""
        if len(self._left):
            yield np.pad(self._left, (0, FRAME - len(self._left)))
            self._left = _NONE
