"""A session in numbers: what was asked, what became of it, how fast, who stepped in, what it took. Pure.

What a recording can't tell stays None, so that nobody reads an invented nought.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from livehost.knowledge import Knowledge
from livehost.review.fates import ANSWERED, Fate, fate_of, fate_of_question
from livehost.review.products import ProductRow, product_rows
from livehost.review.timeline import ABOUT_ITEMS, Line, Question, Timeline
from livehost.review.unanswered import Group, Unanswered, unanswered

_SLOTS_MOST = 48
_SLOT_MINUTES = (1, 2, 5, 10, 15, 30, 60)
_BY_PERSON = ("approve", "post", "drop")


class Times(msgspec.Struct, frozen=True):
    """In ms; `values` are sorted."""

    count: int
    p50: int
    p90: int
    p99: int
    longest: int
    values: tuple[int, ...]


class Slot(msgspec.Struct, frozen=True):
    """Message lines that came in `slot_ms` from `at_ms` on."""

    at_ms: int
    answered: int
    to_person: int  # held, or shown to the host
    unanswered: int  # routine, and yet not answered
    rest: int  # nothing that asks for an answer


class Deed(msgspec.Struct, frozen=True):
    at_ms: int
    who: str
    action: str
    question: str
    text: str


class Speech(msgspec.Struct, frozen=True):
    """In ms. `over_host_ms` is how long both spoke at once, in `over_host` spells; `cut` by reason."""

    host_ms: int
    cohost_ms: int
    over_host_ms: int
    over_host: int
    over_host_longest_ms: int
    said: int
    cut: dict[str, int]


class PartHealth(msgspec.Struct, frozen=True):
    """`troubled_ms`: for how long it was lost or degraded."""

    part: str
    state: str
    troubled_ms: int
    troubles: int
    detail: str


class Cost(msgspec.Struct, frozen=True):
    """`cpu_ms` is None where the recording does not tell; `compute_ms` by what was computed."""

    cpu_ms: int | None
    compute_ms: dict[str, int]
    spoken_letters: int
    model_tokens: int


class Figures(msgspec.Struct, frozen=True):
    duration_ms: int
    lines: int
    viewers: int
    platforms: dict[str, int]
    kinds: dict[str, int]
    fates: dict[str, int]  # of all message lines
    routine: int
    routine_fates: dict[str, int]
    routine_answered: int
    coverage: float | None  # answered ÷ routine lines
    asked: int  # routine lines and questions that the knowledge does not hold
    asked_coverage: float | None
    given: int  # questions that were answered
    marked_wrong: int
    edited: int
    precision: float | None
    questions: int
    slot_ms: int
    slots: tuple[Slot, ...]
    decided: Times | None
    in_text: Times | None
    aloud: Times | None
    held_decided: Times | None
    held: int
    held_open: int
    host_answered: int
    speech: Speech
    deeds: tuple[Deed, ...]
    deeds_by: dict[str, dict[str, int]]  # who → action → times
    products: tuple[ProductRow, ...]
    unanswered: tuple[Unanswered, ...]
    cost: Cost
    parts: tuple[PartHealth, ...]
    losses: dict[str, int]
    posts_failed: int
    faults: int
    ended: bool
    torn_bytes: int
    unread: dict[str, int]


def figures(seen: Timeline, knowledge: Knowledge, group: Group) -> Figures:
    """`group` numbers questions so that the same ones have the same number."""
    messages = [line for line in seen.lines if line.type == "message"]
    fates = [fate_of(seen, line) for line in messages]
    routine = [fate for line, fate in zip(messages, fates, strict=True) if line.kind == "routine"]
    answered = sum(fate in ANSWERED for fate in routine)
    asked = [f for line, f in zip(messages, fates, strict=True) if line.kind in ("routine", "other_question")]
    asked_for = [q for q in seen.questions.values() if q.lines]  # a greeting or thanks answers nobody
    given = {q.item for q in asked_for if fate_of_question(seen, q) in ANSWERED}
    wrong = {act.target for _, act in seen.deeds if act.action == "wrong"} & {q.item for q in asked_for}
    counted = given | wrong
    slot_ms = _slot_ms(seen.last_ms)
    return Figures(
        duration_ms=seen.last_ms,
        lines=len(messages),
        viewers=len({(line.platform, line.user_id) for line in messages}),
        platforms=dict(Counter(line.platform for line in messages).most_common()),
        kinds=dict(Counter(line.kind or "undecided" for line in messages).most_common()),
        fates=dict(Counter(fates).most_common()),
        routine=len(routine),
        routine_fates=dict(Counter(routine).most_common()),
        routine_answered=answered,
        coverage=_share(answered, len(routine)),
        asked=len(asked),
        asked_coverage=_share(sum(fate in ANSWERED for fate in asked), len(asked)),
        given=len(counted),
        marked_wrong=len(wrong),
        edited=sum(act.action in ("approve", "post") and bool(act.text) for _, act in seen.deeds),
        precision=_share(len(counted) - len(wrong), len(counted)),
        questions=len(asked_for),
        slot_ms=slot_ms,
        slots=_slots(messages, fates, slot_ms, seen.last_ms),
        decided=_times(line.decided_ms - line.at_ms for line in messages if line.decided_ms >= 0),
        in_text=_times(_text_times(seen)),
        aloud=_times(_aloud_times(seen)),
        held_decided=_times(_held_times(seen)),
        held=sum(any(stand.state == "held" for stand in q.stands) for q in seen.questions.values()),
        held_open=sum(q.state == "held" for q in seen.questions.values()),
        host_answered=sum(fate_of_question(seen, q) == "answered by the host" for q in seen.questions.values()),
        speech=_speech(seen),
        deeds=tuple(_deeds(seen)),
        deeds_by=_deeds_by(seen),
        products=product_rows(seen, knowledge, lambda line: fate_of(seen, line) in ANSWERED),
        unanswered=unanswered(seen, knowledge, [fate in (*ANSWERED, "asked back") for fate in fates], messages, group),
        cost=Cost(
            cpu_ms=seen.cpu_ms or None,
            compute_ms=dict(seen.compute_ms),
            spoken_letters=sum(len(clause) for u in seen.utterances for clause in u.clauses),
            model_tokens=seen.model_tokens,
        ),
        parts=_parts(seen),
        losses=_losses(seen),
        posts_failed=sum(bool(reply.problem) for reply in seen.replies),
        faults=len(seen.faults),
        ended=seen.ended,
        torn_bytes=seen.torn,
        unread=dict(seen.unread),
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _times(values: Iterable[int]) -> Times | None:
    ordered = tuple(sorted(values))
    if not ordered:
        return None
    p50, p90, p99 = (ordered[min(len(ordered) - 1, len(ordered) * p // 100)] for p in (50, 90, 99))
    return Times(len(ordered), p50, p90, p99, ordered[-1], ordered)


def _first_ms(seen: Timeline, question: Question) -> int | None:
    return seen.lines[question.lines[0]].at_ms if question.lines else None


def _text_times(seen: Timeline) -> Iterable[int]:
    """First asker's line to the reply's acceptance by the platform."""
    for question in seen.questions.values():
        began = _first_ms(seen, question)
        done = [seen.replies[n].done_ms for n in question.posts if not seen.replies[n].problem]
        if began is not None and done and done[0] >= 0:
            yield done[0] - began


def _aloud_times(seen: Timeline) -> Iterable[int]:
    """First asker's line to the first sample."""
    for question in seen.questions.values():
        began = _first_ms(seen, question)
        started = [ms for n in question.spoken if (ms := seen.utterances[n].started_ms) >= 0]
        if began is not None and started:
            yield started[0] - began


def _held_times(seen: Timeline) -> Iterable[int]:
    """A question's being held to a person's word on it."""
    for at_ms, act in seen.deeds:
        question = seen.questions.get(act.target)
        if question is None or act.action not in _BY_PERSON:
            continue
        held = [stand.at_ms for stand in question.stands if stand.state == "held" and stand.at_ms <= at_ms]
        if held:
            yield at_ms - held[0]


def _slot_ms(duration_ms: int) -> int:
    fits = (minutes * 60_000 for minutes in _SLOT_MINUTES if minutes * 60_000 * _SLOTS_MOST >= duration_ms)
    found = next(fits, _SLOT_MINUTES[-1] * 60_000)
    return found if duration_ms > 180_000 else 10_000


def _slots(messages: Sequence[Line], fates: Sequence[Fate], slot_ms: int, last_ms: int) -> tuple[Slot, ...]:
    rows = [[0, 0, 0, 0] for _ in range(last_ms // slot_ms + 1)]
    for line, fate in zip(messages, fates, strict=True):
        if fate in ANSWERED or fate in ("asked back", "answered by the host"):
            column = 0
        elif line.route in ("hold", "host"):
            column = 1
        else:
            column = 2 if line.kind == "routine" else 3
        rows[line.at_ms // slot_ms][column] += 1
    return tuple(Slot(n * slot_ms, *row) for n, row in enumerate(rows))


def _speech(seen: Timeline) -> Speech:
    said = [spans for utterance in seen.utterances if (spans := utterance.sounding)]
    together = [over for spans in said if (over := sum(_overlap(span, seen.host_spans) for span in spans))]
    return Speech(
        host_ms=sum(end - start for start, end in seen.host_spans),
        cohost_ms=sum(end - start for spans in said for start, end in spans),
        over_host_ms=sum(together),
        over_host=len(together),
        over_host_longest_ms=max(together, default=0),
        said=len(said),
        cut=dict(Counter(u.cut for u in seen.utterances if u.cut).most_common()),
    )


def _overlap(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> int:
    return sum(max(0, min(span[1], end) - max(span[0], start)) for start, end in others)


def _deeds(seen: Timeline) -> Iterable[Deed]:
    for at_ms, act in seen.deeds:
        question = seen.questions.get(act.target) if act.action in ABOUT_ITEMS else None
        asked = seen.lines[question.lines[0]].text if question and question.lines else act.question
        yield Deed(at_ms, act.who, act.action, asked, act.text)


def _deeds_by(seen: Timeline) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = {}
    for _, act in seen.deeds:
        found.setdefault(act.who, Counter())[act.action] += 1
    return {who: dict(actions.most_common()) for who, actions in found.items()}


def _parts(seen: Timeline) -> tuple[PartHealth, ...]:
    found: dict[str, PartHealth] = {}
    since: dict[str, int] = {}
    troubled: Counter[str] = Counter()
    times: Counter[str] = Counter()
    for at_ms, change in seen.parts:
        began = since.pop(change.part, None)
        if began is not None:
            troubled[change.part] += at_ms - began
        if change.state in ("lost", "degraded"):
            times[change.part] += began is None
            since[change.part] = at_ms
        detail = change.detail or (found[change.part].detail if change.part in found else "")
        found[change.part] = PartHealth(change.part, change.state, 0, 0, detail)
    for part, began in since.items():
        troubled[part] += seen.last_ms - began
    return tuple(
        msgspec.structs.replace(health, troubled_ms=troubled[part], troubles=times[part])
        for part, health in found.items()
    )


def _losses(seen: Timeline) -> dict[str, int]:
    found: Counter[str] = Counter()
    for _, loss in seen.losses:
        found[loss.reason] += loss.count
    return dict(found.most_common())
