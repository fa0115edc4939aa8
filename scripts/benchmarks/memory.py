"""Looking viewers up in a memory of 100,000, and forgetting one of them."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from common import Row

from livehost.clock import cpu_stopwatch, stopwatch
from livehost.memory.store import Fact, Remembered, Store

_VIEWERS, _LOOKED_UP = 100_000, 2_000


def memory() -> Row:
    """100,000 viewers: milliseconds of a look-up (median, 99 %, most) and of forgetting, and the file's size."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.sqlite"
        store = Store(path)
        facts = tuple(Fact("asked", f"question {n}") for n in range(8))
        seconds = stopwatch()
        for start in range(0, _VIEWERS, 10_000):
            store.keep([_viewer(n, facts) for n in range(start, start + 10_000)])
        filled = seconds()
        times, computed = [], []
        for n in range(_LOOKED_UP):
            seconds, cpu_seconds = stopwatch(), cpu_stopwatch()
            assert store.recall("twitch", f"user-{n * 7919 % _VIEWERS}").visits == 1
            times.append(seconds() * 1000)
            computed.append(cpu_seconds() * 1000)
        seconds = stopwatch()
        store.forget("twitch", "user-5")
        times.sort()
        computed.sort()
        return {
            "viewers": _VIEWERS,
            "look_up_ms_median": round(statistics.median(times), 3),
            "look_up_ms_99": round(times[int(0.99 * len(times))], 3),
            "look_up_compute_ms_99": round(computed[int(0.99 * len(computed))], 3),
            "look_up_ms_most": round(times[-1], 3),
            "forget_ms": round(seconds() * 1000),
            "fill_seconds": round(filled, 1),
            "megabytes": round(path.stat().st_size / 1e6, 1),
        }


def _viewer(number: int, facts: tuple[Fact, ...]) -> Remembered:
    return Remembered("twitch", f"user-{number}", f"name {number}", "2026-11-20", "2026-11-20", 1, facts)
