"""A session goes on after its process was killed: the core, the view and what was under way, out of the recording.

recording ─▶ core, view, Outstanding ─▶ SessionResumed, and behind it for all that was under way
                                         what can be done twice   is done again
                                         what can't               has failed, or was heard: nothing is said or sent twice
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from livehost import commands, events
from livehost.chat import ChatLine
from livehost.clock import seconds_since
from livehost.commands import Command
from livehost.core import Core
from livehost.errors import BadInput
from livehost.events import Envelope, Event
from livehost.knowledge import Knowledge, changed, difference
from livehost.record.folder import EVENTS, read_knowledge
from livehost.record.reader import steps
from livehost.show.view import View

_LOST = "the session was cut off meanwhile"

Watch = Callable[[Envelope, Sequence[Command]], None]


@dataclass
class Outstanding:
    """What was wished for and has not come to its end. A watcher of the recorded steps."""

    gate_closed: bool = False
    heard: int = 0  # the host's utterances so far
    _host: int = 0  # the host's utterance that goes on; 0: none
    _unsaid: int = 0  # … whose words are still to come
    _timers: dict[str, commands.WakeAt] = field(default_factory=dict)
    _again: dict[tuple[str, object], Command] = field(default_factory=dict)
    _calls: dict[int, None] = field(default_factory=dict)
    _composing: dict[int, None] = field(default_factory=dict)
    _posts: dict[int, None] = field(default_factory=dict)
    _guests: dict[str, None] = field(default_factory=dict)
    _spoken: dict[int, list[commands.Synthesise]] = field(default_factory=dict)
    _audio_ms: dict[int, int] = field(default_factory=dict)
    _playing: int = 0
    _since_ms: int = -1  # that it is heard
    _now_ms: int = 0

    def step(self, envelope: Envelope, wishes: Sequence[Command]) -> None:
        self._now_ms = envelope.at_ms
        self._event(envelope.event)
        for wish in wishes:
            self._wished(wish)

    @property
    def timers(self) -> list[commands.WakeAt]:
        return list(self._timers.values())

    @property
    def again(self) -> list[Command]:
        """What may be done twice; what was made ready to be said is made ready anew."""
        ready = [wish for number, wishes in self._spoken.items() if number != self._playing for wish in wishes]
        return [*self._again.values(), *ready]

    def settled(self) -> list[Event]:
        """What came of the rest."""
        told: list[Event] = []
        if self._host:
            told.append(events.HostStopped(self._host, self._now_ms))
        if self._unsaid:
            told.append(events.HostSaid(self._unsaid, "", "", self._now_ms, self._now_ms, 0))
        told += [events.GuestStopped(guest, self._now_ms) for guest in self._guests]
        if self._playing and self._since_ms < 0:
            told.append(events.PlaybackCut(self._playing, 0))
        elif self._playing:  # heard in part, and that is all that will be
            heard_ms = min(self._now_ms - self._since_ms, self._audio_ms.get(self._playing, 0))
            told.append(events.PlaybackFinished(self._playing, heard_ms))
        told += [events.ToolFailed(call, _LOST) for call in self._calls]
        told += [events.ComposeFailed(request, _LOST) for request in self._composing]
        told += [events.PostFailed(post, f"{_LOST}: whether it was sent is not known") for post in self._posts]
        return told

    def _event(self, event: Event) -> None:  # noqa: PLR0912 - one line per event is the plainest form
        match event:
            case events.Woke():
                if event.timer in self._timers and self._timers[event.timer].at_ms <= event.due_ms:
                    del self._timers[event.timer]
            case events.Matched() | events.MatchFailed():
                self._again.pop(("match", event.query), None)
            case events.Forgotten() | events.ForgetFailed():
                self._again.pop(("forget", (event.platform, event.user)), None)
            case events.Unposted() | events.UnpostFailed():
                self._again.pop(("unpost", event.post), None)
            case events.KnowledgeChanged():
                for faq in event.change.faqs:
                    self._again.pop(("faq", faq.id), None)
                for product in event.change.products:
                    self._again.pop(("cart", product.id), None)
            case events.ToolAnswered() | events.ToolFailed():
                self._calls.pop(event.call, None)
            case events.ComposeEnded() | events.ComposeFailed():
                self._composing.pop(event.request, None)
            case events.Posted() | events.PostFailed():
                self._posts.pop(event.post, None)
            case events.GuestStarted():
                self._guests[event.guest] = None
            case events.GuestStopped():
                self._guests.pop(event.guest, None)
            case events.HostStarted():
                self._host = self._unsaid = event.utterance
                self.heard = max(self.heard, event.utterance)
            case events.HostStopped():
                self._host = 0
            case events.HostSaid() if event.utterance == self._unsaid:
                self._unsaid = 0
            case events.Acted(action="mute" | "stop" | "panic") | events.PrivacyChanged(private=True):
                self.gate_closed = True
            case _:
                self._sound(event)

    def _sound(self, event: Event) -> None:
        match event:
            case events.SpeechReady():
                self._audio_ms[event.utterance] = self._audio_ms.get(event.utterance, 0) + event.audio_ms
            case events.PlaybackStarted():
                self._since_ms = self._now_ms
            case events.PlaybackFinished() | events.PlaybackCut():
                self._over(event.utterance)
            case events.SpeechFailed() if event.utterance != self._playing:
                self._over(event.utterance)

    def _over(self, utterance: int) -> None:
        self._spoken.pop(utterance, None)
        self._audio_ms.pop(utterance, None)
        if self._playing == utterance:
            self._playing, self._since_ms = 0, -1

    def _wished(self, wish: Command) -> None:  # noqa: PLR0912 - one line per command is the plainest form
        match wish:
            case commands.WakeAt():
                self._timers[wish.timer] = wish
            case commands.Match():
                self._again["match", wish.query] = wish
            case commands.Forget():
                self._again["forget", (wish.platform, wish.user)] = wish
            case commands.Unpost():
                self._again["unpost", wish.post] = wish
            case commands.KeepFaq():
                self._again["faq", wish.faq.id] = wish
            case commands.KeepCart():
                self._again["cart", wish.product_id] = wish
            case commands.CallTool():
                self._calls[wish.call] = None
            case commands.Compose():
                self._composing[wish.request] = None
            case commands.CancelCompose():
                self._composing.pop(wish.request, None)
            case commands.Post() | commands.HandOver():
                self._posts[wish.post] = None
            case commands.Synthesise():
                self._spoken.setdefault(wish.utterance, []).append(wish)
            case commands.Play():
                self._playing, self._since_ms = wish.utterance, -1
            case commands.Cut() if wish.utterance != self._playing:
                self._over(wish.utterance)
            case commands.CloseGate():
                self.gate_closed = True
            case commands.OpenGate():
                self.gate_closed = False


@dataclass
class Restored:
    """Where a session stood when it was cut off. `knowledge` is the folder's as it was known then; `came` are the lines
    that were read; `good_bytes` of events.jsonl stay, and the last step is written anew behind them."""

    core: Core
    view: View
    outstanding: Outstanding
    knowledge: Knowledge
    started: events.SessionStarted
    steps: list[tuple[Envelope, Sequence[Command]]]
    came: set[tuple[str, str]]
    good_bytes: int
    away_ms: int

    @property
    def last(self) -> Envelope:
        return self.steps[-1][0]

    @property
    def now_ms(self) -> int:
        return self.last.at_ms + self.away_ms

    def has(self, event: events.ChatReceived) -> bool:
        """Whether a line was read already."""
        return bool(event.line.id) and key_of(event.source, event.line) in self.came

    def replay_to(self, watch: Watch) -> None:
        """Shows a watcher what has happened so far."""
        for envelope, wishes in self.steps:
            watch(envelope, wishes)

    def first(self, now: Knowledge) -> list[Event]:
        """The events that the session goes on with; `now` is what the folder holds."""
        change = difference(self.knowledge, now)
        edited: list[Event] = [events.KnowledgeChanged(change)] if change else []
        seconds = self.away_ms / 1000
        told = events.PartChanged("session", "degraded", f"it was cut off, and goes on after {seconds:.1f} s")
        return [events.SessionResumed(self.away_ms), told, *self.outstanding.settled(), *edited]


def key_of(source: str, line: ChatLine) -> tuple[str, str]:
    return source, f"{line.platform}/{line.type}/{line.id}"


def restore(folder: Path) -> Restored:
    """Raises BadInput where the recording can't be read, or does not replay to what it holds."""
    found = None
    away_ms = max(0, round(seconds_since((folder / EVENTS).stat().st_mtime) * 1000))
    knowledge = read_knowledge(folder)
    core, view, outstanding = Core(knowledge), View(), Outstanding()
    kept: list[tuple[Envelope, Sequence[Command]]] = []
    came: set[tuple[str, str]] = set()
    started = None
    for found in steps(folder):
        event = found.envelope.event
        wishes = core.step(found.envelope)
        recorded = [msgspec.json.encode(wish) for wish in wishes][: len(found.wishes)]
        if list(found.wishes) != recorded:
            raise BadInput(
                "the recording does not replay to what it holds", where=f"{folder}, seq {found.envelope.seq}"
            )
        view.apply(found.envelope, wishes)
        outstanding.step(found.envelope, wishes)
        kept.append((found.envelope, wishes))
        match event:
            case events.SessionStarted():
                started = event
            case events.ChatReceived() if event.line.id:
                came.add(key_of(event.source, event.line))
            case events.KnowledgeChanged():
                knowledge = changed(knowledge, event.change)
    if found is None or started is None:
        raise BadInput("nothing of the session was recorded", where=str(folder))
    return Restored(core, view, outstanding, knowledge, started, kept, came, found.place, away_ms)
