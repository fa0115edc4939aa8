"""The pieces of a creator's knowledge that are nearest to a question, for a model to answer out of."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from livehost.decision import Evidence
from livehost.knowledge import Knowledge
from livehost.understand.lexical import LexicalIndex
from livehost.understand.normalise import plain_line
from livehost.understand.sentences import Sentences

_MOST = 5
_NEAR = 0.3  # of cosine and shared words together; below, a piece has nothing to do with the question
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？；])|\n+")


class Passages:
    """Passages of documents, answers of the FAQ and descriptions of products, found by each of their sentences. Slow to make
    (it embeds them); then fast."""

    def __init__(self, knowledge: Knowledge, cache: Path | None = None) -> None:
        faqs = [(Evidence("faq.csv", f.id, "answer", f.answer), f"{f.question} {f.answer}") for f in knowledge.faqs]
        texts = [(Evidence(p.source, p.id, "text", p.text), p.text) for p in knowledge.passages]
        described = [
            (Evidence("products.csv", p.id, "description", p.description), f"{p.title}: {p.description}")
            for p in knowledge.products
            if p.description
        ]
        rows = [
            (piece, plain_line(sentence).plain)
            for piece, text in (*faqs, *texts, *described)
            for sentence in ([text] if piece.source == "faq.csv" else _SENTENCE.split(text))
            if sentence.strip()
        ]
        self._pieces = [piece for piece, _ in rows]
        lines = [line for _, line in rows]
        self._letters = LexicalIndex(lines)
        self._sentences = Sentences(cache)
        self._points = self._sentences.many(lines, "told") if self._sentences.works and rows else None

    def near(self, question: str) -> tuple[Evidence, ...]:
        """The nearest first; none where nothing is near."""
        if not self._pieces:
            return ()
        plain = plain_line(question).plain
        scores = np.array(self._letters.scores(plain))
        if self._points is not None:
            scores = 0.5 * scores + 0.5 * (self._points @ self._sentences.one(plain, "told")) + 0.25 * np.sqrt(scores)
        best = [n for n in np.argsort(-scores, kind="stable") if scores[n] >= _NEAR]
        return tuple(dict.fromkeys(self._pieces[n] for n in best))[:_MOST]
