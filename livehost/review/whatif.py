"""The same inputs through other knowledge, settings, matching or hearing: what would have been otherwise.

Both sides are simulated (`simulation`), the recorded one too, so that a difference has no other cause than the change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import msgspec

from livehost import commands, events
from livehost.commands import Among, Command
from livehost.core import Core
from livehost.decision import Decision
from livehost.errors import BadInput
from livehost.evaluation import Case, Expect, read_cases
from livehost.events import Candidate, Composed, Envelope
from livehost.knowledge import Knowledge
from livehost.record.folder import read_knowledge
from livehost.record.reader import told
from livehost.review.simulation import Outside, Simulation, speech_ms
from livehost.review.timeline import ABOUT_ITEMS

Finds = Callable[[str, Among], tuple[Candidate, ...]]
Change = Literal[
    "newly answered", "no longer answered", "said otherwise", "taken otherwise", "said later", "said sooner"
]
CHANGES: tuple[Change, ...] = (
    "no longer answered",
    "said otherwise",
    "newly answered",
    "taken otherwise",
    "said later",
    "said sooner",
)
_FOLLOWS = (  # from what the core wanted; everything else is an input
    events.Matched,
    events.MatchFailed,
    events.Composed,
    events.ComposeEnded,
    events.ComposeFailed,
    events.SpeechBegan,
    events.SpeechReady,
    events.SpeechFailed,
    events.PlaybackStarted,
    events.PlaybackFinished,
    events.PlaybackCut,
    events.Posted,
    events.PostFailed,
    events.Woke,
    events.SessionEnded,
)
_NOTICED_MS = 2000  # a shorter delay is the same to a viewer


@dataclass(slots=True)
class Outcome:
    """What became of one chat line. `answered_ms` is when its answer was first heard or posted; -1: never."""

    at_ms: int
    text: str
    table: str
    decision: Decision | None = None
    item: int = 0
    answered_ms: int = -1


class Otherwise(msgspec.Struct, frozen=True):
    """One line whose outcome differs. `later_ms` is how much later it was answered; `times` counts the same words."""

    change: Change
    line_id: str
    at_ms: int
    text: str
    table: str
    before: Decision | None
    after: Decision | None
    later_ms: int = 0
    times: int = 1


class WhatIf(msgspec.Struct, frozen=True):
    """All differences, the same words put together; `counts` are of lines."""

    lines: int
    answered_before: int
    answered_after: int
    counts: dict[str, int]
    differences: tuple[Otherwise, ...]


@dataclass(frozen=True)
class Inputs:
    """What came from outside in a recorded session, in order, and the lengths of what was spoken."""

    events: tuple[tuple[int, events.Event], ...]
    lasts: dict[tuple[str, str], int]
    lines_of: dict[int, tuple[str, ...]]  # recorded item → ids of its lines
    found: dict[tuple[str, Among], tuple[Candidate, ...]]  # what the matcher found at the time
    composed: dict[tuple[str, str, str], tuple[Composed, ...]]  # task, text and draft → what a model wrote to it

    def composes(self, wish: commands.Compose) -> tuple[Composed, ...]:
        return self.composed.get((wish.task, wish.text, wish.draft), ())

    def finds(self, text: str, among: Among) -> tuple[Candidate, ...]:
        return self.found.get((text, among), ())


def read_inputs(folder: Path, passed: Callable[[int], None] = lambda _: None) -> Inputs:
    came: list[tuple[int, events.Event]] = []
    clauses: dict[tuple[int, int], tuple[str, str]] = {}
    lasts: dict[tuple[str, str], int] = {}
    lines_of: dict[int, list[str]] = {}
    asked: dict[int, commands.Match] = {}
    found: dict[tuple[str, Among], tuple[Candidate, ...]] = {}
    wanted: dict[int, tuple[str, str, str]] = {}
    composed: dict[tuple[str, str, str], tuple[Composed, ...]] = {}
    for _, line in told(folder, passed):
        match line.event or line.command:
            case events.SpeechReady() as ready:
                if wording := clauses.get((ready.utterance, ready.clause)):
                    lasts[wording] = ready.audio_ms
            case commands.Synthesise() as wish:
                clauses[wish.utterance, wish.clause] = (wish.text, wish.language)
            case commands.ShowDecision(item=item, line_id=line_id) if item:
                lines_of.setdefault(item, []).append(line_id)
            case commands.Match() as query:
                asked[query.query] = query
            case events.Matched() as matched if matched.query in asked:
                query = asked.pop(matched.query)
                found[query.text, query.among] = matched.candidates
            case commands.Compose() as wish:
                wanted[wish.request] = (wish.task, wish.text, wish.draft)
                composed[wanted[wish.request]] = ()
            case events.Composed(request=request) as sentence if request in wanted:
                composed[wanted[request]] += (sentence,)
        if line.event is not None and not isinstance(line.event, _FOLLOWS):
            came.append((line.at_ms, line.event))
    return Inputs(tuple(came), lasts, {item: tuple(lines) for item, lines in lines_of.items()}, found, composed)


@dataclass
class _Told:
    """Watches a simulated session: which line came to what."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    lines_of: dict[int, list[str]] = field(default_factory=dict)
    item_of: dict[str, int] = field(default_factory=dict)
    _table: str = ""
    _item: int = 0
    _utterances: dict[int, int] = field(default_factory=dict)

    def step(self, envelope: Envelope, wishes: list[Command]) -> None:
        match envelope.event:
            case events.ChatReceived(line=line) if line.type == "message":
                self.outcomes[line.id] = Outcome(envelope.at_ms, line.text, self._table)
            case events.PlaybackStarted():
                self._answered(self._utterances.get(envelope.event.utterance, 0), envelope.at_ms)
        for wish in wishes:
            match wish:
                case commands.ShowDecision():
                    self._decided(wish)
                case commands.ShowItem(state="preparing"):
                    self._item = wish.item
                case commands.ShowItem(state="posted"):
                    self._answered(wish.item, envelope.at_ms)
                case commands.Synthesise():
                    self._utterances.setdefault(wish.utterance, self._item)
                case commands.ShowTable():
                    self._table = wish.product_id

    def _decided(self, wish: commands.ShowDecision) -> None:
        outcome = self.outcomes.get(wish.line_id)
        if outcome:
            outcome.decision, outcome.item, outcome.table = wish.decision, wish.item, self._table
            self.item_of[wish.line_id] = wish.item
            if wish.item:
                self.lines_of.setdefault(wish.item, []).append(wish.line_id)

    def _answered(self, item: int, at_ms: int) -> None:
        for line_id in self.lines_of.get(item, ()):
            if self.outcomes[line_id].answered_ms < 0:
                self.outcomes[line_id].answered_ms = at_ms


def simulate(
    inputs: Inputs, knowledge: Knowledge, finds: Finds, passed: Callable[[int], None] = lambda _: None
) -> _Told:
    """The recorded inputs through a new core; `passed` hears the session's time."""

    def lasts(text: str, language: str) -> int:
        return inputs.lasts.get((text, language)) or speech_ms(text, language)

    seen = _Told()
    running = Simulation(Core(knowledge), Outside(finds, lasts, inputs.composes), seen.step)
    for at_ms, event in inputs.events:
        running.put(at_ms, _aimed(event, inputs, seen))
        passed(at_ms)
    if inputs.events:
        running.run_until(inputs.events[-1][0] + 60_000)
    return seen


def _aimed(event: events.Event, inputs: Inputs, seen: _Told) -> events.Event:
    """An action on an item is one on the item that holds the same lines now; none does: it does nothing."""
    if not isinstance(event, events.Acted) or event.action not in ABOUT_ITEMS:
        return event
    found = (seen.item_of.get(line_id, 0) for line_id in inputs.lines_of.get(event.target, ()))
    return msgspec.structs.replace(event, target=next((item for item in found if item), -1))


def what_if(
    folder: Path, after: Knowledge, finds: Finds | None, passed: Callable[[int], None] = lambda _: None
) -> WhatIf:
    """The session with `after` instead of the knowledge it had; `finds` is the matcher of that, None: the entries are the
    same, so what was found then is found now. Raises BadInput."""
    inputs = read_inputs(folder)
    before = simulate(inputs, read_knowledge(folder), inputs.finds)
    changed = replace(
        inputs, events=tuple(came for came in inputs.events if not isinstance(came[1], events.KnowledgeChanged))
    )
    return compare(before, simulate(changed, after, finds or inputs.finds, passed))


def append_cases(path: Path, differences: Sequence[Otherwise]) -> int:
    """Accepted differences, as `append_to` adds them."""
    return append_to(path, list(cases(differences)))


def append_to(path: Path, found: Sequence[Case]) -> int:
    """Adds cases to a file of cases; those that stand in it already are left out. Returns how many came."""
    known = {(case.text, case.table) for case in read_cases(path)} if path.exists() and path.stat().st_size else set()
    new = [case for case in found if (case.text, case.table) not in known]
    try:
        with path.open("ab") as file:
            file.writelines(msgspec.json.encode(case) + b"\n" for case in new)
    except OSError as trouble:
        raise BadInput(f"the cases can't be written: {trouble.strerror}", where=str(path)) from None
    return len(new)


def compare(before: _Told, after: _Told) -> WhatIf:
    """Line by line, in the order of CHANGES, the most frequent words first."""
    found: dict[tuple[str, str, str], Otherwise] = {}
    counts: dict[str, int] = dict.fromkeys(CHANGES, 0)
    for line_id, was in before.outcomes.items():
        now = after.outcomes[line_id]
        change, later_ms = _change(was, now)
        if change is None:
            continue
        counts[change] += 1
        words = " ".join(was.text.casefold().split())
        key = (change, words, now.decision.answer if now.decision else "")
        seen = found.get(key)
        found[key] = (
            msgspec.structs.replace(seen, times=seen.times + 1)
            if seen
            else Otherwise(change, line_id, was.at_ms, was.text, was.table, was.decision, now.decision, later_ms)
        )
    return WhatIf(
        lines=len(before.outcomes),
        answered_before=_answered(before),
        answered_after=_answered(after),
        counts=counts,
        differences=tuple(sorted(found.values(), key=lambda o: (CHANGES.index(o.change), -o.times, o.at_ms))),
    )


def _change(was: Outcome, now: Outcome) -> tuple[Change | None, int]:
    a, b = was.decision, now.decision
    if a is None or b is None:
        return ("taken otherwise" if (a is None) != (b is None) else None), 0
    answered = (a.route == "answer", b.route == "answer")
    if answered == (False, True):
        return "newly answered", 0
    if answered == (True, False):
        return "no longer answered", 0
    if answered == (True, True) and (a.answer, a.spoken) != (b.answer, b.spoken):
        return "said otherwise", 0
    if (a.kind, a.route) != (b.kind, b.route):
        return "taken otherwise", 0
    if was.answered_ms >= 0 and now.answered_ms >= 0 and abs(now.answered_ms - was.answered_ms) > _NOTICED_MS:
        later = now.answered_ms - was.answered_ms
        return ("said later" if later > 0 else "said sooner"), later
    return None, 0


def _answered(told: _Told) -> int:
    return sum(o.decision is not None and o.decision.route == "answer" for o in told.outcomes.values())


def cases(differences: Sequence[Otherwise]) -> Iterator[Case]:
    """Differences that a person accepted, as cases for `livehost evaluate`."""
    for number, found in enumerate(differences, 1):
        after = found.after
        if after is None:
            continue
        expect = Expect(kind=after.kind, route=after.route, faq=after.faq or None, product_id=after.product_id or None)
        yield Case(found.text, expect, f"accepted-{number}", found.table)
