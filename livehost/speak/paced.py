"""The co-host's sound into a file, to pages in the browser, or nowhere, at the pace of the session's clock."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from livehost.clock import SessionClock
from livehost.errors import BadInput
from livehost.labelling import sound_comment
from livehost.sound import SPOKEN_RATE, Samples, Tap
from livehost.speak.player import Player

_BLOCK_MS = 10
_PAUSE_BLOCKS = 50  # silence that is still a pause within speech
_IDLE_BLOCK_MS = 30  # fewer wake-ups while there is nothing to play


class Sink(Protocol):
    """Where blocks go; soundfile's own files are sinks."""

    def write(self, block: Samples) -> object: ...
    def close(self) -> None: ...


class Pages(Protocol):
    """Pages that play what they are sent, and drop what they have buffered at a `hush`."""

    def play(self, block: Samples) -> None: ...
    def hush(self) -> None: ...


class PageSink:
    """To the pages: speech with its own pauses, no endless silence; a closed gate empties their buffers, too."""

    def __init__(self, player: Player, pages: Pages) -> None:
        self._player = player
        self._pages = pages
        self._was_open = True
        self._silent_blocks = _PAUSE_BLOCKS

    def write(self, block: Samples) -> None:
        if self._was_open and not self._player.is_open:
            self._pages.hush()
        self._was_open = self._player.is_open
        self._silent_blocks = 0 if block.any() else self._silent_blocks + 1
        if self._silent_blocks < _PAUSE_BLOCKS:
            self._pages.play(block)

    def close(self) -> None:
        self._pages.hush()


class PacedOutput:
    """Without a sink the sound is only tapped."""

    def __init__(self, player: Player, clock: SessionClock, tap: Tap, sink: Sink | None = None) -> None:
        self._player = player
        self._clock = clock
        self._tap = tap
        self._sink = sink

    async def run(self) -> None:
        """Runs until it is cancelled."""
        at_ms = self._clock.now_ms()
        try:
            while True:
                await self._clock.sleep_until_ms(at_ms)
                length_ms = _IDLE_BLOCK_MS if self._player.idle else _BLOCK_MS
                block = self._player.render(length_ms * SPOKEN_RATE // 1000)
                self._tap(at_ms, block)
                if self._sink is not None:
                    self._sink.write(block)
                at_ms += length_ms
        finally:
            if self._sink is not None:
                self._sink.close()


def sound_file(path: Path) -> Sink:
    """Raises BadInput when it can't be written."""
    import soundfile

    try:
        file = soundfile.SoundFile(path, "w", SPOKEN_RATE, 1)
    except (OSError, RuntimeError, TypeError) as trouble:
        raise BadInput(
            f"the speaker's file can't be written: {trouble}", where=str(path), fix="Name a .wav, .flac or .ogg file"
        ) from None
    file.comment = sound_comment(path.stem)
    opened: Sink = file
    return opened
