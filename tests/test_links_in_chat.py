"""That a link is in the chat is said when the platform took the line, and not before."""

from __future__ import annotations

import msgspec

from livehost import commands, events
from livehost.knowledge import Knowledge
from tests.story import ScriptedHands, Story, replayed, shop


def _unnumbered(mode: str = "polite") -> Knowledge:
    """The shop without numbers in its cart."""
    whole = shop(mode)  # type: ignore[arg-type]
    products = tuple(msgspec.structs.replace(product, link_number=None) for product in whole.products)
    return msgspec.structs.replace(whole, products=products)


QUESTION = "link for the ridge jacket please?"
CLAIM = "Here is the link for the Ridge Jacket."


def test_it_waits_for_the_platform_to_take_the_line() -> None:
    story = Story(_unnumbered(), ScriptedHands(post_ms=3_000))
    story.asks(QUESTION)
    story.wait(2_900)
    assert story.all(commands.Post) and not story.all(commands.Synthesise)
    story.wait(5_000)
    assert story.spoken() == [CLAIM]
    assert replayed(story)


def test_a_refused_line_is_held_for_a_person_and_nothing_is_said() -> None:
    hands = ScriptedHands(post_problem="links are not allowed")
    story = Story(_unnumbered(), hands)
    story.asks(QUESTION)
    story.wait(20_000)
    assert not story.spoken() and story.states(1)[-1] == "held"
    reason = story.all(commands.ShowItem)[-1].reason
    assert reason == "its link is not in the chat: links are not allowed"
    hands.post_problem = ""
    story.act("approve", 1)
    story.wait(10_000)
    assert len(story.all(commands.Post)) == 2 and story.spoken() == [CLAIM]


def test_where_links_are_left_out_it_is_not_said_that_one_is_there() -> None:
    story = Story(_unnumbered(), ScriptedHands(posts_links=False))
    story.asks(QUESTION)
    story.wait(20_000)
    assert not story.spoken()
    assert story.all(commands.ShowItem)[-1].reason == "its link is not in the chat: links are left out there"


def test_where_the_overlay_is_in_the_picture_it_is_said_to_be_there() -> None:
    whole = _unnumbered()
    creator = msgspec.structs.replace(whole.creator, platforms={"test": {"overlay": True}})
    hands = ScriptedHands(post_problem="nobody may post here")
    story = Story(msgspec.structs.replace(whole, creator=creator), hands)
    story.asks(QUESTION)
    story.wait(10_000)
    assert story.spoken() == ["The link for the Ridge Jacket is on the screen."] and replayed(story)
    story = Story(msgspec.structs.replace(whole, creator=creator), hands)
    story.asks(QUESTION, platform="elsewhere")
    story.wait(10_000)
    assert not story.spoken()


def test_in_a_persons_words_it_is_said_at_once() -> None:
    story = Story(_unnumbered(), ScriptedHands(post_problem="links are not allowed"))
    story.asks(QUESTION)
    story.wait(5_000)
    story.act("approve", 1, "It is the first one on the screen.")
    story.wait(10_000)
    assert story.spoken() == ["It is the first one on the screen."]


def test_a_number_in_the_cart_needs_no_chat() -> None:
    story = Story(shop(), ScriptedHands(post_problem="nobody may post here"))
    story.asks(QUESTION)
    story.wait(10_000)
    assert story.spoken() == ["The Ridge Jacket is number 1 in the shop."]


def test_other_answers_do_not_wait_for_the_chat() -> None:
    story = Story(_unnumbered(), ScriptedHands(post_problem="nobody may post here"))
    story.asks("do you ship to Canada?", faq="ship-canada")
    story.wait(10_000)
    assert story.spoken() == ["Yes, we ship to Canada in 5 to 8 days."]
    assert not [event for event in story.envelopes if isinstance(event.event, events.Posted)]
