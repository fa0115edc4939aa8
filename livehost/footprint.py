"""What the C library keeps of memory that models computed in goes back to the system, once a minute.

glibc keeps up to 64 MB for each heap that threads allocate from and does not give it back by itself. Elsewhere nothing is done.
"""

from __future__ import annotations

import ctypes
import sys

from livehost.clock import SessionClock
from livehost.hands import Put
from livehost.workers import Worker

_EVERY_MS = 60_000


def give_back() -> None:
    """May take some milliseconds, in which no other thread can allocate from the heap that is looked through."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim:
        trim(0)


class Footprint:
    def __init__(self, clock: SessionClock) -> None:
        self._clock = clock
        self._worker = Worker("footprint", clock)

    async def run(self, _put: Put) -> None:
        """Until it is cancelled."""
        try:
            while True:
                await self._clock.sleep_until_ms(self._clock.now_ms() + _EVERY_MS)
                await self._worker.run(give_back, _EVERY_MS)
        finally:
            self._worker.close()
