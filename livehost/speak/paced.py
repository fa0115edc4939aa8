"""The co-host's sound into a file or nowhere, at the pace of the session's clock."""

from __future__ import annotations

from pathlib import Path

from livehost.clock import SessionClock
from livehost.errors import BadInput
from livehost.sound import SPOKEN_RATE, Tap
from livehost.speak.player import Player
from livehost.speak.say import AI_LABEL

_BLOCK_MS = 10
_IDLE_BLOCK_MS = 30  # fewer wake-ups while there is nothing to play


class PacedOutput:
    """Without a path the sound is only tapped. `latency_ms` is how long a rendered sample waits: not at all."""

    def __init__(self, player: Player, clock: SessionClock, tap: Tap, path: Path | None = None) -> None:
        self._player = player
        self._clock = clock
        self._tap = tap
        self._file = _opened(path) if path else None

    async def run(self) -> None:
        """Runs until it is cancelled."""
        at_ms = self._clock.now_ms()
        try:
            while True:
                await self._clock.sleep_until_ms(at_ms)
                length_ms = _IDLE_BLOCK_MS if self._player.idle else _BLOCK_MS
                block = self._player.render(length_ms * SPOKEN_RATE // 1000)
                self._tap(at_ms, block)
                if self._file is not None:
                    self._file.write(block)
                at_ms += length_ms
        finally:
            if self._file is not None:
                self._file.close()


def _opened(path: Path):  # type: ignore[no-untyped-def] # soundfile has no types
    import soundfile

    try:
        file = soundfile.SoundFile(path, "w", SPOKEN_RATE, 1)
    except (OSError, RuntimeError, TypeError) as trouble:
        raise BadInput(
            f"the speaker's file can't be written: {trouble}", where=str(path), fix="Name a .wav, .flac or .ogg file"
        ) from None
    file.comment = AI_LABEL
    return file
