"""A few seconds of a microphone: how loud, how silent, what is heard. For `livehost doctor`."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import numpy as np

from livehost import clock
from livehost.clock import SessionClock
from livehost.hear.ear import Source
from livehost.hear.microphone import Microphone
from livehost.hear.whisper import Whisper
from livehost.sound import HEARD_RATE, Samples, level_db
from livehost.weights import whisper_dir

_METER_DB = 60  # from here below full scale
_METER_WIDTH = 30
_CLIPPED = 0.99
_SOFT_DB, _NOISY_DB, _NOTHING_DB = -38.0, -40.0, -100.0


@dataclass(frozen=True)
class Heard:
    """Levels in dB of full scale: of the loudest and of the softest tenth of the frames. `problem` is empty where all is
    well."""

    loud_db: float
    quiet_db: float
    clipped: bool
    text: str

    @property
    def problem(self) -> str:
        if self.loud_db <= _NOTHING_DB:
            return "it gives nothing at all: is it muted, or the wrong one?"
        if self.clipped:
            return "it is too loud and clips: turn its gain down"
        if self.text and self.loud_db < _SOFT_DB:
            return "the voice is soft: come nearer or turn its gain up"
        if self.quiet_db > _NOISY_DB:
            return "the room is loud: a fan, music or the game is in the microphone"
        return ""

    @property
    def in_words(self) -> str:
        said = f"heard: {self.text}" if self.text else "no words heard (nobody spoke?)"
        return f"loud {self.loud_db:.0f} dB, quiet {self.quiet_db:.0f} dB, {said}"


def listen(device: str, seconds: float, languages: tuple[str, ...] = ()) -> Heard:
    """Shows a meter while it listens, where somebody looks; raises LivehostError when the device can't be opened."""
    return clock.run(_listen(device, seconds, languages))


async def _listen(device: str, seconds: float, languages: tuple[str, ...]) -> Heard:
    import asyncio

    microphone = Microphone(device, SessionClock(asyncio.get_running_loop()))
    sound = await record(microphone, seconds, _meter if sys.stderr.isatty() else _no_meter)
    return judge(sound, Whisper(whisper_dir(), languages).transcribe(sound, None).text)


async def record(source: Source, seconds: float, meter: Callable[[float], None]) -> Samples:
    frames: list[Samples] = []
    given: AsyncIterator[tuple[float, Samples]] = source.frames()
    async for _, frame in given:
        meter(level_db(frame))
        frames.append(frame)
        if len(frames) * len(frame) >= seconds * HEARD_RATE:
            break
    return np.concatenate(frames) if frames else np.zeros(0, dtype=np.float32)


def judge(sound: Samples, text: str) -> Heard:
    """`sound` [n] at 16 kHz."""
    step = HEARD_RATE // 20
    levels = sorted(level_db(sound[at : at + step]) for at in range(0, max(1, len(sound) - step + 1), step))
    tenth = max(1, len(levels) // 10)
    clipped = bool(np.count_nonzero(np.abs(sound) >= _CLIPPED) > HEARD_RATE // 1000)
    return Heard(float(np.mean(levels[-tenth:])), float(np.mean(levels[:tenth])), clipped, text.strip())


def _meter(level: float) -> None:
    filled = round(_METER_WIDTH * max(0.0, min(1.0, 1 + level / _METER_DB)))
    sys.stderr.write(f"\rlivehost: say something  [{'█' * filled}{'·' * (_METER_WIDTH - filled)}] {level:4.0f} dB ")


def _no_meter(_level: float) -> None:
    pass
