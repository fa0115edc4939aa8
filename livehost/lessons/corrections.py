"""What people did to the co-host's answers in kept sessions: approved, edited, dropped, marked as wrong. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from livehost.evaluation import Case, Expect
from livehost.review.timeline import Question, Timeline
from livehost.understand.normalise import plain_line

Verdict = Literal["right", "edited", "wrong"]
_VERDICTS: dict[str, Verdict] = {"approve": "right", "post": "right", "drop": "wrong", "wrong": "wrong"}
_SIGNS = re.compile(r"[^\w]+")
_NOT_THE_ANSWER = ("order", "complaint", "hostile")  # dropped for what they are, not for what was to be said


class Correction(msgspec.Struct, frozen=True):
    """`question` is the first line that was asked, `wordings` all of them; `answer` is what was to be said, `words` what the
    person wrote instead (or as the correction of a wrong one)."""

    session: str
    at_ms: int
    who: str
    action: str
    verdict: Verdict
    question: str
    wordings: tuple[str, ...]
    table: str
    kind: str
    faq: str
    product_id: str
    answer: str
    words: str


def corrections(session: str, seen: Timeline) -> Iterator[Correction]:
    """In order; of an item that was decided several times, the last word counts."""
    last: dict[int, Correction] = {}
    for at_ms, act in seen.deeds:
        question = seen.questions.get(act.target)
        if question is None or not question.lines or act.action not in _VERDICTS:
            continue
        verdict = _VERDICTS[act.action]
        words = " ".join(act.text.split())
        if verdict == "right" and words and words != _before(question, at_ms):
            verdict = "edited"
        first = seen.lines[question.lines[0]]
        if verdict == "wrong" and act.action == "drop" and first.kind in _NOT_THE_ANSWER:
            continue
        last[act.target] = Correction(
            session=session,
            at_ms=at_ms,
            who=act.who,
            action=act.action,
            verdict=verdict,
            question=first.text,
            wordings=tuple(dict.fromkeys(seen.lines[n].text for n in question.lines)),
            table=first.table,
            kind=first.kind,
            faq=first.faq,
            product_id=first.product_id,
            answer=_before(question, at_ms),
            words=words,
        )
    yield from last.values()


def _before(question: Question, at_ms: int) -> str:
    """What was to be said before the person spoke up; a draft that is the question itself is none."""
    stand = next((s for s in reversed(question.stands) if s.at_ms < at_ms and s.text), None)
    return stand.text if stand else ""


def cases(found: Iterable[Correction]) -> Iterator[Case]:
    """As cases for `livehost evaluate`: what was right is answered so, what was wrong is not answered with that entry."""
    for number, one in enumerate(found, 1):
        name = f"{one.session}-{number}"
        if one.verdict == "right" and (one.faq or one.product_id):
            expect = Expect(
                kind="routine", route=("answer", "hold"), faq=one.faq or None, product_id=one.product_id or None
            )
            yield Case(one.question, expect, name, one.table)
        elif one.verdict == "wrong":
            yield Case(one.question, Expect(route=("hold", "host", "ignore")), name, one.table)


def same_words(text: str) -> str:
    """The same for lines that differ in signs and letters' case alone."""
    return " ".join(_SIGNS.sub(" ", plain_line(text).plain).split()) or text.strip().casefold()
