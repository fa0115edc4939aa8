"""What the screen shows: from events and commands alone, and inert whatever viewers write."""

from __future__ import annotations

import io

from rich.console import Console

from livehost import events
from livehost.chat import ChatLine, Viewer
from livehost.core import Core
from livehost.events import Envelope
from livehost.show.summary import percentiles, summary
from livehost.show.terminal import inert, picture
from livehost.show.view import View
from tests.story import Story, shop


def viewed(story: Story) -> View:
    view = View()
    core = Core(story.knowledge)
    for envelope in story.envelopes:
        view.apply(envelope, core.step(envelope))
    return view


def drawn(view: View) -> str:
    console = Console(record=True, width=120, height=40, file=io.StringIO())
    console.print(picture(view))
    return console.export_text()


def test_a_question_from_chat_to_answered() -> None:
    story = Story()
    story.asks("return policy?", faq="returns")
    story.wait(1200)
    view = viewed(story)
    assert "You can return unworn items within 60 days." in drawn(view)
    assert "routine → answer" in drawn(view)
    story.wait(8000)
    figures = dict(summary(viewed(story), "en"))
    assert figures["answered aloud"].startswith("1 ")
    assert figures["line → first sample"].startswith("p50 ")
    assert dict(summary(viewed(story), "zh"))["常规提问"] == "1"


def test_held_items_come_first() -> None:
    story = Story(shop("ask-first"))
    story.asks("return policy?", faq="returns")
    story.wait(500)
    assert "held" in drawn(viewed(story))


def test_hostile_text_is_inert() -> None:
    view = View()
    text = "[bold red]hi[/] \x1b[2J \u202e evil \x07"
    line = ChatLine(id="1", user=Viewer("u", "[link=x]n\x1b]0;title"), text=text)
    view.apply(Envelope(1, 0, events.ChatReceived("test", line)), [])
    shown = drawn(view)
    assert "[bold red]hi[/]" in shown
    assert not set("\x1b\x07\u202e") & set(shown)
    assert inert("a\x00\u200bb") == "ab"


def test_a_lost_part_is_seen() -> None:
    view = View()
    view.apply(Envelope(1, 0, events.PartChanged("hearing", "lost", "unplugged")), [])
    assert "hearing unplugged" in drawn(view)


def test_the_view_stays_small() -> None:
    view = View()
    for number in range(5000):
        line = ChatLine(id=str(number), text="x" * 100)
        view.apply(Envelope(number, number, events.ChatReceived("test", line)), [])
    assert len(view.lines) == 1000 and view.counts["lines"] == 5000


def test_percentiles() -> None:
    assert percentiles([]) == "–"
    assert percentiles([3, 1, 2]) == "p50 2 ms, p90 3 ms, p99 3 ms"
