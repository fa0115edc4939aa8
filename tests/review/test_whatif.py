"""The same evening through other knowledge and settings: exactly the differences that follow, and none of its own making."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from livehost.creator_file import with_changes
from livehost.errors import BadInput
from livehost.evaluation import read_cases
from livehost.events import Candidate
from livehost.knowledge import Faq, Knowledge
from livehost.record.folder import read_knowledge
from livehost.review.alternatives import chosen, in_words
from livehost.review.whatif import WhatIf, append_cases, read_inputs, simulate, what_if
from tests.review.test_timeline import RECORDED
from tests.story import Story
from tests.test_replay import record

NEW = {
    "anna": Faq("bear-spray", "Do you sell bear spray?", "No, we do not sell bear spray.", also_asked=("bear spray?",)),
    "xiaohe": Faq("spatula", "送铲子吗", "买锅不送铲子。", also_asked=("锅铲子是不是送的", "送锅铲吗")),
}
SAID = {
    "anna": NEW["anna"].answer,
    "xiaohe": "买锅不送铲子。 https://hejia.example/p/wooden-spatula",
}  # of the spatula that it names
ASKED = {"anna": ["do you sell bear spray"], "xiaohe": ["送铲子吗", "锅铲子是不是送的"]}


def settings(*changes: str) -> Callable[[Knowledge], Knowledge]:
    return lambda knowledge: msgspec.structs.replace(knowledge, creator=with_changes(knowledge.creator, changes))


def tried(folder: Path, change: Callable[[Knowledge], Knowledge]) -> WhatIf:
    return what_if(folder, change(read_knowledge(folder)), None)


@pytest.mark.models
def test_one_more_entry_answers_its_own_questions_and_changes_nothing_else(demo_name: str) -> None:
    from livehost.asking import matcher_for
    from livehost.weights import data_dir

    folder = RECORDED / demo_name
    before = read_knowledge(folder)
    after = msgspec.structs.replace(before, faqs=(*before.faqs, NEW[demo_name]))
    found = what_if(folder, after, matcher_for(after, data_dir() / "cache" / "embeddings.sqlite").match)
    newly = [one for one in found.differences if one.change == "newly answered"]
    assert [one.text for one in newly] == ASKED[demo_name]
    assert {one.after.answer for one in newly if one.after} == {SAID[demo_name]}
    other = [one for one in found.differences if one.change not in ("newly answered", "said later", "said sooner")]
    assert other == []
    assert found.answered_after == found.answered_before + len(newly)


def test_nothing_changed_makes_no_difference(demo_name: str) -> None:
    found = tried(RECORDED / demo_name, lambda knowledge: knowledge)
    assert found.differences == () and found.answered_before > 70
    assert in_words(found).endswith("no difference")


def test_an_entry_less_and_an_answer_otherwise(tmp_path: Path) -> None:
    story = Story()
    story.asks("return policy?", faq="returns")
    story.asks("return policy pls", user="b", faq="returns")
    story.asks("do you ship to canada", user="c", faq="ship-canada")
    story.wait(9000)
    folder = record(tmp_path / "s", story)

    def otherwise(knowledge: Knowledge) -> Knowledge:
        kept = [f for f in knowledge.faqs if f.id != "ship-canada"]
        faqs = [msgspec.structs.replace(f, answer="Within 30 days.") if f.id == "returns" else f for f in kept]
        return msgspec.structs.replace(knowledge, faqs=tuple(faqs))

    found = tried(folder, otherwise)
    assert {name: count for name, count in found.counts.items() if count} == {
        "said otherwise": 2,
        "no longer answered": 1,
    }
    assert [one.change for one in found.differences] == ["no longer answered", "said otherwise", "said otherwise"]


def test_a_longer_pause_says_it_later_and_a_quiet_mode_in_text(tmp_path: Path) -> None:
    story = Story()
    story.host_talks(1000, "hello")
    story.asks("return policy?", faq="returns")
    story.wait(12_000)
    folder = record(tmp_path / "s", story)
    (later,) = tried(folder, settings("floor.pause_ms=6000")).differences
    assert later.change == "said later" and 4500 < later.later_ms < 6000
    stricter = tried(folder, settings("matching.question=2", "matching.no_question=2"))
    assert [one.change for one in stricter.differences] == ["no longer answered"]


def test_what_a_moderator_did_is_done_to_the_same_question(tmp_path: Path) -> None:
    """With one question less before it, the approved one has another number, and is said all the same."""
    story = Story()
    story.asks("return policy?", faq="returns")
    story.wait(500)
    story.asks("where is my order 4711", user="b")
    story.wait(500)
    story.act("approve", target=2, text="Write to us, please.")
    story.wait(9000)
    folder = record(tmp_path / "s", story)
    less = read_knowledge(folder)
    less = msgspec.structs.replace(less, faqs=tuple(f for f in less.faqs if f.id != "returns"))
    seen = simulate(read_inputs(folder), less, lambda text, among: ())
    assert seen.outcomes["m2"].item == 1 and seen.outcomes["m2"].answered_ms > 0


def test_accepted_differences_become_cases_once(tmp_path: Path) -> None:
    story = Story()
    story.asks("can kids sit in it?")
    story.asks("is it warm?", user="b")
    story.wait(3000)
    folder = record(tmp_path / "s", story)
    knowledge = read_knowledge(folder)
    more = msgspec.structs.replace(
        knowledge, faqs=(*knowledge.faqs, Faq("kids", "can kids sit in it?", "Yes, kids can."))
    )
    found = what_if(folder, more, lambda text, among: (Candidate("kids", 1.0),) if "kids" in text else ())
    assert [one.change for one in found.differences] == ["newly answered"]
    path = tmp_path / "cases.jsonl"
    assert append_cases(path, found.differences) == 1 and append_cases(path, found.differences) == 0
    (case,) = read_cases(path)
    assert (case.text, case.expect.faq, case.expect.route) == ("can kids sit in it?", "kids", "answer")
    assert chosen(found.differences, "1") == list(found.differences)
    for wrong in ("2", "0", "x", "1-0"):
        with pytest.raises(BadInput, match="none of the 1 differences"):
            chosen(found.differences, wrong)


def test_wrong_settings_are_told() -> None:
    creator = read_knowledge(RECORDED / "anna").creator
    assert with_changes(creator, ["mode=quiet", "policy.never=['tax']"]).policy.never == ("tax",)
    for change, told in (
        ("floor.pause=3", "did you mean 'pause_ms'"),
        ("pause", "key=value"),
        ("floor.pause_ms=soon", "Expected `int`"),
    ):
        with pytest.raises(BadInput, match=told):
            with_changes(creator, [change])
