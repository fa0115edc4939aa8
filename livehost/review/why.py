"""Why a line came to what it came to: its decision with the evidence, what else was near, and the question's whole life."""

from __future__ import annotations

from pathlib import Path

import msgspec

from livehost.decision import Decision
from livehost.knowledge import Knowledge
from livehost.review.timeline import Question, Timeline
from livehost.show.inert import inert
from livehost.understand.normalise import plain_line


class Alternative(msgspec.Struct, frozen=True):
    """An entry that was near, and how near (0-1)."""

    faq: str
    score: float
    question: str
    answer: str


class Stood(msgspec.Struct, frozen=True):
    at_ms: int
    state: str
    askers: int
    reason: str


class Spoke(msgspec.Struct, frozen=True):
    text: str
    planned_ms: int
    started_ms: int
    ended_ms: int
    heard_ms: int
    cut: str


class Replied(msgspec.Struct, frozen=True):
    at_ms: int
    done_ms: int
    text: str
    problem: str


class Life(msgspec.Struct, frozen=True):
    """A question from its first asker to its end."""

    item: int
    askers: tuple[str, ...]
    stands: tuple[Stood, ...]
    spoken: tuple[Spoke, ...]
    replies: tuple[Replied, ...]


class Why(msgspec.Struct, frozen=True):
    """`thresholds`: what a match must reach; `on_table`: the product that "this one" meant."""

    at_ms: int
    text: str
    who: str
    platform: str
    decided_after_ms: int | None
    on_table: str
    decision: Decision | None
    alternatives: tuple[Alternative, ...]
    thresholds: dict[str, float]
    life: Life | None


_ASKERS_MOST = 40


def why_line(seen: Timeline, folder: Path, knowledge: Knowledge, index: int) -> Why:
    """`index` is the line's place in the timeline."""
    line = seen.lines[index]
    found = seen.matches.get(plain_line(line.text).plain, ())
    faqs = knowledge.faq_by_id
    question = seen.questions.get(line.item)
    return Why(
        at_ms=line.at_ms,
        text=inert(line.text),
        who=inert(line.name or line.user_id, 60),
        platform=inert(line.platform, 30),
        decided_after_ms=line.decided_ms - line.at_ms if line.decided_ms >= 0 else None,
        on_table=line.table,
        decision=seen.decision_of(folder, line),
        alternatives=tuple(
            Alternative(c.faq, c.score, faqs[c.faq].question, faqs[c.faq].answer) for c in found if c.faq in faqs
        ),
        thresholds=msgspec.structs.asdict(knowledge.creator.matching),
        life=life_of(seen, question) if question else None,
    )


def life_of(seen: Timeline, question: Question) -> Life:
    spoken = (seen.utterances[n] for n in question.spoken)
    replies = (seen.replies[n] for n in question.posts)
    asked = (seen.lines[n] for n in question.lines[:_ASKERS_MOST])
    return Life(
        item=question.item,
        askers=tuple(f"{inert(line.name or line.user_id, 40)}: {inert(line.text, 200)}" for line in asked),
        stands=tuple(Stood(s.at_ms, s.state, s.askers, inert(s.reason, 200)) for s in question.stands),
        spoken=tuple(Spoke(inert(u.text), u.planned_ms, u.started_ms, u.ended_ms, u.heard_ms, u.cut) for u in spoken),
        replies=tuple(Replied(r.at_ms, r.done_ms, inert(r.text), inert(r.problem, 200)) for r in replies),
    )
