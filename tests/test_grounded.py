"""Answers out of the feed, and which product is meant: prices and their dates, variants, two at once, follow-ups.

In one file, long as it is, since all of it is asked of the one shop below.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from livehost import commands, events
from livehost.creators import load
from livehost.decision import Decision
from livehost.errors import BadInput
from livehost.knowledge import Faq, Knowledge, Money, Product, Shipping
from livehost.settings import Creator
from tests.story import ScriptedHands, Story, replayed


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def tee(identity: str, color: str, size: str, price: str = "25.00", stock: str = "in_stock") -> Product:
    return Product(
        id=identity,
        title=f"Trail Tee - {color} / {size}",
        price=usd(price),
        availability=stock,  # type: ignore[arg-type]
        item_group_id="tee",
        color=(color,),
        size=(size,),
        material="cotton",
        link="https://shop.example/tee",
    )


ENGLISH = Knowledge(
    Creator(name="Anna", languages=("en", "zh"), mode="polite"),
    products=(
        Product(
            id="ridge",
            title="Ridge Jacket",
            link="https://shop.example/ridge",
            price=usd("129.00"),
            availability="in_stock",
            color=("black", "navy"),
            size=("S", "M", "L"),
            material="recycled nylon",
            product_weight="480 g",
            link_number=1,
            also_called=("山脊夹克",),
            shipping=(Shipping("CA", usd("12.00")), Shipping("GB", usd("0.00"))),
        ),
        Product(
            id="storm",
            title="Storm Jacket",
            price=usd("159.00"),
            sale_price=usd("139.00"),
            sale_dates="2026-11-20T00:00-05:00/2026-11-30T23:59-05:00",
            availability="out_of_stock",
            color=("red",),
            product_weight="620 g",
            link_number=2,
        ),
        Product(id="alder", title="Alder 2 Tent", price=usd("249.00"), product_weight="2.1 kg", color=("green",)),
        tee("tee-b-s", "Black", "S"),
        tee("tee-b-m", "Black", "M", stock="out_of_stock"),
        tee("tee-w-s", "White", "S", price="27.00"),
    ),
    faqs=(
        Faq("ship-canada", "Do you ship to Canada?", "Yes, we ship to Canada."),
        Faq("ship-uk", "Do you ship to the UK?", "Yes, to the UK, too."),
    ),
)
CHINESE = Knowledge(
    Creator(name="小禾", languages=("zh",), mode="polite"),
    products=(
        Product(
            id="wok",
            title="铸铁炒锅",
            price=Money(Decimal("259.00"), "CNY"),
            sale_price=Money(Decimal("199.00"), "CNY"),
            sale_dates="2026-11-01/2026-11-30",
            availability="in_stock",
            color=("黑色", "墨绿色"),
            size=("32cm",),
            product_weight="2.6公斤",
            link_number=1,
            also_called=("铁锅",),
        ),
        Product(
            id="pot",
            title="陶瓷奶锅",
            price=Money(Decimal("89.90"), "CNY"),
            availability="out_of_stock",
            color=("奶白色",),
            product_weight="0.8公斤",
            link_number=3,
        ),
    ),
)
BEGAN = "2026-11-25T20:00:00+08:00"


def told(
    knowledge: Knowledge, *lines: str, table: str = "", began: str = BEGAN, finds: dict[str, str] | None = None
) -> list[Decision]:
    """The decisions on lines of one viewer, in order; the story replays to the same."""
    hands = ScriptedHands({text: (events.Candidate(faq, 0.95),) for text, faq in (finds or {}).items()})
    story = Story(knowledge, hands)
    story.happens(events.SessionStarted("anna", "polite", 1, began))
    story.act("table", text=table)
    for line in lines:
        story.asks(line)
        story.wait(2000)
    assert replayed(story) == [command for _, command in story.seen]
    return [shown.decision for shown in story.all(commands.ShowDecision)]


def answer(knowledge: Knowledge, line: str, table: str = "", began: str = BEGAN) -> str:
    """What is said to one line, or which route it takes."""
    decision = told(knowledge, line, table=table, began=began)[-1]
    return decision.spoken if decision.route == "answer" else decision.route


# --- prices, sales and their dates


@pytest.mark.parametrize(
    ("began", "said"),
    [
        ("2026-11-19T20:00:00-05:00", "The Storm Jacket is $159."),
        ("2026-11-25T20:00:00-05:00", "The Storm Jacket is on sale for $139 instead of $159 until November 30."),
        ("2026-11-30T23:58:00-05:00", "The Storm Jacket is on sale for $139 instead of $159 until November 30."),
        ("2026-11-30T23:59:30-05:00", "The Storm Jacket is $159."),
        ("", "hold"),
    ],
)
def test_a_sale_counts_within_its_dates(began: str, said: str) -> None:
    assert answer(ENGLISH, "how much is the storm jacket?", began=began) == said


def test_a_sale_that_ends_while_the_session_runs() -> None:
    story = Story(ENGLISH)
    story.happens(events.SessionStarted("anna", "polite", 1, "2026-11-30T23:58:00-05:00"))
    story.asks("how much is the storm jacket?")
    story.wait(240_000)
    story.asks("how much is the storm jacket?", user="ben")
    story.wait(1000)
    assert [d.decision.spoken for d in story.all(commands.ShowDecision)] == [
        "The Storm Jacket is on sale for $139 instead of $159 until November 30.",
        "The Storm Jacket is $159.",
    ]


def test_a_chinese_sale_with_days_alone() -> None:
    assert answer(CHINESE, "铁锅多少钱") == "铸铁炒锅现在特价199元，原价259元，到11月30日为止。"
    assert answer(CHINESE, "铁锅多少钱", began="2026-12-01T00:00:00+08:00") == "铸铁炒锅是259元。"


def test_a_sale_that_is_none_is_held() -> None:
    wok = CHINESE.products[0]
    import msgspec

    odd = msgspec.structs.replace(wok, sale_price=Money(Decimal("299.00"), "CNY"))
    assert answer(Knowledge(CHINESE.creator, (odd,)), "铁锅多少钱") == "hold"


# --- which product


@pytest.mark.parametrize(
    ("line", "table", "said"),
    [
        ("whats the price on the Ridge Jacket, sorry just tuned in", "", "The Ridge Jacket is $129."),
        ("how much is it", "ridge", "The Ridge Jacket is $129."),
        ("how much is the jacket", "", "Which one do you mean, the Ridge Jacket or the Storm Jacket?"),
        ("how much is the jacket", "ridge", "The Ridge Jacket is $129."),
        ("how much is the jacket", "alder", "Which one do you mean, the Ridge Jacket or the Storm Jacket?"),
        ("how much is the red jacket", "", "The Storm Jacket is on sale for $139 instead of $159 until November 30."),
        ("how much is the navy one", "ridge", "The Ridge Jacket is $129."),
        ("how much is the pink one", "ridge", "No, the Ridge Jacket comes in black and navy."),
        ("item 1 price?", "storm", "The Ridge Jacket is $129."),
        ("price of ridge jakcet?", "", "The Ridge Jacket is $129."),
        ("山脊夹克多少钱", "", "The Ridge Jacket is $129."),
        ("how much is it", "", "host"),
        ("how much is the kayak", "ridge", "host"),
    ],
)
def test_which_product_is_meant(line: str, table: str, said: str) -> None:
    if "jakcet" in line or "山脊" in line:
        assert "129" in answer(ENGLISH, line, table)
    else:
        assert answer(ENGLISH, line, table) == said


@pytest.mark.parametrize(
    ("line", "table", "said"),
    [
        ("3号链接有货吗", "wok", "陶瓷奶锅暂时没货了。"),
        ("有蓝色吗", "wok", "没有哦，铸铁炒锅有黑色和墨绿色。"),
        ("黑的有吗", "wok", "有的，铸铁炒锅有黑色。"),
        ("锅多重", "", "您问的是铸铁炒锅，还是陶瓷奶锅？"),
        ("锅多重", "pot", "陶瓷奶锅重0.8公斤。"),
        ("奶白色那个多少钱", "", "host"),
    ],
)
def test_which_product_is_meant_in_chinese(line: str, table: str, said: str) -> None:
    assert answer(CHINESE, line, table) == said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("有蓝色吗", "有的，Ridge Jacket有navy。"),
        ("blue version available?", "Yes, the Ridge Jacket comes in navy."),
        ("do you have it in red?", "No, the Ridge Jacket comes in black and navy."),
        ("is it available in medium?", "Yes, the Ridge Jacket comes in M."),
    ],
)
def test_colours_and_sizes_by_any_name(line: str, said: str) -> None:
    assert answer(ENGLISH, line, "ridge") == said


def test_nothing_comes_in_a_colour_while_it_is_out_of_stock() -> None:
    assert answer(ENGLISH, "does it come in red?", "storm") == "The Storm Jacket is out of stock right now."


# --- variants


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("how much is the trail tee?", "The Trail Tee is $25 to $27, depending on the variant."),
        ("how much is the black trail tee?", "The Trail Tee Black is $25."),
        ("how much is the white trail tee?", "The Trail Tee - White / S is $27."),
        ("what is the trail tee made of", "The Trail Tee is made of cotton."),
        ("what colors does the trail tee come in", "The Trail Tee comes in Black and White."),
        ("is the trail tee in stock?", "The Trail Tee is in stock in Black S and White S."),
        ("do you have the trail tee in M?", "The Trail Tee - Black / M is out of stock right now."),
    ],
)
def test_rows_of_one_group_are_one_product(line: str, said: str) -> None:
    assert answer(ENGLISH, line) == said


def test_the_host_names_a_product_in_variants() -> None:
    story = Story(ENGLISH)
    story.host_talks(2000, "And this is the Trail Tee, very soft.")
    story.asks("how much is it?")
    story.wait(1000)
    assert story.all(commands.ShowDecision)[-1].decision.spoken.startswith("The Trail Tee is $25 to $27")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("how much is it?", "The Trail Tee - White / S is $27."),
        ("is the trail tee in stock?", "Yes, the Trail Tee - White / S is in stock."),
        ("what colors does it come in?", "The Trail Tee comes in Black and White."),
        ("how much is the black trail tee?", "The Trail Tee Black is $25."),
    ],
)
@pytest.mark.parametrize("by", ["host", "moderator"])
def test_the_variant_on_the_table_is_meant_unless_others_are_asked_for(line: str, said: str, by: str) -> None:
    story = Story(ENGLISH)
    if by == "host":
        story.host_talks(2000, "And this is the white Trail Tee in S, very soft.")
    else:
        story.act("table", text="tee-w-s")
    story.host_talks(2000, "I love the Trail Tee.")
    story.asks(line)
    story.wait(1000)
    assert story.all(commands.ShowDecision)[-1].decision.spoken == said


# --- two at once


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("how much are the ridge jacket and the alder 2 tent?", "The Ridge Jacket is $129. The Alder 2 Tent is $249."),
        (
            "which is lighter, the ridge jacket or the storm jacket?",
            "The Ridge Jacket weighs 480 g. The Storm Jacket weighs 620 g.",
        ),
        (
            "what's the difference between the ridge jacket and the alder 2 tent",
            "Ridge Jacket: $129, 480 g. Alder 2 Tent: $249, 2.1 kg.",
        ),
        ("which is warmer, the ridge jacket or the storm jacket?", "host"),
    ],
)
def test_two_products_side_by_side(line: str, said: str) -> None:
    assert answer(ENGLISH, line) == said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("铸铁炒锅和陶瓷奶锅哪个重", "铸铁炒锅重2.6公斤。陶瓷奶锅重0.8公斤。"),
        ("铸铁炒锅跟陶瓷奶锅有什么区别", "铸铁炒锅：2.6公斤。陶瓷奶锅：0.8公斤。"),
    ],
)
def test_two_products_side_by_side_in_chinese(line: str, said: str) -> None:
    assert answer(CHINESE, line) == said


# --- shipping by country


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("how much is shipping to canada for the ridge jacket?", "Shipping the Ridge Jacket to Canada is $12."),
        ("how much is shipping to london for the ridge jacket?", "The Ridge Jacket ships to the UK for free."),
        ("how much is shipping to germany for the ridge jacket?", "host"),
    ],
)
def test_shipping_by_country(line: str, said: str) -> None:
    assert answer(ENGLISH, line) == said


def test_shipping_of_the_merchant_feed(tmp_path: Path) -> None:
    (tmp_path / "creator.toml").write_text('name = "A"', encoding="utf-8")
    table = tmp_path / "products.csv"
    table.write_text(
        'id,title,shipping\na,A,"US:CA:Ground:5 USD,CA::Standard:12.00 USD,GB:::0 GBP"\n', encoding="utf-8"
    )
    (product,) = load(tmp_path).products
    assert [(s.country, str(s.price), s.service) for s in product.shipping] == [
        ("CA", "12.00 USD", "Standard"),
        ("GB", "0 GBP", ""),
    ]
    table.write_text("id,title,shipping\na,A,Canada 12\n", encoding="utf-8")
    with pytest.raises(BadInput, match="line 2: shipping 'Canada 12' is none"):
        load(tmp_path)


# --- several questions, and what goes on from the one before


def test_several_questions_in_a_line_are_answered_each() -> None:
    decisions = told(
        ENGLISH,
        "how much is the ridge jacket and do you ship to canada?",
        finds={"do you ship to canada?": "ship-canada"},
    )
    assert [d.spoken for d in decisions] == ["The Ridge Jacket is $129.", "Yes, we ship to Canada."]
    assert [d.spoken for d in told(ENGLISH, "is the storm jacket in stock? and how heavy is it?")] == [
        "The Storm Jacket is out of stock right now.",
        "The Storm Jacket weighs 620 g.",
    ]
    assert [d.spoken for d in told(CHINESE, "铁锅有货吗，多重")] == ["铸铁炒锅有现货。", "铸铁炒锅重2.6公斤。"]


def test_one_question_with_and_in_it_stays_one() -> None:
    for line in ("does the ridge jacket come in black and navy?", "do you ship to canada and australia?"):
        assert len(told(ENGLISH, line)) == 1


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("how much is the ridge jacket?", "and the alder 2 tent?"), "The Alder 2 Tent is $249."),
        (("how much is the ridge jacket?", "and in red?"), "No, the Ridge Jacket comes in black and navy."),
        (("do you have the ridge jacket in M?", "what about XL?"), "No, the Ridge Jacket comes in S, M and L."),
        (("how much is the ridge jacket?", "and how heavy is it?"), "The Ridge Jacket weighs 480 g."),
        (("do you ship to canada?", "and the uk?"), "Yes, to the UK, too."),
    ],
)
def test_a_follow_up_of_the_same_viewer(lines: tuple[str, ...], said: str) -> None:
    finds = {"do you ship to canada?": "ship-canada", "do you ship to uk?": "ship-uk"}
    assert told(ENGLISH, *lines, table="storm", finds=finds)[-1].spoken == said


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("铁锅多少钱", "那3号呢"), "陶瓷奶锅是89.90元。"),
        (("铁锅多少钱", "那红色呢"), "没有哦，铸铁炒锅有黑色和墨绿色。"),
        (("3号链接多少钱", "那多重呢"), "陶瓷奶锅重0.8公斤。"),
    ],
)
def test_a_follow_up_in_chinese(lines: tuple[str, ...], said: str) -> None:
    assert told(CHINESE, *lines)[-1].spoken == said


def test_another_viewer_does_not_go_on_from_it_nor_does_anybody_later() -> None:
    story = Story(ENGLISH)
    story.asks("how much is the ridge jacket?", user="mia")
    story.asks("and in red?", user="ben")
    story.wait(61_000)
    story.asks("and in red?", user="mia")
    story.wait(1000)
    assert [d.decision.route for d in story.all(commands.ShowDecision)][1:] == ["host", "host"]


def test_it_can_be_the_table_or_what_was_asked_about_before() -> None:
    decision = told(ENGLISH, "how much is the ridge jacket?", "how heavy is it?", table="alder")[-1]
    assert decision.asks_back and decision.spoken == "Which one do you mean, the Ridge Jacket or the Alder 2 Tent?"
