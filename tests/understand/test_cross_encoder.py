"""What is read together with a line: near misses are told from what an entry answers, whatever the batch and the length."""

from __future__ import annotations

import pytest

from livehost.knowledge import Faq, Knowledge
from livehost.settings import Creator
from livehost.understand.cross_encoder import CrossEncoder
from livehost.understand.matching import Matching

CANADA = (("do you ship to canada?",), "yes, to canada for 18 dollars, five to nine business days.")
CODE = (("is there a discount code?",), "sole10 takes 10 percent off today.")
WASH = (("四件套能机洗吗?",), "可以机洗,30度以下,不要烘干。")
BARE = (("how much is it?",), "")


@pytest.fixture(scope="module")
def reading() -> CrossEncoder:
    return CrossEncoder([CANADA, CODE, WASH, BARE])


@pytest.mark.parametrize(
    ("entry", "answered", "near"),
    [
        (0, "could a parcel reach my cousin in toronto", "i shipped mine from canada last week"),
        (1, "any coupon for us tonight", "does the code work twice"),
        (2, "四件套机洗会不会坏", "能烘干吗"),
    ],
)
def test_a_near_miss_is_less_than_what_is_answered(reading: CrossEncoder, entry: int, answered: str, near: str) -> None:
    (good,), (bad,) = reading.logits(answered, [entry]), reading.logits(near, [entry])
    assert good > 0 > bad


def test_any_length_and_any_batch(reading: CrossEncoder) -> None:
    alone = [reading.logits("how many bucks", [n])[0] for n in range(4)]
    together = reading.logits("how many bucks", [0, 1, 2, 3])
    assert together.shape == (4,) and int(together.argmax()) == 3 == max(range(4), key=alone.__getitem__)
    assert reading.logits("how " * 3000, [0, 3]).shape == (2,)
    assert CrossEncoder([((), "")]).logits("", [0]).shape == (1,)


def test_in_haste_nothing_is_read_but_what_was_read_before_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    matching = Matching(
        Knowledge(
            creator=Creator(name="Anna"),
            faqs=(
                Faq("canada", "Do you ship to Canada?", "Yes, to Canada for 18 dollars."),
                Faq("code", "Is there a discount code?", "SOLE10 takes 10 percent off today."),
            ),
        )
    )
    line = "could a parcel reach my cousin in toronto"
    hurried = matching.match(line, hurried=True)
    closely = matching.match(line)
    assert closely[0].faq == "canada" and closely[0].score > 0.85
    assert hurried[0].faq == "canada" and hurried != closely
    monkeypatch.setattr(CrossEncoder, "logits", lambda *_: pytest.fail("read"))
    assert matching.match(line, hurried=True) == matching.match(line) == closely
    assert matching.match("could a parcel reach my cousin in ottawa", hurried=True)[0].faq == "canada"
