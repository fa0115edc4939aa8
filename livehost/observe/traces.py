"""A chat line's way with its stages, as a fold over events and commands. Pure and bounded.

line ─▶ ingest ▸ first look ▸ matching ▸ (tool, compose) ▸ decision ─┬▶ another viewer's item: the trace ends here
                                                                     └▶ held, waiting ▸ synthesis ▸ playing ▸ post ▸ end
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from livehost import commands, events
from livehost.commands import Command
from livehost.events import Envelope
from livehost.observe.spans import PERSONAL, Span, Stage, Value, trace_of
from livehost.observe.work import UnderWay, Work

_LINES_MOST, _ITEMS_MOST, _STAGES_MOST = 2000, 500, 100
_LATE_MS = 30_000  # what has not come so long after an item's end is not waited for
_RELAYED_MOST_MS = 60_000  # a platform's own moment further back than this says nothing of the way to us
_DATES_MS = 10**11  # a smaller number is no date
_OVER = ("answered", "posted", "dropped", "expired", "host", "taken")
_STANDS = ("held", "waiting", "preparing")


@dataclass
class _Line:
    seq: int
    at_ms: int
    received: events.ChatReceived
    came_ms: int  # when the platform had it, where that is known
    items: set[int] = field(default_factory=set)


@dataclass
class _Way:
    """Of the line that an item was made for."""

    identity: str
    line: _Line
    stages: list[Stage]
    attributes: dict[str, Value]
    state: str = ""
    since_ms: int = 0
    over_ms: int = -1
    playing: tuple[int, int] | None = None  # utterance, since when
    open: set[tuple[str, int, int]] = field(default_factory=set)  # syntheses and posts under way

    def add(self, stage: Stage) -> None:
        if len(self.stages) < _STAGES_MOST:
            self.stages.append(stage)


class Tracer:
    """`step` gives the traces that are whole with that step. `words`: with what was written, and by whom."""

    def __init__(self, *, words: bool = False, began_epoch_ms: int = 0) -> None:
        self._words = words
        self._began_epoch_ms = began_epoch_ms
        self._session = ""
        self._lines: OrderedDict[str, _Line] = OrderedDict()
        self._under_way = UnderWay()
        self._ways: dict[int, _Way] = {}
        self._of_line: dict[str, int] = {}  # the line that an open item was made for → the item
        self._of_speech: OrderedDict[int, int] = OrderedDict()  # utterance → item
        self._of_post: OrderedDict[int, int] = OrderedDict()
        self._over: dict[int, None] = {}  # items that have their end; what else was to come of them may still come
        self._preparing = self._newest = 0

    @property
    def sizes(self) -> tuple[int, ...]:
        """Of all that is kept."""
        kept = [len(self._lines), len(self._under_way), len(self._ways), len(self._of_line), len(self._of_speech)]
        return (*kept, len(self._of_post), len(self._over))

    def step(self, envelope: Envelope, wishes: Sequence[Command]) -> list[Span]:
        now_ms, event = envelope.at_ms, envelope.event
        if isinstance(event, events.SessionStarted):
            self._session = f"{event.creator}/{event.started_at}/{event.seed}"
        elif isinstance(event, events.ChatReceived):
            self._received(envelope, event)
        result = self._under_way.came(event, now_ms)
        self._played(event, now_ms)
        self._arrived(event, result)
        whole: list[Span] = []
        for wish in wishes:
            if isinstance(wish, commands.ShowDecision) and wish.item:
                whole += self._decided(wish, envelope, result)
        for wish in wishes:
            self._wished(wish, now_ms, result)
        return whole + self._ended(now_ms, everything=isinstance(event, events.SessionEnded))

    def _received(self, envelope: Envelope, event: events.ChatReceived) -> None:
        if event.line.type != "message" or not event.line.id or event.line.private:
            return
        came_ms = event.line.at_ms - self._began_epoch_ms
        known = event.line.at_ms > _DATES_MS and 0 <= envelope.at_ms - came_ms <= _RELAYED_MOST_MS
        self._lines[event.line.id] = _Line(envelope.seq, envelope.at_ms, event, came_ms if known else envelope.at_ms)
        if len(self._lines) > _LINES_MOST:
            self._lines.popitem(last=False)

    # --- from the line to its decision

    def _decided(self, wish: commands.ShowDecision, envelope: Envelope, result: Work | None) -> list[Span]:
        line = self._lines.get(wish.line_id)
        if line is None or wish.item in line.items:  # two questions in one line may be one to us
            return []
        line.items.add(wish.item)
        now_ms = envelope.at_ms
        stages = [Stage("ingest", line.came_ms, line.at_ms), Stage("first look", line.at_ms, line.at_ms)]
        stages += result.stages(line.at_ms) if result else []
        decision = wish.decision
        told: dict[str, Value] = {"livehost.confidence": decision.confidence, "livehost.reasons": len(decision.reasons)}
        stages.append(Stage("decision", now_ms, now_ms, attributes=told))
        way = _Way(f"{self._session}/{line.seq}/{wish.item}", line, stages, self._about(wish, line))
        if wish.item in self._ways or wish.item <= self._newest or len(self._ways) >= _ITEMS_MOST:
            way.attributes |= {"livehost.joined": True}
            return _whole(way)
        self._ways[wish.item], self._of_line[wish.line_id] = way, wish.item
        self._newest = wish.item
        return []

    def _about(self, wish: commands.ShowDecision, line: _Line) -> dict[str, Value]:
        decision, chat = wish.decision, line.received.line
        told: dict[str, Value] = {
            "livehost.item": wish.item,
            "livehost.chat": line.received.source,
            "livehost.platform": chat.platform,
            "livehost.kind": decision.kind,
            "livehost.route": decision.route,
            "livehost.language": decision.language,
            "livehost.faq": decision.faq,
            "livehost.product_id": decision.product_id,
            f"{PERSONAL}line_id": chat.id,
            f"{PERSONAL}user_id": chat.user.id,
        }
        if self._words:
            words = {"name": chat.user.name, "text": chat.text, "answer": decision.answer}
            told |= {f"{PERSONAL}{name}": value for name, value in words.items()}
        return {name: value for name, value in told.items() if value != ""}

    # --- from the decision to its end

    def _wished(self, wish: Command, now_ms: int, result: Work | None) -> None:
        self._under_way.wished(wish, now_ms, result)
        match wish:
            case commands.ShowItem():
                self._stands(wish, now_ms)
            case commands.Synthesise():
                _keep(self._of_speech, wish.utterance, self._preparing)
                if way := self._ways.get(self._preparing):
                    way.open.add(("speech", wish.utterance, wish.clause))
            case commands.Cut():
                if way := self._ways.get(self._of_speech.get(wish.utterance, 0)):
                    way.open = {key for key in way.open if key[:2] != ("speech", wish.utterance)}
            case commands.Post() if item := self._of_line.get(wish.reply_to, 0):
                _keep(self._of_post, wish.post, item)
                self._ways[item].open.add(("post", wish.post, 0))

    def _stands(self, wish: commands.ShowItem, now_ms: int) -> None:
        if wish.state == "preparing":
            self._preparing = wish.item
        way = self._ways.get(wish.item)
        if way is None:
            return
        way.attributes["livehost.askers"] = wish.askers
        if wish.state == way.state:
            return
        if way.state in _STANDS:
            way.add(Stage(way.state, way.since_ms, now_ms))
        way.state, way.since_ms = wish.state, now_ms
        if wish.state in _OVER:
            way.over_ms = now_ms
            self._over[wish.item] = None
        else:
            way.over_ms = -1
            self._over.pop(wish.item, None)

    def _arrived(self, event: events.Event, result: Work | None) -> None:
        match event:
            case events.SpeechReady() | events.SpeechFailed():
                item, key = self._of_speech.get(event.utterance, 0), ("speech", event.utterance, event.clause)
            case events.Posted() | events.PostFailed():
                item, key = self._of_post.pop(event.post, 0), ("post", event.post, 0)
            case _:
                return
        if (way := self._ways.get(item)) and result:
            way.open.discard(key)
            way.add(result.stages(0)[-1])

    def _played(self, event: events.Event, now_ms: int) -> None:
        match event:
            case events.PlaybackStarted():
                if way := self._ways.get(self._of_speech.get(event.utterance, 0)):
                    way.playing = (event.utterance, now_ms)
            case events.PlaybackFinished() | events.PlaybackCut():
                way = self._ways.get(self._of_speech.pop(event.utterance, 0))
                if way and way.playing and way.playing[0] == event.utterance:
                    cut = isinstance(event, events.PlaybackCut)
                    told: dict[str, Value] = {"livehost.heard_ms": event.heard_ms, "livehost.cut": cut}
                    way.add(Stage("playing", way.playing[1], now_ms, attributes=told))
                    way.playing = None

    def _ended(self, now_ms: int, *, everything: bool) -> list[Span]:
        """The ways whose item has its end, with all that was to come of it."""
        whole: list[Span] = []
        for item in [*(self._ways if everything else self._over)]:
            way = self._ways[item]
            done = not way.open and way.playing is None
            if done or everything or way.over_ms <= now_ms - _LATE_MS:
                del self._ways[item]
                self._over.pop(item, None)
                self._of_line.pop(way.line.received.line.id, None)
                if way.state in _STANDS:
                    way.add(Stage(way.state, way.since_ms, now_ms))
                whole += _whole(way)
        return whole


def _whole(way: _Way) -> list[Span]:
    outcome = way.state if way.over_ms >= 0 else "unfinished"
    if way.attributes.get("livehost.joined"):
        outcome = "joined"
    about: dict[str, Value] = {**way.attributes, "livehost.outcome": outcome}
    end_ms = max(way.over_ms, *(stage.end_ms for stage in way.stages))
    failed = any(stage.failed for stage in way.stages)
    return trace_of(way.identity, Stage("chat line", way.line.came_ms, end_ms, failed, about), way.stages)


def _keep(kept: OrderedDict[int, int], number: int, item: int) -> None:
    kept[number] = item
    if len(kept) > _ITEMS_MOST:
        kept.popitem(last=False)
