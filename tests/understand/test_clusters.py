"""The same question once: by key, by likeness, and apart where a slot differs."""

from __future__ import annotations

import pytest

from livehost.understand.clusters import ByLetters, QuestionClusters
from livehost.understand.normalise import plain_line
from livehost.understand.slots import apart, slots_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("is size M in stock", "is size L in stock"),
        ("do you ship to canada", "do you ship to australia"),
        ("3号链接多少钱", "5号链接多少钱"),
        ("160穿什么码", "170穿什么码"),
        ("一百二十斤穿几码", "一百斤穿几码"),
        ("有没有黑色", "有没有白色"),
        ("how long is shipping", "how much is shipping"),
        ("does the blue one fade", "does the red one fade"),
    ],
)
def test_look_alikes_stay_apart(one: str, other: str) -> None:
    assert apart(slots_of(plain_line(one).plain), slots_of(plain_line(other).plain))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("do you ship to canada", "shipping to toronto?"),
        ("寄加拿大吗", "canada shipping?"),
        ("120斤穿什么码", "一百二十斤穿几码呀"),
        ("ship 2 germany??", "germany shipping"),
        ("有黑色吗", "any black ones"),
        ("any smalls left", "size s pls"),
    ],
)
def test_other_words_for_the_same_stay_together(one: str, other: str) -> None:
    assert not apart(slots_of(plain_line(one).plain), slots_of(plain_line(other).plain))


def test_lines_join_by_their_words_or_by_their_key() -> None:
    clusters = QuestionClusters(ByLetters())
    first = clusters.add("is the hood removable")
    assert clusters.add("is the hood removable on this") == first
    assert clusters.add("where is the shop") != first
    keyed = clusters.add("is it waterproof", "faq:waterproof")
    assert clusters.add("can it get wet", "faq:waterproof") == keyed
    assert clusters.add("is it waterproof", "faq:other") != keyed


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("livehost.understand.clusters._REMEMBERED", 10)
    clusters = QuestionClusters(ByLetters())
    first = clusters.add("is the hood removable")
    for number in range(10):
        clusters.add(f"quite another thing {'xyzuvwabcd'[number] * 9}")
    assert clusters.add("is the hood removable") != first
