"""The host's sound from a device, through PortAudio."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from livehost.clock import SessionClock
from livehost.devices import choose, look_again, portaudio, running
from livehost.errors import LivehostError
from livehost.hear.blocks import Blocks
from livehost.sound import HEARD_RATE, Samples

_BLOCK_SECONDS = 0.032


class Microphone:
    """`frames` raises when the device is lost; whoever runs it tries again."""

    def __init__(self, device: str, clock: SessionClock) -> None:
        choose(device, "input")
        self._wanted = device
        self._device: int | None = None
        self._lost = False
        self._clock = clock

    async def frames(self) -> AsyncIterator[tuple[float, Samples]]:
        """(at_ms of the first sample, [512])."""
        sounddevice = portaudio()
        if self._lost:
            await look_again(self._clock)
        self._lost = True
        self._device = choose(self._wanted, "input")
        rate = self._rate(sounddevice)
        blocks = Blocks(rate, self._clock)

        def take(sound: Samples, _frames: int, _time: Any, _status: Any) -> None:
            blocks.put(sound.mean(axis=1))

        make = partial(
            sounddevice.InputStream,
            samplerate=rate,
            blocksize=round(rate * _BLOCK_SECONDS),
            device=self._device,
            channels=self._channels(sounddevice),
            dtype="float32",
            latency="low",
            callback=take,
        )
        gone = LivehostError("the microphone went away", where=self._wanted, fix="Plug it in again")
        with running(make, "microphone"):
            async for at_ms, frame in blocks.frames(gone):
                yield at_ms, frame

    def _rate(self, sounddevice: Any) -> int:
        try:
            sounddevice.check_input_settings(self._device, channels=1, samplerate=HEARD_RATE, dtype="float32")
        except sounddevice.PortAudioError:
            return int(sounddevice.query_devices(self._device, "input")["default_samplerate"])
        return HEARD_RATE

    def _channels(self, sounddevice: Any) -> int:
        return min(2, int(sounddevice.query_devices(self._device, "input")["max_input_channels"]))
