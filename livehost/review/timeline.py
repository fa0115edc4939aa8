"""What happened in a session, laid out in time: lines, questions, speech, people, parts.

Kept small on purpose: four hours of a busy room are 100,000 lines. A line's whole decision stays in the file; `decision_of`
fetches it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from livehost import commands, events
from livehost.decision import Decision
from livehost.record.reader import line_at

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
    states: set[str] = field(default_factory=set)  # of them all: a question of a whole evening has very many
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
    last_ms: int = 0  # of the whole recording, however little of it was read
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
