"""One job at a time, the most urgent first: how a shared model is shared."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count
from typing import Any, TypeVar

from livehost.priority import be_gentle

T = TypeVar("T")


class Urgency(IntEnum):
    """A host or a room that waits for sound; a chat line; what is made ready beforehand."""

    HOST = 0
    LINE = 1
    BACKGROUND = 2


@dataclass(order=True)
class _Waiting:
    urgency: int
    number: int
    job: Callable[[], Any] = field(compare=False)
    done: asyncio.Future[Any] = field(compare=False)


class Turns:
    """Jobs run in one thread. One that nobody waits for any more is passed over."""

    def __init__(self, name: str) -> None:
        self.done = 0
        self.passed_over = 0
        self._waiting: list[_Waiting] = []
        self._numbers = count()
        self._came = asyncio.Event()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name, initializer=be_gentle)
        self._working: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    async def run(self, job: Callable[[], T], urgency: Urgency) -> T:
        """What the job gives, or raises."""
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, _Waiting(urgency, next(self._numbers), job, done))
        self._came.set()
        return await done

    async def _work(self) -> None:
        while True:
            await self._came.wait()
            self._came.clear()
            while self._waiting:
                await self._one(heapq.heappop(self._waiting))

    async def _one(self, next_one: _Waiting) -> None:
        if next_one.done.done():
            self.passed_over += 1
            return
        try:
            made = await asyncio.get_running_loop().run_in_executor(self._pool, next_one.job)
        except Exception as trouble:  # it is whoever asked that must hear of it
            if not next_one.done.done():
                next_one.done.set_exception(trouble)
        else:
            self.done += 1
            if not next_one.done.done():
                next_one.done.set_result(made)
