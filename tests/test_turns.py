"""Who speaks when, what waits and what is dropped: stories on virtual time."""

from __future__ import annotations

import msgspec
import pytest

from livehost import commands, events
from livehost.chat import ChatLine, Gift, Viewer
from livehost.decide.names import spoken_name
from livehost.decide.remarks import is_backchannel, remark
from livehost.events import Candidate
from livehost.settings import RundownLine
from livehost.show.summary import summary
from livehost.show.view import View
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


def gift(user: str, kind: str = "gift", **more: object) -> events.ChatReceived:
    line = {"type": kind, "user": {"id": user, "name": user}, "platform": "test", **more}
    return events.ChatReceived("test", msgspec.convert(line, ChatLine))


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
