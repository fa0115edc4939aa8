"""What the watch page's time line is drawn from, small enough to be sent at once for a long evening. Pure."""

from __future__ import annotations

from pathlib import Path

import msgspec

from livehost.knowledge import Knowledge
from livehost.record.folder import Header
from livehost.review.fates import ANSWERED
from livehost.review.rows import Rows
from livehost.review.timeline import Timeline
from livehost.show.inert import inert

_BUCKETS = 600


class Where(msgspec.Struct, frozen=True):
    """The tracks that are there, where accepted differences go, and the creator's folder of --with (empty: none)."""

    sound: tuple[str, ...]
    cases: str
    other: str


class Overview(msgspec.Struct, frozen=True):
    """What the time line is drawn from. Spans and moments in ms. Not `whole`: of the session's beginning alone."""

    whole: bool
    session: str
    creator: str
    language: str
    started_at: str
    duration_ms: int
    missing: tuple[str, ...]
    bucket_ms: int
    density: tuple[tuple[int, int, int], ...]  # answered, other questions, the rest
    host: tuple[tuple[int, int], ...]
    host_words: tuple[tuple[int, int, str], ...]
    said: tuple[tuple[int, int, int, str], ...]  # from, to, item, text
    questions: tuple[tuple[int, int, int, str, int], ...]  # at, item, askers, outcome, index of its first line
    deeds: tuple[tuple[int, str, str], ...]
    troubles: tuple[tuple[int, int, str], ...]
    where: Where


def overview(folder: Path, header: Header, knowledge: Knowledge, rows: Rows, where: Where) -> Overview:
    seen = rows.seen
    bucket_ms = max(1000, -(-seen.last_ms // _BUCKETS))
    said = [u for u in seen.utterances if u.started_ms >= 0]
    return Overview(
        whole=seen.whole,
        session=inert(folder.resolve().name, 80),
        creator=inert(knowledge.creator.name, 60),
        language=knowledge.creator.languages[0],
        started_at=header.started_at,
        duration_ms=seen.last_ms,
        missing=_missing(seen) if seen.whole else (),
        bucket_ms=bucket_ms,
        density=_density(rows, bucket_ms),
        host=tuple(seen.host_spans),
        host_words=tuple((w.start_ms, w.end_ms, inert(w.text)) for w in seen.host),
        said=tuple((u.started_ms, max(u.ended_ms, u.started_ms), u.item, inert(u.text)) for u in said),
        questions=_questions(rows),
        deeds=tuple((at_ms, act.action, inert(act.who, 40)) for at_ms, act in seen.deeds),
        troubles=_troubles(seen),
        where=where,
    )


def _missing(seen: Timeline) -> tuple[str, ...]:
    """Keys of the page's words."""
    return tuple(
        name
        for name, is_so in (("no_end", not seen.ended), ("torn", seen.torn > 0), ("unread", bool(seen.unread)))
        if is_so
    )


def _density(rows: Rows, bucket_ms: int) -> tuple[tuple[int, int, int], ...]:
    found = [[0, 0, 0] for _ in range(rows.seen.last_ms // bucket_ms + 1)]
    for line, fate in zip(rows.seen.lines, rows.fates, strict=True):
        if fate:
            column = 0 if fate in ANSWERED else 1 if line.route in ("hold", "host") or line.kind == "routine" else 2
            found[line.at_ms // bucket_ms][column] += 1
    return tuple((a, b, c) for a, b, c in found)


def _questions(rows: Rows) -> tuple[tuple[int, int, int, str, int], ...]:
    found = []
    for question in rows.seen.questions.values():
        if question.lines:
            first = question.lines[0]
            outcome = rows.fates[first]
            found.append((rows.seen.lines[first].at_ms, question.item, len(question.lines), outcome, first))
    return tuple(found)


def _troubles(seen: Timeline) -> tuple[tuple[int, int, str], ...]:
    began: dict[str, int] = {}
    found = []
    for at_ms, change in seen.parts:
        if change.state in ("lost", "degraded"):
            began.setdefault(change.part, at_ms)
        elif change.part in began:
            found.append((began.pop(change.part), at_ms, inert(change.part, 40)))
    return tuple(found + [(since, seen.last_ms, inert(part, 40)) for part, since in began.items()])
