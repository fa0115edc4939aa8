"""What was spoken before is not computed again: clauses kept on disk and in memory, both bounded."""

from __future__ import annotations

import hashlib
import io
from collections import OrderedDict
from pathlib import Path

import numpy as np

from livehost.sound import SPOKEN_RATE, Samples
from livehost.workers import Synthesiser

_MEMORY_SECONDS = 600.0
_DISK_BYTES = 200 * 1024 * 1024


class PhraseCache:
    """A Synthesiser in front of another one. `voice` says all that its sound depends on beside text and language.

    The disk is only ever a help: what can't be read or written there is computed.
    """

    def __init__(self, engine: Synthesiser, voice: str, folder: Path, disk_bytes: int = _DISK_BYTES) -> None:
        self._engine = engine
        self._voice = voice
        self._folder = folder
        self._disk_bytes = disk_bytes
        self._memory: OrderedDict[str, Samples] = OrderedDict()
        self._memory_seconds = 0.0
        self.hits = 0
        self.misses = 0

    def synthesise(self, text: str, language: str) -> Samples:
        """As the engine's; the samples must not be changed by whoever gets them."""
        key = self._key(text, language)
        found = self._memory.get(key)
        if found is None:
            found = self._from_disk(key)
        if found is not None:
            self.hits += 1
            self._remember(key, found)
            return found
        self.misses += 1
        made = self._engine.synthesise(text, language)
        self._remember(key, made)
        self._to_disk(key, made)
        return made

    def knows(self, text: str, language: str) -> bool:
        key = self._key(text, language)
        return key in self._memory or self._path(key).is_file()

    def cancel(self) -> None:
        self._engine.cancel()

    def trim(self) -> None:
        """Keeps the disk within its bound; what was used longest ago goes first."""
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

    def _key(self, text: str, language: str) -> str:
        return hashlib.sha256("\n".join((self._voice, language, text)).encode()).hexdigest()

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.npy"
