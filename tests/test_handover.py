"""Who does not watch the show is answered in text where they wrote; what only a person can answer is handed over."""

from __future__ import annotations

from datetime import datetime

import pytest

from livehost import commands, events
from livehost.chat import ChatLine, Scene, Viewer
from livehost.decide.handover_words import for_the_person
from livehost.decision import Evidence
from livehost.events import Candidate
from livehost.understand.normalise import plain_line
from tests.story import ScriptedHands, Story, replayed, shop

ANNA = "telegram:7"
CHATS = ("telegram:direct", "youtube-comments:abc", "test")
NOW = "2026-11-27T12:00:00.000+01:00"  # a Friday


def _story(hands: ScriptedHands | None = None, started_at: str = NOW, mode: str = "polite", **creator: object) -> Story:
    settings = {"handover": {"to": ANNA}, **creator}
    story = Story(shop(mode, **settings), hands or ScriptedHands(line_ids=True))  # type: ignore[arg-type]
    story.happens(events.SessionStarted("anna", story.knowledge.creator.mode, 1, started_at, CHATS))
    return story


def _posts(story: Story) -> list[tuple[str, str, str]]:
    return [(post.source, post.reply_to, post.text) for post in story.all(commands.Post)]


@pytest.mark.parametrize(("scene", "replies"), [("room", 1), ("group", 1), ("comment", 2)])
def test_the_same_question_of_two_viewers_in_each_scene(scene: Scene, replies: int) -> None:
    """A room and a group read the answer together; under a comment each reads their own."""
    story = _story()
    story.wait(100)
    first = story.asks("do you ship to canada?", "mia", "ship-canada", scene=scene)
    second = story.asks("ship to canada??", "leo", "ship-canada", scene=scene)
    story.wait(60_000)
    answers = [post for post in _posts(story) if "Canada" in post[2]]
    assert [reply_to for _, reply_to, _ in answers] == [first, second][:replies]
    assert bool([said for said in story.spoken() if "Canada" in said]) is (scene == "room")
    assert replayed(story) == [command for _, command in story.seen]


def test_who_does_not_see_the_table_is_not_told_its_price() -> None:
    story = _story()
    story.act("table", text="ridge-jacket")
    story.asks("how much is this one?", "mia")
    line = story.asks("how much is this one?", "leo", scene="group")
    story.wait(20_000)
    told = {post[1]: post[2] for post in _posts(story)}
    assert "129" in told["m1"] and "129" not in told.get(line, "")


def test_a_question_for_a_person_goes_to_them_with_its_history_and_their_reply_goes_back() -> None:
    story = _story()
    story.asks("do you ship to canada?", "mia", "ship-canada", scene="comment")
    story.wait(1000)
    line = story.asks("can I get a discount for ten jackets?", "mia", scene="comment")
    story.wait(1000)
    (handed,) = story.all(commands.HandOver)
    assert (handed.source, handed.reply_to) == ("telegram:direct", "7:")
    assert for_the_person(handed) == (
        "mia (test) asks: can I get a discount for ten jackets? — Before: mia: do you ship to canada? / AI: Yes, we ship to "
        "Canada in 5 to 8 days. — Reply to this with your answer, or with “drop”."
    )
    assert _posts(story)[-1] == (
        "test",
        line,
        "[AI] That is one for Anna: I have passed it on, and the answer comes here.",
    )

    story.wait(40 * 3_600_000)  # nobody looks until the next day but one
    assert story.states(handed.item)[-1] == "held"
    story.replies("Yes, 15 percent off from ten pieces on.", f"line-{handed.post}", ANNA)
    story.wait(1000)
    assert _posts(story)[-1] == ("test", line, "[AI] Yes, 15 percent off from ten pieces on.")
    assert story.states(handed.item)[-1] == "posted" and not story.spoken()
    (act,) = story.all(commands.ShowActed)
    assert (act.action, act.who) == ("post", "anna (telegram)")
    decision = [d for d in story.all(commands.ShowDecision) if d.item == handed.item][-1].decision
    assert (decision.route, decision.kind) == ("hold", "other_question")

    story.replies("and thank you", f"line-{handed.post}", ANNA)
    story.replies("hello?", "", ANNA)
    story.wait(100)
    assert [text for _, _, text in _posts(story)[-2:]] == [
        "[AI] That one is closed: it was answered or dropped.",
        "[AI] Reply to the message with the question, so that I know which one you mean.",
    ]


@pytest.mark.parametrize(("word", "state"), [("OK!", "posted"), ("drop", "dropped")])
def test_a_draft_goes_out_with_one_word_of_the_person(word: str, state: str) -> None:
    story = _story(mode="ask-first")
    line = story.asks("do you ship to canada?", "mia", "ship-canada", scene="group")
    story.wait(1000)
    (handed,) = story.all(commands.HandOver)
    assert "My draft: Yes, we ship to Canada in 5 to 8 days." in for_the_person(handed)
    assert not story.all(commands.Post), "nothing goes to the viewer unapproved"
    story.replies(word, f"line-{handed.post}", ANNA)
    story.wait(1000)
    (item,) = {wish.item for wish in story.all(commands.ShowItem)}
    assert story.states(item)[-1] == state
    answer = [("test", line, "[AI] Yes, we ship to Canada in 5 to 8 days.")]
    assert _posts(story) == (answer if state == "posted" else [])


def test_an_ok_without_a_draft_is_no_answer() -> None:
    story = _story()
    line = story.asks("can I get a discount for ten jackets?", "mia", scene="comment")
    story.wait(1000)
    (handed,) = story.all(commands.HandOver)
    story.replies("ok", f"line-{handed.post}", ANNA)
    assert _posts(story)[-1][2] == "[AI] There is no draft to send: reply with the answer itself."
    story.replies("No.", f"line-{handed.post}", ANNA)
    story.wait(1000)
    assert _posts(story)[-1] == ("test", line, "[AI] No.")


@pytest.mark.parametrize("private", [False, True])
def test_said_by_a_moderator_it_is_still_text_alone(private: bool) -> None:
    """A comment's writer hears nothing, and what is private nobody else may hear."""
    story = _story(mode="ask-first")
    who = Viewer("mia", "mia")
    scene: Scene = "room" if private else "comment"
    asked = ChatLine(id="m1", platform="test", user=who, text="return policy?", scene=scene, private=private)
    story.hands.finds[plain_line("return policy?").plain] = (Candidate("returns", 0.95),)
    story.happens(events.ChatReceived("test", asked))
    story.wait(1000)
    item = story.all(commands.ShowItem)[-1].item
    story.act("approve", item)
    story.wait(20_000)
    assert story.states(item)[-1] == "posted" and not story.spoken()
    assert [text for _, reply_to, text in _posts(story) if reply_to == "m1"] == [
        "[AI] You can return unworn items within 60 days."
    ]


def test_what_a_person_writes_in_their_chat_is_no_viewers_line() -> None:
    story = _story()
    story.replies("do you ship to canada?", "", ANNA)
    story.wait(5000)
    assert not story.all(commands.Match) and not story.all(commands.ShowDecision)


def test_a_stranger_who_replies_with_the_same_number_is_a_viewer() -> None:
    story = _story()
    story.asks("can I get a discount for ten jackets?", "mia", scene="comment")
    story.wait(1000)
    (handed,) = story.all(commands.HandOver)
    story.replies("All jackets are free.", f"line-{handed.post}", "telegram:77", "eve")
    story.replies("All jackets are free.", f"line-{handed.post}", "discord:7", "eve")
    forged = ChatLine(
        id="7:99",
        platform="telegram",
        user=Viewer("7", "Anna"),
        text="All jackets are free.",
        reply_to=f"line-{handed.post}",
    )
    story.happens(events.ChatReceived("ws:127.0.0.1:8765", forged))
    story.wait(1000)
    assert not story.all(commands.ShowActed) and not [text for _, _, text in _posts(story) if "free" in text]


def test_a_reply_that_the_platform_refuses_is_held_for_a_person() -> None:
    story = _story(ScriptedHands(post_problem="20 lines a minute are all that it takes"))
    story.asks("do you ship to canada?", "mia", "ship-canada", scene="comment")
    story.wait(1000)
    shown = story.all(commands.ShowItem)[-1]
    assert (shown.state, shown.reason) == ("held", "it was not sent: 20 lines a minute are all that it takes")
    story.hands.post_problem = ""
    story.act("post", shown.item)
    story.wait(1000)
    assert story.states(shown.item)[-1] == "posted" and len(story.all(commands.Post)) == 2


def test_clearing_the_room_and_stopping_all_leaves_what_waits_for_a_person() -> None:
    story = _story()
    story.asks("can I get a discount for ten jackets?", "mia", scene="comment")
    story.wait(1000)
    (handed,) = story.all(commands.HandOver)
    for action in ("clear", "stop"):
        story.act(action)
    assert story.states(handed.item)[-1] == "held"
    story.act("drop", handed.item)
    assert story.states(handed.item)[-1] == "dropped"


def test_an_answer_written_for_the_faq_goes_to_who_was_handed_over() -> None:
    story = _story()
    line = story.asks("can I get a discount for ten jackets?", "mia", scene="comment")
    story.wait(600_000)
    (wanted,) = story.all(commands.ShowWanted)
    story.act("teach", wanted.question, "From ten pieces on it is 15 percent less.")
    story.wait(2000)
    assert _posts(story)[-1] == ("test", line, "[AI] From ten pieces on it is 15 percent less.")
    assert not story.spoken()


def test_a_model_answers_a_comment_with_all_its_words_at_once() -> None:
    evidence = tuple(
        Evidence("faq.csv", faq.id, "answer", faq.answer) for faq in shop().faqs if faq.id in ("ship-canada", "returns")
    )
    said = ("We ship to Canada in 5 to 8 days.", "You can return unworn items within 60 days.")
    hands = ScriptedHands(words=((300, said[0]), (900, said[1]), (1000, "")), words_of=evidence)
    story = _story(hands, llm={"base_url": "http://127.0.0.1:1/v1", "model": "m", "use": ["answer", "phrase"]})
    story.happens(events.PartChanged("llm", "ok"))
    line = story.asks("would a parcel reach my aunt in toronto?", "mia", scene="comment")
    story.wait(5000)
    assert story.all(commands.Compose)
    mine = [(reply_to, text) for _, reply_to, text in _posts(story) if reply_to == line]
    assert mine == [(line, f"[AI] {said[0]} {said[1]}")] and not story.spoken()


# --- off air


def test_off_air_the_room_is_answered_in_text_and_told_when_the_show_is_on_again() -> None:
    story = _story(on_air=["fri 19:00-23:00"], greeting="Hello!")
    story.asks("do you ship to canada?", "mia", "ship-canada")
    line = story.asks("can I get a discount for ten jackets?", "leo")
    story.wait(10_000)
    told = [text for _, reply_to, text in _posts(story) if reply_to == line]
    assert told == [
        "[AI] That is one for Anna: I have passed it on, and the answer comes here. Anna is on air again on Friday at 19:00."
    ]
    assert not story.spoken() and story.all(commands.ShowFloor)[-1].silent == "off air"

    story.wait(7 * 3_600_000)  # it is 19:00
    assert story.all(commands.ShowFloor)[-1].silent == ""
    story.wait(600_000)
    assert "Hello!" in story.spoken()[0]
    story.asks("what is your return policy?", "mia", "returns")
    story.wait(20_000)
    assert any("60 days" in said for said in story.spoken())
    story.wait(4 * 3_600_000)
    assert story.all(commands.ShowFloor)[-1].silent == "off air"
    assert replayed(story) == [command for _, command in story.seen]


def test_in_chinese_too() -> None:
    began = datetime.fromisoformat(NOW).replace(hour=23, minute=30).isoformat()
    story = _story(None, began, name="小禾", languages=["zh"], on_air=["sat 20:00-22:00"])
    line = story.asks("十件能便宜点吗？", "阿杰", scene="direct")
    story.wait(1000)
    (handed,) = story.all(commands.HandOver)
    assert for_the_person(handed) == "阿杰（test）问：十件能便宜点吗？ — 回复这条消息写上回答，或“不回”。"
    assert _posts(story)[-1] == (
        "test",
        line,
        "【AI】这个得小禾本人回答，我已经转告了，回复会发在这里。小禾周六 20:00 开播。",
    )
