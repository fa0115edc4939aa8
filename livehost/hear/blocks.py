"""Blocks of sound as a device gives them, put in order: resampled, framed, stamped."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

import numpy as np

from livehost.clock import SessionClock, within_ms
from livehost.errors import LivehostError
from livehost.hear.audio_file import framed
from livehost.sound import FRAME, HEARD_RATE, Samples
from livehost.steady import Steady

_SILENT_MS = 1500  # no sound came for so long: the device is gone
_OPENING_MS = 6000  # a sound server may take its time until it gives the first
_WAITING_MS = 10_000


class Blocks:
    """`put` may be called from any thread; `dropped` counts blocks that nobody fetched."""

    def __init__(self, rate: int, clock: SessionClock) -> None:
        self._rate = rate
        self._clock = clock
        self._blocks: deque[tuple[float, Samples]] = deque()
        self._steady = Steady(rate, "heard")
        self._waiting = 0  # samples
        self._begun = False
        self._came = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self.dropped = 0

    def put(self, block: Samples) -> None:
        """[n] at the rate given."""
        at_ms = self._steady.stamp(len(block), self._clock.now_ms() - len(block) * 1000 / self._rate)
        if self._waiting * 1000 > _WAITING_MS * self._rate:
            self.dropped += 1
            return
        self._waiting += len(block)
        self._blocks.append((at_ms, block))
        self._loop.call_soon_threadsafe(self._came.set)

    async def frames(self, gone: LivehostError) -> AsyncIterator[tuple[float, Samples]]:
        """(at_ms of the first sample, [512] at 16 kHz); raises `gone` when nothing comes any more.

        Stamps are steady, and put right where samples were lost or the device's clock drifts.
        """
        convert = _To16k(self._rate)
        while True:
            await self._wait(gone)
            while self._blocks:
                at_ms, block = self._blocks.popleft()
                self._waiting -= len(block)
                at_ms -= convert.held_ms
                for number, frame in enumerate(convert.frames(block)):
                    yield at_ms + number * FRAME * 1000 / HEARD_RATE, frame

    async def _wait(self, gone: LivehostError) -> None:
        try:
            await within_ms(_SILENT_MS if self._begun else _OPENING_MS, self._came.wait())
        except TimeoutError:
            if not self._blocks:  # a loop that was held up is no device that is gone
                raise gone from None
        self._begun = True
        self._came.clear()


class _To16k:
    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._resampler: Any = None
        self._left = np.zeros(0, dtype=np.float32)
        self._taken = self._given = 0  # samples, at their rates
        if rate != HEARD_RATE:
            import soxr

            self._resampler = soxr.ResampleStream(rate, HEARD_RATE, 1, dtype="float32")

    @property
    def held_ms(self) -> float:
        """How much sound went in that has not come out: in the resampler, or waiting for its frame to be whole."""
        return self._taken * 1000 / self._rate - self._given * 1000 / HEARD_RATE

    def frames(self, block: Samples) -> list[Samples]:
        sound = block if self._resampler is None else self._resampler.resample_chunk(block)
        self._left = np.concatenate([self._left, sound])
        whole = len(self._left) // FRAME * FRAME
        found = list(framed(iter([self._left[:whole]])))
        self._left = self._left[whole:]
        self._taken += len(block)
        self._given += whole
        return found
