"""What counts as answered and as right, on decisions that are given."""

from __future__ import annotations

from pathlib import Path

import pytest

from livehost.asking import Asker
from livehost.decision import Decision
from livehost.errors import BadInput
from livehost.evaluation import Case, Evaluation, Expect, evaluate, read_cases


class Scripted(Asker):
    """Decides as told."""

    def __init__(self, decisions: dict[str, Decision]) -> None:
        self._decisions = decisions

    def ask(self, text: str, table: str = "") -> Decision:
        return self._decisions[text]


def routine(text: str, **fields: object) -> Decision:
    return Decision(text, "en", "routine", "answer", 0.9, **fields)  # type: ignore[arg-type]


def judged(*pairs: tuple[Decision, Expect]) -> Evaluation:
    asker = Scripted({decision.text: decision for decision, _ in pairs})
    return evaluate([Case(decision.text, expect) for decision, expect in pairs], asker)


PRICE = Expect(kind="routine", product_id="cup", say=("12",))


def test_coverage_and_precision() -> None:
    found = judged(
        (routine("right", product_id="cup", answer="It is $12."), PRICE),
        (routine("wrong price", product_id="cup", answer="It is $13."), PRICE),
        (routine("wrong product", product_id="mug", answer="It is $12."), PRICE),
        (Decision("missed", "en", "other_question", "host", 0.5), PRICE),
        (routine("out of scope", faq="returns"), Expect(kind="other_question", route="host")),
        (Decision("chatter", "en", "smalltalk", "ignore", 0.9), Expect(kind="smalltalk")),
    )
    assert (found.routine, found.answered, found.right) == (4, 4, 1)
    assert (found.coverage, found.precision) == (0.75, 0.25)
    assert found.confusion["kinds"]["routine"] == {"routine": 3, "other_question": 1}
    assert sorted(miss.fault for miss in found.misses) == ["not answered", *["said wrongly"] * 3]


def test_a_question_back_is_no_answer_and_wrong_where_nothing_was_asked() -> None:
    found = judged(
        (routine("which", asks_back=True), PRICE),
        (routine("chatter", asks_back=True), Expect(kind="statement")),
    )
    assert (found.coverage, found.answered, found.right, found.asked_back) == (0.0, 1, 0, 2)


def test_any_of_a_list_is_right() -> None:
    found = judged((routine("x", faq="b"), Expect(kind="routine", faq=("a", "b"))))
    assert found.precision == 1


def test_a_case_that_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('{"text": "hi", "expect": {"kind": "smalltalk"}}\n{"text": "x", "expect": {"kin": "y"}}\n')
    with pytest.raises(BadInput, match="line 2"):
        read_cases(path)
