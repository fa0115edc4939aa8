"""A track of the session as Ogg Opus, written by a thread; sample 0 is at_ms 0, gaps are silence."""

from __future__ import annotations

import queue
import threading
from pathlib import Path

import numpy as np

from livehost.record.log import Trouble
from livehost.sound import Samples

_DRIFT_MS = 60  # a gap below this is the jitter of a device's clock, not a gap
_QUEUE_MOST = 2000  # pieces, some 20-60 s


class Track:
    """`tap` may be called from any thread and never waits; `tell` is called from the writing thread."""

    def __init__(self, path: Path, rate: int, comment: str, tell: Trouble) -> None:
        self._path = path
        self._rate = rate
        self._comment = comment
        self._tell = tell
        self._pieces: queue.Queue[tuple[float, Samples] | None] = queue.Queue(_QUEUE_MOST)
        self._thread = threading.Thread(target=self._write_all, name=f"track-{path.stem}", daemon=True)
        self._thread.start()
        self.dropped = 0

    def tap(self, at_ms: float, samples: Samples) -> None:
        try:
            self._pieces.put_nowait((at_ms, samples))
        except queue.Full:
            self.dropped += 1  # the next piece is set to its right place

    def close(self, limit_seconds: float = 10.0) -> None:
        self._pieces.put(None)
        self._thread.join(limit_seconds)

    def _write_all(self) -> None:
        import soundfile

        try:
            with soundfile.SoundFile(self._path, "w", self._rate, 1, format="OGG", subtype="OPUS") as file:
                file.comment = self._comment
                written = 0
                while (piece := self._pieces.get()) is not None:
                    at_ms, samples = piece
                    missing = round(at_ms * self._rate / 1000) - written
                    if missing > _DRIFT_MS * self._rate / 1000:
                        written += self._silence(file, missing)
                    file.write(samples)
                    written += len(samples)
        except (OSError, RuntimeError) as trouble:  # soundfile's errors are RuntimeErrors
            self._tell(f"{self._path.name} is no longer written: {trouble}")
            while self._pieces.get() is not None:
                pass

    def _silence(self, file: object, samples: int) -> int:
        second = np.zeros(self._rate, dtype=np.float32)
        left = samples
        while left > 0:
            file.write(second[:left])  # type: ignore[attr-defined]
            left -= self._rate
        return samples
