"""What a proposal would change: every question of the kept sessions, and every correction, decided with and without it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec
import numpy as np

from livehost.asking import Asker
from livehost.creator_file import with_changes
from livehost.decision import Decision
from livehost.evaluation import Case, evaluate
from livehost.knowledge import Faq, Knowledge
from livehost.lessons.corrections import Correction, cases
from livehost.lessons.proposals import Proposal
from livehost.review.timeline import Timeline
from livehost.understand.matching import Matching
from livehost.understand.normalise import plain_line
from livehost.understand.sentences import Sentences, unit

_ASKS = ("routine", "other_question", "personal", "order", "complaint")
_NEAR = 0.35  # of a line to a wording: what is further away is not moved by it
_SAMPLES = 5
LINES_MOST = 3000


class Effect(msgspec.Struct, frozen=True):
    """In lines of all kept sessions, how often each was asked counted: of `lines`, so many would be answered and are not now,
    the other way round, or be answered otherwise; `samples` are "what: line". `right_before` and `right_after` of `judged`
    corrections come out as people wanted it."""

    lines: int
    newly_answered: int
    no_longer_answered: int
    otherwise: int
    samples: tuple[str, ...]
    judged: int
    right_before: int
    right_after: int


class Asked(msgspec.Struct, frozen=True):
    """A question of the kept sessions, with what was on the table, and how often it was asked."""

    text: str
    table: str
    times: int


def asked(sessions: Iterable[Timeline]) -> list[Asked]:
    """The most frequent first."""
    counts: Counter[tuple[str, str]] = Counter()
    texts: dict[tuple[str, str], str] = {}
    for seen in sessions:
        for line in seen.lines:
            if line.type == "message" and line.kind in _ASKS:
                key = (plain_line(line.text).plain, line.table)
                counts[key] += 1
                texts.setdefault(key, line.text)
    return [Asked(texts[key], key[1], times) for key, times in counts.most_common()]


class Measuring:
    """Against the creator's folder as it is. `cache` keeps the points of the knowledge's wordings."""

    def __init__(self, knowledge: Knowledge, lines: Sequence[Asked], found: Sequence[Correction], cache: Path) -> None:
        self._knowledge = knowledge
        self._cache = cache
        self._lines = lines[:LINES_MOST]
        self._cases = list(cases(found))
        self._matcher = Matching(knowledge, cache)
        self._before = Asker(knowledge, self._matcher)
        self._decided: dict[int, Decision] = {}
        self._sentences = Sentences()
        self._points: np.ndarray | None = None
        self._right_before: int | None = None

    def effect(self, one: Proposal, passed: Callable[[], None] = lambda: None) -> Effect:
        after = applied(self._knowledge, one)
        same_entries = (after.faqs, after.products) == (self._knowledge.faqs, self._knowledge.products)
        asker = Asker(after, self._matcher if same_entries else Matching(after, self._cache))
        counts: Counter[str] = Counter()
        samples: list[str] = []
        for number in self._touched(one, after):
            line = self._lines[number]
            change = _change(self._decision(number), asker.ask(line.text, line.table))
            counts[change] += line.times
            if change and len(samples) < _SAMPLES:
                samples.append(f"{change}: {line.text}")
            passed()
        if self._right_before is None:
            self._right_before = _right(self._cases, self._before)
        return Effect(
            lines=sum(line.times for line in self._lines),
            newly_answered=counts["newly answered"],
            no_longer_answered=counts["no longer answered"],
            otherwise=counts["otherwise"],
            samples=tuple(samples),
            judged=len(self._cases),
            right_before=self._right_before,
            right_after=_right(self._cases, asker),
        )

    def _decision(self, number: int) -> Decision:
        if number not in self._decided:
            line = self._lines[number]
            self._decided[number] = self._before.ask(line.text, line.table)
        return self._decided[number]

    def _touched(self, one: Proposal, after: Knowledge) -> list[int]:
        """The lines that could come out otherwise: those near to what is new, or answered with the entry now; of a threshold
        all, of a pronunciation none."""
        if one.kind == "pronunciation":
            return []
        if one.kind == "threshold" or not self._sentences.works:
            return list(range(len(self._lines)))
        if one.kind == "answer":
            return [n for n in range(len(self._lines)) if self._decision(n).faq == one.faq]
        words = [plain_line(text).plain for text in (*one.wordings, one.question) if text]
        if self._points is None:
            texts = [plain_line(line.text).plain for line in self._lines]
            self._points = unit(self._sentences.many(texts)) if texts else np.zeros((0, 512), dtype=np.float32)
        near = (self._points @ unit(self._sentences.many(words)).T).max(axis=1, initial=0.0)
        return np.flatnonzero(near >= _NEAR).tolist()


def _change(before: Decision, after: Decision) -> str:
    answered = (before.route == "answer", after.route == "answer")
    if answered == (False, True):
        return "newly answered"
    if answered == (True, False):
        return "no longer answered"
    return "otherwise" if answered == (True, True) and before.answer != after.answer else ""


def _right(found: Sequence[Case], asker: Asker) -> int:
    return len(found) - len(evaluate(found, asker).misses)


def applied(knowledge: Knowledge, one: Proposal) -> Knowledge:
    """The knowledge as it would be."""
    if one.kind == "threshold":
        return msgspec.structs.replace(
            knowledge, creator=with_changes(knowledge.creator, [f"{one.setting}={one.value}"])
        )
    if one.kind == "entry":
        new = Faq(new_id(knowledge), one.question, one.answer, one.product_id, one.wordings)
        return msgspec.structs.replace(knowledge, faqs=(*knowledge.faqs, new))
    faqs = tuple(changed_entry(faq, one) if faq.id == one.faq else faq for faq in knowledge.faqs)
    return msgspec.structs.replace(knowledge, faqs=faqs)


def changed_entry(faq: Faq, one: Proposal) -> Faq:
    match one.kind:
        case "wording":
            return msgspec.structs.replace(faq, also_asked=(*faq.also_asked, *one.wordings))
        case "not asked so":
            return msgspec.structs.replace(faq, not_asked=(*faq.not_asked, *one.wordings))
        case "answer":
            return msgspec.structs.replace(faq, answer=one.answer)
    return faq


def new_id(knowledge: Knowledge) -> str:
    """ "learned-1" and on."""
    number = 1
    while f"learned-{number}" in knowledge.faq_by_id:
        number += 1
    return f"learned-{number}"
