"""The co-host's sound to a device, through PortAudio."""

from __future__ import annotations

from functools import partial
from typing import Any, Protocol

import numpy as np

from livehost.clock import SessionClock
from livehost.devices import choose, look_again, portaudio, running
from livehost.errors import LivehostError
from livehost.sound import SPOKEN_RATE, Samples, Tap

_BLOCK_SECONDS = 0.01
_LATENCY_SECONDS = 0.03  # what may wait in the device: a mute is heard that much later
_SILENT_MS = 1500  # no block asked for so long: the device is gone


class Source(Protocol):
    def render(self, frames: int) -> Samples:
        """The next [frames] at SPOKEN_RATE; called from the device's thread."""
        ...


class Speaker:
    """Raises when the device is lost; whoever runs it tries again."""

    def __init__(self, source: Source, clock: SessionClock, tap: Tap, device: str, what: str = "speaker") -> None:
        self._source = source
        self._what = what
        self._clock = clock
        self._tap = tap
        choose(device, "output")
        self._wanted = device
        self._device: int | None = None
        self._lost = False
        self._last_ms = 0

    async def run(self) -> None:
        """Runs until it is cancelled."""
        sounddevice = portaudio()
        if self._lost:
            await look_again(self._clock)
        self._lost = True
        self._device = choose(self._wanted, "output")
        rate = self._rate(sounddevice)
        convert = _Converter(rate)

        def fill(out: Samples, frames: int, _time: Any, _status: Any) -> None:
            self._last_ms = self._clock.now_ms()
            out[:] = convert.blocks(self._source, frames, self._tap, self._last_ms)[:, None]

        make = partial(
            sounddevice.OutputStream,
            samplerate=rate,
            blocksize=round(rate * _BLOCK_SECONDS),
            device=self._device,
            channels=2,
            dtype="float32",
            latency=_LATENCY_SECONDS,
            callback=fill,
        )
        self._last_ms = self._clock.now_ms()
        with running(make, self._what) as stream:
            while stream.active and self._clock.now_ms() - self._last_ms < _SILENT_MS:
                await self._clock.sleep_until_ms(self._clock.now_ms() + 200)
        raise LivehostError(f"the {self._what} went away", where=self._wanted, fix="Plug it in again")

    def _rate(self, sounddevice: Any) -> int:
        try:
            sounddevice.check_output_settings(self._device, channels=2, samplerate=SPOKEN_RATE, dtype="float32")
        except sounddevice.PortAudioError:
            return int(sounddevice.query_devices(self._device, "output")["default_samplerate"])
        return SPOKEN_RATE


class _Converter:
    """Renders at 24 kHz and hands out at the device's rate."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._left = np.zeros(0, dtype=np.float32)
        self._resampler: Any = None
        if rate != SPOKEN_RATE:
            import soxr

            self._resampler = soxr.ResampleStream(SPOKEN_RATE, rate, 1, dtype="float32")

    def blocks(self, source: Source, frames: int, tap: Tap, at_ms: float) -> Samples:
        if self._resampler is None:
            block = source.render(frames)
            tap(at_ms, block)
            return block
        while len(self._left) < frames:
            block = source.render(round(SPOKEN_RATE * _BLOCK_SECONDS))
            tap(at_ms, block)
            self._left = np.concatenate([self._left, self._resampler.resample_chunk(block)])
        out, self._left = self._left[:frames], self._left[frames:]
        return out
