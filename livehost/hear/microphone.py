"""The host's sound from a device, through PortAudio."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

import numpy as np

from livehost.clock import SessionClock, within_ms
from livehost.devices import choose, portaudio, running
from livehost.errors import LivehostError
from livehost.hear.audio_file import framed
from livehost.sound import FRAME, HEARD_RATE, Samples

_BLOCK_SECONDS = 0.032
_SILENT_MS = 1500  # no sound came for so long: the device is gone
_WAITING_MOST = 300  # blocks, some ten seconds
_GAP_MS = 60


class Microphone:
    """`frames` raises when the device is lost; whoever runs it tries again. `dropped` counts blocks nobody fetched."""

    def __init__(self, device: str, clock: SessionClock) -> None:
        self._device = choose(device, "input")
        self._clock = clock
        self.dropped = 0

    async def frames(self) -> AsyncIterator[tuple[float, Samples]]:
        """(at_ms of the first sample, [512])."""
        sounddevice = portaudio()
        rate = self._rate(sounddevice)
        blocks: deque[Samples] = deque()
        came = asyncio.Event()
        loop = asyncio.get_running_loop()

        def take(sound: Samples, _frames: int, _time: Any, _status: Any) -> None:
            if len(blocks) >= _WAITING_MOST:
                self.dropped += 1
                return
            blocks.append(sound.mean(axis=1))
            loop.call_soon_threadsafe(came.set)

        stream = sounddevice.InputStream(
            samplerate=rate,
            blocksize=round(rate * _BLOCK_SECONDS),
            device=self._device,
            channels=self._channels(sounddevice),
            dtype="float32",
            latency="low",
            callback=take,
        )
        convert = _To16k(rate)
        with running(stream):
            at_ms = float(self._clock.now_ms())
            while True:
                await self._wait(came)
                while blocks:
                    for frame in convert.frames(blocks.popleft()):
                        at_ms = max(at_ms, self._clock.now_ms() - _GAP_MS - len(blocks) * _BLOCK_SECONDS * 1000)
                        yield at_ms, frame
                        at_ms += FRAME * 1000 / HEARD_RATE

    async def _wait(self, came: asyncio.Event) -> None:
        try:
            await within_ms(_SILENT_MS, came.wait())
        except TimeoutError:
            raise LivehostError("the microphone went away", where=str(self._device), fix="Plug it in again") from None
        came.clear()

    def _rate(self, sounddevice: Any) -> int:
        try:
            sounddevice.check_input_settings(self._device, channels=1, samplerate=HEARD_RATE, dtype="float32")
        except sounddevice.PortAudioError:
            return int(sounddevice.query_devices(self._device, "input")["default_samplerate"])
        return HEARD_RATE

    def _channels(self, sounddevice: Any) -> int:
        return min(2, int(sounddevice.query_devices(self._device, "input")["max_input_channels"]))


class _To16k:
    def __init__(self, rate: int) -> None:
        self._resampler: Any = None
        self._left = np.zeros(0, dtype=np.float32)
        if rate != HEARD_RATE:
            import soxr

            self._resampler = soxr.ResampleStream(rate, HEARD_RATE, 1, dtype="float32")

    def frames(self, block: Samples) -> list[Samples]:
        sound = block if self._resampler is None else self._resampler.resample_chunk(block)
        self._left = np.concatenate([self._left, sound])
        whole = len(self._left) // FRAME * FRAME
        found = list(framed(iter([self._left[:whole]])))
        self._left = self._left[whole:]
        return found
