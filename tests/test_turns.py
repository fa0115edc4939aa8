"""Who speaks when, what waits and what is dropped: stories on virtual time."""

from __future__ import annotations

import pytest

from livehost import commands, events
from livehost.chat import ChatLine, Viewer
from livehost.decide.remarks import is_backchannel, remark
from livehost.events import Candidate
from tests.story import ScriptedHands, Story, replayed, shop


def speaking() -> Story:
    """The co-host began a long answer at 420 ms; it is 2,000 ms now."""
    story = Story(hands=ScriptedHands(clause_ms=6000))
    story.asks("return policy?", faq="returns")
    story.wait(2000)
    assert len(story.all(commands.Play)) == 1
    return story


def cuts(story: Story) -> list[tuple[int, str]]:
    return [(at, wish.reason) for at, wish in story.seen if isinstance(wish, commands.Cut)]


def reasons(story: Story, item: int) -> list[str]:
    return [wish.reason for wish in story.all(commands.ShowItem) if wish.item == item]


# --- barge-in


@pytest.mark.parametrize("text", ["mm-hm", "Yeah.", "Yeah, yeah.", "对对对", "嗯，是的", "Haha!", "(laughs)", ""])
def test_a_backchannel_does_not_stop_it(text: str) -> None:
    story = speaking()
    story.host_talks(450, text)
    story.wait(8000)
    assert cuts(story) == []
    assert [len(story.all(kind)) for kind in (commands.Duck, commands.Hold, commands.Resume)] == [1, 1, 1]
    assert story.states(1)[-1] == "answered"
    assert replayed(story) == [command for _, command in story.seen]


@pytest.mark.parametrize("text", ["Wait.", "No, no, that's wrong", "等一下", "不对", "I got it from here"])
def test_a_short_interruption_stops_it_by_its_words(text: str) -> None:
    story = speaking()
    story.host_talks(450, text)
    assert cuts(story) == [(2450, "host")]


@pytest.mark.parametrize("text", ["And I'm home.", "M.M. Hum", "Oh hi.", "Bye bye.", "我。", "走啊"])
def test_few_words_that_ask_for_nothing_are_no_interruption_unless_the_voice_lasts(text: str) -> None:
    for lasts_ms, stopped in ((600, 0), (1000, 1)):
        story = speaking()
        story.host_talks(lasts_ms, text)
        story.wait(3000)
        assert len(cuts(story)) == (stopped if not is_backchannel(text) else 0)


def test_whoever_goes_on_is_not_talked_over() -> None:
    story = speaking()
    story.host_talks(4000, "and the other thing is that")
    (held_ms,) = story.when(commands.Hold)
    assert held_ms == 2000 + 440
    assert cuts(story) == [(2000 + 1500, "host")]


def test_at_once_means_at_once() -> None:
    story = Story(shop(floor={"interrupted": "at-once"}), ScriptedHands(clause_ms=6000))
    story.asks("return policy?", faq="returns")
    story.wait(2000)
    story.happens(events.HostStarted(1, 1900))
    assert story.when(commands.Hold) == [2000]


def test_words_so_far_are_enough_to_yield() -> None:
    story = speaking()
    story.happens(events.HostStarted(1, 2000))
    story.wait(300)
    story.happens(events.HostPartial(1, "yeah", "en"))
    assert cuts(story) == []
    story.happens(events.HostPartial(1, "yeah but the blue one", "en"))
    assert cuts(story) == [(2300, "host")]


def test_who_began_together_with_the_host_yields_and_it_counts_as_no_try() -> None:
    story = Story(hands=ScriptedHands(clause_ms=3000))
    for _ in range(3):
        story.asks("return policy?", faq="returns")
        while not (plays := story.when(commands.Play)) or plays[-1] < story.now_ms - 100:
            story.wait(10)
        story.host_talks(600, "so")
    assert [reason for _, reason in cuts(story)] == ["host"] * 3
    story.wait(8000)
    assert story.states(1)[-1] == "answered"


def test_what_was_cut_comes_back_as_its_rest() -> None:
    story = Story(shop("ask-first"), ScriptedHands(clause_ms=2000))
    for user in "abc":
        story.asks("ship to canada?", user=user, faq="ship-canada")
    story.wait(100)
    story.act("approve", 1, "Yes, to Canada, too. It takes five days. And it is free.")
    story.wait(3000)
    story.host_talks(2000, "and that is why I love this jacket")
    story.wait(10_000)
    first, second = story.spoken()
    assert first == "Yes, to Canada, too. It takes five days. And it is free." and second == first[21:]
    spoke = story.all(commands.Spoke)
    assert spoke[0].reason == "host" and 0 < spoke[0].words < spoke[0].planned
    assert spoke[1].words == spoke[1].planned and story.states(1)[-1] == "answered"


# --- whose turn


def test_let_me_think_keeps_the_floor() -> None:
    story = Story()
    story.happens(events.HostStarted(9, 0))
    story.asks("return policy?", faq="returns")
    story.wait(2000)
    story.happens(events.HostStopped(9, 2000), events.HostSaid(9, "Okay, let me think about it.", "en", 0, 2000, 0))
    story.wait(8000)
    assert story.when(commands.Play) == [7000]


def test_nobody_begins_in_the_moment_in_which_the_host_may_be_about_to() -> None:
    story = Story()
    story.host_talks(1000, "and so it is")
    story.asks("return policy?", faq="returns")
    story.wait(680)
    story.happens(events.HostStirred())
    story.wait(60)
    story.happens(events.HostStarted(2, story.now_ms - 80))
    story.wait(2000)
    assert story.when(commands.Play) == []


def test_noise_keeps_no_floor() -> None:
    story = Story()
    story.host_talks(1000, "and so it is")
    story.asks("return policy?", faq="returns")
    for _ in range(10):
        story.wait(200)
        story.happens(events.HostStirred())
    (began_ms,) = story.when(commands.Play)
    assert 2000 <= began_ms <= 2000 + 130


def test_go_ahead_opens_it_at_once() -> None:
    story = Story(shop(cohost="Pip"))
    story.happens(events.HostStarted(9, 0))
    story.asks("return policy?", faq="returns")
    story.wait(2000)
    story.happens(events.HostStopped(9, 2000), events.HostSaid(9, "Go ahead, Pip.", "en", 0, 2000, 0))
    story.wait(100)
    assert story.when(commands.Play) == [2000]


def test_it_waits_for_what_the_host_has_said_but_not_for_ever() -> None:
    story = Story()
    story.happens(events.HostStarted(9, 0))
    story.asks("return policy?", faq="returns")
    story.wait(1000)
    story.happens(events.HostStopped(9, 1000))
    story.wait(3000)
    assert story.when(commands.Play) == [2500]


def test_the_host_asks_by_name_and_is_answered_aloud() -> None:
    story = Story(shop(cohost="阿蓝"))
    story.hands.finds["return policy"] = (Candidate("returns", 0.95),)
    story.host_talks(1500, "阿蓝，return policy？")
    story.wait(3000)
    assert story.spoken() == ["You can return unworn items within 60 days."]
    assert story.when(commands.Play)[0] < 2100 and story.all(commands.Post) == []
    story.host_talks(1500, "阿蓝，你们卖皮划艇吗？")
    story.wait(3000)
    assert story.spoken()[-1] == "这个我的资料里没有。"


def test_the_host_says_stop() -> None:
    story = Story(shop(cohost="Pip"), ScriptedHands(clause_ms=6000))
    story.asks("return policy?", faq="returns")
    story.asks("hood off?", faq="hood")
    story.wait(2000)
    story.host_talks(500, "Pip, stop!")
    story.wait(20_000)
    assert len(story.spoken()) == 1 and {story.states(1)[-1], story.states(2)[-1]} == {"dropped"}
    assert story.all(commands.ShowActed)[0].who == "Anna (voice)"


@pytest.mark.parametrize(
    ("text", "names", "kind", "rest"),
    [
        ("Hey Pip, what colors does it come in?", ("Pip",), "asks", "what colors does it come in"),
        ("阿蓝，这件有什么颜色？", ("阿蓝",), "asks", "这件有什么颜色"),
        ("这件有什么颜色，阿蓝？", ("阿蓝",), "asks", "这件有什么颜色"),
        ("What does Pip say about that jacket?", ("Pip",), "plain", ""),
        ("Pip is our AI co-host", ("Pip",), "plain", ""),
        ("Pipeline jackets are great", ("Pip",), "plain", ""),
        ("阿兰你来说", ("阿蓝", "阿兰"), "go_ahead", "你来说"),
        ("Let me try it on, just one moment.", ("Pip",), "thinks", ""),
        ("我想想啊", (), "thinks", ""),
        ("hold on to your hats because this jacket is amazing", (), "plain", ""),
    ],
)
def test_remarks(text: str, names: tuple[str, ...], kind: str, rest: str) -> None:
    assert remark(text, names) == type(remark("", ()))(kind, rest)  # type: ignore[arg-type]


NO_BACKCHANNEL = ["but", "that is wrong", "it", "no", "stop", "we ship to canada", "这个不是", "好的那我们来看下一个"]


@pytest.mark.parametrize("text", NO_BACKCHANNEL)
def test_no_backchannel(text: str) -> None:
    assert not is_backchannel(text)


# --- stopping


@pytest.mark.parametrize("text", ["!stop", "！停"])
def test_a_moderator_stops_it_from_the_chat(text: str) -> None:
    story = speaking()
    viewer = ChatLine(id="x1", text=text, user=Viewer("v", "v", ("subscriber",)))
    story.happens(events.ChatReceived("test", viewer))
    assert cuts(story) == []
    moderator = ChatLine(id="x2", text=text, platform="twitch", user=Viewer("m", "mo", ("moderator",)))
    story.happens(events.ChatReceived("test", moderator))
    at_ms, wishes = story.now_ms, [wish for at, wish in story.seen if at == story.now_ms]
    assert isinstance(wishes[wishes.index(commands.ShowActed("stop", "mo (twitch)")) - 1], commands.CloseGate)
    assert cuts(story) == [(at_ms, "stop")] and commands.OpenGate() in wishes
    story.wait(5000)
    assert story.states(1)[-1] == "dropped"


def test_what_is_found_after_a_stop_comes_too_late() -> None:
    story = Story(hands=ScriptedHands(match_ms=500))
    story.asks("return policy?", faq="returns")
    story.wait(100)
    story.act("stop")
    story.asks("hood off?", user="ben", faq="hood")
    story.wait(6000)
    assert story.spoken() == ["Yes, the hood comes off with two snaps."] and len(story.all(commands.Post)) == 1
    assert story.all(commands.ShowDecision)[0].decision.reasons[0] == "stopped before it was made out"


def test_minutes_from_the_chat() -> None:
    story = Story()
    story.happens(
        events.ChatReceived("test", ChatLine(id="x", text="!mute 2", user=Viewer("m", "mo", ("broadcaster",))))
    )
    assert story.all(commands.ShowFloor)[-1] == commands.ShowFloor("pause", "muted", 120_000)
    story.wait(121_000)
    assert story.all(commands.ShowFloor)[-1].silent == ""


# --- taking back


def taken_back(story: Story) -> tuple[list[str], list[str]]:
    """Lines that were to be deleted, and what was posted behind the first answer."""
    return [wish.line_id for wish in story.all(commands.Unpost)], [post.text for post in story.all(commands.Post)][1:]


def test_a_wrong_answer_is_deleted_corrected_aloud_and_in_text_and_blocked() -> None:
    story = Story(hands=ScriptedHands(clause_ms=6000, line_ids=True))
    story.asks("return policy?", faq="returns")
    story.wait(2000)
    story.act("wrong", 1, "It is 30 days, not 60.")
    assert cuts(story) == [(2000, "stop")]
    story.wait(9000)
    assert taken_back(story) == (["line-1"], ["[AI] It is 30 days, not 60."])
    assert story.spoken()[1:] == ["It is 30 days, not 60."]
    assert reasons(story, 1)[-1] == "marked as wrong"
    assert "marked as wrong; the post is deleted" in reasons(story, 1)
    story.asks("return policy?", user="ben", faq="returns")
    story.wait(9000)
    assert len(story.spoken()) == 2 and story.all(commands.ShowItem)[-1].reason == "was marked as wrong before"


def test_what_can_not_be_deleted_is_told_and_taken_back_in_plain_words() -> None:
    story = Story(hands=ScriptedHands(line_ids=True, unpost_problem="not a moderator there"))
    story.asks("return policy?", faq="returns")
    story.wait(5000)
    story.act("wrong", 1)
    story.wait(5000)
    assert taken_back(story)[1] == ["[AI] I take back my last answer: that was wrong, sorry."]
    assert "marked as wrong; the post is still there: not a moderator there" in reasons(story, 1)
    assert story.spoken()[1:] == ["I take back my last answer: that was wrong, sorry."]


def test_in_text_alone_nothing_is_corrected_aloud() -> None:
    story = Story(shop("quiet"), ScriptedHands(line_ids=True))
    story.asks("return policy?", faq="returns")
    story.wait(2000)
    story.act("wrong", 1, "It is 30 days.")
    story.wait(5000)
    assert story.spoken() == [] and taken_back(story) == (["line-1"], ["[AI] It is 30 days."])


@pytest.mark.parametrize("how", ["voice", "chat"])
def test_wrong_without_a_number_is_what_was_heard_last(how: str) -> None:
    story = Story(shop(cohost="阿蓝"), ScriptedHands(line_ids=True))
    story.asks("hood off?", faq="hood")
    story.wait(4000)
    story.asks("return policy?", user="ben", faq="returns")
    story.wait(4000)
    if how == "voice":
        story.host_talks(800, "阿蓝，你说错了。")
    else:
        moderator = ChatLine(id="x2", text="!wrong", platform="twitch", user=Viewer("m", "mo", ("moderator",)))
        story.happens(events.ChatReceived("test", moderator))
    story.wait(5000)
    assert story.states(2)[-1] == "dropped" and story.states(1)[-1] == "answered"
    assert story.all(commands.ShowActed)[-1].action == "wrong"
