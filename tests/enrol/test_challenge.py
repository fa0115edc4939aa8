"""The sentence of consent, and what is missing of it."""

from __future__ import annotations

import datetime

import pytest

from livehost.enrol.challenge import Challenge, faults, kept, make
from livehost.errors import BadInput
from tests.conftest import ROOT

NOW = datetime.datetime(2026, 11, 25, 20, 0, tzinfo=datetime.UTC)
ENGLISH = Challenge("Anna Reed", "en", "", ("market", "planet", "kitchen", "spider"), NOW.isoformat())
CHINESE = Challenge("安娜", "zh", "", ("西瓜", "雨伞", "老虎", "面包"), NOW.isoformat())
SAID = "I am Anna Reed. I agree that live host learns my voice and speaks with it. My words are market, planet, kitchen, spider."


def test_a_sentence_names_person_product_and_words() -> None:
    made = make(" Anna Reed ", "en", NOW)
    assert made.person == "Anna Reed" and "Livehost" in made.sentence
    assert all(word in made.sentence for word in made.words) and len(set(made.words)) == 4
    assert not faults(made, made.sentence, NOW)


@pytest.mark.parametrize(
    ("challenge", "heard", "told"),
    [
        (ENGLISH, SAID, ""),
        (ENGLISH, SAID.replace("spider", "spyder"), ""),  # a recogniser mishears one now and then
        (ENGLISH, SAID.replace("market, planet", "lemon, river"), "market, planet missing"),
        (ENGLISH, SAID.replace("Anna Reed", "Bob Stone"), "does not name Anna Reed"),
        (ENGLISH, SAID.replace("live host", "everybody"), "does not name Livehost"),
        (ENGLISH, "", "does not name Anna Reed"),
        (CHINESE, "我是安娜,我同意livehost学习我的声音,并用它来说话,我的口令是西瓜、雨散、老虎、面包", ""),
        (CHINESE, "我是安娜,我同意livehost学习我的声音", "西瓜"),
    ],
)
def test_what_was_not_said_is_told(challenge: Challenge, heard: str, told: str) -> None:
    found = faults(challenge, heard, NOW)
    assert bool(found) == bool(told) and all(told in " ".join(found) for _ in found)


def test_yesterdays_sentence_is_none() -> None:
    assert "more than a day ago" in faults(ENGLISH, SAID, NOW + datetime.timedelta(hours=25))[0]


def test_wrong_use_is_told() -> None:
    with pytest.raises(BadInput, match="name the person"):
        make("  ", "en", NOW)
    with pytest.raises(BadInput, match="no sentence in 'fr'"):
        make("Anna", "fr", NOW)
    assert kept(ROOT / "nowhere.json") is None
