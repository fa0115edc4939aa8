"""The host's sound from a page in the browser, which cancels the echo of the co-host itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from livehost.clock import SessionClock, within_ms
from livehost.errors import LivehostError
from livehost.hear.blocks import Blocks
from livehost.sound import Samples

_OPENED_WITHIN_MS = 1500


class BrowserMicrophone:
    """A page opens it and hands in blocks; `frames` raises while no page does, and whoever runs it tries again."""

    def __init__(self, clock: SessionClock) -> None:
        self._clock = clock
        self._blocks: Blocks | None = None
        self._opened = asyncio.Event()

    def open(self, rate: int) -> None:
        self._blocks = Blocks(rate, self._clock)
        self._opened.set()

    def hear(self, samples: Samples) -> None:
        if self._blocks:
            self._blocks.put(samples)

    async def frames(self) -> AsyncIterator[tuple[float, Samples]]:
        """(at_ms of the first sample, [512])."""
        try:
            await within_ms(_OPENED_WITHIN_MS, self._opened.wait())
        except TimeoutError:
            raise _closed() from None
        assert self._blocks is not None
        self._opened.clear()
        async for at_ms, frame in self._blocks.frames(_closed()):
            yield at_ms, frame
            if self._opened.is_set():
                return


def _closed() -> LivehostError:
    return LivehostError("no page gives its microphone", fix="Open the prompter (/host) and press Microphone")
