"""What is written, and what of it is said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livehost.speak.reading.aloud import read_aloud
from livehost.speak.reading.rules import sayable_name
from livehost.speak.script import clauses, clauses_within, spoken_seconds, written


def test_sentences() -> None:
    assert clauses("Yes we do, to Canada. Dr. Lee says it takes approx. 5 days! OK?", "en") == [
        "Yes we do, to Canada.",
        "Dr. Lee says it takes approx. 5 days!",
        "OK?",
    ]
    assert clauses("满99包邮，偏远地区除外。谢谢！", "zh") == ["满99包邮，偏远地区除外。", "谢谢！"]
    assert clauses_within("One two three four. Five six seven eight nine ten eleven. Twelve.", "en", 1.5) == [
        "One two three four."
    ]


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "See https://shop.example/a?b=1 for sizes.", "See the link in chat for sizes."),
        ("en", "It is in stock. https://shop.example/a", "It is in stock. Link in chat"),
        ("en", "Link: www.shop.example", "Link in chat"),
        ("en", "All on anna-outdoor.com/sale today", "All on the link in chat today"),
        ("en", "Write to help@anna.shop!", "Write to the email address in chat!"),
        ("zh", "详见https://shop.example/a，谢谢", "详见评论区的链接，谢谢"),
        ("zh", "链接：https://shop.example/a", "链接在评论区"),
        ("zh", "【AI】在6号链接[比心]😀", "在6号链接"),
        ("en", "https://only.a.link", ""),
        ("en", "😀 **sale** _now_ 😀", "sale now"),
    ],
)
def test_links_stickers_and_markup_are_not_read_out(language: str, text: str, said: str) -> None:
    assert written(text, language) == said


@settings(deadline=None)  # jieba's dictionary loads on the first
@given(st.text(max_size=200), st.sampled_from(["en", "zh"]))
def test_anything_can_be_asked_for(text: str, language: str) -> None:
    for clause in clauses(text, language):
        said = read_aloud(clause, language)
        assert "http://" not in said and not any(c in "0123456789" for c in said)
    assert spoken_seconds(text, language) >= 0


def test_names() -> None:
    assert sayable_name("trail_mia_92") == "trail mia"
    assert sayable_name("x__9") == ""
    assert sayable_name("小明_2023") == "小明"
