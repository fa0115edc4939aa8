"""Slow work outside the core: one job at a time per worker, each with a time limit.

On a real loop a job runs in the worker's thread (the models release the interpreter's lock). On a virtual loop it runs at
once, and the worker stays busy for the time that the job was measured to take, so that latencies are those of real pace.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

from livehost.clock import SessionClock, stopwatch, within_ms
from livehost.commands import Among
from livehost.events import Candidate
from livehost.priority import be_gentle
from livehost.sound import Piece, Samples

T = TypeVar("T")


class Matcher(Protocol):
    """Finds the FAQ entries nearest to a plain line."""

    def match(self, text: str, among: Among = "questions", hurried: bool = False) -> tuple[Candidate, ...]:
        """Best first, scores rounded to 1e-6; by the entries' wordings or by their answers. `hurried`: at a tenth of the work,
        less sure."""
        ...


class Synthesiser(Protocol):
    """Turns a written sentence into sound. `cancel` may come from another thread."""

    def speak(self, text: str, language: str) -> Iterator[Piece]:
        """Pieces at SPOKEN_RATE, the first one early; raises LivehostError when it can't, Cancelled when `cancel` came."""
        ...

    def cancel(self) -> None: ...


@dataclass(frozen=True)
class Transcript:
    """`trouble`: why another recogniser than the wanted one heard it."""

    text: str
    language: str
    trouble: str = ""


class Transcriber(Protocol):
    """Turns an utterance into text."""

    def transcribe(self, audio: Samples, language: str | None, stable: str = "") -> Transcript:
        """`audio` [n] at HEARD_RATE; `language` as far as it is known; `stable`: the words it seems to begin with."""
        ...


class Drafter(Protocol):
    """Says quickly what the beginning of an utterance seems to be."""

    def draft(self, audio: Samples, language: str | None, stable: str) -> Transcript:
        """Behind the words that are `stable` already; empty where it is doubtful."""
        ...


class Cancelled(Exception):
    """The job was told to stop; nobody waits for its result any more."""


@dataclass
class WorkerStatistics:
    done: int = 0
    failed: int = 0
    timed_out: int = 0
    waiting: int = 0
    busy_seconds: float = 0.0


class Worker:
    """Runs jobs one after the other, off the loop."""

    def __init__(self, name: str, clock: SessionClock) -> None:
        self.name = name
        self.statistics = WorkerStatistics()
        self._clock = clock
        self._turn = asyncio.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name, initializer=be_gentle)

    async def run(self, job: Callable[[], T], limit_ms: float) -> tuple[T, int]:
        """The job's result and the milliseconds it computed; raises TimeoutError, or what the job raises.

        The limit counts from the call, waiting included. A job that is already running can't be killed: its result is
        dropped and the next job starts after it.
        """
        self.statistics.waiting += 1
        try:
            return await within_ms(limit_ms, self._run_in_turn(job))
        except TimeoutError:
            self.statistics.timed_out += 1
            raise
        finally:
            self.statistics.waiting -= 1

    async def stream(self, job: Iterator[T], limit_ms: float) -> AsyncIterator[tuple[T, int]]:
        """What the job gives, each with the milliseconds computed for it, one after the other and nobody else's between.

        The limit holds for each; raises TimeoutError, or what the job raises.
        """
        self.statistics.waiting += 1
        try:
            await within_ms(limit_ms, self._turn.acquire())
        except TimeoutError:
            self.statistics.timed_out += 1
            raise
        finally:
            self.statistics.waiting -= 1
        try:
            while (given := await within_ms(limit_ms, self._computed(lambda: next(job, None))))[0] is not None:
                yield given[0], given[1]
        finally:
            self._turn.release()

    async def _run_in_turn(self, job: Callable[[], T]) -> tuple[T, int]:
        async with self._turn:
            return await self._computed(job)

    async def _computed(self, job: Callable[[], T]) -> tuple[T, int]:
        seconds = stopwatch()
        try:
            if self._clock.virtual:
                result = job()
                await asyncio.sleep(seconds())
            else:
                result = await asyncio.get_running_loop().run_in_executor(self._pool, job)
        except Exception:
            self.statistics.failed += 1
            raise
        took = seconds()
        self.statistics.done += 1
        self.statistics.busy_seconds += took
        return result, round(took * 1000)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
