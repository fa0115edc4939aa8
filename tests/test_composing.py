"""A model's words, told as stories: what is said while it still writes, what it may not say, what comes too late."""

from __future__ import annotations

import pytest

from livehost import commands, events
from livehost.chat import ChatLine
from livehost.decide.composed import Grounds, faults
from livehost.decision import Evidence
from livehost.knowledge import Passage
from livehost.language import language_of
from livehost.settings import Mode, Policy
from tests.story import ScriptedHands, Story, replayed, shop

CANADA = Evidence("faq.csv", "ship-canada", "answer", "Yes, we ship to Canada in 5 to 8 days.")
CARE = Passage("care.md", "2", "The jackets are packed in paper bags. We do not use plastic.")
PAPER = Evidence(CARE.source, CARE.id, "text", CARE.text)


def story(*words: tuple[int, str], use: str = "phrase", of: tuple[Evidence, ...] = (), mode: Mode = "polite") -> Story:
    import msgspec

    llm = {"base_url": "http://127.0.0.1:1/v1", "model": "m", "use": [use]}
    known = msgspec.structs.replace(shop(mode, llm=llm), passages=(CARE,))
    told = Story(known, ScriptedHands(words=words, words_of=of))
    told.happens(events.PartChanged("llm", "ok"))
    return told


def asks_about_canada(told: Story) -> None:
    told.asks("do you ship to canada?", faq="ship-canada")


def checked(told: Story) -> Story:
    assert replayed(told) == [command for _, command in told.seen], "the recording alone gives the same"
    return told


def posts(told: Story) -> list[str]:
    return [post.text for post in told.all(commands.Post)]


def test_the_first_sentence_is_spoken_before_the_model_has_finished() -> None:
    told = story((300, "Sure, we ship to Canada in 5 to 8 days."), (4000, "Happy to ship to you."), (5000, ""))
    asks_about_canada(told)
    told.wait(3000)
    assert told.spoken() == ["Sure, we ship to Canada in five to eight days."] or told.spoken() == [
        "Sure, we ship to Canada in 5 to 8 days."
    ]
    assert told.when(commands.Play)[0] <= 1000
    assert posts(told) == [], "its text is written when it is whole"
    told.wait(9000)
    assert told.spoken()[1:] == ["Happy to ship to you."]
    assert posts(told) == ["[AI] Sure, we ship to Canada in 5 to 8 days. Happy to ship to you."]
    assert told.states(1)[-1] == "answered"
    checked(told)


def test_sentences_that_are_there_in_time_are_one_utterance() -> None:
    told = story((200, "Sure, we ship to Canada in 5 to 8 days."), (300, "Happy to ship to you."), (400, ""))
    told.happens(events.HostStarted(1, 0))
    asks_about_canada(told)
    told.wait(2000)
    told.happens(events.HostStopped(1, told.now_ms))
    told.wait(12_000)
    assert "Happy to ship to you." in " ".join(told.spoken())
    assert len(posts(told)) == 1 and told.states(1)[-1] == "answered"
    checked(told)


def test_what_it_may_not_say_is_replaced_by_the_grounded_answer() -> None:
    told = story((300, "We ship to Canada in 2 days for free!"), (400, ""))
    asks_about_canada(told)
    told.wait(5000)
    assert told.spoken() == ["Yes, we ship to Canada in 5 to 8 days."]
    assert posts(told) == ["[AI] Yes, we ship to Canada in 5 to 8 days."]
    assert len(told.all(commands.CancelCompose)) == 1
    checked(told)


def test_a_lie_behind_a_true_sentence_costs_at_most_that_sentence() -> None:
    told = story((200, "Sure, we ship to Canada in 5 to 8 days."), (900, "And shipping is free."), (1000, ""))
    asks_about_canada(told)
    told.wait(12_000)
    assert "free" not in " ".join([*told.spoken(), *posts(told)])
    assert len(told.spoken()) == 1, "what was said is not said again"
    assert posts(told) == ["[AI] Yes, we ship to Canada in 5 to 8 days."], "the grounded answer stands in the chat"
    checked(told)


def test_a_model_that_says_nothing_leaves_the_grounded_answer() -> None:
    told = story((2000, ""))
    asks_about_canada(told)
    told.wait(6000)
    assert told.spoken() == ["Yes, we ship to Canada in 5 to 8 days."] and len(posts(told)) == 1
    assert told.when(commands.Play)[0] >= 2000
    checked(told)


def test_while_the_model_is_off_it_is_not_asked() -> None:
    told = story((300, "Sure, we ship to Canada in 5 to 8 days."))
    told.happens(events.PartChanged("llm", "off", "no key"))
    asks_about_canada(told)
    told.wait(3000)
    assert told.all(commands.Compose) == [] and len(told.spoken()) == 1


def test_a_question_over_the_passages_is_answered_with_evidence() -> None:
    told = story((500, "The jackets are packed in paper bags."), (600, ""), use="answer", of=(PAPER,))
    told.asks("what are the jackets packed in, any idea?", user="a")
    told.asks("what are the jackets packed in, any idea?", user="b")
    told.wait(6000)
    assert len(told.all(commands.Compose)) == 1
    assert posts(told) == ["[AI] The jackets are packed in paper bags."]
    shown = [s.decision for s in told.all(commands.ShowDecision)]
    assert [(d.kind, d.route, d.evidence) for d in shown] == [("routine", "answer", (PAPER,))] * 2
    checked(told)


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("The jackets are packed in plastic.", (PAPER,)),
        ("We do use plastic.", (PAPER,)),
        (
            "The jackets are packed in silk bags.",
            (Evidence("care.md", "2", "text", "The jackets are packed in silk bags."),),
        ),
        ("The jackets are packed in paper bags.", ()),
    ],
)
def test_an_answer_without_its_evidence_goes_to_the_host(text: str, of: tuple[Evidence, ...]) -> None:
    told = story((500, text), (600, ""), use="answer", of=of or (CANADA, CANADA))
    told.asks("what are the jackets packed in, any idea?")
    told.wait(6000)
    assert told.spoken() == [] and posts(told) == []
    (shown,) = told.all(commands.ShowDecision)
    assert shown.decision.route == "host" and "left out" in shown.decision.reasons[-1]
    assert len(told.all(commands.ShowWanted)) == 1
    checked(told)


def test_a_second_opinion_gives_the_creators_own_words() -> None:
    told = story((500, "Whatever it says here: $1!"), (600, ""), use="answer", of=(CANADA,))
    told.asks("my cousin lives up in toronto, could she order?", faq="ship-canada", score=0.5)
    told.wait(6000)
    assert told.spoken() == ["Yes, we ship to Canada in 5 to 8 days."]
    (shown,) = told.all(commands.ShowDecision)
    assert shown.decision.faq == "ship-canada" and "second opinion: ship-canada" in shown.decision.reasons
    checked(told)


def test_an_entry_that_the_model_alone_thinks_of_is_a_persons() -> None:
    told = story((500, "Yes!"), (600, ""), use="answer", of=(CANADA,))
    told.asks("is the fabric vegan, does anyone know?")
    told.wait(6000)
    assert told.spoken() == [] and posts(told) == []
    (shown,) = told.all(commands.ShowDecision)
    assert shown.decision.route == "hold" and shown.decision.answer == "Yes, we ship to Canada in 5 to 8 days."
    checked(told)


def test_small_talk_holds_no_fact() -> None:
    for text, said in (
        ("Hello, nice to see you here!", 1),
        ("Hello! It is all free today!", 0),
        ("Hi! Jackets are $5.", 0),
    ):
        told = story((200, text), (300, ""), use="smalltalk", of=(Evidence("x", "", "", ""),))
        told.asks("hello")
        told.wait(5000)
        assert len(posts(told)) == said, text
        told.asks("hi everyone")
        told.wait(5000)
        assert len(told.all(commands.Compose)) == 1, "not one after the other"


def test_what_comes_after_a_stop_or_a_deletion_finds_nobody() -> None:
    told = story((2000, "Sure, we ship to Canada in 5 to 8 days."), (2100, ""))
    asks_about_canada(told)
    told.wait(500)
    told.act("stop")
    told.wait(6000)
    assert told.spoken() == [] and posts(told) == [] and len(told.all(commands.CancelCompose)) == 1
    checked(told)
    told = story((2000, "The jackets are packed in paper bags."), (2100, ""), use="answer", of=(PAPER,))
    line = told.asks("what are the jackets packed in, any idea?")
    told.wait(500)
    told.happens(events.ChatReceived("test", ChatLine(type="deleted", target_id=line)))
    told.wait(6000)
    assert told.spoken() == [] and posts(told) == [] and len(told.all(commands.CancelCompose)) == 1
    checked(told)


def test_in_ask_first_a_person_sees_the_words_and_decides() -> None:
    told = story((300, "Sure, we ship to Canada in 5 to 8 days."), (400, ""), mode="ask-first")
    asks_about_canada(told)
    told.wait(2000)
    assert told.spoken() == [] and posts(told) == []
    assert told.all(commands.ShowItem)[-1].text == "Sure, we ship to Canada in 5 to 8 days."
    told.act("approve", 1)
    told.wait(5000)
    assert posts(told) == ["[AI] Sure, we ship to Canada in 5 to 8 days."]
    checked(told)


def test_a_moderators_own_words_go_before_the_models() -> None:
    told = story((2000, "Sure, we ship to Canada in 5 to 8 days."), (2100, ""))
    asks_about_canada(told)
    told.wait(500)
    told.act("approve", 1, text="Yes, within a week.")
    told.wait(8000)
    assert posts(told) == ["[AI] Yes, within a week."]
    checked(told)


def test_an_interrupted_beginning_comes_back_with_its_rest() -> None:
    told = story((200, "Sure, we ship to Canada in 5 to 8 days."), (1200, "Happy to ship to you."), (1300, ""))
    asks_about_canada(told)
    told.wait(1500)
    told.host_talks(2500, "so this one here is the storm jacket")
    told.wait(12_000)
    assert told.spoken()[-1].endswith("Happy to ship to you.")
    assert told.states(1)[-1] == "answered" and len(posts(told)) == 1
    checked(told)


@pytest.mark.parametrize(
    ("draft", "lie", "true"),
    [
        ("The Storm Jacket is on sale for $139 instead of $159.", "The Storm Jacket is $159 instead of $139.",
         "Sure, the Storm Jacket is on sale for $139 instead of $159."),
        ("Wash it cold and hang it dry.", "Wash all of it cold and hang it dry.", "Sure, just wash it cold and hang it dry."),
        ("Yes, we ship to Canada in 5 to 8 days.", "Yes, we ship to Canada in more than 5 to 8 days.",
         "Yes friends, we ship to Canada in 5 to 8 days."),
        ("The hood comes off.", "The hood still comes off, only ask.", "The hood comes off, friends."),
        ("铸铁炒锅现在特价199元，原价259元。", "铸铁炒锅现在特价259元，原价199元。",
         "家人们，铸铁炒锅现在特价199元，原价259元哦。"),
        ("48小时内发货。", "都是48小时内发货。", "亲，48小时内发货哦。"),
    ],
)  # fmt: skip
def test_facts_that_are_turned_round_or_widened_are_caught(draft: str, lie: str, true: str) -> None:
    grounds = Grounds("phrase", "?", language_of(draft), (Evidence("faq.csv", "x", "answer", draft),), draft)
    assert faults(lie, grounds, Policy())
    assert faults(true, grounds, Policy()) == ()
