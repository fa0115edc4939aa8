"""What counts as answered and as right, on decisions that are given."""

from __future__ import annotations

from pathlib import Path

import pytest

from livehost.asking import Asker
from livehost.decision import Decision
from livehost.errors import BadInput
from livehost.evaluation import (
    Case,
    Evaluation,
    Expect,
    evaluate,
    in_words,
    over_budget,
    read_budget,
    read_cases,
)


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


def test_coverage_at_a_precision_and_calibration() -> None:
    """Four answers from sure to unsure, the third one wrong."""
    asked = ((0.99, True), (0.93, True), (0.86, False), (0.81, True))
    found = judged(
        *(
            (
                Decision(
                    f"q{n}", "en", "routine", "answer", sure, product_id="cup" if right else "mug", answer="It is $12."
                ),
                PRICE,
            )
            for n, (sure, right) in enumerate(asked)
        )
    )
    assert found.coverage == 1 and found.precision == 0.75
    assert found.coverage_at == {"0.9": 0.5, "0.95": 0.5, "0.98": 0.5}
    assert [(b.least, b.answered, b.right) for b in found.calibration] == [
        (0.8, 1, 1),
        (0.85, 1, 0),
        (0.9, 1, 1),
        (0.98, 1, 1),
    ]
    assert found.calibration_error == round((0.19 + 0.86 + 0.07 + 0.01) / 4, 4)
    assert set(found.latency_ms) == {"p50", "p90", "p99"} and "0.95" not in in_words(found).split("\n")[0]


def test_a_budget_tells_what_got_worse(tmp_path: Path) -> None:
    found = judged((routine("wrong", product_id="mug", answer="It is $12."), PRICE))
    path = tmp_path / "budget.toml"
    path.write_text("coverage = 0.9\nprecision = 0.5\n")
    assert over_budget(found, read_budget(path)) == ["precision is 0.0%, and must be 50.0% or more"]
    path.write_text("coverage = 0.9\nspeed = 5\n")
    with pytest.raises(BadInput, match=r"budget\.toml"):
        read_budget(path)


def test_any_of_a_list_is_right() -> None:
    found = judged((routine("x", faq="b"), Expect(kind="routine", faq=("a", "b"))))
    assert found.precision == 1


def test_a_case_that_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('{"text": "hi", "expect": {"kind": "smalltalk"}}\n{"text": "x", "expect": {"kin": "y"}}\n')
    with pytest.raises(BadInput, match="line 2"):
        read_cases(path)
