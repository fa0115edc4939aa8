"""The co-host under anything that can happen in any order: never two voices, never a dropped or held item spoken."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from livehost import commands, events
from livehost.chat import ChatLine
from tests.story import ScriptedHands, Story, replayed, shop

QUESTIONS = [
    ("return policy?", "returns"),
    ("ship to canada?", "ship-canada"),
    ("hood off?", "hood"),
    ("wash it?", "wash"),
]


class CoHostMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.story = Story(shop(floor={"waiting_max": 2, "expire_seconds": 20}), ScriptedHands())
        self.host = False
        self.hearing = True

    @rule(question=st.sampled_from(QUESTIONS), user=st.sampled_from("abc"))
    def asks(self, question: tuple[str, str], user: str) -> None:
        self.story.asks(question[0], user=user, faq=question[1])

    @rule(duration=st.integers(0, 4000))
    def time_passes(self, duration: int) -> None:
        self.story.wait(duration)

    @rule()
    def host_turns(self) -> None:
        if not self.hearing:
            return
        now = self.story.now_ms
        self.story.happens(events.HostStopped(1, now) if self.host else events.HostStarted(1, now))
        self.host = not self.host

    @rule()
    def hearing_turns(self) -> None:
        self.hearing = not self.hearing
        self.host = False
        self.story.happens(events.PartChanged("hearing", "ok" if self.hearing else "lost"))

    @rule(action=st.sampled_from(["mute", "unmute", "skip", "stop", "pause", "resume"]))
    def somebody_acts(self, action: events.Action) -> None:
        self.story.act(action)

    @rule(line=st.integers(1, 8))
    def message_is_deleted(self, line: int) -> None:
        self.story.happens(events.ChatReceived("test", ChatLine(type="deleted", target_id=f"m{line}")))

    @invariant()
    def never_two_voices(self) -> None:
        playing: set[int] = set()
        for envelope in self.story.envelopes:
            match envelope.event:
                case events.PlaybackStarted():
                    playing.add(envelope.event.utterance)
                case events.PlaybackFinished() | events.PlaybackCut():
                    playing.discard(envelope.event.utterance)
            assert len(playing) <= 1

    @invariant()
    def what_is_over_is_never_begun(self) -> None:
        over: set[int] = set()
        for _, command in self.story.seen:
            match command:
                case commands.ShowItem(state="dropped" | "expired" | "answered" | "posted"):
                    over.add(command.item)
                case commands.ShowItem(state="speaking" | "preparing"):
                    assert command.item not in over

    @invariant()
    def nothing_starts_while_the_host_talks(self) -> None:
        host = False
        starts = set(self.story.when(commands.Play))
        for envelope in self.story.envelopes:
            match envelope.event:
                case events.HostStarted():
                    host = True
                case events.HostStopped() | events.PartChanged():
                    host = False
                case events.Matched() | events.SpeechReady() | events.Woke():
                    assert not (host and envelope.at_ms in starts and self._at(envelope.at_ms))

    def _at(self, at_ms: int) -> bool:
        """Whether nothing of the host's happened at that very moment, so that the order is plain."""
        same = [e.event for e in self.story.envelopes if e.at_ms == at_ms]
        return not any(isinstance(e, events.HostStarted | events.HostStopped | events.PartChanged) for e in same)

    def teardown(self) -> None:
        assert replayed(self.story) == [command for _, command in self.story.seen]


CoHostMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestCoHost = CoHostMachine.TestCase
