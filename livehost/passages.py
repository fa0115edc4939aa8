"""The pieces of a creator's knowledge that are nearest to a question, for a model to answer out of."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from livehost.decision import Evidence
from livehost.knowledge import Knowledge
from livehost.understand.lexical import grams
from livehost.understand.normalise import plain_line
from livehost.understand.sentences import Sentences

_MOST = 5
_NEAR = 0.25  # cosine; below, a piece has nothing to do with the question
_NEAR_LETTERS = 0.15  # share of the question's letter groups, where there is no embedding


class Passages:
    """Passages of documents, answers of the FAQ and descriptions of products. Slow to make (it embeds them); then fast."""

    def __init__(self, knowledge: Knowledge, cache: Path | None = None) -> None:
        faqs = [(Evidence("faq.csv", f.id, "answer", f.answer), f"{f.question} {f.answer}") for f in knowledge.faqs]
        texts = [(Evidence(p.source, p.id, "text", p.text), p.text) for p in knowledge.passages]
        described = [
            (Evidence("products.csv", p.id, "description", p.description), f"{p.title} {p.description}")
            for p in knowledge.products
            if p.description
        ]
        pieces = [*faqs, *texts, *described]
        self._pieces = [piece for piece, _ in pieces]
        self._texts = [plain_line(text).plain for _, text in pieces]
        self._sentences = Sentences(cache)
        self._points = self._sentences.many(self._texts, "told") if self._sentences.works and pieces else None

    def near(self, question: str) -> tuple[Evidence, ...]:
        """The nearest first; none where nothing is near."""
        plain = plain_line(question).plain
        if not self._pieces:
            return ()
        if self._points is None:
            asked = set(grams(plain))
            scores = np.array([len(asked & set(grams(text))) / (len(asked) or 1) for text in self._texts])
            least = _NEAR_LETTERS
        else:
            scores, least = self._points @ self._sentences.one(plain, "told"), _NEAR
        best = np.argsort(-scores, kind="stable")[:_MOST]
        return tuple(self._pieces[n] for n in best if scores[n] >= least)
