"""What was spoken before is not computed again: phrases kept on disk and in memory, both bounded."""

from __future__ import annotations

import hashlib
import io
from collections import OrderedDict
from pathlib import Path

import numpy as np

from livehost.sound import SPOKEN_RATE, Samples

_MEMORY_SECONDS = 600.0
_DISK_BYTES = 200 * 1024 * 1024


class PhraseCache:
    """Sounds by a key that says all that they depend on: voice, engine, settings, text.

    The disk is only ever a help: what can't be read or written there is computed. Without a folder there is none.
    """

    def __init__(self, folder: Path | None, disk_bytes: int = _DISK_BYTES) -> None:
        self._folder = folder
        self._disk_bytes = disk_bytes
        self._memory: OrderedDict[str, Samples] = OrderedDict()
        self._memory_seconds = 0.0
        self.hits = 0
        self.misses = 0

    def get(self, key: str) -> Samples | None:
        """The samples must not be changed by whoever gets them."""
        key = _digest(key)
        found = self._memory.get(key)
        if found is None:
            found = self._from_disk(key)
        if found is None:
            self.misses += 1
            return None
        self.hits += 1
        self._remember(key, found)
        return found

    def put(self, key: str, samples: Samples) -> None:
        key = _digest(key)
        self._remember(key, samples)
        self._to_disk(key, samples)

    def knows(self, key: str) -> bool:
        key = _digest(key)
        return key in self._memory or (self._folder is not None and self._path(key).is_file())

    def trim(self) -> None:
        """Keeps the disk within its bound; what was used longest ago goes first."""
        if self._folder is None:
            return
        try:
            files = sorted(self._folder.glob("*/*.npy"), key=lambda path: path.stat().st_mtime)
            surplus = sum(path.stat().st_size for path in files) - self._disk_bytes
            for path in files:
                if surplus <= 0:
                    return
                surplus -= path.stat().st_size
                path.unlink()
        except OSError:
            return

    def _remember(self, key: str, samples: Samples) -> None:
        if key not in self._memory:
            self._memory_seconds += len(samples) / SPOKEN_RATE
        self._memory[key] = samples
        self._memory.move_to_end(key)
        while self._memory_seconds > _MEMORY_SECONDS and len(self._memory) > 1:
            _, oldest = self._memory.popitem(last=False)
            self._memory_seconds -= len(oldest) / SPOKEN_RATE

    def _from_disk(self, key: str) -> Samples | None:
        if self._folder is None:
            return None
        try:
            kept = np.load(self._path(key), allow_pickle=False)
            self._path(key).touch()
        except (OSError, ValueError, EOFError):
            return None
        if kept.dtype != np.int16 or kept.ndim != 1:
            return None
        samples: Samples = kept.astype(np.float32) / np.float32(32767)
        return samples

    def _to_disk(self, key: str, samples: Samples) -> None:
        """Under another name first, so that a reader never sees half of it."""
        if self._folder is None:
            return
        path = self._path(key)
        new = path.with_suffix(".new")
        data = io.BytesIO()
        np.save(data, np.round(np.clip(samples, -1, 1) * 32767).astype(np.int16))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            new.write_bytes(data.getvalue())
            new.replace(path)
        except OSError:
            return

    def _path(self, key: str) -> Path:
        assert self._folder is not None
        return self._folder / key[:2] / f"{key}.npy"


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
