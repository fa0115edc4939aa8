"""Which of the creator's entries, or which of a product's fields, a line asks for.

Line and entries are compared as points (`sentences`), by the concepts they belong to (`concepts`), and by their words; a
logistic regression over these, trained on simulated shops (scripts/training), gives the chance that the entry answers the line.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livehost.commands import Among
from livehost.events import Candidate
from livehost.knowledge import Faq, Knowledge
from livehost.meaning import Field
from livehost.understand.background import BACKGROUND
from livehost.understand.concepts import FIELD_CONCEPTS, Concepts, known_concepts
from livehost.understand.lexical import EntryLetters, grams
from livehost.understand.normalise import plain_line
from livehost.understand.own_wordings import same_line
from livehost.understand.products import ProductNames
from livehost.understand.respelled import Respelling
from livehost.understand.ridge import EntryRidge
from livehost.understand.sentences import Sentences, Vectors

_MOST = 5
_FEW, _MANY = 6, 16  # wordings an entry: up to the first the corpus alone is asked, from the second on the entries' own
_STEEP, _EVEN = 12.0, 0.36  # brings the ridge's scores to chances: on BANKING77 98 % are right from 0.85 on
_DENIED = 0.3  # of its chance is left to an entry that a line only looks like
_OWN_WORDS = 20  # times that a word of the creator's own counts for one of the corpus where a slip is put right
_REPEATED = 8192  # lines whose candidates are remembered
_NONE = np.zeros(0, dtype=np.int64)
_CLAUSE = re.compile(r"[^,.;!?，。；！？]+")
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
        self._own = self._q > 0.2  # concepts that an entry belongs to
        self._belongs = (self._q > 0.1) | (self._a > 0.4)  # … and those that it speaks of, too

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


class Matching:
    """Chances 0-1 of entries and fields for lines. By letters alone where the library is missing."""

    def __init__(self, knowledge: Knowledge, kept: Path | None = None) -> None:
        self._sentences = Sentences(kept)
        self.by_meaning = self._sentences.works
        self._names = ProductNames(knowledge)
        self._faqs = knowledge.faqs
        self._exact: dict[str, set[str]] = defaultdict(set)
        for faq in knowledge.faqs:
            for wording in faq.wordings:
                self._exact[same_line(plain_line(wording).plain)].add(faq.id)
        self._denied_words = {
            faq.id: {plain_line(w).plain for w in faq.not_asked} for faq in knowledge.faqs if faq.not_asked
        }
        self._denied: dict[str, tuple[Vectors, Vectors]] = {}
        if self.by_meaning:
            self.entries = self._entries(knowledge)
            self._denied = {faq.id: self._both_sides(faq) for faq in knowledge.faqs if faq.not_asked}
            told = [
                plain_line(f"{faq.question} {' '.join(faq.also_asked)} {faq.answer}").plain for faq in knowledge.faqs
            ]
            named = [plain_line(name).plain for product in knowledge.products for name in product.names]
            known = (*known_concepts().rows, *(_OWN_WORDS * (*told, *named)))
            self._respelling = Respelling(known, self._sentences.words())
            answers = [plain_line(f"{faq.question} {faq.answer}").plain for faq in knowledge.faqs]
            self._answers = self._sentences.many(answers, "told")
            self._taught = _taught(knowledge)
            self._ridge = self._wordings_weighed() if self._taught else None
        else:
            self._letters = EntryLetters(knowledge.faqs)
        self._match = lru_cache(_REPEATED)(self._look_up)

    def match(self, text: str, among: Among = "questions") -> tuple[Candidate, ...]:
        """Best first; `text` is a plain line. What a room repeats is looked up once."""
        return self._match(text, among)

    def features(self, text: str) -> NDArray[np.float64]:
        """Of a plain line: [entries, len(FEATURES)]"""
        bare = self.bare(self._respelling.put_right(text))
        return self.entries.features(self.place(bare), bare)

    def place(self, bare: str) -> Vectors:
        """[512], of what is asked."""
        return self._sentences.one(bare)

    def bare(self, plain: str) -> str:
        """A plain line without the names of products: what is asked of them is left."""
        named = self._names.find(plain)
        if not (named.exact or named.sort):
            return plain
        return re.sub(r"(?<=[㐀-鿿]) (?=[㐀-鿿])", "", named.rest) or plain

    def _both_sides(self, faq: Faq) -> tuple[Vectors, Vectors]:
        """Points of the wordings that an entry is asked with, and of those that it is not."""
        asked, not_asked = ([self.bare(plain_line(w).plain) for w in some] for some in (faq.wordings, faq.not_asked))
        return self._sentences.many(asked), self._sentences.many(not_asked)

    def _unless_denied(self, found: Candidate, text: str, line: Vectors | None) -> Candidate:
        """An entry's chance, less where the line is said not to ask for it, or is nearer to such a wording than to its own."""
        if found.faq not in self._denied_words:
            return found
        if text in self._denied_words[found.faq]:
            return Candidate(found.faq, 0.0)
        if line is not None and found.score < 1:
            asked, not_asked = self._denied[found.faq]
            if (not_asked @ line).max() > (asked @ line).max():
                return Candidate(found.faq, found.score * _DENIED)
        return found

    def _entries(self, knowledge: Knowledge) -> Entries:
        entries = Entries(known_concepts())
        asked = [[self.bare(plain_line(w).plain) for w in faq.wordings] for faq in knowledge.faqs]
        told = [[self.bare(plain_line(c).plain) for c in _CLAUSE.findall(faq.answer)] for faq in knowledge.faqs]
        texts = list(dict.fromkeys(text for some in (*asked, *told) for text in some))
        points = dict(zip(texts, self._sentences.many(texts), strict=True))
        for faq, wordings, clauses in zip(knowledge.faqs, asked, told, strict=True):
            asks, says = (_stacked([points[text] for text in some]) for some in (wordings, clauses))
            entries.add(Candidate(faq.id, 0.0), asks, says, [*wordings, *clauses])
        fields: dict[Field, list[str]] = {}
        for concept, field in FIELD_CONCEPTS.items():
            fields.setdefault(field, []).append(concept)
        for field, concepts in fields.items():
            entries.add_field(Candidate("", 0.0, field=field), concepts)
        entries.done()
        return entries

    def _wordings_weighed(self) -> EntryRidge:
        wordings = [(n, self.bare(plain_line(w).plain)) for n, faq in enumerate(self._faqs) for w in faq.wordings]
        points = self._sentences.many([wording for _, wording in wordings], "told")
        background = self._sentences.many(BACKGROUND, "told")
        return EntryRidge(points, np.array([n for n, _ in wordings]), self._answers, background)

    def _chances(self, bare: str, line: Vectors) -> NDArray[np.float64]:
        """Of the entries and fields. Where each entry has many wordings, these say more than what shops have in common."""
        features = self.entries.features(line, bare)
        faqs = len(self._faqs)
        chances = np.concatenate([chance(features[:faqs], WEIGHTS), chance(features[faqs:], FIELD_WEIGHTS)])
        if self._ridge is None:
            return chances
        weighed = self._ridge.scores(self._sentences.one(bare, "told"))
        own = 1 / (1 + np.exp(-_STEEP * (weighed - _EVEN)))
        blended = self._taught * own + (1 - self._taught) * chances[: len(own)]
        return np.concatenate([blended, chances[len(own) :] * (1 - self._taught)])

    def _look_up(self, text: str, among: Among) -> tuple[Candidate, ...]:
        if not self.by_meaning:
            scores = self._letters.scores(text, among).items()
            return _ranked([self._unless_denied(Candidate(faq, score), text, None) for faq, score in scores])
        if among == "answers":
            alike = self._answers @ self._sentences.one(text, "told")
            return _ranked([Candidate(faq.id, float(score)) for faq, score in zip(self._faqs, alike, strict=True)])
        bare = self.bare(self._respelling.put_right(text))
        line = self.place(bare)
        chances = self._chances(bare, line)
        found = [Candidate(c.faq, float(s), c.field) for c, s in zip(self.entries.ids, chances, strict=True)]
        if own := self._exact.get(same_line(text)):
            found = [Candidate(c.faq, 1.0) if c.faq in own else c for c in found]
        found = [self._unless_denied(c, text, line) for c in found] if self._denied_words else found
        shares = self.entries.concepts.shares(line[None])[0]
        kind = self.entries.concepts.kind(int(shares.argmax()))
        return (*_ranked(found), Candidate("", round(float(shares.max()), 4), kind=kind))


def _taught(knowledge: Knowledge) -> float:
    """0-1: how far the entries' own wordings suffice; a shop's two or three do not."""
    if not knowledge.faqs:
        return 0.0
    wordings = sum(len(faq.wordings) for faq in knowledge.faqs) / len(knowledge.faqs)
    return min(1.0, max(0.0, (wordings - _FEW) / (_MANY - _FEW)))


def _stacked(points: Sequence[Vectors]) -> Vectors:
    return np.stack(points) if points else np.zeros((0, 512), dtype=np.float32)


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


def _ranked(found: list[Candidate]) -> tuple[Candidate, ...]:
    best = sorted(found, key=lambda c: -c.score)[:_MOST]
    return tuple(Candidate(c.faq, round(min(max(c.score, 0.0), 1.0), 4), c.field) for c in best)


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
