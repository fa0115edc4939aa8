"""What people in charge do, told as stories on virtual time."""

from __future__ import annotations

import msgspec

from livehost import commands, events
from tests.story import Story, shop


def test_a_moderator_says_it_in_other_words() -> None:
    story = Story(shop("ask-first"))
    story.asks("do you ship to canada", faq="ship-canada")
    story.wait(100)
    story.act("approve", 1, "Yes, to Canada within a week.")
    story.wait(5000)
    spoken = [c.text for _, c in story.seen if isinstance(c, commands.Synthesise)]
    posts = [c.text for _, c in story.seen if isinstance(c, commands.Post)]
    assert " ".join(spoken) == "Yes, to Canada within a week." and "within a week" in posts[0] and len(posts) == 1


def test_an_answer_in_text_alone_is_not_spoken() -> None:
    story = Story(shop("ask-first"))
    story.asks("do you ship to canada", faq="ship-canada")
    story.wait(100)
    story.act("post", 1)
    story.wait(5000)
    assert any(isinstance(c, commands.Post) for _, c in story.seen)
    assert not any(isinstance(c, commands.Synthesise) for _, c in story.seen)


def test_a_wrong_answer_is_set_right_and_not_given_again_unasked() -> None:
    story = Story()
    story.asks("do you ship to canada", faq="ship-canada")
    story.wait(1200)
    story.act("wrong", 1, "We do not ship to Canada at the moment.")
    story.wait(200_000)
    assert any(isinstance(c, commands.Post) and c.text.endswith("at the moment.") for _, c in story.seen)
    before = len([c for _, c in story.seen if isinstance(c, commands.Play)])
    story.asks("do you ship to canada", user="ben", faq="ship-canada")
    story.wait(5000)
    shown = [c for _, c in story.seen if isinstance(c, commands.ShowItem)]
    assert (shown[-1].state, shown[-1].reason) == ("held", "was marked as wrong before")
    assert len([c for _, c in story.seen if isinstance(c, commands.Play)]) == before


def test_a_panic_silences_and_drops_all() -> None:
    story = Story()
    story.asks("do you ship to canada", faq="ship-canada")
    story.asks("can i return it", user="ben", faq="returns")
    story.wait(1200)
    story.act("panic")
    story.wait(20_000)
    last = {c.item: c.state for _, c in story.seen if isinstance(c, commands.ShowItem)}
    assert last == {1: "dropped", 2: "dropped"}


def test_a_pinned_item_does_not_grow_old_and_the_first_goes_first() -> None:
    story = Story(shop("ask-first", floor={"held_seconds": 10}))
    story.asks("return policy?", faq="returns")
    story.asks("ship to canada?", faq="ship-canada")
    story.asks("hood off?", faq="hood")
    story.wait(100)
    story.act("pin", 1)
    story.act("first", 3)
    story.wait(12_000)
    assert story.states(2)[-1] == "expired" and story.states(1)[-1] == "held"
    assert story.all(commands.ShowItem)[-1].item != 1


def test_a_first_item_goes_before_what_was_made_ready() -> None:
    story = Story()
    story.happens(events.HostStarted(1, 0))
    story.asks("return policy?", faq="returns")
    story.asks("ship to canada?", faq="ship-canada")
    story.wait(500)
    story.act("first", 2)
    story.happens(events.HostStopped(1, 500))
    story.wait(10_000)
    assert [text[:3] for text in story.spoken()] == ["Yes", "You"]


def test_what_a_person_takes_is_not_said() -> None:
    story = Story()
    story.asks("return policy?", faq="returns")
    story.asks("ship to canada?", faq="ship-canada")
    story.asks("hood off?", faq="hood")
    story.wait(1000)
    story.act("take", 1)
    story.act("host", 2)
    story.wait(5000)
    assert (story.states(1)[-1], story.states(2)[-1], story.states(3)[-1]) == ("taken", "host", "answered")
    assert story.all(commands.Cut)[0].reason == "taken"


def test_a_mute_for_minutes_ends_by_itself() -> None:
    story = Story()
    story.act("mute", text="2")
    story.asks("return policy?", faq="returns")
    story.asks("return policy??", user="b", faq="returns")
    story.wait(119_000)
    story.asks("hood off?", faq="hood")
    assert story.spoken() == []
    story.wait(6000)
    assert story.spoken() == ["Yes, the hood comes off with two snaps."]


def test_what_a_person_wrote_is_said_whole_and_an_answer_is_shortened() -> None:
    long = "We open the second box in ten minutes. It holds the storm jackets in black and in moss. Stay for the raffle after it."
    story = Story(shop("ask-first"))
    story.act("say", text=long)
    story.wait(12_000)
    assert story.spoken() == [long]
    story.asks("return policy?", faq="returns")
    story.act("approve", 2, text=long)
    story.wait(12_000)
    assert story.spoken()[-1] == long
    knowledge = shop()
    faqs = tuple(msgspec.structs.replace(faq, answer=long) for faq in knowledge.faqs)
    answered = Story(msgspec.structs.replace(knowledge, faqs=faqs))
    answered.asks("return policy?", faq="returns")
    answered.wait(12_000)
    assert answered.spoken() == [
        "We open the second box in ten minutes. It holds the storm jackets in black and in moss."
    ]


def test_clear_drops_what_waits_and_lets_the_sentence_end() -> None:
    story = Story()
    story.asks("return policy?", faq="returns")
    story.asks("ship to canada?", faq="ship-canada")
    story.wait(1000)
    story.act("clear")
    story.wait(10_000)
    assert (story.states(1)[-1], story.states(2)[-1]) == ("answered", "dropped")
    assert len(story.spoken()) == 1
