"""Chat lines made plain, what they name and what they ask for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livehost.events import Candidate
from livehost.knowledge import Faq, Knowledge, Product
from livehost.meaning import Meaning
from livehost.settings import Creator
from livehost.understand.kinds import kind_by_words
from livehost.understand.normalise import plain_line
from livehost.understand.products import ProductNames
from livehost.understand.reader import Reader
from tests.story import shop


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Does it comes in Blueeee??? :heart: @anna", "does it come in blue?"),
        ("ｈｏｗ　ｍｕｃｈ", "how much"),
        ("how\u200b much", "how much"),
        ("рrice", "price"),  # a Cyrillic р
        ("多钱啊", "多少钱啊"),
        ("kkl", "链接"),
        ("包邮不[比心]", "包邮吗"),
        ("😀🔥", ""),
        ("寄到香港邊個出運費", "寄到香港谁出运费"),
        ("養生壺💰", "养生壶价格"),
        ("💰??", "price ??"),
        ("by吗", "包邮吗"),
        ("can i set it up by myself", "can i set it up by myself"),
        ("7天wly有没有", "七天无理由有没有"),
        ("jg报一下", "价格报一下"),
    ],
)
def test_plain(text: str, plain: str) -> None:
    assert plain_line(text).plain == plain


@given(st.text(max_size=300))
def test_plain_of_anything_is_plain(text: str) -> None:
    line = plain_line(text)
    assert plain_line(line.plain).plain.strip() == plain_line(plain_line(line.plain).plain).plain.strip()
    assert "http://" not in line.plain


def test_a_megabyte_of_marks_is_a_short_line() -> None:
    assert len(plain_line("a" + "\u0301" * 1_000_000).plain) < 10


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("mine came broken", "complaint"),
        ("要是寄来就坏了咋整 给补吗", None),
        ("what if it comes damaged", None),
        ("hi from texas", "smalltalk"),
        ("hii from texas once its sent whats the usual wait", None),
    ],
)
def test_what_words_settle(text: str, kind: str | None) -> None:
    assert kind_by_words(text) == kind


def test_who_is_called() -> None:
    look = Reader(shop()).first_look("@annalive is it warm")
    assert not isinstance(look, Meaning)
    assert isinstance(Reader(shop()).first_look("@annabelle is it warm"), Meaning)


def test_a_line_about_its_writer_is_not_answered() -> None:
    near = Candidate("returns", 0.99)
    assert read("i have that one", near).kind != "routine"


def test_names_numbers_and_sorts() -> None:
    names = ProductNames(shop())
    assert names.find("how much is the ridge jacket").exact == ("ridge-jacket",)
    assert names.find("2号链接多少钱").exact == ("storm-jacket",)
    assert names.find("一号多少钱").exact == ("ridge-jacket",)
    assert names.find("item 2 please").exact == ("storm-jacket",)
    assert names.find("is the jacket warm").sort == ("ridge-jacket", "storm-jacket")
    assert names.find("the bridge").exact == ()


def read(text: str, *candidates: Candidate, table: str = "") -> Meaning:
    reader = Reader(shop())
    look = reader.first_look(text)
    return look if isinstance(look, Meaning) else reader.second_look(look, candidates, table)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("how much is the ridge jacket?", "price", ""),
        ("ridge jacket price", "price", ""),
        ("does the ridge jacket come in blue", "color", "blue"),
        ("what colors does the ridge jacket come in", "color", ""),
        ("do you have the ridge jacket in M?", "size", "M"),
        ("is the ridge jacket in stock", "availability", ""),
        ("link for the ridge jacket pls", "link", ""),
        ("1号链接多少钱", "price", ""),
        ("一号有现货吗", "availability", ""),
    ],
)
def test_fields_of_a_named_product(text: str, field: str, value: str) -> None:
    meaning = read(text)
    assert (meaning.kind, meaning.product_id, meaning.field, meaning.value) == ("routine", "ridge-jacket", field, value)


def test_the_table_is_meant_only_where_nothing_else_is_named() -> None:
    assert read("how much is it?", table="storm-jacket").product_id == "storm-jacket"
    assert read("how much is the ridge jacket?", table="storm-jacket").product_id == "ridge-jacket"
    assert read("how much is shipping?", table="storm-jacket").field == ""
    assert read("how much for the jacket?").rivals == ("ridge-jacket", "storm-jacket")


def test_an_entry_about_another_product_is_no_answer() -> None:
    meaning = read("is the hood of the storm jacket removable?", Candidate("hood", 0.95))
    assert (meaning.kind, meaning.faq) == ("other_question", "")


def test_an_entry_that_does_not_stand_out_is_no_answer() -> None:
    assert read("can i?", Candidate("returns", 0.4), Candidate("ship-canada", 0.38)).kind == "other_question"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("lol", "smalltalk"),
        ("哈哈哈哈", "smalltalk"),
        ("😀😀", "smalltalk"),
        ("where's my order #4821", "order"),
        ("我的订单还没发货", "order"),
        ("my jacket arrived broken", "complaint"),
        ("质量太差了", "complaint"),
        ("are you single?", "personal"),
        ("主播多大了", "personal"),
        ("you are an idiot", "hostile"),
        ("free followers at https://spam.example", "hostile"),
        ("加微信返利", "hostile"),
        ("do you sell kayaks?", "other_question"),
        ("i went hiking yesterday", "statement"),
        ("@tom did you see that?", "statement"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert read(text).kind == kind


@pytest.mark.parametrize("text", ["!discord", "!so somebody"])
def test_commands_of_other_bots_are_left_to_them(text: str) -> None:
    assert read(text).kind == "statement"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Pip, do you ship to Canada?", "do you ship to canada?"),
        ("hey pip is it waterproof", "is it waterproof"),
        ("is it waterproof, Pip?", "is it waterproof?"),
        ("是纯棉的吗小禾", "是纯棉的吗小禾"),
        ("who is pip?", "who is pip?"),
        ("pip", "pip"),
    ],
)
def test_our_own_names_are_no_part_of_the_question(text: str, plain: str) -> None:
    creator = Creator(name="Anna", cohost="Pip")
    look = Reader(Knowledge(creator)).first_look(text)
    assert getattr(look, "plain", plain) == plain


def test_an_entry_about_another_place_or_without_a_price_is_no_answer() -> None:
    faqs = (
        Faq("ship-canada", "Do you ship to Canada?", "Yes, in 5 days."),
        Faq("hood", "Is the hood removable?", "Yes, it zips off."),
        Faq("ship-cost", "How much is shipping?", "Shipping is $6."),
    )
    reader = Reader(Knowledge(Creator(name="Anna"), faqs=faqs))

    def faq_of(text: str, entry: str) -> str:
        look = reader.first_look(text)
        assert not isinstance(look, Meaning)
        return reader.second_look(look, (Candidate(entry, 0.9),), "").faq

    assert faq_of("do you ship to toronto?", "ship-canada") == "ship-canada"
    assert not faq_of("do you ship to brazil?", "ship-canada")
    assert not faq_of("how much is the hood?", "hood")
    assert faq_of("how much is delivery?", "ship-cost") == "ship-cost"


def test_two_words_of_a_title_name_its_product() -> None:
    products = (
        Product("candle", "Fig & Cedar Candle"),
        Product("set", "Fig Gift Set"),
        Product("glow", "Glow Gift Set"),
    )
    names = ProductNames(Knowledge(Creator(name="Anna"), products=products))
    assert names.find("fig candle how much").exact == ("candle",)
    assert names.find("glow set price").exact == ("glow",)
    assert names.find("how much is the gift set").exact == ()


@pytest.mark.parametrize(
    ("text", "exact", "sort"),
    [
        ("3升的电饭煲多少钱", ("small",), ()),
        ("5l电饭煲多少钱", ("large",), ()),
        ("电饭煲多少钱", (), ("small", "large")),
        ("破壁机多少钱", (), ("blender",)),
        ("半斤的牛肉干", ("beef-250",), ()),
        ("坚果礼盒多少钱", (), ("nuts",)),
        ("这包多少钱", (), ()),
    ],
)
def test_sorts_and_measures_of_titles(text: str, exact: tuple[str, ...], sort: tuple[str, ...]) -> None:
    titles = {
        "small": "小禾电饭煲3L",
        "large": "小禾电饭煲 5L",
        "nuts": "每日坚果礼盒 30包",
        "blender": "静音破壁机1.75L",
        "beef-250": "牛肉干250g",
        "beef-500": "牛肉干500g",
    }
    products = tuple(Product(identity, title) for identity, title in titles.items())
    named = ProductNames(Knowledge(Creator(name="小禾"), products=products)).find(plain_line(text).plain)
    assert (named.exact, named.sort) == (exact, sort)


@pytest.mark.parametrize("text", ["LOVE THE COLORRRR", "love that price", "obsessed with the color", "nice color"])
def test_praise_of_what_is_on_the_table_asks_for_nothing(text: str) -> None:
    reader = Reader(shop())
    look = reader.first_look(text)
    if not isinstance(look, Meaning):
        look = reader.second_look(look, (), "ridge-jacket")
    assert look.kind != "routine"


def _entry(line: str, faqs: tuple[Faq, ...], *chances: float) -> str:
    """Which of the entries answers the line, with these chances."""
    reader = Reader(Knowledge(Creator(name="Anna"), faqs=faqs))
    look = reader.first_look(line)
    assert not isinstance(look, Meaning)
    candidates = (Candidate(faq.id, chance) for faq, chance in zip(faqs, chances, strict=True))
    return reader.second_look(look, tuple(sorted(candidates, key=lambda c: -c.score)), "").faq


def test_of_two_entries_that_both_fit_the_odds_decide() -> None:
    faqs = (
        Faq("cpu", "Which CPU is in the PC?", "A Ryzen 7."),
        Faq("gpu", "Which graphics card is in the PC?", "An RX 9070."),
    )
    assert _entry("what chip is in there?", faqs, 0.9999, 0.9) == "cpu"
    assert not _entry("what chip is in there?", faqs, 0.9999, 0.9998)
    assert not _entry("what chip is in there?", faqs, 0.95, 0.94)
    assert _entry("what chip is in there?", faqs, 0.95, 0.3) == "cpu"


def test_an_entry_of_another_measure_or_number_is_no_answer() -> None:
    covers = (
        Faq("cover-15", "1.5米床的被套多大？", "被套是两米乘两米三。"),
        Faq("cover-cloth", "被套是什么料子？", "是全棉的。"),
    )
    assert _entry("一米五的床被套多大？", covers, 0.97, 0.0) == "cover-15"
    assert not _entry("1.8米的床被套多大？", covers, 0.97, 0.0)
    lenses = (
        Faq("lens-156", "How much are the 1.56 lenses?", "$29 a pair."),
        Faq("lens-160", "How much are the 1.60 lenses?", "$49 a pair."),
    )
    assert _entry("price of the 1.6 lenses?", lenses, 0.9999, 0.9996) == "lens-160"


def test_an_entry_that_was_read_and_is_sure_needs_no_word_for_it() -> None:
    student = (Faq("student", "Is there a student discount?", "Students get a tenth off with STUDY10."),)
    assert _entry("student price?", student, 0.995) == "student"
    assert not _entry("student price?", student, 0.95)


def test_a_word_that_tells_a_product_goes_before_its_sort_and_a_link_is_no_chain() -> None:
    products = (
        Product("baicha", "白茶半框眼镜"),
        Product("songguo", "松果圆框眼镜"),
        Product("chain", "银线眼镜链"),
    )
    names = ProductNames(Knowledge(Creator(name="小禾"), products=products))
    assert names.find("白茶那个眼镜多少钱").exact == ("baicha",)
    assert names.find("眼镜多少钱").sort == ("baicha", "songguo")
    assert names.find("松果的购买链接").exact == ("songguo",)
    assert "chain" in names.find("眼镜链多少钱").sort + names.find("眼镜链多少钱").exact
