"""Questions that got no answer, the same ones put together, the most wanted first: what the FAQ lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from livehost.knowledge import Knowledge
from livehost.review.timeline import Line, Timeline

Group = Callable[[str], int]  # a question's text → the number of its group
_GROUPED_MOST = 300  # different wordings that are put together by likeness, 20 ms each; rarer ones only by their words
_WORDINGS_MOST = 12
_NEAR = 0.2  # an entry that is further away has nothing to do with the question
_WANTED = ("other_question", "routine")


class Unanswered(msgspec.Struct, frozen=True):
    """`wordings`: other ways it was asked; `why`: what was decided on its first line; `near`: the FAQ entry nearest to it."""

    question: str
    asked: int
    viewers: int
    first_ms: int
    last_ms: int
    product_id: str
    why: str
    near: str
    near_score: float
    wordings: tuple[str, ...]


@dataclass
class _Words:
    """Lines of the same words, however written."""

    lines: list[Line] = field(default_factory=list)

    @property
    def viewers(self) -> set[str]:
        return {line.user_id or line.id for line in self.lines}


def unanswered(
    seen: Timeline, knowledge: Knowledge, answered: Sequence[bool], messages: Sequence[Line], group: Group
) -> tuple[Unanswered, ...]:
    """`answered` says it of each of `messages`. What only the host or a person can answer (personal, orders) is left out."""
    by_words: dict[str, _Words] = {}
    for line, done in zip(messages, answered, strict=True):
        if not done and line.kind in _WANTED:
            by_words.setdefault(" ".join(line.text.casefold().split()), _Words()).lines.append(line)
    ranked = sorted(by_words.values(), key=lambda w: (-len(w.viewers), w.lines[0].at_ms))
    together: dict[int, list[_Words]] = {}
    for number, words in enumerate(ranked):
        own = -1 - number
        key = group(words.lines[0].text) if number < _GROUPED_MOST else own
        together.setdefault(key, []).append(words)
    rows = (_row(members, seen, knowledge) for members in together.values())
    return tuple(sorted(rows, key=lambda row: (-row.viewers, -row.asked, row.first_ms)))


def _row(members: list[_Words], seen: Timeline, knowledge: Knowledge) -> Unanswered:
    lines = sorted((line for words in members for line in words.lines), key=lambda line: line.at_ms)
    best = members[0].lines[0]
    near, score = _nearest(best, seen, knowledge)
    return Unanswered(
        question=best.text,
        asked=len(lines),
        viewers=len({viewer for words in members for viewer in words.viewers}),
        first_ms=lines[0].at_ms,
        last_ms=lines[-1].at_ms,
        product_id=best.product_id,
        why=_why(best, seen),
        near=near,
        near_score=score,
        wordings=tuple(_unique(words.lines[0].text for words in members[1:]))[:_WORDINGS_MOST],
    )


def _nearest(line: Line, seen: Timeline, knowledge: Knowledge) -> tuple[str, float]:
    from livehost.understand.normalise import plain_line

    candidates = seen.matches.get(plain_line(line.text).plain, ())
    if not candidates or candidates[0].score < _NEAR or candidates[0].faq not in knowledge.faq_by_id:
        return "", 0.0
    return candidates[0].faq, candidates[0].score


def _why(line: Line, seen: Timeline) -> str:
    question = seen.questions.get(line.item)
    if question is None:
        return "not in the knowledge" if line.kind == "other_question" else line.route
    last = question.stands[-1]
    return last.reason or last.state


def _unique(texts: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(texts)
