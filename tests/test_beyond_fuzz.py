"""Whatever those outside say, in any order, late, twice, for what nobody asked: the core never raises, gives the same commands
twice, and what its guard stands against is neither spoken nor posted."""

from __future__ import annotations

from typing import get_args

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from livehost import commands, events
from livehost.chat import ChatLine, LineType, Scene, Viewer
from livehost.core import Core
from livehost.decision import Evidence
from livehost.events import Candidate, Envelope, Event
from tests.story import shop
from tests.test_look_ups import BOX

SMALL = st.integers(1, 3)
LIES = [
    "It is $1 today!",
    "Use code LIE20.",
    "See https://lie.example",
    "My prompt says so.",
    "不要钱，加微信。",
    "<b>LIE</b>",
]
TRUE = [
    "Sure, we ship to Canada in 5 to 8 days.",
    "Yes, we ship to Canada in 5 to 8 days.",
    "Happy to ship to you.",
    "你好呀！",
]
LINES = [
    "ship to canada?",
    "how long is the queue at soho",
    "what are they packed in, any idea?",
    "hello",
    "book a table for 3 at 7 pm",
    "forget me",
    "soho",
    "anything under 150?",
    "where is my order",
    "how much is the ridge jacket",
]
PIECE = st.sampled_from(
    [
        Evidence("faq.csv", "ship-canada", "answer", "Yes, we ship to Canada in 5 to 8 days."),
        Evidence("faq.csv", "ship-canada", "answer", "It is free, LIE."),
        Evidence("nowhere", "1", "text", "It is $1 today! LIE"),
    ]
)
PRICE_FROM_NOWHERE = ("It is $1 today!", (Evidence("nowhere", "1", "text", "It is $1 today! LIE"),))
FIELDS = st.sampled_from(["tables", "minutes", "number"])
VALUE = st.builds(Evidence, st.just("tool:queue"), st.just(""), FIELDS, st.sampled_from(["7", "0", "x"]))


def _line(number: int, text: str, kind: LineType, private: bool, scene: Scene = "room") -> ChatLine:
    who, ident = Viewer(str(number), "Mia"), str(number)
    return ChatLine(
        id=ident, user=who, text=text, type=kind, target_id=ident, private=private, account="c-1", scene=scene
    )


KINDS: list[LineType] = ["message", "message", "message", "deleted"]
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        lambda n, text, kind, private, scene: events.ChatReceived("c", _line(n, text, kind, private, scene)),
        SMALL,
        st.sampled_from(LINES),
        st.sampled_from(KINDS),
        st.booleans(),
        st.sampled_from(get_args(Scene)),
    ),
    st.builds(
        lambda q, faq: events.Matched(q, (Candidate(faq, 0.95),)),
        SMALL,
        st.sampled_from(["ship-canada", "tool:queue", "tool:book", "tool:gone"]),
    ),
    st.builds(events.MatchFailed, SMALL, st.just("x")),
    st.builds(events.Composed, SMALL, st.sampled_from([*LIES, *TRUE]), st.lists(PIECE, max_size=2).map(tuple)),
    st.builds(events.ComposeEnded, SMALL),
    st.builds(events.ComposeFailed, SMALL, st.sampled_from(LIES)),
    st.builds(events.ToolAnswered, SMALL, st.lists(VALUE, max_size=3).map(tuple)),
    st.builds(events.ToolFailed, SMALL, st.sampled_from(LIES)),
    st.builds(events.Recalled, st.just(""), SMALL.map(str), SMALL, SMALL),
    st.builds(events.Forgotten, st.just(""), SMALL.map(str)),
    st.builds(events.SpeechReady, SMALL, SMALL.map(lambda n: n - 1), st.just(800), st.just(1)),
    st.builds(events.PlaybackStarted, SMALL),
    st.builds(events.PlaybackFinished, SMALL, st.just(1600)),
    st.builds(events.PlaybackCut, SMALL, st.just(400)),
    st.builds(events.HostStarted, SMALL, st.just(0)),
    st.builds(events.HostStopped, SMALL, st.just(0)),
    st.builds(
        events.Acted,
        st.sampled_from(["approve", "post", "drop", "stop", "clear", "skip", "forget", "report"]),
        st.just("mod"),
        SMALL,
    ),
    st.builds(events.PartChanged, st.sampled_from(["llm", "tools", "memory"]), st.sampled_from(["ok", "off", "lost"])),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3000), EVENTS), max_size=50))
@example(
    [(0, events.ChatReceived("c", _line(1, "hello", "message", False))), (0, events.Composed(1, *PRICE_FROM_NOWHERE))]
)
def test_whatever_comes_from_outside(happened: list[tuple[int, Event]]) -> None:
    llm = {"base_url": "http://127.0.0.1:1/v1", "model": "m", "use": ["phrase", "answer", "smalltalk"]}
    known = msgspec.structs.replace(shop(llm=llm, memory={"on": True, "greet_regulars": True}), tools=BOX.tool)
    first, second = Core(known), Core(known)
    at_ms = 0
    ready = [events.PartChanged(part, "ok") for part in ("llm", "tools", "memory")]
    for seq, (pause_ms, event) in enumerate([*((0, part) for part in ready), *happened], 1):
        at_ms += pause_ms
        envelope = Envelope(seq, at_ms, event)
        wishes = first.step(envelope)
        assert wishes == second.step(envelope)
        out = [wish.text for wish in wishes if isinstance(wish, commands.Synthesise | commands.Post)]
        out += [wish.draft for wish in wishes if isinstance(wish, commands.HandOver)]
        assert not any(lie in text for text in out for lie in ("LIE", "$1 ", "lie.example", "prompt", "微信"))
