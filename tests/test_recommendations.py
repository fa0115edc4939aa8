"""What suits, and what is under 200: products out of the feed with a reason that stands there, in English and Chinese."""

from __future__ import annotations

from decimal import Decimal

import pytest

from livehost import commands
from livehost.decide.claims import unfounded
from livehost.decision import Decision
from livehost.knowledge import Knowledge, Money, Product
from livehost.settings import Creator
from livehost.understand.products import ProductNames
from livehost.understand.wants import wants_in
from tests.story import Story, replayed


def item(title: str, price: str, description: str, currency: str = "USD", **more: object) -> Product:
    money = Money(Decimal(price), currency)
    return Product(title.casefold(), title, description, price=money, link=f"https://s.example/{len(title)}", **more)  # type: ignore[arg-type]


ENGLISH = Knowledge(
    Creator(name="Anna", languages=("en", "zh"), mode="polite"),
    products=(
        item("Aloe Gel", "12.00", "Light gel that cools after the sun. For oily skin."),
        item("Oat Cream", "24.00", "Rich cream for dry skin. Without perfume."),
        item("Shea Balm", "18.00", "Thick balm, made for very dry hands and skin."),
        item("Rose Mist", "9.00", "A mist for in between.", availability="out_of_stock"),
        item("Trail Jacket", "189.00", "Windproof, for hiking and running."),
        item("Summit Jacket", "329.00", "Down jacket for winter hiking."),
        item("Wonder Cream", "15.00", "The best in the world for dry skin."),
    ),
)
CHINESE = Knowledge(
    Creator(name="小禾", languages=("zh",), mode="polite"),
    products=(
        item("燕麦面霜", "168.00", "质地滋润，适合干皮，秋冬用。", "CNY"),
        item("芦荟凝胶", "59.00", "清爽不粘，适合油皮。", "CNY"),
        item("乳木果护手霜", "39.00", "滋润双手，干皮也能用。", "CNY"),
        item("铸铁炒锅", "259.00", "铸铁锅身，燃气电磁炉都能用。", "CNY"),
    ),
)


def told(knowledge: Knowledge, line: str) -> Decision:
    story = Story(knowledge)
    story.asks(line)
    story.wait(9000)
    assert replayed(story) == [command for _, command in story.seen]
    (shown,) = story.all(commands.ShowDecision)
    if shown.decision.route == "answer":
        assert story.spoken() and len(story.all(commands.Post)) == 1
        assert unfounded(shown.decision.spoken, shown.decision.evidence) == ()
    return shown.decision


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "what suits dry skin?",
            "Oat Cream: $24, Rich cream for dry skin. Shea Balm: $18, made for very dry hands and skin.",
        ),
        ("anything for oily skin?", "Aloe Gel: $12, For oily skin."),
        ("do you have a jacket under 200?", "Trail Jacket: $189."),
        ("which jacket is good for winter hiking", "Summit Jacket: $329, Down jacket for winter hiking."),
        ("can you recommend something under $14?", "Aloe Gel: $12."),
        ("any jackets between 150 and 350?", "Trail Jacket: $189. Summit Jacket: $329."),
    ],
)
def test_products_with_a_reason(line: str, said: str) -> None:
    decision = told(ENGLISH, line)
    assert (decision.kind, decision.route, decision.spoken) == ("routine", "answer", said)
    assert "recommended" in decision.reasons and len({e.id for e in decision.evidence}) <= 3


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("干皮适合用哪个", "燕麦面霜：168元、适合干皮。乳木果护手霜：39元、干皮也能用。"),
        ("有没有适合油皮的", "芦荟凝胶：59元、适合油皮。"),
        ("有没有一百以内的推荐", "芦荟凝胶：59元。乳木果护手霜：39元。"),
        ("两百以下适合干皮的有吗", "燕麦面霜：168元、适合干皮。乳木果护手霜：39元、干皮也能用。"),
    ],
)
def test_products_with_a_reason_in_chinese(line: str, said: str) -> None:
    decision = told(CHINESE, line)
    assert (decision.kind, decision.route, decision.spoken) == ("routine", "answer", said)


@pytest.mark.parametrize(
    "line",
    ["what suits a llama?", "anything under 5?", "do you have kayaks for kids?", "what do you recommend watching tonight?",
     "are you looking for a job?", "who is this for?"],
)  # fmt: skip
def test_where_nothing_fits_it_is_no_answer(line: str) -> None:
    decision = told(ENGLISH, line)
    assert decision.route != "answer" and decision.spoken == ""


def test_what_is_sold_out_or_boasts_is_not_recommended() -> None:
    assert "Rose Mist" not in told(ENGLISH, "anything under 20?").spoken
    assert "Wonder" not in told(ENGLISH, "what suits dry skin?").spoken


def test_medical_advice_is_a_persons() -> None:
    assert (
        told(ENGLISH, "what cream is good for eczema on dry skin, should i take it with my medication?").route
        != "answer"
    )


def test_a_question_for_a_field_is_not_taken_for_it() -> None:
    names = ProductNames(ENGLISH)
    for line in (
        "how much is the oat cream?",
        "what sizes are there for the trail jacket?",
        "what size for 180 cm?",
        "hello there",
    ):
        assert wants_in(line, names.find) is None
