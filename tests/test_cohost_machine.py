"""The co-host under anything that can happen in any order: never two voices, nothing stopped or held is ever heard."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from livehost import commands, events
from livehost.chat import ChatLine, Viewer
from livehost.commands import Command
from livehost.events import Envelope
from livehost.settings import Mode
from tests.story import ScriptedHands, Story, replayed, shop

QUESTIONS = [
    ("return policy?", "returns"),
    ("ship to canada?", "ship-canada"),
    ("hood off?", "hood"),
    ("wash it?", "wash"),
]
REMARKS = [
    "",
    "mm-hm",
    "yeah",
    "wait",
    "let me think",
    "go ahead Pip",
    "Pip, stop",
    "Pip, return policy?",
    "a long story of it",
]
ACTIONS: list[events.Action] = ["mute", "unmute", "skip", "stop", "pause", "resume", "panic", "clear", "report"]
ABOUT_ITEMS: list[events.Action] = ["approve", "post", "drop", "wrong", "pin", "first", "host", "take"]
MODES: list[Mode] = ["ask-first", "quiet", "polite", "lively", "solo"]
MOST = 3
HUSH_MS = 440 + 5


@dataclass
class Watch:
    """What must hold, step by step."""

    playing: set[int] = field(default_factory=set)
    state: dict[int, str] = field(default_factory=dict)
    of_utterance: dict[int, int] = field(default_factory=dict)
    dead: set[int] = field(default_factory=set)
    preparing: int = 0
    silent: str = ""
    host_since_ms: int | None = None
    sounding: bool = False

    def see(self, envelope: Envelope, wishes: list[Command]) -> None:
        self._event(envelope.event)
        for wish in wishes:
            if isinstance(wish, commands.ShowFloor):  # as it is at the end of the step
                self.silent = wish.silent
        for wish in wishes:
            self._voice(wish)
            self._item(wish)
        assert len(self.playing) <= 1, "two voices"
        states = list(self.state.values())
        assert sum(state in ("held", "waiting") for state in states) <= MOST, "the list has grown"
        assert sum(state in ("preparing", "speaking") for state in states) <= 2
        late = self.host_since_ms is not None and envelope.at_ms > self.host_since_ms + HUSH_MS
        assert not (late and self.sounding), "talks over the host"

    def _event(self, event: events.Event) -> None:
        match event:
            case events.PlaybackStarted():
                self.playing.add(event.utterance)
            case events.PlaybackFinished() | events.PlaybackCut():
                self.playing.discard(event.utterance)
                self.sounding = False
            case events.HostStarted():
                self.host_since_ms = event.start_ms
            case events.HostStopped() | events.PartChanged():
                self.host_since_ms = None

    def _voice(self, wish: Command) -> None:
        match wish:
            case commands.Play() | commands.Resume():
                assert self.host_since_ms is None, "begins while the host talks"
                assert wish.utterance not in self.dead, "what was stopped is heard"
                self.sounding = True
            case commands.Hold() | commands.Duck():
                assert wish.utterance not in self.dead
                self.sounding = self.sounding and isinstance(wish, commands.Duck)
            case commands.Cut():
                self.dead.add(wish.utterance)
                self.sounding = False

    def _item(self, wish: Command) -> None:
        """What is held, over or silenced is never begun."""
        match wish:
            case commands.ShowItem():
                if wish.state in ("speaking", "preparing"):
                    assert self.state.get(wish.item) in ("waiting", "preparing", "speaking")
                self.state[wish.item] = wish.state
                self.preparing = wish.item if wish.state == "preparing" else self.preparing
            case commands.Synthesise():
                self.of_utterance.setdefault(wish.utterance, self.preparing)
            case commands.Play():
                assert not self.silent, f"speaks though {self.silent}"
                assert self.state[self.of_utterance[wish.utterance]] == "preparing"


class CoHostMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        floor = {"waiting_max": MOST, "expire_seconds": 20, "held_seconds": 30, "solo": True}
        rundown = [{"text": "This is the Ridge Jacket.", "product_id": "ridge-jacket"}]
        knowledge = shop(floor=floor, cohost="Pip", greeting="Hi!", suggestions=["Is it warm?"], rundown=rundown)
        self.story = Story(knowledge, ScriptedHands(line_ids=True))
        self.host = False
        self.hearing = True
        self.said = 0
        self.watch, self.watched = Watch(), 0

    @rule(question=st.sampled_from(QUESTIONS), user=st.sampled_from("abc"))
    def asks(self, question: tuple[str, str], user: str) -> None:
        self.story.asks(question[0], user=user, faq=question[1])

    @rule(duration=st.integers(0, 4000))
    def time_passes(self, duration: int) -> None:
        self.story.wait(duration)

    @rule(text=st.sampled_from(REMARKS), partly=st.booleans())
    def host_turns(self, text: str, partly: bool) -> None:
        if not self.hearing:
            return
        now = self.story.now_ms
        if not self.host:
            self.said += 1
            self.story.happens(events.HostStarted(self.said, max(0, now - 64)))
            if partly:
                self.story.happens(events.HostPartial(self.said, text, "en"))
        else:
            self.story.happens(events.HostStopped(self.said, now), events.HostSaid(self.said, text, "en", 0, now, 0))
        self.host = not self.host

    @rule()
    def host_stirs(self) -> None:
        self.story.happens(events.HostStirred())

    @rule()
    def hearing_turns(self) -> None:
        self.hearing = not self.hearing
        self.host = False
        self.story.happens(events.PartChanged("hearing", "ok" if self.hearing else "lost"))

    @rule(action=st.sampled_from(ACTIONS))
    def somebody_acts(self, action: events.Action) -> None:
        self.story.act(action)

    @rule(action=st.sampled_from(ABOUT_ITEMS), item=st.integers(0, 8))
    def somebody_acts_on_an_item(self, action: events.Action, item: int) -> None:
        self.story.act(action, item)

    @rule(mode=st.sampled_from(MODES))
    def mode_changes(self, mode: Mode) -> None:
        self.story.act("mode", text=mode)

    @rule(private=st.booleans())
    def privacy_changes(self, private: bool) -> None:
        self.story.happens(events.PrivacyChanged(private))

    @rule(text=st.sampled_from(["!stop", "!mute 1", "!unmute", "!skip"]))
    def moderator_writes(self, text: str) -> None:
        line = ChatLine(id="mod", text=text, user=Viewer("m", "mo", ("moderator",)))
        self.story.happens(events.ChatReceived("test", line))

    @rule(user=st.sampled_from("abc"), kind=st.sampled_from(["gift", "follow"]))
    def viewer_gives(self, user: str, kind: str) -> None:
        line = ChatLine(type="gift" if kind == "gift" else "follow", user=Viewer(user, user))
        self.story.happens(events.ChatReceived("test", line))

    @rule(line=st.integers(1, 8))
    def message_is_deleted(self, line: int) -> None:
        self.story.happens(events.ChatReceived("test", ChatLine(type="deleted", target_id=f"m{line}")))

    @rule(user=st.sampled_from("abc"))
    def viewer_is_banned(self, user: str) -> None:
        self.story.happens(events.ChatReceived("test", ChatLine(type="banned", target_user=user)))

    @invariant()
    def all_holds(self) -> None:
        for envelope, wishes in self.story.steps[self.watched :]:
            self.watch.see(envelope, wishes)
        self.watched = len(self.story.steps)

    def teardown(self) -> None:
        assert replayed(self.story) == [command for _, command in self.story.seen]


CoHostMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestCoHost = CoHostMachine.TestCase
