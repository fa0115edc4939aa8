"""What must not be said: advertising law, banned words in disguise, claims without evidence, advice to a person."""

from __future__ import annotations

import pytest

from livehost import commands
from livehost.decide.advice import advice_asked
from livehost.decide.claims import unfounded
from livehost.decide.wording import forbidden
from livehost.decision import Evidence
from livehost.knowledge import Faq, Knowledge
from livehost.settings import Creator, Policy
from tests.story import Story

STRICT = Policy(banned_words=("cheapest", "绝绝子"))


@pytest.mark.parametrize(
    "text",
    [
        "这是最好的锅",
        "这是蕞好的锅",
        "zui佳选择",
        "觉对好用",
        "最 好",
        "最·佳",
        "最\u200b佳",
        "全网蕞低价",
        "本店销量第一",
        "第壹品牌",
        "顶jí享受",
        "國家級品质",
        "永久保修",
        "能根治脚气",
        "零风险",
        "独家配方",
        "绝绝紫",
        "World's best candle",
        "the #1 candle",
        "it cures eczema",
        "Guaranteed results",
        "we are the ch3apest",
        "c h e a p e s t",
        "cheap-est",
        "CHEAPEST",
        "сheapest",
    ],
)
def test_forbidden(text: str) -> None:
    assert forbidden(text, STRICT)


@pytest.mark.parametrize(
    "text",
    [
        "最大容量1.75升",
        "最多放三个月",
        "最好先洗一下",
        "最近到货",
        "第一次用要开锅",
        "最高档火力",
        "100%纯棉",
        "适合度假",
        "手选咖啡豆",
        "The Ridge Jacket is number 1 in the shop.",
        "It is made of 100% cotton.",
        "Best before May.",
    ],
)
def test_allowed(text: str) -> None:
    assert forbidden(text, STRICT) == ()


def test_a_brand_name_can_be_allowed() -> None:
    assert forbidden("第一家的锅", Policy())
    assert forbidden("第一家的锅", Policy(allowed_words=("第一家",))) == ()


def test_the_demo_creators_may_say_what_they_prepared() -> None:
    from livehost.creators import demo_creators, load

    for knowledge in map(load, demo_creators()):
        for faq in knowledge.faqs:
            assert forbidden(faq.answer, knowledge.creator.policy) == (), faq.id


@pytest.mark.parametrize(
    ("spoken", "value", "loose"),
    [
        ("It is $129.", "129.00 USD", ()),
        ("It is $99.", "129.00 USD", ("99",)),
        ("It is €129.", "129.00 USD", ("€",)),
        ("It takes five days.", "5 days", ("five",)),
        ("It is the cheapest.", "12 USD", ("cheapest",)),
        ("We guarantee it for life.", "It lasts.", ("guarantee",)),
        ("On sale until November 30.", "2026-11-01/2026-11-30", ()),
        ("On sale until December 30.", "2026-11-01/2026-11-30", ("December",)),
        ("Only today.", "12 USD", ("today",)),
        ("明天发货，包邮。", "48小时内发货", ("明天", "包邮")),
        ("四十八小时内发货", "现货拍下后四十八小时内发货。", ()),
        ("三天到", "五天到", ("三",)),
        ("有终身质保", "质保一年", ("终身",)),
    ],
)
def test_what_stands_in_no_evidence(spoken: str, value: str, loose: tuple[str, ...]) -> None:
    assert unfounded(spoken, (Evidence("products.csv", "a", "x", value),)) == loose


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("can i use it while pregnant?", "medical"),
        ("will it cure my eczema", "medical"),
        ("孕妇能用吗", "medical"),
        ("高血压能吃吗", "medical"),
        ("is it legal to carry this knife", "legal"),
        ("这个违法吗", "legal"),
        ("is it a good investment", "financial"),
        ("会升值吗", "financial"),
        ("is it good for sensitive skin?", ""),
        ("is the jacket in stock", ""),
        ("能用电磁炉吗", ""),
    ],
)
def test_advice(text: str, advice: str) -> None:
    assert advice_asked(text) == advice


@pytest.mark.parametrize(
    ("question", "answer", "why"),
    [
        ("is it good?", "It is the world's best jacket.", "claim: world's best"),
        ("好用吗", "全网蕞好用的锅。", "advertising law: 全网最好"),
        ("can i use it while pregnant?", "Yes, it is mild.", "medical advice to a person"),
    ],
)
def test_it_waits_for_a_person_before_it_is_said(question: str, answer: str, why: str) -> None:
    creator = Creator(name="Anna", languages=("en", "zh"), mode="polite")
    story = Story(Knowledge(creator, faqs=(Faq("a", "q", answer),)))
    story.asks(question, faq="a")
    story.wait(5000)
    (shown,) = story.all(commands.ShowDecision)
    assert shown.decision.route == "hold" and why in shown.decision.reasons
    assert story.spoken() == [] and story.all(commands.Post) == []


def test_the_creator_decides_where_advice_goes() -> None:
    creator = Creator(name="Anna", mode="polite", policy=Policy(advice="host"))
    story = Story(Knowledge(creator, faqs=(Faq("a", "q", "Yes, it is mild."),)))
    story.asks("can i use it while pregnant?", faq="a")
    story.wait(1000)
    assert story.all(commands.ShowDecision)[0].decision.route == "host"
