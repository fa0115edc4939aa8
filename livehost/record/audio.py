"""A track of the session as Ogg Opus, written by a thread; sample 0 is at_ms 0, gaps are silence."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np

from livehost.record.log import Trouble
from livehost.record.sealed import SEALED, SealedWriter
from livehost.sound import Samples

_DRIFT_MS = 60  # a gap below this is the jitter of a device's clock, not a gap
_PIECES_MOST = 6000  # that wait to be written, about a minute
_WRITE_SECONDS = 0.5  # written in larger pieces, since the encoder's thread is to sleep beside OBS


class Track:
    """`tap` may be called from any thread and never waits; `tell` is called from the writing thread. With a `key` the file
    is kept encrypted, under its name with `.sealed` behind it. `from_ms`: the moment of sample 0."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a track is made of
        self, path: Path, rate: int, comment: str, tell: Trouble, key: bytes | None = None, from_ms: int = 0
    ) -> None:
        self._path = path
        self._key = key
        self._from_ms = from_ms
        self._rate = rate
        self._comment = comment
        self._tell = tell
        self._pieces: deque[tuple[float, Samples]] = deque(maxlen=_PIECES_MOST)  # the oldest goes; its gap is silence
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._write_all, name=f"track-{path.stem}", daemon=True)
        self._thread.start()

    def tap(self, at_ms: float, samples: Samples) -> None:
        self._pieces.append((at_ms, samples))

    def close(self, limit_seconds: float = 10.0) -> None:
        self._ended.set()
        self._thread.join(limit_seconds)

    def _write_all(self) -> None:
        import soundfile

        try:
            with (
                self._opened() as out,
                soundfile.SoundFile(out, "w", self._rate, 1, format="OGG", subtype="OPUS") as file,
            ):
                file.comment = self._comment
                written = 0
                while not (self._ended.wait(_WRITE_SECONDS) and not self._pieces):
                    written += self._write_waiting(file, written)
        except (OSError, RuntimeError) as trouble:  # soundfile's errors are RuntimeErrors
            self._tell(f"{self._path.name} is no longer written: {trouble}")

    def _opened(self) -> AbstractContextManager[Path | SealedWriter]:
        if self._key is None:
            return nullcontext(self._path)
        return SealedWriter(self._path.with_name(self._path.name + SEALED), self._key)

    def _write_waiting(self, file: object, written: int) -> int:
        """Writes what has come; returns the number of samples."""
        new = 0
        joined: list[Samples] = []
        while self._pieces:
            at_ms, samples = self._pieces.popleft()
            missing = round((at_ms - self._from_ms) * self._rate / 1000) - written - new
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
