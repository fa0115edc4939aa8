"""What a line and a creator's entries have in common, as features of each entry, and the chance that follows from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from livehost.events import Candidate
from livehost.understand.concepts import Concepts
from livehost.understand.lexical import grams
from livehost.understand.sentences import Vectors

_NONE = np.zeros(0, dtype=np.int64)
FEATURES = (
    "near",
    "near_mean",
    "lead",
    "told",
    "agree",
    "agree_told",
    "foreign",
    "rest",
    "covered",
    "covered_concept",
    "strange",
)
# Of the regression, in the order of FEATURES; the last is the constant. An entry's wordings are its own, a field's are the
# corpus's: they are not weighed alike.
WEIGHTS = np.array([-3.58, 2.21, 6.33, 3.05, 0.31, 2.27, 4.41, -0.81, 0.61, 4.15, -2.18, -3.06])
FIELD_WEIGHTS = np.array([1.48, 1.74, 1.39, -0.15, 2.91, 3.97, 2.68, -0.66, 0.46, 2.39, -1.61, -4.81])


class Entries:
    """Rows to be found: points of their wordings and of what they say, and the concepts that these belong to."""

    def __init__(self, concepts: Concepts) -> None:
        self.concepts = concepts
        self.ids: list[Candidate] = []
        self._wordings: list[Vectors] = []
        self._told: list[Vectors] = []
        self._words: list[frozenset[str]] = []
        self._asked: list[Vectors] = []
        self._said: list[Vectors] = []

    def add(self, found: Candidate, wordings: Vectors, told: Vectors, texts: Sequence[str]) -> None:
        self.ids.append(found)
        self._wordings.append(wordings)
        self._told.append(told)
        self._words.append(frozenset(gram for text in texts for gram in grams(text)))
        self._asked.append(self.concepts.shares(wordings).mean(axis=0))
        shares = self.concepts.shares(told) if len(told) else np.zeros((1, len(self.concepts.names)), dtype=np.float32)
        self._said.append(shares.max(axis=0))

    def add_field(self, field: Candidate, names: Sequence[str]) -> None:
        """A product's field, which every shop has: its wordings are those of its concepts."""
        rows = [row for name in names for row in self.concepts.wordings_of(name)]
        self.add(
            field,
            self.concepts.vectors[rows],
            self.concepts.vectors[:0],
            [self.concepts.rows[row] for row in rows],
        )
        own = np.zeros(len(self.concepts.names), dtype=np.float32)
        own[[self.concepts.names.index(name) for name in names]] = 1
        self._asked[-1] = own

    def done(self) -> None:
        """Rows as arrays, once all are there."""
        self._entry = np.repeat(np.arange(len(self.ids)), [len(rows) for rows in self._wordings])
        self._points = np.concatenate(self._wordings)
        self._told_entry = np.repeat(np.arange(len(self.ids)), [len(rows) for rows in self._told])
        self._told_points = np.concatenate(self._told)
        self._q = np.stack(self._asked)
        self._a = np.stack(self._said)
        with_concept = [
            words | self.concepts.words[int(c)] for words, c in zip(self._words, self._q.argmax(axis=1), strict=True)
        ]
        self._in_own, self._in_concept = _standing_in(self._words), _standing_in(with_concept)
        self._faqs = sum(1 for found in self.ids if found.faq)
        self._own = self._q > 0.2  # concepts that an entry belongs to
        self._belongs = (self._q > 0.1) | (self._a > 0.4)  # … and those that it speaks of, too

    def chances(self, line: Vectors, text: str) -> NDArray[np.float64]:
        """[entries], 0-1, by what shops have in common: entries first, fields behind them."""
        features = self.features(line, text)
        return np.concatenate([chance(features[: self._faqs], WEIGHTS), chance(features[self._faqs :], FIELD_WEIGHTS)])

    def features(self, line: Vectors, text: str) -> NDArray[np.float64]:
        """[entries, len(FEATURES)]"""
        concepts = self.concepts
        alike = self._points @ line
        shares = concepts.shares(line[None])[0]
        near = _best(alike, self._entry, len(self.ids))
        spread = np.bincount(self._entry, weights=np.maximum(alike, 0) ** 4, minlength=len(self.ids))
        mean = (spread / np.bincount(self._entry, minlength=len(self.ids))) ** 0.25
        told = _best(self._told_points @ line, self._told_entry, len(self.ids)) if len(self._told_points) else near * 0
        nearest = concepts.nearest(line)
        foreign = near - np.where(self._own, -1.0, nearest[None]).max(axis=1)
        covered, by_concept = self._covered(text)
        every = (
            near,
            mean,
            _lead(near),
            told,
            self._q @ shares,
            self._a @ shares,
            foreign,
            np.full(len(self.ids), shares[~concepts.asks].sum()),
            covered,
            by_concept,
            (shares[None] * ~self._belongs).max(axis=1),
        )
        return np.stack([np.asarray(values, dtype=np.float64) for values in every], axis=1)

    def _covered(self, text: str) -> NDArray[np.float64]:
        """[2, entries]: the share of a line's n-grams, by how rare they are, that stand in an entry, and in an entry or the
        wordings of its concept."""
        weights = {gram: self.concepts.rarity.get(gram, self.concepts.unseen) for gram in frozenset(grams(text))}
        found = np.zeros((2, len(self.ids)))
        for gram, weight in weights.items():
            found[0, self._in_own.get(gram, _NONE)] += weight
            found[1, self._in_concept.get(gram, _NONE)] += weight
        found /= sum(weights.values()) or 1.0
        return found


def chance(features: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """[entries, features] → [entries], 0-1."""
    chances: NDArray[np.float64] = 1 / (1 + np.exp(-(features @ weights[:-1] + weights[-1])))
    return chances


def _standing_in(sets: Sequence[frozenset[str]]) -> dict[str, NDArray[np.int64]]:
    """For each n-gram the numbers of the sets that it stands in."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, some in enumerate(sets):
        for gram in some:
            found[gram].append(number)
    return {gram: np.array(numbers) for gram, numbers in found.items()}


def _best(values: Vectors, entry: NDArray[np.int64], entries: int) -> Vectors:
    found = np.full(entries, -1.0, dtype=np.float32)
    np.maximum.at(found, entry, values)
    return found


def _lead(values: Vectors) -> Vectors:
    """How far each is before the best of the others."""
    if len(values) < 2:
        return values
    second, best = np.sort(values)[-2:]
    lead: Vectors = np.where(values == best, values - second, values - best)
    return lead
