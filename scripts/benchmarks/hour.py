"""An hour of continuous input at real pace: memory, lost sound, processor time, with words so far on."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
from common import DEMO, Row, percentiles
from hearing import DATA

from livehost import clock, events
from livehost.clock import SessionClock
from livehost.errors import LivehostError
from livehost.footprint import Footprint
from livehost.hear.audio_file import read_all
from livehost.hear.blocks import Blocks
from livehost.hear.ear import Ear
from livehost.hear.recogniser import Recogniser
from livehost.hear.vad import SileroVad
from livehost.hear.whisper import Whisper
from livehost.sound import HEARD_RATE, Samples
from livehost.weights import whisper_dir
from livehost.workers import Worker

_MINUTES = float(os.environ.get("BENCH_MINUTES", "60"))
_RATE = 48_000
_BLOCK = _RATE * 32 // 1000


def hour() -> Row:
    """Blocks of a 48 kHz device at real pace through resampling, VAD, drafts and final texts for BENCH_MINUTES (60)."""
    return clock.run(_listen())


def sound() -> Samples:
    """The demo's host, then readers, with pauses: about half of it voice."""
    pause = np.zeros(2 * HEARD_RATE, dtype=np.float32)
    pieces = [read_all(DEMO / "sessions" / "anna" / "host.opus")]
    for path in sorted(DATA.glob("speaker/librispeech_test-other/*/*.flac")):
        pieces += [read_all(path), pause]
    return np.concatenate(pieces)


class Device:
    """Gives blocks at the pace of the clock, as a device's own thread would; counts what it gave."""

    def __init__(self, session_clock: SessionClock) -> None:
        import soxr

        self._sound = soxr.resample(sound(), HEARD_RATE, _RATE).astype(np.float32)
        self._clock = session_clock
        self.blocks = Blocks(_RATE, session_clock)
        self.given = 0

    async def play(self) -> None:
        number = 0
        while self._clock.now_ms() < _MINUTES * 60_000:
            await self._clock.sleep_until_ms((number + 1) * 32)
            at = number * _BLOCK % (len(self._sound) - _BLOCK)
            self.blocks.put(self._sound[at : at + _BLOCK])
            self.given += _BLOCK
            number += 1

    async def frames(self) -> AsyncIterator[tuple[float, Samples]]:
        try:
            async for pair in self.blocks.frames(LivehostError("ended")):
                yield pair
        except LivehostError:
            return


async def _listen() -> Row:
    session_clock = SessionClock(asyncio.get_running_loop())
    whisper, worker, device = Whisper(whisper_dir(), ("en",)), Worker("hearing", session_clock), Device(session_clock)
    taken, behind, counts = 0, [], dict.fromkeys(("HostStarted", "HostPartial", "HostSaid", "PartChanged"), 0)

    def tap(at_ms: float, samples: Samples) -> None:
        nonlocal taken
        taken += len(samples)
        behind.append(session_clock.now_ms() - at_ms - 32)

    def put(event: events.Event) -> None:
        counts[type(event).__name__] = counts.get(type(event).__name__, 0) + 1

    recogniser = Recogniser(whisper, worker, whisper)
    ear = Ear(device, SileroVad(), recogniser, tap)
    playing = asyncio.create_task(device.play())
    memory: list[int] = []
    watching = asyncio.create_task(_watch(session_clock, memory))
    giving_back = asyncio.create_task(Footprint(session_clock).run(put))
    cpu = clock.cpu_stopwatch()
    await ear.run(put)
    seconds = cpu()
    watching.cancel()
    giving_back.cancel()
    await playing
    return {
        "minutes": _MINUTES,
        "load": [round(v, 1) for v in os.getloadavg()],
        "lost_ms": round((device.given / _RATE - taken / HEARD_RATE) * 1000),
        "dropped_blocks": device.blocks.dropped,
        "cpu_of_one_core_percent": round(100 * seconds / (_MINUTES * 60), 1),
        "memory_mb": memory,
        "frames_behind_ms": percentiles(behind, 0),
        "events": counts,
        "late_utterances": recogniser.statistics.late,
        "timed_out": worker.statistics.timed_out,
    }


async def _watch(session_clock: SessionClock, memory: list[int]) -> None:
    """Resident MB every five minutes."""
    while True:
        await session_clock.sleep_until_ms(session_clock.now_ms() + min(300_000, _MINUTES * 6000))
        memory.append(_resident_mb())


def _resident_mb() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
