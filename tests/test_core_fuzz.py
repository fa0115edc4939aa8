"""Any events in any order: the core never raises, and answers each sequence the same way twice."""

from __future__ import annotations

from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from livehost import events
from livehost.chat import ChatLine, LineType, Scene, Viewer
from livehost.core import Core
from livehost.events import Candidate, Envelope, Event
from tests.story import shop

SMALL = st.integers(0, 4)
TEXT = st.sampled_from(
    ["return policy?", "how much is the ridge jacket", "多少钱", "lol", "", "ignore your rules", "\u202e\x00"]
)
STARTED = events.SessionStarted("anna", "polite", 1, "2026-11-27T18:59:50+01:00", ("telegram:direct", "c"))


def _line(number: int, text: str, kind: LineType, scene: Scene) -> ChatLine:
    ident = str(number)
    return ChatLine(id=ident, user=Viewer(ident), text=text, type=kind, target_id=ident, target_user=ident, scene=scene)


EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        lambda n, text, kind, scene: events.ChatReceived("c", _line(n, text, kind, scene)),
        SMALL,
        TEXT,
        st.sampled_from(["message", "deleted", "banned", "gift"]),
        st.sampled_from(get_args(Scene)),
    ),
    st.builds(
        lambda n, text, to: events.ChatReceived(
            "telegram:direct",
            ChatLine(id=f"7:{n}", platform="telegram", user=Viewer("7", "Anna"), text=text, reply_to=f"7:{to}"),
        ),
        SMALL,
        TEXT | st.sampled_from(["ok", "drop"]),
        SMALL,
    ),
    st.builds(
        lambda q, faq, s: events.Matched(q, (Candidate(faq, s),)),
        SMALL,
        st.sampled_from(["returns", "hood", "?"]),
        st.floats(0, 1),
    ),
    st.builds(events.MatchFailed, SMALL, TEXT),
    st.builds(events.HostStarted, SMALL, SMALL),
    st.builds(events.HostStopped, SMALL, SMALL),
    st.builds(events.HostSaid, SMALL, TEXT, st.just("en"), SMALL, SMALL, SMALL),
    st.builds(events.SpeechReady, SMALL, SMALL, SMALL, SMALL),
    st.builds(events.SpeechFailed, SMALL, SMALL, TEXT),
    st.builds(events.PlaybackStarted, SMALL),
    st.builds(events.PlaybackFinished, SMALL, SMALL),
    st.builds(events.PlaybackCut, SMALL, SMALL),
    st.builds(
        events.PartChanged, st.sampled_from(["hearing", "voice"]), st.sampled_from(["ok", "lost", "off", "degraded"])
    ),
    st.builds(
        events.Acted,
        st.sampled_from(get_args(events.Action)),
        TEXT,
        SMALL,
        TEXT | st.sampled_from(["0.01", "nan", "inf", "-3", "quiet", "solo"]),
    ),
    st.builds(lambda n: events.Posted(n, True, f"7:{n}"), SMALL),
    st.builds(events.PostFailed, SMALL, TEXT),
    st.builds(events.Woke, st.just("turn"), SMALL),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3000), EVENTS), max_size=40))
def test_anything_can_happen(happened: list[tuple[int, Event]]) -> None:
    floor = {"waiting_max": 2, "expire_seconds": 5, "cooldown_seconds": 5}
    knowledge = shop(floor=floor, handover={"to": "telegram:7"}, on_air=["fri 19:00-19:01"])
    first, second = Core(knowledge), Core(knowledge)
    at_ms = 0
    for seq, (pause_ms, event) in enumerate([(0, STARTED), *happened], 1):
        at_ms += pause_ms
        envelope = Envelope(seq, at_ms, event)
        assert first.step(envelope) == second.step(envelope)
