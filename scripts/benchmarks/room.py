"""A room with a loudspeaker and a microphone in it: what is played comes back, late, quieter, reverberant and distorted.

The impulse response is exponentially decaying noise behind the direct way and some early reflections; the device's own clock
may run fast or slow.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import numpy as np
import soxr

from livehost.clock import SessionClock
from livehost.sound import FRAME, HEARD_RATE, SPOKEN_RATE, Samples


@dataclass(frozen=True)
class Walls:
    """`delay_ms` from the player to the microphone, `level_db` of what comes back, `rt60_seconds` of its reverberation;
    `drift_ppm`: how much faster the microphone's clock runs."""

    delay_ms: float = 60
    level_db: float = -12
    rt60_seconds: float = 0.3
    drift_ppm: float = 0
    seed: int = 1

    def response(self) -> Samples:
        rng = np.random.default_rng(self.seed)
        count = round(HEARD_RATE * max(self.rt60_seconds, 0.05))
        late = rng.normal(0, 0.3, count) * np.exp(-6.9 * np.arange(count) / HEARD_RATE / self.rt60_seconds)
        late[0] = 1.0
        for _ in range(6):
            late[rng.integers(10, 600)] += rng.uniform(-0.5, 0.5)
        late *= 10 ** (self.level_db / 20) / np.sqrt(np.square(late).sum())
        return np.concatenate([np.zeros(round(self.delay_ms * HEARD_RATE / 1000)), late]).astype(np.float32)


class Room:
    """A microphone's source. `tap` is handed what is played; `host` is what the host says into it, from the start on."""

    def __init__(self, walls: Walls, host: Samples, clock: SessionClock, seconds: float) -> None:
        self._response = walls.response()
        self._drift = 1 + walls.drift_ppm / 1e6
        self._clock = clock
        count = round(seconds * HEARD_RATE)
        noise = np.random.default_rng(walls.seed).normal(0, 0.0005, count)
        self._air = noise.astype(np.float32)
        self._air[: len(host)] += host[:count]
        self._resampler = soxr.ResampleStream(SPOKEN_RATE, HEARD_RATE, 1, dtype="float32")
        self._played = 0  # samples in the air so far

    def tap(self, _at_ms: float, block: Samples) -> None:
        """Blocks follow one another from the session's start."""
        sound = self._resampler.resample_chunk(block)
        if np.abs(sound).max(initial=0) > 1e-5:
            echo = np.convolve(np.tanh(1.5 * sound) / 1.5, self._response)[: max(0, len(self._air) - self._played)]
            self._air[self._played : self._played + len(echo)] += echo.astype(np.float32)
        self._played += len(sound)

    async def frames(self) -> AsyncIterator[tuple[float, Samples]]:
        """(at_ms of the first sample, [512]), as the drifting clock of the device gives them."""
        at = 0.0
        while at + FRAME * self._drift + 1 < len(self._air):
            await self._clock.sleep_until_ms((at + FRAME) * 1000 / HEARD_RATE + 5)
            places = at + np.arange(FRAME) / self._drift
            low = places.astype(int)
            part = (places - low).astype(np.float32)
            yield at * 1000 / HEARD_RATE, self._air[low] * (1 - part) + self._air[low + 1] * part
            at += FRAME / self._drift
