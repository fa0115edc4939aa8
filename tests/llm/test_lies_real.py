"""A hundred lies over a real socket, through the real client and the core: none is spoken, none is posted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from decimal import Decimal

import msgspec
import pytest

from livehost import commands, events
from livehost.clock import SessionClock
from livehost.decision import Evidence
from livehost.events import Event
from livehost.knowledge import Knowledge, Money, Passage, Product
from livehost.llm.composer import Composer
from livehost.settings import Creator
from tests.llm.lies import CHINESE, ENGLISH
from tests.llm.serving import ChatServer, said
from tests.story import Story, replayed

PERSONA = "Warm and dry humour with a touch of mountain air."
PERSONA_ZH = "说话亲切又实在，像邻居家的大姐姐一样。"
MANUAL = "The Ridge Jacket dries overnight on a hanger. Keep it away from open fire."
MANUAL_ZH = "铸铁炒锅开锅要用猪油抹匀。收起来之前擦干。"


def knowledge(url: str, language: str, task: str) -> Knowledge:
    base = {
        "name": "Anna",
        "languages": ["en", "zh"],
        "mode": "polite",
        "persona": PERSONA,
        "manners": {"names": False},
    }
    if language == "zh":
        base |= {"name": "小禾", "languages": ["zh"], "persona": PERSONA_ZH}
    llm = {"base_url": url, "model": "m", "use": [task]}
    policy = {"banned_words": ["wonderflop"]}
    creator = msgspec.convert({**base, "llm": llm, "policy": policy}, Creator)
    usd, cny = Money(Decimal("129.00"), "USD"), Money(Decimal("259.00"), "CNY")
    jacket = Product("ridge", "Ridge Jacket", price=usd, link="https://shop.example/ridge")
    wok = Product("wok", "铸铁炒锅", price=cny)
    if language == "zh":
        return Knowledge(creator, (wok, Product("pot", "陶瓷奶锅")), passages=(Passage("manual.md", "1", MANUAL_ZH),))
    return Knowledge(creator, (jacket, Product("storm", "Storm Jacket")), passages=(Passage("manual.md", "1", MANUAL),))


ASKED = {
    ("en", "phrase"): ("how much is the ridge jacket?", "The Ridge Jacket is $129."),
    ("zh", "phrase"): ("铸铁炒锅多少钱", "铸铁炒锅是259元。"),
    ("en", "answer"): ("how long does it take to dry?", "The Ridge Jacket dries overnight on a hanger."),
    ("zh", "answer"): ("炒锅要怎么开锅呀", "铸铁炒锅开锅要用猪油抹匀。"),
}


def told_by(server: ChatServer, language: str, task: str, say: Iterable[str], lie: list[str]) -> list[Story]:
    """A story for each sentence: one question, with the model's words behind it, to its end."""
    known = knowledge(server.url, language, task)
    (passage,) = known.passages
    found = (Evidence(passage.source, passage.id, "text", passage.text),)
    stories: list[Story] = []

    async def tell() -> None:
        composer = Composer(known.creator, SessionClock(asyncio.get_running_loop()), lambda _: found)
        for lie[0] in say:
            story = Story(known)
            stories.append(story)
            story.happens(events.PartChanged("llm", "ok"))
            story.asks(ASKED[language, task][0])
            story.wait(100)
            (wish,) = story.all(commands.Compose)
            came: list[Event] = []
            await composer.compose(wish, came.append)
            story.happens(*came)
            story.wait(20_000)
        await composer.aclose()

    asyncio.run(tell())
    return stories


@pytest.fixture
def lie() -> Iterator[list[str]]:
    yield [""]


@pytest.fixture
def server(lie: list[str]) -> Iterator[ChatServer]:
    running = ChatServer(lambda _: said(lie[0], of=(1,)))
    yield running
    running.close()


@pytest.mark.parametrize("task", ["phrase", "answer"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_hundred_lies(server: ChatServer, lie: list[str], language: str, task: str) -> None:
    lies = [text for texts in (ENGLISH if language == "en" else CHINESE).values() for text in texts]
    assert len(lies) == 50
    true = ASKED[language, task][1]
    lies = [text.replace("{draft}", true) for text in lies]
    for text, story in zip(lies, told_by(server, language, task, lies, lie), strict=True):
        assert replayed(story) == [command for _, command in story.seen], "without a model, from the recording alone"
        out = [
            *story.spoken(),
            *(post.text.removeprefix("[AI] ").removeprefix("【AI】") for post in story.all(commands.Post)),
        ]
        if task == "phrase":
            assert {text.removesuffix(" https://shop.example/ridge") for text in out} <= {
                true, "The Ridge Jacket is one hundred twenty-nine dollars."
            }, text  # fmt: skip
            assert len(out) == 2, text
        else:
            assert out == [], text
            assert [shown.decision.route for shown in story.all(commands.ShowDecision)] == ["host"]


@pytest.mark.parametrize(
    ("language", "task", "sentence"),
    [
        ("en", "phrase", "Good question, the Ridge Jacket is $129."),
        ("en", "phrase", "Sure, friends, it's $129 for the Ridge Jacket."),
        ("zh", "phrase", "亲，铸铁炒锅是259元哦。"),
        ("zh", "phrase", "问得好，这款铸铁炒锅是259元呢。"),
        ("en", "answer", "The Ridge Jacket dries overnight on a hanger."),
        ("en", "answer", "It dries overnight, just keep it on a hanger."),
        ("zh", "answer", "铸铁炒锅开锅要用猪油抹匀哦。"),
    ],
)
def test_true_words_are_let_through(
    server: ChatServer, lie: list[str], language: str, task: str, sentence: str
) -> None:
    (story,) = told_by(server, language, task, [sentence], lie)
    assert sentence.split("$", maxsplit=1)[0].rstrip() in story.spoken()[0]
    assert len(story.all(commands.Post)) == 1
    if task == "answer":
        (shown,) = story.all(commands.ShowDecision)
        assert [piece.source for piece in shown.decision.evidence] == ["manual.md"]
