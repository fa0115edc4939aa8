"""Which of the creator's entries, or which of a product's fields, a line asks for.

Line and entries are compared as points (`sentences`), by the concepts they belong to (`concepts`), and by their words; a
logistic regression over these, trained on simulated shops (scripts/training), gives the chance that the entry answers the
line. The few best are then read together with the line (`cross_encoder`), whose verdict is added to that chance.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from livehost.commands import Among
from livehost.events import Candidate
from livehost.knowledge import Faq, Knowledge
from livehost.meaning import Field
from livehost.understand.background import BACKGROUND
from livehost.understand.concepts import FIELD_CONCEPTS, known_concepts
from livehost.understand.cross_encoder import FIELDS, CrossEncoder
from livehost.understand.entries import Entries
from livehost.understand.lexical import EntryLetters
from livehost.understand.normalise import plain_line
from livehost.understand.own_wordings import same_line
from livehost.understand.products import ProductNames
from livehost.understand.respelled import Respelling
from livehost.understand.ridge import EntryRidge
from livehost.understand.sentences import Encoder, Sentences, Vectors

_MOST = 5
_FEW, _MANY = 6, 16  # wordings an entry: up to the first the corpus alone is asked, from the second on the entries' own
_STEEP, _EVEN = 12.0, 0.36  # brings the ridge's scores to chances: on BANKING77 98 % are right from 0.85 on
_READ = 4  # entries and fields that are read together with a line …
_LIKELY = 0.01  # … where their chance is not less
_UNREAD = 0.1  # of its chance is left to an entry that the line was not read with
_DENIED = 0.3  # of its chance is left to an entry that a line only looks like
_OWN_WORDS = 20  # times that a word of the creator's own counts for one of the corpus where a slip is put right
_REPEATED = 8192  # lines whose candidates are remembered
_CLAUSE = re.compile(r"[^,.;!?，。；！？]+")


class Engines(Encoder, Protocol):
    """What a matcher computes with, beside what belongs to the creator."""

    def read(self, pieces: NDArray[np.int64], segments: NDArray[np.int64]) -> NDArray[np.float64]: ...


class Matching:
    """Chances 0-1 of entries and fields for lines. By letters alone where the library is missing."""

    def __init__(self, knowledge: Knowledge, kept: Path | None = None, engines: Engines | None = None) -> None:
        """`engines`: where it is computed; None: here."""
        self._engines = engines
        self._sentences = Sentences(kept, engines)
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
            self._reading = self._cross_encoder(knowledge)
        else:
            self._letters = EntryLetters(knowledge.faqs)
        self._read: dict[tuple[str, Among], tuple[Candidate, ...]] = {}  # of lines looked up in full, the latest last
        self._glance = lru_cache(_REPEATED)(self._look_up)

    def match(self, text: str, among: Among = "questions", hurried: bool = False) -> tuple[Candidate, ...]:
        """Best first; `text` is a plain line. What a room repeats is looked up once. `hurried`: read together with no entry,
        unless it was before."""
        if hurried and (text, among) not in self._read:
            return self._glance(text, among, hurried=True)
        known = self._read[text, among] = self._read.pop((text, among), ()) or self._look_up(text, among, hurried=False)
        if len(self._read) > _REPEATED:
            del self._read[next(iter(self._read))]
        return known

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

    def _cross_encoder(self, knowledge: Knowledge) -> CrossEncoder:
        entries: list[tuple[Sequence[str], str]] = [
            ([plain_line(w).plain for w in faq.wordings], plain_line(faq.answer).plain) for faq in knowledge.faqs
        ]
        fields: list[tuple[Sequence[str], str]] = [FIELDS[c.field] for c in self.entries.ids[len(entries) :] if c.field]
        return CrossEncoder(entries + fields, self._engines.read if self._engines else None)

    def _by_own_wordings(self, bare: str, chances: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where each entry has many wordings, these say more than what shops have in common."""
        if self._ridge is None:
            return chances
        weighed = self._ridge.scores(self._sentences.one(bare, "told"))
        own = 1 / (1 + np.exp(-_STEEP * (weighed - _EVEN)))
        blended = self._taught * own + (1 - self._taught) * chances[: len(own)]
        return np.concatenate([blended, chances[len(own) :] * (1 - self._taught)])

    def _read_together(self, text: str, chances: NDArray[np.float64]) -> NDArray[np.float64]:
        """The few likeliest read together with the line. Each by itself: which of two that fit is meant, the reader sees."""
        best = [int(n) for n in np.argsort(-chances)[:_READ] if chances[n] >= _LIKELY]
        if not best or self._taught == 1 or not self._reading.works:
            return chances
        before = np.clip(chances[best], 1e-4, 1 - 1e-4)
        weights = np.exp(self._reading.logits(text, best) + np.log(before / (1 - before)))
        found = chances * _UNREAD
        found[best] = weights / (1 + weights)
        return found

    def _look_up(self, text: str, among: Among, hurried: bool) -> tuple[Candidate, ...]:
        if not self.by_meaning:
            scores = self._letters.scores(text, among).items()
            return _ranked([self._unless_denied(Candidate(faq, score), text, None) for faq, score in scores])
        if among == "answers":
            alike = self._answers @ self._sentences.one(text, "told")
            return _ranked([Candidate(faq.id, float(score)) for faq, score in zip(self._faqs, alike, strict=True)])
        bare = self.bare(self._respelling.put_right(text))
        line = self.place(bare)
        chances = self.entries.chances(line, bare)
        chances = self._by_own_wordings(bare, chances if hurried else self._read_together(text, chances))
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


def _ranked(found: list[Candidate]) -> tuple[Candidate, ...]:
    best = sorted(found, key=lambda c: -c.score)[:_MOST]
    return tuple(Candidate(c.faq, round(min(max(c.score, 0.0), 1.0), 6), c.field) for c in best)
