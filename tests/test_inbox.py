"""The door into the core: a flood of chat delays nothing but chat, and no stamp goes back."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from livehost import clock, events
from livehost.chat import ChatLine
from livehost.clock import SessionClock
from livehost.events import ChatDropped, ChatReceived, Envelope, Event
from livehost.inbox import Inbox


def _line(number: int) -> ChatReceived:
    return ChatReceived("test", ChatLine(id=str(number), text="hello"))


@given(st.lists(st.tuples(st.sampled_from(["chat", "act", "take"]), st.integers(0, 50)), max_size=60))
def test_what_is_not_chat_goes_first_in_its_own_order_and_stamps_never_go_back(story: list[tuple[str, int]]) -> None:
    taken: list[Envelope] = []

    async def run() -> None:
        inbox = Inbox(SessionClock(asyncio.get_running_loop()))
        for number, (what, later_ms) in enumerate(story):
            await asyncio.sleep(later_ms / 1000)
            if what == "chat":
                inbox.put(_line(number))
            elif what == "act":
                inbox.put(events.Acted("skip", "Mo", number))
            elif not inbox.empty:
                taken.append(await inbox.get())
                if isinstance(taken[-1].event, ChatReceived):
                    assert not inbox._waiting
        while not inbox.empty:
            taken.append(await inbox.get())

    clock.run(run(), virtual=True)
    assert [envelope.seq for envelope in taken] == list(range(1, len(taken) + 1))
    stamps = [envelope.at_ms for envelope in taken]
    assert stamps == sorted(stamps)
    acts = [envelope.event.target for envelope in taken if isinstance(envelope.event, events.Acted)]
    lines = [int(envelope.event.line.id) for envelope in taken if isinstance(envelope.event, ChatReceived)]
    assert acts == sorted(acts) and lines == sorted(lines)
    assert len(taken) == sum(what != "take" for what, _ in story)


def test_a_mute_overtakes_a_flood_what_is_too_much_is_counted_and_the_end_comes_last() -> None:
    async def run() -> list[Event]:
        inbox = Inbox(SessionClock(asyncio.get_running_loop()))
        for number in range(6000):
            inbox.put(_line(number))
        inbox.put(events.SessionEnded("ended"))
        inbox.put(events.Acted("mute", "Mo"))
        first = (await inbox.get()).event
        rest = [(await inbox.get()).event for _ in range(5002)]
        assert inbox.empty
        return [first, *rest]

    taken = clock.run(run(), virtual=True)
    assert taken[0] == events.Acted("mute", "Mo") and isinstance(taken[-1], events.SessionEnded)
    assert sum(event.count for event in taken if isinstance(event, ChatDropped)) == 1000
