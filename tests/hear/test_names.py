"""Names as they are written, and words that only sound like them."""

from __future__ import annotations

import pytest

from livehost.hear.names import Names

WORDS = {"rich", "bridge", "cooper", "hood", "wash"}
NAMES = ("Ridge Jacket", "Storm Shell", "Kodiak", "Lumi Serum", "轻风夹克", "雪绒花")


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("The rich jacket is back.", "The Ridge Jacket is back."),
        ("the Ridge Jacket", "the Ridge Jacket"),
        ("the ridge jacket", "the ridge jacket"),
        ("Kodiac is our tent", "Kodiak is our tent"),
        ("I looked at the loomy serum", "I looked at the Lumi Serum"),
        ("a rich jacket, a storm shall", "a Ridge Jacket, a Storm Shell"),
        ("two ridge jackets", "two ridge jackets"),
        ("清风夹克今天有货", "轻风夹克今天有货"),
        ("雪融花和青峰夹克", "雪绒花和轻风夹克"),
        ("that rich man has a jacket", "that rich man has a jacket"),
        ("the red jacket", "the red jacket"),
        ("rain jacket", "rain jacket"),
        ("a storm is coming", "a storm is coming"),
        ("清风", "清风"),
        ("冲锋夹克", "冲锋夹克"),
    ],
)
def test_a_name_is_written_as_the_creator_writes_it(heard: str, written: str) -> None:
    assert Names(NAMES, WORDS.__contains__).mended(heard) == written


def test_a_word_that_people_say_is_no_misheard_name() -> None:
    names = Names(("Kooper", "Woshe"), WORDS.__contains__)
    assert names.mended("cooper said to wash it") == "cooper said to wash it"


def test_no_word_of_a_shops_own_answers_is_changed(demo_name: str) -> None:
    from livehost.creators import load
    from livehost.ears import _names
    from tests.conftest import DEMO

    knowledge = load(DEMO / "creators" / demo_name)
    names = Names(_names(knowledge), lambda _word: False)
    texts = [text for faq in knowledge.faqs for text in (faq.question, faq.answer)]
    texts += [product.description for product in knowledge.products]
    changed = [(text, names.mended(text)) for text in texts if names.mended(text) != text]
    assert changed == []
