"""What doctor says of a microphone, a microphone that gives nothing, guests, and devices with clocks of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from livehost import clock, events
from livehost.clock import SessionClock
from livehost.errors import LivehostError
from livehost.hear.audible import Audible
from livehost.hear.blocks import Blocks
from livehost.hear.guest import GuestEar
from livehost.sound import FRAME, HEARD_RATE, Samples
from livehost.sound_check import judge, record


def noise(level: float, seconds: float = 2) -> Samples:
    return np.random.default_rng(1).normal(0, level, round(seconds * HEARD_RATE)).astype(np.float32)


@pytest.mark.parametrize(
    ("sound", "text", "told"),
    [
        (np.zeros(HEARD_RATE, dtype=np.float32), "", "nothing at all"),
        (np.clip(noise(1.0), -1, 1), "hello", "clips"),
        (np.concatenate([noise(0.0005), noise(0.005)]), "hello", "soft"),
        (noise(0.1), "", "loud"),
        (np.concatenate([noise(0.0005), noise(0.05)]), "hello", ""),
    ],
)
def test_a_microphone_is_judged(sound: Samples, text: str, told: str) -> None:
    problem = judge(sound, text).problem
    assert told in problem and bool(told) == bool(problem)


class Sound:
    def __init__(self, sound: Samples) -> None:
        self.sound = sound

    async def frames(self) -> AsyncIterator[tuple[float, Samples]]:
        for at in range(0, len(self.sound) - FRAME, FRAME):
            yield at * 1000 / HEARD_RATE, self.sound[at : at + FRAME]


def test_the_meter_is_shown_each_frame() -> None:
    shown: list[float] = []
    sound = clock.run(record(Sound(noise(0.1)), 1, shown.append), virtual=True)
    assert len(sound) >= HEARD_RATE and len(shown) == len(sound) // FRAME
    assert all(-25 < level < -15 for level in shown)


def test_a_microphone_that_gives_nothing_is_told_and_so_is_its_return() -> None:
    told: list[bool] = []
    sound = np.concatenate([noise(0.001, 3), np.zeros(12 * HEARD_RATE, dtype=np.float32), noise(0.001, 3)])

    async def listen() -> int:
        return len([frame async for _, frame in Audible(Sound(sound), told.append).frames()])

    assert clock.run(listen(), virtual=True) * FRAME > 17 * HEARD_RATE
    assert told == [False, True]


class LoudVad:
    def probability(self, frame: Samples) -> float:
        return float(np.abs(frame).max() > 0.05)


def test_a_guest_is_known_to_speak() -> None:
    sound = np.concatenate([noise(0.0001, 1), noise(0.2, 1), noise(0.0001, 1)])
    happened: list[events.Event] = []
    clock.run(GuestEar("call", Sound(sound), LoudVad()).run(happened.append), virtual=True)
    assert happened == [events.GuestStarted("call", 992), events.GuestStopped("call", 2016)]


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("ppm", [-200, 0, 200])
def test_a_devices_blocks_become_frames_of_the_right_moment_whatever_its_clock(rate: int, ppm: int) -> None:
    """Two minutes of a device that runs fast or slow: no sample is lost, and no stamp is off by more than some ms."""

    async def listen() -> tuple[int, list[float]]:
        session_clock = SessionClock(asyncio.get_running_loop())
        blocks = Blocks(rate, session_clock)
        size = rate // 50

        async def device() -> None:
            for number in range(120 * 50):
                await session_clock.sleep_until_ms((number + 1) * 20 / (1 + ppm / 1e6) + number % 7)
                blocks.put(np.full(size, 0.1, dtype=np.float32))

        playing = asyncio.create_task(device())
        count, off = 0, []
        with pytest.raises(LivehostError):
            async for at_ms, frame in blocks.frames(LivehostError("gone")):
                count += len(frame)
                off.append(at_ms - (count - FRAME) * 1000 / HEARD_RATE / (1 + ppm / 1e6))
        await playing
        return count, off

    count, off = clock.run(listen(), virtual=True)
    assert abs(count - 120 * HEARD_RATE) < 2 * FRAME
    assert max(off[100:]) - min(off[100:]) < 12 and abs(off[-1]) < 12
