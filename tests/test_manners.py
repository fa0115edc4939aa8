"""How it behaves in the room: modes, whose question goes first, what the host has said already, names, thanks, greetings."""

from __future__ import annotations

import msgspec
import pytest

from livehost import commands, events
from livehost.chat import ChatLine, Gift, Viewer
from livehost.decide.names import spoken_name
from livehost.events import Candidate
from livehost.settings import RundownLine
from livehost.show.summary import summary
from livehost.show.view import View
from tests.story import ScriptedHands, Story, shop


def reasons(story: Story, item: int) -> list[str]:
    return [wish.reason for wish in story.all(commands.ShowItem) if wish.item == item]


def gift(user: str, kind: str = "gift", **more: object) -> events.ChatReceived:
    line = {"type": kind, "user": {"id": user, "name": user}, "platform": "test", **more}
    return events.ChatReceived("test", msgspec.convert(line, ChatLine))


# --- modes


def test_lively_needs_a_short_pause_alone() -> None:
    story = Story(shop("lively"))
    story.asks("return policy?", faq="returns")
    story.host_talks(3000, "so that is that")
    stopped_ms = story.now_ms
    story.wait(2000)
    assert story.when(commands.Play) == [stopped_ms + 400]
    assert story.spoken()[0].startswith("Quick one.")


def test_solo_is_off_until_it_is_allowed() -> None:
    story = Story()
    story.act("mode", text="solo")
    assert story.all(commands.ShowMode)[-1].mode == "polite"
    assert "solo = true" in story.all(commands.ShowFault)[0].detail


def test_solo_holds_the_room_by_its_rundown_and_answers_first() -> None:
    rundown = (RundownLine("This is the Ridge Jacket.", "ridge-jacket"), RundownLine("We are back at noon."))
    story = Story(shop("solo", floor={"solo": True, "spoken_per_minute": 0}, rundown=msgspec.to_builtins(rundown)))
    story.wait(70_000)
    assert story.spoken()[:2] == ["This is the Ridge Jacket.", "We are back at noon."]
    assert story.when(commands.Play)[0] >= 30_000
    assert story.all(commands.ShowTable)[0].product_id == "ridge-jacket"
    story.asks("how much is it")
    story.wait(5000)
    assert story.spoken()[-1] == "The Ridge Jacket is $129."


def test_on_douyin_it_is_silent_when_the_host_was_not_heard_for_minutes() -> None:
    story = Story()
    story.wait(500)
    line = ChatLine(id="d1", platform="douyin", text="hello there", user=Viewer("u", "u"))
    story.happens(events.ChatReceived("test", line))
    story.host_talks(2000, "hello everybody in the room")
    story.wait(181_000)
    assert story.all(commands.ShowFloor)[-1].silent == "host away"
    story.asks("return policy?", faq="returns")
    story.wait(5000)
    assert story.spoken() == [] and story.states(1)[-1] == "posted"
    story.host_talks(2000, "so I am back again")
    story.asks("hood off?", faq="hood")
    story.wait(5000)
    assert len(story.spoken()) == 1


def test_in_a_quiet_scene_it_answers_in_text_alone() -> None:
    story = Story(shop(obs={"quiet_scenes": ["Match"]}))
    story.happens(events.SceneShown("Match"))
    story.asks("return policy?", faq="returns")
    story.wait(5000)
    assert story.spoken() == [] and story.states(1)[-1] == "posted"
    assert story.all(commands.ShowFloor)[-1].silent == "scene"
    story.happens(events.SceneShown("Desk"))
    story.asks("hood off?", user="ben", faq="hood")
    story.wait(5000)
    assert len(story.spoken()) == 1


@pytest.mark.parametrize("heard", ["♪ la la la ♪", "[Music]", "（音乐）", "(upbeat music)"])
def test_a_rest_in_a_song_is_no_pause(heard: str) -> None:
    story = Story()
    story.host_talks(3000, heard)
    story.asks("return policy?", faq="returns")
    story.wait(6000)
    story.host_talks(3000, heard)
    ended_ms = story.now_ms
    story.wait(20_000)
    assert story.when(commands.Play) == [ended_ms + 12_000]


# --- the waiting list


def test_more_askers_and_the_table_go_first() -> None:
    story = Story(shop(floor={"spoken_per_minute": 0}))
    story.happens(events.HostStarted(9, 0))
    story.asks("return policy?", user="a", faq="returns")
    story.asks("how much is the ridge jacket", user="b")
    for user in "cdefg":
        story.asks("hood off?", user=user, faq="hood")
    story.wait(1000)
    story.happens(events.HostStopped(9, 1000))
    story.wait(12_000)
    assert [text[:9] for text in story.spoken()] == ["Yes, the ", "The Ridge", "You can r"]


def test_who_had_a_turn_lets_others_go_first() -> None:
    story = Story()
    story.asks("return policy?", user="mia", faq="returns")
    story.wait(2500)
    story.happens(events.HostStarted(9, story.now_ms))
    story.asks("hood off?", user="mia", faq="hood")
    story.asks("ship to canada?", user="ben", faq="ship-canada")
    story.wait(12_000)
    story.happens(events.HostStopped(9, story.now_ms))
    story.wait(12_000)
    assert [text[:12] for text in story.spoken()] == ["You can retu", "Yes, we ship", "Yes, the hoo"]


def test_no_more_is_spoken_than_the_budget_of_a_minute() -> None:
    story = Story(shop(floor={"spoken_per_minute": 5}), ScriptedHands(clause_ms=3000))
    for user, faq in zip("abcd", ("returns", "ship-canada", "hood", "wash"), strict=True):
        story.asks(f"{faq} please?", user=user, faq=faq)
    story.wait(44_000)
    assert len(story.spoken()) == 2 and len(story.all(commands.Post)) == 4
    assert "budget" in [shown.silent for shown in story.all(commands.ShowFloor)]
    story.wait(5000)
    assert [story.states(item)[-1] for item in (3, 4)] == ["posted", "posted"]


def test_one_viewer_does_not_get_all_the_voice() -> None:
    story = Story()
    story.asks("return policy?", user="mia", faq="returns")
    story.wait(2500)
    story.asks("hood off?", user="mia", faq="hood")
    story.wait(5000)
    assert len(story.spoken()) == 1 and len(story.all(commands.Post)) == 2
    story.wait(6000)
    assert len(story.spoken()) == 2


# --- the host got there first


def test_what_the_host_is_answering_waits_and_is_done_when_it_was_said() -> None:
    story = Story()
    story.happens(events.HostStarted(9, 0))
    story.asks("does the hood come off?", faq="hood")
    said = "yes the hood comes off"
    story.hands.finds[said] = story.hands.finds[said + " with two snaps"] = (Candidate("hood", 0.9),)
    story.wait(500)
    story.happens(events.HostPartial(9, said, "en"))
    story.wait(100)
    assert reasons(story, 1)[-1] == "the host is on it"
    story.happens(events.HostStopped(9, 700))
    story.happens(events.HostSaid(9, said + " with two snaps", "en", 0, 700, 0))
    story.wait(5000)
    assert story.spoken() == [] and (story.states(1)[-1], reasons(story, 1)[-1]) == ("answered", "the host answered")


def test_a_price_that_the_host_named_is_not_said_again() -> None:
    story = Story()
    story.host_talks(1000, "here is the ridge jacket")
    story.happens(events.HostStarted(9, story.now_ms))
    story.asks("how much is it?")
    story.wait(500)
    story.happens(events.HostStopped(9, story.now_ms))
    story.happens(events.HostSaid(9, "It is $129 for everybody tonight", "en", 1000, 1500, 0))
    story.wait(5000)
    assert story.spoken() == [] and reasons(story, 1)[-1] == "the host answered"


def test_every_drop_is_counted_with_its_reason() -> None:
    story = Story(shop(floor={"spoken_per_minute": 1, "waiting_max": 1}))
    for user, faq in zip("abcd", ("returns", "ship-canada", "hood", "wash"), strict=True):
        story.asks(f"{faq} please?", user=user, faq=faq)
    story.wait(60_000)
    view = View()
    for envelope, wishes in story.steps:
        view.apply(envelope, wishes)
    unsaid = {name: count for name, count in view.counts.items() if name.startswith("unsaid")}
    assert unsaid == {"unsaid": 3, "unsaid: the list is full": 2, "unsaid: no time to say it": 1}
    assert ("not said", "3 (2 the list is full, 1 no time to say it)") in summary(view, "en")


# --- manners


def test_it_says_whose_question_it_takes_when_there_is_time() -> None:
    story = Story(shop(manners={"names": True}))
    story.asks("return policy?", user="xX_Mia_99", faq="returns")
    story.wait(3000)
    assert story.spoken() == ["You can return unworn items within 60 days."], "nobody waits for a name"
    story.happens(events.HostStarted(9, story.now_ms))
    story.asks("hood off?", user="Ben_2004", faq="hood")
    story.asks("ship to canada?", user="fuckface", faq="ship-canada")
    for user in "abc":
        story.asks("wash it?", user=user, faq="wash")
    story.wait(1000)
    story.happens(events.HostStopped(9, story.now_ms))
    story.wait(15_000)
    several, one, nameless = story.spoken()[1:]
    assert several.startswith("Three of you ask.") and "Ben" in one
    assert nameless == "Yes, we ship to Canada in 5 to 8 days."


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("xX_MiaRose_2004", "Mia Rose"),
        ("小鱼干🐟88", "小鱼干"),
        ("TTV_Bob", "Bob"),
        ("Zoë", "Zoë"),
        ("Dickens", "Dickens"),
        ("Hancock_99", "Hancock"),
        *(
            (name, "")
            for name in ("f_u_c_k_you", "N1gg3r", "A$$hole", "sh1tlord", "操你妈", "user8273", "bcdfgx", "x_9")
        ),
        *((name, "") for name in ("admin", "Official_Anna", "主播小号", "", "насtя", "k", "a" * 300)),
    ],
)
def test_names(name: str, said: str) -> None:
    assert spoken_name(name) == said


def test_thanks_come_together_and_not_too_often() -> None:
    story = Story(shop(manners={"thanks_seconds": 30}))
    story.happens(gift("Mia", gift=msgspec.to_builtins(Gift("rose", 5))), gift("Ben", gift={"name": "rose"}))
    story.happens(gift("cunt99", gift={"name": "rose"}), gift("Zoe", "follow"), gift("Max", "raid", count=40))
    story.wait(29_000)
    assert story.spoken() == []
    story.wait(9000)
    assert story.spoken() == [
        "Welcome to everyone who came with Max! Thank you for the gifts, Mia, Ben and one more!",
    ] or story.spoken()[0].startswith("Welcome to everyone who came with Max!")
    story.wait(60_000)
    assert len(story.spoken()) == 1


def test_it_greets_when_the_host_has_begun_and_posts_what_can_be_asked() -> None:
    story = Story(shop(greeting="Hi, I am Pip, an AI.", suggestions=("Do you ship?", "Is it warm?")))
    story.happens(events.SessionStarted("anna", "polite", 1, chats=("one", "two")))
    story.host_talks(2000, "hello everybody and welcome")
    story.wait(5000)
    assert story.spoken() == ["Hi, I am Pip, an AI."]
    assert {(post.source, post.reply_to) for post in story.all(commands.Post)} == {("one", ""), ("two", "")}
    assert story.all(commands.Post)[0].text.endswith("You can ask me: Do you ship? · Is it warm?")


def test_scheduled_lines_come_again() -> None:
    schedule = ({"text": "Free shipping above $50.", "every_minutes": 5},)
    story = Story(shop(schedule=schedule))
    story.happens(events.SessionStarted("anna", "polite", 1, chats=("one",)))
    story.wait(11 * 60_000)
    assert story.when(commands.Post) == [300_000, 600_000] and story.spoken() == []


def test_in_ask_first_nothing_of_its_own_goes_out_unapproved() -> None:
    schedule = ({"text": "Free shipping above $50.", "every_minutes": 1, "aloud": True},)
    story = Story(shop("ask-first", greeting="Hi!", schedule=schedule, cohost="Pip", manners={"thanks_seconds": 5}))
    story.happens(events.SessionStarted("anna", "ask-first", 1, chats=("one",)), gift("Mia", "follow"))
    story.hands.finds["return policy"] = (Candidate("returns", 0.95),)
    story.host_talks(1000, "Pip, return policy?")
    story.host_talks(1000, "Pip, do you sell kayaks?")
    story.wait(100_000)
    assert story.spoken() == [] and story.all(commands.Post) == []
    held = {shown.origin for shown in story.all(commands.ShowItem) if shown.state == "held"}
    assert held == {"greeting", "schedule", "thanks", "host"}
