"""What a screen shows stays bounded, and whatever is no longer shown may still be asked again."""

from __future__ import annotations

from livehost import commands, events
from livehost.chat import ChatLine
from livehost.decision import Decision
from livehost.events import Envelope
from livehost.show.view import View


def test_a_question_asked_again_when_its_item_is_no_longer_kept_changes_nothing() -> None:
    view = View()
    over = [commands.ShowItem(number, "dropped", "text", 1) for number in range(1, 300)]
    view.apply(Envelope(1, 0, events.Woke("turn", 0)), over)
    assert 4 not in view.items
    line = events.ChatReceived("test", ChatLine(id="m1", text="how much?"))
    decision = Decision("how much?", "en", "routine", "answer", 0.9)
    view.apply(Envelope(2, 10, line), [commands.ShowDecision("m1", 4, decision)])
    assert view.lines[-1].item == 4 and 4 not in view.items
    assert len(view.items) == 200
