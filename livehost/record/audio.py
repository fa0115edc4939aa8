"""A track of the session as Ogg Opus, written by a thread; sample 0 is at_ms 0, gaps are silence. Where the disk refuses, the
track goes on in another piece when it takes something again."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path

import numpy as np

from livehost.record.log import Trouble
from livehost.record.pieces import piece
from livehost.record.sealed import SEALED, SealedWriter
from livehost.sound import Samples

_DRIFT_MS = 60  # a gap below this is the jitter of a device's clock, not a gap
_PIECES_MOST = 6000  # that wait to be written, about a minute
_RETRY_SECONDS = 1.0
_WRITE_SECONDS = 0.5  # written in larger pieces, since the encoder's thread is to sleep beside OBS


class Track:
    """`tap` may be called from any thread and never waits; `tell` is called from the writing thread. With a `key` the file
    is kept encrypted, under its name with `.sealed` behind it. `from_ms`: the moment of sample 0."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a track is made of
        self, track: Path, rate: int, comment: str, tell: Trouble, key: bytes | None = None, from_ms: int = 0
    ) -> None:
        self._track = track
        self._key = key
        self._from_ms = from_ms
        self._rate = rate
        self._comment = comment
        self._tell = tell
        self._pieces: deque[tuple[float, Samples]] = deque(maxlen=_PIECES_MOST)  # the oldest goes; its gap is silence
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._write_all, name=f"track-{track.stem}", daemon=True)
        self._thread.start()

    def tap(self, at_ms: float, samples: Samples) -> None:
        self._pieces.append((at_ms, samples))

    def close(self, limit_seconds: float = 10.0) -> None:
        self._ended.set()
        self._thread.join(limit_seconds)

    def _write_all(self) -> None:
        """Piece after piece: one that breaks off is followed by another as soon as there can be one."""
        from_ms, troubled = self._from_ms, False
        while True:
            try:
                self._write_piece(from_ms, partial(self._well_again, troubled))
                return
            except (OSError, RuntimeError, AssertionError) as trouble:  # soundfile's errors are RuntimeErrors, or worse
                if not troubled:
                    self._tell(f"{self._track.name} can't be written: {trouble or 'the disk refuses'}")
                troubled = True
            while self._ended.wait(_RETRY_SECONDS) or not self._pieces:
                if self._ended.is_set():
                    return
            from_ms = round(self._pieces[0][0])

    def _write_piece(self, from_ms: int, begun: Callable[[], None]) -> None:
        import soundfile

        with (
            self._opened(piece(self._track, from_ms)) as out,
            soundfile.SoundFile(out, "w", self._rate, 1, format="OGG", subtype="OPUS") as file,
        ):
            file.comment = self._comment
            written = 0
            while not (self._ended.wait(_WRITE_SECONDS) and not self._pieces):
                new = self._write_waiting(file, from_ms, written)
                if new:
                    file.flush()
                    begun()
                written += new

    def _well_again(self, troubled: bool) -> None:
        if troubled:
            self._tell("")

    def _opened(self, path: Path) -> AbstractContextManager[Path | SealedWriter]:
        if self._key is None:
            return nullcontext(path)
        return SealedWriter(path.with_name(path.name + SEALED), self._key)

    def _write_waiting(self, file: object, from_ms: int, written: int) -> int:
        """Writes what has come; returns the number of samples."""
        new = 0
        joined: list[Samples] = []
        while self._pieces:
            at_ms, samples = self._pieces.popleft()
            missing = round((at_ms - from_ms) * self._rate / 1000) - written - new
            if missing > _DRIFT_MS * self._rate / 1000:
                self._write(file, joined)
                joined = []
                new += self._silence(file, missing)
            joined.append(samples)
            new += len(samples)
        self._write(file, joined)
        return new

    def _write(self, file: object, pieces: list[Samples]) -> None:
        if pieces:
            file.write(np.concatenate(pieces))  # type: ignore[attr-defined]

    def _silence(self, file: object, samples: int) -> int:
        second = np.zeros(self._rate, dtype=np.float32)
        left = samples
        while left > 0:
            file.write(second[:left])  # type: ignore[attr-defined]
            left -= self._rate
        return samples
