"""What is written, and what is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livehost.speak.script import clauses, sayable, spoken_seconds


@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        ("en", "It is $129.", "It is one hundred twenty-nine dollars."),
        ("en", "Now $1,299.90!", "Now one thousand two hundred ninety-nine dollars ninety!"),
        ("en", "129.00 USD", "one hundred twenty-nine dollars"),
        ("en", "¥199", "one hundred ninety-nine yuan"),
        ("en", "$0.50", "fifty cents"),
        ("en", "3-5 working days", "three to five working days"),
        ("en", "20% off", "twenty percent off"),
        ("en", "480 g and 1.5L", "four hundred eighty grams and one point five liters"),
        ("en", "code PINE10, model A3", "code Pine ten, model A three"),
        ("en", "size XL", "size extra large"),
        ("en", "GTX 4090 😀 https://x.example/a", "GTX four thousand ninety"),
        ("zh", "原价¥199.90", "原价一百九十九块九"),
        ("zh", "现在259元。", "现在二百五十九元。"),
        ("zh", "48小时内发货", "四十八小时内发货"),
        ("zh", "满99元包邮，2件8折", "满九十九元包邮，两件八折"),
        ("zh", "容量1.5L，XL码", "容量一点五升，加大码"),
        ("zh", "20%", "百分之二十"),
        ("zh", "3-5天", "三到五天"),
        ("zh", "10086号，12345678", "一万零八十六号，一二三四五六七八"),
        ("zh", "【AI】在6号链接[比心]", "在六号链接 比心"),
    ],
)
def test_readings(language: str, written: str, said: str) -> None:
    assert sayable(written, language) == said


def test_the_first_clause_is_short_and_none_is_empty() -> None:
    assert clauses("Yes we do, to Canada and the UK. It takes a week.", "en") == [
        "Yes we do,",
        "to Canada and the UK.",
        "It takes a week.",
    ]
    assert clauses("满九十九包邮，偏远地区除外。谢谢！", "zh") == ["满九十九包邮，", "偏远地区除外。", "谢谢！"]
    assert clauses("https://only.a.link", "en") == []


@given(st.text(max_size=200), st.sampled_from(["en", "zh"]))
def test_anything_can_be_asked_for(text: str, language: str) -> None:
    for clause in clauses(text, language):
        assert any(character.isalnum() for character in clause)
        assert "http://" not in clause
    assert spoken_seconds(text, language) >= 0
