"""What a screen shows, as a fold over events and commands. Pure and bounded."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from livehost import commands, events
from livehost.chat import ChatLine
from livehost.commands import Command
from livehost.decision import Decision
from livehost.events import Envelope

_LINES, _LATENCIES, _ITEMS, _DEEDS, _UNANSWERED = 1000, 5000, 200, 200, 500

Shown = TypeVar("Shown")


@dataclass
class ShownLine:
    at_ms: int
    line: ChatLine
    decision: Decision | None = None
    item: int = 0


@dataclass
class ShownItem:
    number: int
    state: str
    text: str
    askers: int
    reason: str
    since_ms: int
    first_ms: int = 0
    question: str = ""
    asker: str = ""
    decision: Decision | None = None
    pinned: bool = False
    front: int = 0  # put in front by a person; the latest is the foremost
    turns: tuple[commands.Turn, ...] = ()  # what was written before, of one that was handed over
    elsewhere: bool = False  # its asker does not watch the show


@dataclass
class Part:
    state: str
    detail: str


@dataclass
class View:
    """`counts` are of the whole session: lines, kinds and routes, states of items, drops by reason."""

    at_ms: int = 0
    started_at: str = ""  # ISO 8601 with zone; at_ms 0
    lines: deque[ShownLine] = field(default_factory=lambda: deque(maxlen=_LINES))
    host: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=20))
    host_saying: tuple[int, str] = (0, "")  # utterance that goes on → its words so far
    host_speaks: bool = False
    items: dict[int, ShownItem] = field(default_factory=dict)
    speaking: str = ""
    saying: int = 0  # the item
    saying_since_ms: int = 0
    panic: bool = False
    table: str = ""
    wanted: dict[int, commands.ShowWanted] = field(default_factory=dict)  # questions without an answer
    proposals: dict[int, commands.ShowProposal] = field(default_factory=dict)  # that wait for a person
    doubts: dict[int, commands.ShowDoubt] = field(default_factory=dict)  # the host's word against the feed
    prices: dict[str, str] = field(default_factory=dict)  # of products whose price was in doubt; empty: it still is
    muted: bool = False
    paused: bool = False
    private: str = ""  # why nothing is heard or said; empty: it is
    mode: str = ""
    floor: commands.ShowFloor = field(default_factory=lambda: commands.ShowFloor("nobody"))
    parts: dict[str, Part] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    decided_ms: deque[int] = field(default_factory=lambda: deque(maxlen=_LATENCIES))  # line → decision
    spoken_ms: deque[int] = field(default_factory=lambda: deque(maxlen=_LATENCIES))  # line → first sample
    heard_ms: int = 0  # of the co-host
    deeds: deque[tuple[int, events.Acted]] = field(default_factory=lambda: deque(maxlen=_DEEDS))
    _asked_ms: dict[int, int] = field(default_factory=dict)  # item → its first line
    _playing: dict[int, int] = field(default_factory=dict)  # utterance → item
    _preparing: int = 0
    _fronts: int = 0

    def apply(self, envelope: Envelope, wishes: Sequence[Command]) -> None:
        self.at_ms = envelope.at_ms
        self._event(envelope.event)
        for wish in wishes:
            self._command(wish)

    def waiting(self, *states: str) -> list[ShownItem]:
        return [item for item in self.items.values() if item.state in states]

    def _event(self, event: events.Event) -> None:  # noqa: PLR0912 - one case per event is the plainest form
        match event:
            case events.SessionStarted():
                self.mode, self.started_at = event.mode, event.started_at
            case events.SessionResumed():
                self.counts["resumed"] += 1
                self.parts.clear()  # all of them are told anew
            case events.ChatReceived():
                self._chat(event.line)
            case events.ChatDropped():
                self.counts["dropped"] += event.count
                self.counts[f"dropped: {event.reason}"] += event.count
            case events.HostStarted() | events.HostStopped():
                self.host_speaks = isinstance(event, events.HostStarted)
            case events.HostPartial():
                self.host_saying = (event.utterance, event.text)
            case events.HostSaid():
                self.counts["host utterances"] += 1
                if self.host_saying[0] <= event.utterance:
                    self.host_saying = (0, "")
                if event.text:
                    self.host.append((event.start_ms, event.text))
            case events.PartChanged():
                self.parts[event.part] = Part(event.state, event.detail)
            case events.PrivacyChanged():
                self.private = event.why if event.private else ""
            case events.PostFailed():
                self.counts["posts failed"] += 1
            case events.Posted():
                self.counts["posts"] += 1
            case events.Acted():
                self._acted(event)
            case events.KnowledgeChanged():
                for product in event.change.products:
                    self.prices.pop(product.id, None)
            case events.PlaybackStarted() | events.PlaybackFinished() | events.PlaybackCut():
                self._playback(event)

    def _chat(self, line: ChatLine) -> None:
        self.counts["lines"] += 1
        self.counts[line.type] += 1
        self.lines.append(ShownLine(self.at_ms, line))

    def _acted(self, act: events.Acted) -> None:
        self.deeds.append((self.at_ms, act))
        if act.action in ("mute", "unmute", "panic"):
            self.muted = act.action != "unmute"
            self.panic = act.action == "panic"
        elif act.action in ("pause", "resume"):
            self.paused = act.action == "pause"

    def _playback(self, event: events.PlaybackStarted | events.PlaybackFinished | events.PlaybackCut) -> None:
        if isinstance(event, events.PlaybackStarted):
            self.saying_since_ms = self.at_ms
            item = self._playing.get(event.utterance, 0)
            asked_ms = self._asked_ms.pop(item, None)
            if asked_ms is not None:
                self.spoken_ms.append(self.at_ms - asked_ms)
            return
        self.speaking, self.saying = "", 0
        self.heard_ms += event.heard_ms
        self._playing.pop(event.utterance, None)
        self.counts["spoken" if isinstance(event, events.PlaybackFinished) else "cut"] += 1

    def _command(self, wish: Command) -> None:  # noqa: PLR0912 - one line per command is the plainest form
        match wish:
            case commands.ShowDecision():
                self._decided(wish)
            case commands.ShowItem():
                self._item(wish)
            case commands.HandOver():
                self.counts["handed over"] += 1
                if item := self.items.get(wish.item):
                    item.turns, item.elsewhere = wish.turns[:-1], True
            case commands.ShowTable():
                self.table = wish.product_id
            case commands.ShowMode():
                self.mode = wish.mode
            case commands.ShowFloor():
                self.floor = wish
            case commands.ShowActed():
                self._acted(events.Acted(wish.action, wish.who, text=wish.text))
            case commands.Spoke():
                self.counts["words heard"] += wish.words
                self.counts["words planned"] += wish.planned
            case commands.OpenGate():
                self.muted = self.panic = False
            case commands.ShowWanted():
                _keep(self.wanted, wish.question, wish, there=wish.state != "answered")
            case commands.ShowProposal():
                _keep(self.proposals, wish.proposal, wish, there=wish.state == "open")
            case commands.ShowDoubt():
                _keep(self.doubts, wish.doubt, wish, there=wish.state == "open")
                if wish.field == "price":
                    self.prices[wish.product_id] = wish.said if wish.state != "open" else ""
            case commands.ShowFault():
                self.counts["faults"] += 1
                self.parts["core"] = Part("degraded", wish.detail)
            case commands.Play():
                self._playing[wish.utterance] = self._preparing

    def _decided(self, wish: commands.ShowDecision) -> None:
        shown = next((line for line in reversed(self.lines) if line.line.id == wish.line_id), None)
        self.counts[f"kind: {wish.decision.kind}"] += 1
        self.counts[f"route: {wish.decision.route}"] += 1
        if shown is None:
            return
        shown.decision, shown.item = wish.decision, wish.item
        item = self.items.get(wish.item)
        if item and item.decision is None:
            item.decision, item.question, item.asker = wish.decision, shown.line.text, shown.line.user.name
        self.decided_ms.append(self.at_ms - shown.at_ms)
        if item and wish.item not in self._asked_ms and item.askers == 1:
            self._asked_ms[wish.item] = shown.at_ms

    def _item(self, wish: commands.ShowItem) -> None:
        before = self.items.get(wish.item)
        self.counts["items"] += before is None
        if before is None or before.state != wish.state:
            self.counts[f"item: {wish.state}"] += 1
            if wish.state in ("dropped", "expired", "posted"):
                self.counts["unsaid"] += 1
                self.counts[f"unsaid: {wish.reason or 'in text alone'}"] += 1
        shown = before or ShownItem(wish.item, "", "", 0, "", 0, first_ms=self.at_ms)
        if shown.state != wish.state:
            shown.since_ms = self.at_ms
        shown.state, shown.text, shown.askers, shown.reason = wish.state, wish.text, wish.askers, wish.reason
        shown.pinned = wish.pinned
        if wish.reason == "in front":
            self._fronts += 1
            shown.front = self._fronts
        self.items[wish.item] = shown
        if wish.state == "preparing":
            self._preparing = wish.item
        elif wish.state == "speaking":
            self.speaking, self.saying = wish.text, wish.item
            self.saying_since_ms = self.at_ms
            self._preparing = wish.item
        if len(self.items) > _ITEMS:
            over = [n for n, i in self.items.items() if i.state not in ("held", "waiting", "preparing", "speaking")]
            for number in over[: len(self.items) - _ITEMS]:
                del self.items[number]
                self._asked_ms.pop(number, None)


def _keep(kept: dict[int, Shown], number: int, what: Shown, *, there: bool) -> None:
    """The latest word on a thing, as long as it is of interest; the oldest go when there are too many."""
    if there:
        kept[number] = what
    else:
        kept.pop(number, None)
    while len(kept) > _UNANSWERED:
        del kept[next(iter(kept))]
