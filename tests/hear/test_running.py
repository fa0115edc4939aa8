"""The words so far of an utterance that goes on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from livehost.hear.running import RunningText, says_again


def after(*passes: str) -> str:
    running = RunningText()
    for text in passes:
        running.push(text)
    return running.stable


def test_what_two_passes_agree_on_is_stable() -> None:
    assert after("The jacket is") == ""
    assert after("The jacket is", "The jacket is water") == "The jacket is"
    assert after("The jacket is", "The jacket is water", "The jacket is waterproof and warm") == "The jacket is"


def test_punctuation_and_capitals_are_no_disagreement() -> None:
    assert after("the jacket, is", "The jacket is warm today") == "The jacket is"


def test_the_last_word_may_have_been_cut_in_its_middle() -> None:
    assert after("I have wa", "I have wa") == "I have"


def test_chinese_agrees_letter_by_letter() -> None:
    assert after("这件夹克是", "这件夹克是防水的") == "这件夹克是"
    assert after("这件,夹克是", "这件夹克是防水的") == "这件夹克是"


def test_a_pass_that_says_otherwise_takes_nothing_back() -> None:
    assert after("one two three", "one two three four", "nothing of this") == "one two three"


def test_words_given_to_the_decoder_are_not_said_again() -> None:
    assert says_again("Grab some", " grab some tea")
    assert says_again("So please, grab some", "Grab some tea")
    assert says_again("今天给大家看看", "给大家看看新款")
    assert not says_again("It is very", " very warm")
    assert not says_again("Grab some", " tea, and grab some more")
    assert not says_again("谢谢", "谢谢大家")
    assert not says_again("", "Grab some tea")


@given(st.lists(st.text(alphabet="ab 一二,.", max_size=12), max_size=8))
def test_stable_words_only_ever_grow(passes: list[str]) -> None:
    running, before = RunningText(), ""
    for text in passes:
        grew = running.push(text)
        assert running.stable.startswith(before)
        assert grew == (running.stable != before)
        before = running.stable
