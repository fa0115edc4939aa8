"""The one module that reads clocks, and the event loop whose time is virtual."""

from __future__ import annotations

import asyncio
import datetime
import selectors
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


class SessionClock:
    """Milliseconds since the session began, on the running loop's own time (real or virtual).

    `now_ms` may be called from any thread when the loop is real. `since_ms`: the session began so long ago, in a process
    that is no more.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, since_ms: int = 0) -> None:
        self._loop = loop
        self._zero = loop.time() - since_ms / 1000
        self.since_ms = since_ms
        self.began_epoch_ms = int(time.time() * 1000) - since_ms  # of now_ms 0, by this machine's wall clock

    @property
    def virtual(self) -> bool:
        return isinstance(self._loop, VirtualLoop)

    def now_ms(self) -> int:
        return int((self._loop.time() - self._zero) * 1000)

    def epoch_ms(self) -> int:
        """Milliseconds since 1970; a wall clock that is set during the session changes nothing."""
        return self.began_epoch_ms + self.now_ms()

    def put_forward(self, by_ms: int) -> None:
        """So much time has passed that the loop has not seen. What sleeps already sleeps as long as it meant to."""
        self._zero -= by_ms / 1000

    async def sleep_until_ms(self, at_ms: float) -> None:
        await asyncio.sleep(max(0.0, self._zero + at_ms / 1000 - self._loop.time()))


class _IdleJumpingSelector:
    """Polls the real selector without waiting; when nothing is ready, lets virtual time jump instead."""

    def __init__(self, advance: Callable[[float], None]) -> None:
        self._real = selectors.DefaultSelector()
        self._advance = advance

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = self._real.select(0)
        if ready:
            return ready
        if timeout is None:  # nothing is planned: only the outside can wake us
            return self._real.select(None)
        if timeout > 0:
            self._advance(timeout)
        return ready

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop that jumps over idle time. Threads are invisible to it: run slow work inline."""

    def __init__(self) -> None:
        self._virtual_seconds = 0.0
        super().__init__(_IdleJumpingSelector(self._advance))  # type: ignore[arg-type]

    def _advance(self, seconds: float) -> None:
        self._virtual_seconds += seconds

    def time(self) -> float:
        return self._virtual_seconds


def run(main: Coroutine[Any, Any, T], *, virtual: bool = False) -> T:
    """Run `main` to its end on a real loop or on a virtual one."""
    with asyncio.Runner(loop_factory=VirtualLoop if virtual else None) as runner:
        return runner.run(main)


@dataclass(frozen=True)
class Reading:
    """This computer's clocks at one moment. `awake_and_asleep_ms` is None where it can't be told."""

    running_ms: int
    awake_and_asleep_ms: int | None
    wall_ms: int
    zone_seconds: int


def awake_and_asleep_ms() -> int:
    """Milliseconds that pass while the machine sleeps, too, where that can be told; the beginning is any."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return int(time.clock_gettime(time.CLOCK_BOOTTIME) * 1000)
    return int(time.monotonic() * 1000)


def reading() -> Reading:
    asleep = int(time.clock_gettime(time.CLOCK_BOOTTIME) * 1000) if hasattr(time, "CLOCK_BOOTTIME") else None
    return Reading(int(time.monotonic() * 1000), asleep, int(time.time() * 1000), time.localtime().tm_gmtoff)


def stopwatch() -> Callable[[], float]:
    """Seconds of real time since this call, however virtual the loop is."""
    began = time.perf_counter()
    return lambda: time.perf_counter() - began


def cpu_stopwatch() -> Callable[[], float]:
    """Seconds of processor time, of all threads, since this call."""
    began = time.process_time()
    return lambda: time.process_time() - began


def seconds_since(epoch_seconds: float) -> float:
    """By the wall clock; below 0 where it was set back meanwhile."""
    return time.time() - epoch_seconds


def pause(seconds: float) -> None:
    """Blocks this thread; never on a loop."""
    time.sleep(seconds)


def local_now() -> datetime.datetime:
    """The wall clock with its zone, for names of sessions and what is written into their headers."""
    return datetime.datetime.now().astimezone()


async def within_ms(limit_ms: float, work: Awaitable[T]) -> T:
    """Await `work`; raises TimeoutError after `limit_ms` on the loop's time."""
    return await asyncio.wait_for(work, limit_ms / 1000)
