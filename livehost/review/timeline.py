"""What happened in a session, laid out in time: lines, questions, speech, people, parts. One pass over the recording.

Kept small on purpose: four hours of a busy room are 100,000 lines. A line's whole decision stays in the file; `decision_of`
fetches it.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from livehost import commands, events
from livehost.chat import ChatLine
from livehost.commands import Command
from livehost.decision import Decision
from livehost.record.reader import line_at, told, torn_bytes

ABOUT_ITEMS = frozenset(
    {"approve", "post", "drop", "wrong", "pin", "first", "host", "take"}
)  # actions whose target is an item
_OVER = ("answered", "posted", "dropped", "expired", "host", "taken")


class Line(msgspec.Struct, gc=False):
    """A chat line. `decided_ms` is when it was decided (-1: never), `place` where the decision stands in the file."""

    at_ms: int
    id: str
    platform: str
    user_id: str
    name: str
    type: str
    text: str
    count: int = 0  # of an order's or gift's pieces
    decided_ms: int = -1
    place: int = -1
    item: int = 0
    kind: str = ""
    route: str = ""
    confidence: float = 0.0
    language: str = ""
    asks_back: bool = False
    faq: str = ""
    product_id: str = ""
    table: str = ""  # what "this one" meant at the time


class Stand(msgspec.Struct, gc=False):
    """Where a question stood from `at_ms` on."""

    at_ms: int
    state: str
    askers: int
    reason: str
    text: str = ""  # what was to be said then


@dataclass(slots=True)
class Question:
    """An item of the waiting list, from its first asker to its end. `lines` are indices of the timeline's lines."""

    item: int
    text: str  # what is said to it, or its draft
    stands: list[Stand] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    spoken: list[int] = field(default_factory=list)  # indices of the timeline's utterances
    posts: list[int] = field(default_factory=list)

    @property
    def first_ms(self) -> int:
        return self.stands[0].at_ms

    @property
    def state(self) -> str:
        return self.stands[-1].state

    @property
    def is_over(self) -> bool:
        return self.state in _OVER

    def at(self, at_ms: int) -> Stand | None:
        """Where it stood at that moment; None: it was not there yet."""
        return next((stand for stand in reversed(self.stands) if stand.at_ms <= at_ms), None)


@dataclass(slots=True)
class Utterance:
    """Something the co-host was to say. Moments are -1 where they never came; `heard_ms` is what was played of it."""

    number: int
    item: int
    language: str
    clauses: list[str] = field(default_factory=list)
    planned_ms: int = -1
    started_ms: int = -1
    ended_ms: int = -1
    heard_ms: int = 0
    cut: str = ""  # why, where it was cut
    heard_share: float = -1.0  # of its words; -1: the recording does not tell
    held: list[tuple[int, int]] = field(default_factory=list)  # when it fell silent for the host, and went on

    @property
    def sounding(self) -> list[tuple[int, int]]:
        """The spans in which it was heard."""
        if not 0 <= self.started_ms < self.ended_ms:
            return []
        starts = [self.started_ms, *(until for _, until in self.held)]
        ends = [*(since for since, _ in self.held), self.ended_ms]
        return [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]

    @property
    def text(self) -> str:
        return (" " if self.language == "en" else "").join(self.clauses)


@dataclass(slots=True)
class HostWords:
    start_ms: int
    end_ms: int
    text: str
    language: str
    utterance: int


@dataclass(slots=True)
class Reply:
    """A post into the chat. `problem` says why it failed; `done_ms` is -1 while nothing came back."""

    number: int
    at_ms: int
    reply_to: str
    text: str
    done_ms: int = -1
    problem: str = ""


@dataclass
class Timeline:
    """`compute_ms`: what matching, hearing and synthesis took in all; `torn` bytes of a last line could not be read. Not `whole`:
    there is more in the recording than was to be read."""

    lines: list[Line] = field(default_factory=list)
    questions: dict[int, Question] = field(default_factory=dict)
    utterances: list[Utterance] = field(default_factory=list)
    host: list[HostWords] = field(default_factory=list)
    host_spans: list[tuple[int, int]] = field(default_factory=list)  # by voice activity, first to last voiced sample
    replies: list[Reply] = field(default_factory=list)
    deeds: list[tuple[int, events.Acted]] = field(default_factory=list)
    parts: list[tuple[int, events.PartChanged]] = field(default_factory=list)
    losses: list[tuple[int, events.ChatDropped]] = field(default_factory=list)
    opened: list[tuple[int, str]] = field(default_factory=list)  # links of products that were followed
    tables: list[tuple[int, str]] = field(default_factory=list)
    modes: list[tuple[int, str]] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    matches: dict[str, tuple[events.Candidate, ...]] = field(default_factory=dict)  # plain line → nearest entries
    said_matches: dict[str, tuple[events.Candidate, ...]] = field(default_factory=dict)  # the host's words → answers
    compute_ms: Counter[str] = field(default_factory=Counter)
    events: int = 0
    last_ms: int = 0
    ended: bool = False
    whole: bool = True
    cpu_ms: int = 0
    model_tokens: int = 0  # of language models, in and out
    torn: int = 0
    unread: Counter[str] = field(default_factory=Counter)  # kinds of lines that this version does not know

    def decision_of(self, folder: Path, line: Line) -> Decision | None:
        """The whole decision on a line, read from the recording."""
        if line.place < 0:
            return None
        command = line_at(folder, line.place).command
        return command.decision if isinstance(command, commands.ShowDecision) else None


def read_timeline(folder: Path, passed: Callable[[int], None] = lambda _: None, most: int | None = None) -> Timeline:
    """Reads as far as the recording goes, or `most` bytes of it; what can't be read is counted in `unread`. Raises BadInput
    where there is no file."""
    reading = _Reading(Timeline(torn=torn_bytes(folder)))
    for place, line in told(folder, passed, most):
        if line.unread:
            reading.timeline.unread[line.unread] += 1
        elif line.event is not None:
            reading.event(line.at_ms, line.event)
        elif line.command is not None:
            reading.command(place, line.command)
    return reading.timeline


class _Reading:
    """The fold's memory of what belongs together."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self._now_ms = 0
        self._table = ""
        self._line_by_id: dict[str, int] = {}
        self._asked: dict[int, commands.Match] = {}
        self._utterance: dict[int, int] = {}
        self._reply: dict[int, Reply] = {}
        self._preparing = 0
        self._host_since: dict[int, int] = {}
        self._viewers: dict[str, str] = {}

    def event(self, at_ms: int, event: events.Event) -> None:  # noqa: PLR0912 - one branch per event is the plainest form
        told = self.timeline
        told.events += 1
        self._now_ms = told.last_ms = at_ms
        match event:
            case events.ChatReceived():
                self._chat(event.line)
            case events.Matched():
                self._matched(event)
            case events.ComposeEnded():
                told.compute_ms["composing"] += event.compute_ms
                told.model_tokens += event.tokens
            case events.SpeechReady():
                told.compute_ms["speaking"] += event.compute_ms
            case events.PlaybackStarted():
                self._of(event.utterance).started_ms = at_ms
            case events.PlaybackFinished() | events.PlaybackCut():
                utterance = self._of(event.utterance)
                utterance.ended_ms, utterance.heard_ms = at_ms, event.heard_ms
            case events.HostStarted():
                self._host_since[event.utterance] = event.start_ms
            case events.HostStopped():
                told.host_spans.append((self._host_since.pop(event.utterance, event.end_ms), event.end_ms))
            case events.HostSaid():
                told.compute_ms["hearing"] += event.compute_ms
                if event.text:
                    language = sys.intern(event.language)
                    told.host.append(HostWords(event.start_ms, event.end_ms, event.text, language, event.utterance))
            case events.Posted() | events.PostFailed():
                self._answered_post(event)
            case events.Acted():
                told.deeds.append((at_ms, event))
                if event.action == "mode":
                    told.modes.append((at_ms, event.text))
            case events.LinkOpened():
                told.opened.append((at_ms, sys.intern(event.product_id)))
            case events.PartChanged():
                told.parts.append((at_ms, event))
            case events.ChatDropped():
                told.losses.append((at_ms, event))
            case events.SessionStarted():
                told.modes.append((at_ms, event.mode))
            case events.SessionEnded():
                told.ended, told.cpu_ms = True, event.cpu_ms

    def command(self, place: int, wish: Command) -> None:
        told = self.timeline
        match wish:
            case commands.ShowDecision():
                self._decided(place, wish)
            case commands.ShowWanted() | commands.WakeAt() | commands.ShowFloor():
                pass  # most of the others, so they are asked for here
            case commands.ShowItem():
                question = told.questions.setdefault(wish.item, Question(wish.item, ""))
                question.text = question.text if question.text == wish.text else wish.text
                reason = sys.intern(wish.reason)
                question.stands.append(Stand(self._now_ms, wish.state, wish.askers, reason, question.text))
                if wish.state == "preparing":
                    self._preparing = wish.item
            case commands.Synthesise():
                self._of(wish.utterance, wish.language).clauses.append(wish.text)
            case commands.Cut():
                self._of(wish.utterance).cut = wish.reason
            case commands.Spoke():
                self._of(wish.utterance).heard_share = min(1.0, wish.words / wish.planned) if wish.planned else 1.0
            case commands.Hold() | commands.Resume():
                self._held(wish)
            case commands.Match():
                self._asked[wish.query] = wish
            case commands.Post():
                self._posted(wish)
            case commands.ShowTable():
                self._table = sys.intern(wish.product_id)
                told.tables.append((self._now_ms, wish.product_id))
            case commands.ShowFault():
                told.faults.append((self._now_ms, wish.detail))

    def _held(self, wish: commands.Hold | commands.Resume) -> None:
        utterance = self._of(wish.utterance)
        if isinstance(wish, commands.Hold):
            utterance.held.append((self._now_ms, sys.maxsize))
        elif utterance.held:
            utterance.held[-1] = (utterance.held[-1][0], self._now_ms)

    def _chat(self, line: ChatLine) -> None:
        told = self.timeline
        user = line.user
        told.lines.append(
            Line(
                at_ms=self._now_ms,
                id=line.id,
                platform=sys.intern(line.platform),
                user_id=self._viewers.setdefault(user.id, user.id),
                name=self._viewers.setdefault(user.name, user.name),
                type=line.type,
                text=line.text if line.type != "order" else line.product_id,
                count=line.count,
                table=self._table,
            )
        )
        self._line_by_id[line.id] = len(told.lines) - 1

    def _matched(self, event: events.Matched) -> None:
        told = self.timeline
        told.compute_ms["matching"] += event.compute_ms
        asked = self._asked.pop(event.query, None)
        if asked:
            (told.matches if asked.among == "questions" else told.said_matches)[asked.text] = event.candidates

    def _decided(self, place: int, wish: commands.ShowDecision) -> None:
        index = self._line_by_id.get(wish.line_id)
        if index is None:
            return
        line, decision = self.timeline.lines[index], wish.decision
        is_first = line.decided_ms < 0  # a later decision, as when a moderator taught the answer, counts instead of it
        line.decided_ms = self._now_ms if is_first else line.decided_ms
        before, line.place, line.item = line.item, place, wish.item
        line.kind, line.route, line.confidence = decision.kind, decision.route, decision.confidence
        line.language, line.faq = sys.intern(decision.language), sys.intern(decision.faq)
        line.product_id, line.asks_back = sys.intern(decision.product_id), decision.asks_back
        question = self.timeline.questions.get(wish.item)
        if question and (is_first or before != wish.item):
            question.lines.append(index)

    def _of(self, number: int, language: str = "") -> Utterance:
        at = self._utterance.get(number)
        if at is None:
            at = self._utterance[number] = len(self.timeline.utterances)
            self.timeline.utterances.append(Utterance(number, self._preparing, language, planned_ms=self._now_ms))
            if question := self.timeline.questions.get(self._preparing):
                question.spoken.append(at)
        return self.timeline.utterances[at]

    def _posted(self, wish: commands.Post) -> None:
        reply = Reply(wish.post, self._now_ms, wish.reply_to, wish.text)
        self._reply[wish.post] = reply
        self.timeline.replies.append(reply)
        index = self._line_by_id.get(wish.reply_to)
        if index is not None and (question := self.timeline.questions.get(self.timeline.lines[index].item)):
            question.posts.append(len(self.timeline.replies) - 1)

    def _answered_post(self, event: events.Posted | events.PostFailed) -> None:
        if reply := self._reply.pop(event.post, None):
            reply.done_ms = self._now_ms
            reply.problem = event.problem if isinstance(event, events.PostFailed) else ""
