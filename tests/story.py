"""Storyboards: the core on virtual time, with small scripted hands. "Viewer asks; host talks 2 s; expect …"."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from livehost import commands, events
from livehost.chat import ChatLine, Scene, Viewer
from livehost.commands import Command
from livehost.core import Core
from livehost.decision import Evidence
from livehost.events import Candidate, Envelope, Event
from livehost.knowledge import Change, Faq, Knowledge, Money, Product
from livehost.settings import Creator, Mode

W = TypeVar("W", bound=Command)


def shop(mode: Mode = "polite", **creator: object) -> Knowledge:
    """Two jackets and four questions."""
    plain = {"name": "Anna", "languages": ["en", "zh"], "mode": mode, "manners": {"names": False}}
    settings = msgspec.convert({**plain, **creator}, Creator)
    money = msgspec.convert({"amount": "129.00", "currency": "USD"}, Money)
    return Knowledge(
        creator=settings,
        products=(
            Product(
                id="ridge-jacket",
                title="Ridge Jacket",
                link="https://shop.example/ridge-jacket",
                price=money,
                availability="in_stock",
                color=("black", "blue"),
                size=("S", "M", "L"),
                link_number=1,
            ),
            Product(id="storm-jacket", title="Storm Jacket", link="https://shop.example/storm-jacket", link_number=2),
        ),
        faqs=(
            Faq("ship-canada", "Do you ship to Canada?", "Yes, we ship to Canada in 5 to 8 days."),
            Faq("returns", "What is your return policy?", "You can return unworn items within 60 days."),
            Faq("hood", "Is the hood removable?", "Yes, the hood comes off with two snaps.", "ridge-jacket"),
            Faq("wash", "How do I wash it?", "Wash it cold and hang it dry.", "ridge-jacket"),
        ),
    )


@dataclass
class ScriptedHands:
    """What the outside answers: every query finds `finds[text]`, every clause takes `synthesis_ms` and lasts `clause_ms`."""

    finds: dict[str, tuple[Candidate, ...]] = field(default_factory=dict)
    match_ms: int = 20
    synthesis_ms: int = 400
    clause_ms: int = 1500
    keeping_ms: int = 800
    speech_fails: bool = False
    post_ms: int = 5
    post_problem: str = ""  # why the platform does not take a line
    posts_links: bool = True
    words: tuple[tuple[int, str], ...] = ()  # a model's sentences with the moment of each after Compose; "" is its end
    tools: dict[str, Callable[[dict[str, str]], dict[str, str] | str]] = field(
        default_factory=dict
    )  # values, or a trouble
    tool_ms: int = 200
    words_of: tuple[Evidence, ...] = ()  # what it says they are out of
    line_ids: bool = False  # whether the platform tells its own ids of what was posted
    unpost_problem: str = ""


@dataclass
class _Playing:
    """`ends_ms` -1: it is held."""

    utterance: int
    length_ms: int
    heard_ms: int = 0
    since_ms: int = 0
    ends_ms: int = -1

    def heard_at(self, now_ms: int) -> int:
        return self.heard_ms if self.ends_ms < 0 else self.heard_ms + now_ms - self.since_ms


class Story:
    """Events go in at their moment; `seen` holds each command with the moment it came."""

    def __init__(self, knowledge: Knowledge | None = None, hands: ScriptedHands | None = None) -> None:
        self.knowledge = knowledge or shop()
        self.hands = hands or ScriptedHands()
        self.core = Core(self.knowledge)
        self.now_ms = 0
        self.seen: list[tuple[int, Command]] = []
        self.envelopes: list[Envelope] = []
        self.steps: list[tuple[Envelope, list[Command]]] = []
        self._planned: list[tuple[int, int, Event]] = []
        self._order = 0
        self._lines = 0
        self._loaded: dict[int, set[int]] = {}
        self._playing: _Playing | None = None
        self._host_count = 0
        self._timers: dict[str, int] = {}
        self._put(events.SessionStarted("anna", self.knowledge.creator.mode, 1))

    # --- what happens

    def asks(  # noqa: PLR0917 - a line, and what is found to it
        self,
        text: str,
        user: str = "mia",
        faq: str = "",
        score: float = 0.95,
        platform: str = "test",
        scene: Scene = "room",
    ) -> str:
        """A viewer writes; with `faq`, the matcher will find it. Returns the line's id."""
        from livehost.understand.normalise import plain_line

        if faq:
            self.hands.finds[plain_line(text).plain] = (Candidate(faq, score),)
        self._lines += 1
        line = ChatLine(id=f"m{self._lines}", platform=platform, user=Viewer(user, user), text=text, scene=scene)
        self._put(events.ChatReceived(platform, line))
        return line.id

    def replies(self, text: str, reply_to: str, chat: str, user: str = "anna") -> None:
        """Somebody writes in a chat of a platform, `telegram:7`, in reply to a line there."""
        platform, _, number = chat.partition(":")
        self._lines += 1
        line = ChatLine(
            id=f"{number}:{self._lines}", platform=platform, user=Viewer(user, user), text=text, reply_to=reply_to
        )
        self._put(events.ChatReceived(f"{platform}:direct", line))

    def happens(self, *what: Event) -> None:
        for event in what:
            self._put(event)

    def host_talks(self, duration_ms: int, text: str = "") -> None:
        """The host speaks from now on; time passes to the end of it."""
        began = self.now_ms
        self._host_count += 1
        number = self._host_count
        self._put(events.HostStarted(number, began))
        self.wait(duration_ms)
        self._put(events.HostStopped(number, self.now_ms))
        self._put(events.HostSaid(number, text, "en", began, self.now_ms, 0))

    def act(self, action: events.Action, target: int = 0, text: str = "", question: str = "") -> None:
        if action in ("mute", "stop", "panic") and self._playing:
            self._silence()
        self._put(events.Acted(action, "mod", target, text, question))

    def wait(self, duration_ms: int) -> None:
        end_ms = self.now_ms + duration_ms
        while self._planned and self._planned[0][0] <= end_ms:
            self.now_ms, _, event = heapq.heappop(self._planned)
            if isinstance(event, events.Woke) and self._timers.get(event.timer) != event.due_ms:
                continue
            self._put(event)
        self.now_ms = end_ms

    # --- what is expected

    def all(self, kind: type[W]) -> list[W]:
        return [command for _, command in self.seen if isinstance(command, kind)]

    def when(self, kind: type[Command]) -> list[int]:
        return [at for at, command in self.seen if isinstance(command, kind)]

    def states(self, item: int) -> list[str]:
        return [c.state for c in self.all(commands.ShowItem) if c.item == item]

    def spoken(self) -> list[str]:
        """The text of every utterance whose playing began."""
        texts: dict[int, list[str]] = {}
        for wish in self.all(commands.Synthesise):
            texts.setdefault(wish.utterance, []).append(wish.text)
        return [" ".join(texts[play.utterance]) for play in self.all(commands.Play)]

    # --- the scripted outside

    def _put(self, event: Event) -> None:
        envelope = Envelope(len(self.envelopes) + 1, self.now_ms, event)
        self.envelopes.append(envelope)
        if isinstance(event, events.PlaybackFinished):
            playing = self._playing
            if playing is None or playing.utterance != event.utterance or playing.ends_ms != self.now_ms:
                self.envelopes.pop()
                return
            self._playing = None
        wishes = self.core.step(envelope)
        self.steps.append((envelope, wishes))
        self.seen += [(self.now_ms, wish) for wish in wishes]
        for wish in wishes:
            self._carry_out(wish)

    def _carry_out(self, wish: Command) -> None:  # noqa: PLR0912 - one line per command is the plainest form
        hands = self.hands
        match wish:
            case commands.Match():
                self._plan(hands.match_ms, events.Matched(wish.query, hands.finds.get(wish.text, ())))
            case commands.CallTool():
                found = hands.tools.get(wish.tool)
                told = found(dict(wish.arguments)) if found else "no such tool"
                values = {} if isinstance(told, str) else told
                pieces = tuple(Evidence(f"tool:{wish.tool}", "", name, value) for name, value in values.items())
                trouble = isinstance(told, str)
                self._plan(
                    hands.tool_ms,
                    events.ToolFailed(wish.call, str(told)) if trouble else events.ToolAnswered(wish.call, pieces),
                )
            case commands.Compose():
                for delay, text in hands.words:
                    said = events.Composed(wish.request, text, hands.words_of or wish.evidence)
                    self._plan(delay, said if text else events.ComposeEnded(wish.request))
            case commands.Synthesise():
                self._synthesise(wish)
            case commands.Play():
                self._playing = _Playing(wish.utterance, hands.clause_ms * wish.clauses)
                self._plan(0, events.PlaybackStarted(wish.utterance))
                self._go_on(self._playing)
            case commands.Hold():
                if self._playing and self._playing.utterance == wish.utterance:
                    self._playing.heard_ms = self._playing.heard_at(self.now_ms)
                    self._playing.ends_ms = -1
            case commands.Resume():
                if self._playing and self._playing.utterance == wish.utterance:
                    self._go_on(self._playing)
            case commands.Cut():
                if self._playing and self._playing.utterance == wish.utterance:
                    self._silence()
            case commands.KeepFaq():
                self._plan(hands.keeping_ms, events.KnowledgeChanged(Change(faqs=(wish.faq,))))
            case commands.CloseGate():
                if self._playing:
                    self._silence()
            case commands.Post() | commands.HandOver() if wish.source:
                failed = hands.post_problem and events.PostFailed(wish.post, hands.post_problem)
                line_id = f"line-{wish.post}" if hands.line_ids else ""
                self._plan(hands.post_ms, failed or events.Posted(wish.post, hands.posts_links, line_id))
            case commands.Unpost():
                problem = hands.unpost_problem
                still_there = problem and events.UnpostFailed(wish.post, problem)
                self._plan(hands.post_ms, still_there or events.Unposted(wish.post))
            case commands.WakeAt():
                self._timers[wish.timer] = wish.at_ms
                self._plan(wish.at_ms - self.now_ms, events.Woke(wish.timer, wish.at_ms))

    def _synthesise(self, wish: commands.Synthesise) -> None:
        if self.hands.speech_fails:
            self._plan(10, events.SpeechFailed(wish.utterance, wish.clause, "no voice"))
            return
        delay = self.hands.synthesis_ms * (wish.clause + 1)
        self._plan(
            delay, events.SpeechReady(wish.utterance, wish.clause, self.hands.clause_ms, self.hands.synthesis_ms)
        )

    def _silence(self) -> None:
        assert self._playing is not None
        playing, self._playing = self._playing, None
        self._plan(15, events.PlaybackCut(playing.utterance, playing.heard_at(self.now_ms)))

    def _go_on(self, playing: _Playing) -> None:
        if playing.ends_ms < 0:
            playing.since_ms = self.now_ms
            playing.ends_ms = self.now_ms + playing.length_ms - playing.heard_ms
            self._plan(
                playing.length_ms - playing.heard_ms, events.PlaybackFinished(playing.utterance, playing.length_ms)
            )

    def _plan(self, delay_ms: int, event: Event) -> None:
        self._order += 1
        heapq.heappush(self._planned, (self.now_ms + max(0, delay_ms), self._order, event))


def replayed(story: Story) -> Sequence[Command]:
    """The commands of a second core over the same events."""
    core = Core(story.knowledge)
    return [command for envelope in story.envelopes for command in core.step(envelope)]
