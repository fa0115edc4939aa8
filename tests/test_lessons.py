"""Corrections become proposals; each with what it changes; applied whole or not at all, and taken back in one step."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from livehost.creators import load
from livehost.errors import BadInput
from livehost.evaluation import read_cases
from livehost.knowledge import Knowledge
from livehost.lessons import applying
from livehost.lessons.corrections import Correction, cases, corrections
from livehost.lessons.effect import Measuring, asked
from livehost.lessons.gathering import gather
from livehost.lessons.proposals import Proposal, proposals
from livehost.review.timeline_reader import read_timeline
from livehost.review.whatif import append_to
from livehost.speak.pronunciation import read_pronunciation
from tests.conftest import DEMO
from tests.story import Story, shop
from tests.test_replay import record


def corrected(tmp_path: Path, *acts: tuple[str, str, str, str]) -> tuple[list[Correction], Knowledge]:
    """Each a question with the entry that is drafted to it, what a moderator did and the words of that; in ask-first."""
    story = Story(shop(mode="ask-first"))
    for number, (text, faq, action, words) in enumerate(acts, 1):
        story.asks(text, user=f"u{number}", faq=faq)
        story.wait(1000)
        story.act(action, target=number, text=words)  # type: ignore[arg-type]
        story.wait(130_000)  # an answer is not given again so soon
    seen = read_timeline(record(tmp_path / "s", story))
    return list(corrections("s", seen)), story.knowledge


def made(tmp_path: Path, *acts: tuple[str, str, str, str]) -> list[Proposal]:
    return proposals(*corrected(tmp_path, *acts))


def test_an_approved_answer_makes_a_wording_of_its_question(tmp_path: Path) -> None:
    (one,) = made(tmp_path, ("can i send it back", "returns", "approve", ""))
    assert (one.kind, one.faq, one.wordings) == ("wording", "returns", ("can i send it back",))
    assert made(tmp_path, ("What is your return policy??", "returns", "approve", "")) == []


def test_a_dropped_answer_makes_a_negative_example(tmp_path: Path) -> None:
    (one,) = made(tmp_path, ("can I bring my dog back to the shop", "returns", "drop", ""))
    assert (one.kind, one.faq, one.wordings) == ("not asked so", "returns", ("can I bring my dog back to the shop",))


def test_who_contradicts_oneself_proposes_nothing(tmp_path: Path) -> None:
    acts = (("can i send it back", "returns", "approve", ""), ("can i send it back", "returns", "drop", ""))
    assert made(tmp_path, *acts) == []


def test_an_edit_changes_the_answer_and_a_correction_makes_an_entry(tmp_path: Path) -> None:
    (one,) = made(tmp_path, ("return policy?", "returns", "approve", "You have 90 days."))
    assert (one.kind, one.faq, one.answer) == ("answer", "returns", "You have 90 days.")
    assert one.before == "You can return unworn items within 60 days."
    story = Story(shop())
    story.asks("do you ship to mars", faq="ship-canada")
    story.wait(6000)
    story.act("wrong", target=1, text="Not yet, sorry.")
    seen = read_timeline(record(tmp_path / "w", story))
    kinds = {p.kind: p for p in proposals(list(corrections("w", seen)), story.knowledge)}
    assert set(kinds) == {"not asked so", "entry"}
    assert (kinds["entry"].question, kinds["entry"].answer) == ("do you ship to mars", "Not yet, sorry.")


def test_a_name_spelled_as_it_is_said_is_a_pronunciation() -> None:
    def edited(words: str) -> list[Proposal]:
        answer = "The Storm Jacket is warm."
        one = Correction(
            "s", 0, "mod", "approve", "edited", "is it warm", ("is it warm",), "", "routine", "", "", answer, words
        )
        return proposals([one], shop())

    (said,) = edited("The Shtorm Jacket is warm.")
    assert (said.kind, said.word, said.say) == ("pronunciation", "Storm", "Shtorm")
    assert edited("The Storm Jacket is cold.")[0].kind == "entry"  # a fact, not a name
    assert edited("The Ridge Jacket is warm.")[0].kind == "entry"  # another product


def test_many_wrong_answers_ask_for_a_threshold(tmp_path: Path) -> None:
    story = Story(shop())
    story.asks("hood or no hood?", faq="hood")
    story.wait(6000)
    story.act("wrong", target=1)
    (wrong,) = corrections("s", read_timeline(record(tmp_path / "s", story)))
    (one,) = [p for p in proposals([wrong] * 3, story.knowledge) if p.kind == "threshold"]
    assert (one.setting, one.value, one.times) == ("matching.question", 0.94, 3)
    assert not [p for p in proposals([wrong] * 2, story.knowledge) if p.kind == "threshold"]


def test_corrections_are_cases_too(tmp_path: Path) -> None:
    acts = (("can i send it back", "returns", "approve", ""), ("dog policy?", "returns", "drop", ""))
    found, _ = corrected(tmp_path, *acts)
    right, wrong = cases(found)
    assert (right.expect.faq, wrong.expect.route) == ("returns", ("hold", "host", "ignore"))
    path = tmp_path / "cases.jsonl"
    assert append_to(path, [right, wrong]) == 2 and append_to(path, [right, wrong]) == 0
    assert len(read_cases(path)) == 2


@pytest.fixture
def creator(tmp_path: Path) -> Path:
    shutil.copytree(DEMO / "creators" / "anna", tmp_path / "anna")
    return tmp_path / "anna"


EVERY = (
    Proposal("wording", 1, (), "", faq="ship-canada", wordings=("canada yes | no?", "=cmd() to canada")),
    Proposal("not asked so", 1, (), "", faq="ship-canada", wordings=("are you in canada",)),
    Proposal("entry", 1, (), "", question="can kids sit in it?", answer="Yes, they can.", wordings=("kids?",)),
    Proposal("pronunciation", 1, (), "", word="Alder", say="Older"),
    Proposal("threshold", 1, (), "", setting="matching.question", value=0.9),
)


def test_all_is_written_and_taken_back_in_one_step(creator: Path) -> None:
    files = {path: path.read_bytes() for path in creator.rglob("*") if path.is_file()}
    before = load(creator)
    first = next(faq for faq in before.faqs if faq.id == "ship-canada")
    answer = Proposal("answer", 1, (), "", faq=before.faqs[-1].id, answer="In another way, now.")
    applying.apply(creator, [*EVERY, answer])
    after = load(creator)
    entry = after.faq_by_id["ship-canada"]
    assert entry.also_asked == (*first.also_asked, "canada yes / no?", "cmd() to canada")
    assert entry.not_asked == ("are you in canada",) and after.creator.matching.question == 0.9
    assert after.faqs[-1].id == "learned-1" and after.faqs[-1].also_asked == ("kids?",)
    assert after.faq_by_id[answer.faq].answer == "In another way, now."
    assert read_pronunciation(creator).respelled("the Alder 2") == "the Older 2"
    assert len(after.faqs) == len(before.faqs) + 1
    assert len(applying.undo(creator)) == 6
    assert {path: path.read_bytes() for path in creator.rglob("*") if path.is_file()} == files
    with pytest.raises(BadInput, match="nothing was learned"):
        applying.undo(creator)


def test_steps_are_taken_back_one_by_one_and_an_edit_between_is_kept(creator: Path) -> None:
    applying.apply(creator, EVERY[:1])
    applying.apply(creator, EVERY[1:2])
    assert applying.undo(creator) == ["ship-canada is not asked as: are you in canada"]
    faq = creator / "faq.csv"
    faq.write_text(faq.read_text(encoding="utf-8") + "mine,who am I,Me.,,\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"faq\.csv was edited since.*merge by hand"):
        applying.undo(creator)
    assert "mine" in load(creator).faq_by_id


def test_what_would_not_load_changes_nothing(creator: Path) -> None:
    before = (creator / "faq.csv").read_bytes()
    bad = Proposal("entry", 1, (), "", question="x?", answer="y", product_id="no-such-product")
    with pytest.raises(BadInput, match="no-such-product"):
        applying.apply(creator, [EVERY[0], bad])
    assert (creator / "faq.csv").read_bytes() == before
    with pytest.raises(BadInput, match="nothing was learned"):
        applying.undo(creator)


def test_declined_ones_do_not_come_again(creator: Path, tmp_path: Path) -> None:
    applying.decline(creator, EVERY[:1])
    assert EVERY[0].key in applying.declined(creator) and EVERY[1].key not in applying.declined(creator)
    with pytest.raises(BadInput, match="no session of 'anna'"):
        gather(tmp_path, "anna")


@pytest.mark.models
def test_the_effect_is_measured_on_kept_sessions(creator: Path, tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parent / "recordings" / "anna", tmp_path / "sessions" / "anna")
    gathered = gather(tmp_path / "sessions", "anna")
    lines = asked(gathered.seen())
    assert lines[0].times >= lines[-1].times and len(lines) > 60
    knowledge = load(creator)
    unanswered = next(line for line in gathered_unanswered(gathered.sessions[0]))
    held = Correction(
        "anna", 0, "mod", "drop", "wrong", "do you ship to canada", ("x",), "", "routine", "ship-canada", "", "", ""
    )
    measuring = Measuring(knowledge, lines, [held], tmp_path / "cache.sqlite")
    new = measuring.effect(Proposal("entry", 1, (), "", question=unanswered, answer="That is so."))
    assert new.newly_answered >= 1 and new.no_longer_answered == 0
    assert any(unanswered in sample for sample in new.samples)
    less = measuring.effect(
        Proposal(
            "not asked so",
            1,
            (),
            "",
            faq="ship-canada",
            wordings=("do you ship to canada", "hey do u guys ship to canada??"),
        )
    )
    assert less.no_longer_answered + less.otherwise >= 1 and (less.right_before, less.judged) == (0, 1)
    assert measuring.effect(EVERY[3]).newly_answered == 0


def gathered_unanswered(folder: Path) -> list[str]:
    return [line.text for line in read_timeline(folder).lines if line.kind == "other_question" and len(line.text) > 15]


def test_negative_wordings_are_not_answered_with_their_entry(tmp_path: Path) -> None:
    from livehost.knowledge import Faq
    from livehost.understand.matching import Matching

    plain = shop()
    faqs = tuple(
        f if f.id != "returns" else Faq(f.id, f.question, f.answer, not_asked=("is there a return policy for boots?",))
        for f in plain.faqs
    )
    matching = Matching(Knowledge(plain.creator, plain.products, faqs))
    free = Matching(plain)
    line = "is there a return policy for the boots"
    score = {c.faq: c.score for c in free.match(line) if c.faq}
    now = {c.faq: c.score for c in matching.match(line) if c.faq}
    assert now.get("returns", 0) < 0.3 < score["returns"]
    same = {c.faq: c.score for c in matching.match("what is your return policy") if c.faq}
    assert same["returns"] >= 0.85
