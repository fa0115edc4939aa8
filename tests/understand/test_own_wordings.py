"""What the creator asks in an entry is answered by that entry, whatever the checks of other lines say of its words."""

from __future__ import annotations

from pathlib import Path

import pytest

from livehost.creators import demo_creators, load
from livehost.decide.answer import decide
from livehost.events import Candidate
from livehost.knowledge import Faq, Knowledge, Product
from livehost.meaning import Meaning
from livehost.settings import Creator
from livehost.understand.reader import Reader
from tests.conftest import ROOT

FOLDERS = [*demo_creators(), *sorted(path.parent for path in (ROOT / "tests" / "evaluation").glob("*/faq.csv"))]
STEEL = (
    Product("cup", "Thermos Cup", description="Keeps tea hot for a day."),
    Product("wok", "Iron Wok", description="Cast iron."),
    Product("pot", "Milk Pot", description="Enamel."),
)
ENTRIES = (
    Faq("steel", "Is it 316 steel?", "The liner is 316 steel.", "cup"),
    Faq("weight", "How heavy is it?", "The wok weighs 2.1 kilos.", "wok", ("多重啊",)),
    Faq("fire-wok", "能用电磁炉吗", "铁锅可以用电磁炉。", "wok"),
    Faq("fire-pot", "能用电磁炉吗", "奶锅不能用电磁炉。", "pot"),
    Faq("group", "怎么进群", "点头像进主页。", also_asked=("拉我进群",)),
    Faq("pay", "支持微信吗", "微信和支付宝都可以。"),
    Faq("pick-up", "Can I pick up my order in the store?", "Yes, at the counter."),
    Faq("insurance", "有运费险吗", "有的，每一单都送。"),
    Faq("game", "Do you have a Discord?", "Yes, it is in the panels."),
)


def read(text: str, *candidates: Candidate, table: str = "") -> Meaning:
    reader = Reader(Knowledge(Creator(name="Anna"), products=STEEL, faqs=ENTRIES))
    look = reader.first_look(text)
    return look if isinstance(look, Meaning) else reader.second_look(look, candidates, table)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_wording_of_a_creator_is_answered_by_its_own_entry(folder: Path) -> None:
    knowledge = load(folder)
    reader = Reader(knowledge)
    missed = []
    for faq in knowledge.faqs:
        for wording in faq.wordings:
            look = reader.first_look(wording)
            if isinstance(look, Meaning):
                missed.append((faq.id, wording, look.reasons))
                continue
            (part,) = reader.questions(look)
            decision = decide(reader.second_look(part, (), faq.product_id), knowledge)
            if (decision.route, decision.faq) != ("answer", faq.id):
                missed.append((faq.id, wording, decision.reasons))
    assert missed == []


@pytest.mark.parametrize(
    ("text", "faq"),
    [
        ("拉我进群", "group"),
        ("支持微信吗？", "pay"),
        ("can i pick up my order in the store", "pick-up"),
        ("有运费险吗", "insurance"),
        ("do you have a discord", "game"),
    ],
)
def test_words_of_the_creators_own_are_no_order_and_no_advertisement(text: str, faq: str) -> None:
    assert read(text).faq == faq


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("加我微信进群", "hostile"),
        ("my order has not arrived, i paid", "order"),
        ("进群领钱 https://spam.example", "hostile"),
    ],
)
def test_words_beside_them_still_tell(text: str, kind: str) -> None:
    assert read(text, Candidate("pick-up", 0.99), Candidate("group", 0.99)).kind == kind


def test_what_each_product_has_is_not_told_of_one_while_nothing_is_shown() -> None:
    assert read("how heavy is it?", table="wok").faq == "weight"
    assert read("how heavy is it?").faq == ""
    assert read("how heavy is it?", Candidate("weight", 1.0), table="cup").faq == ""
    assert read("is it 316 steel?").faq == "steel"


def test_a_wording_of_two_entries_is_that_of_the_product_on_the_table() -> None:
    assert read("能用电磁炉吗", table="pot").faq == "fire-pot"
    assert read("能用电磁炉吗").rivals == ("wok", "pot")


def test_an_entry_is_no_less_sure_for_being_asked_in_its_own_sort_of_words() -> None:
    assert read("do you have a discord server", Candidate("game", 0.9)).faq == "game"
    assert read("do you have a dog", Candidate("pay", 0.9)).kind == "personal"
    assert read("送运费险的吗", Candidate("insurance", 0.94)).faq == "insurance"
