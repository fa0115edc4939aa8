"""The composer against a real server that is slow, broken, endless, or refuses: what comes of it, and what it costs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import msgspec
import pytest

from livehost import commands, events
from livehost.clock import SessionClock
from livehost.decision import Evidence
from livehost.events import Event
from livehost.llm.composer import Composer
from livehost.settings import Creator
from tests.llm.serving import ChatServer, said
from tests.story import Story, shop

PRICE = (Evidence("faq.csv", "a", "answer", "Yes, we ship to Canada."),)
HASTY = {
    "first_seconds": 2.5,
    "seconds": 4.0,
}  # for a server that is not to answer; what answers has all the time it needs
WISH = commands.Compose(1, "phrase", "canada?", "en", "Yes, we ship to Canada.", PRICE)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    running = ChatServer(lambda _: running.says)
    running.says = said("Yes, we ship to Canada.", "Just so.")
    yield running
    running.close()


def creator(server: ChatServer, *models: str, **llm: object) -> Creator:
    first, *others = [{"base_url": server.url, "model": model} for model in models]
    limits = {"first_seconds": 30, "seconds": 60, **llm}
    return msgspec.convert({"name": "A", "llm": {**first, "fallback": others, **limits}}, Creator)


def composed(settings: Creator, *wishes: commands.Compose, cancel: bool = False) -> list[Event]:
    came: list[Event] = []

    async def compose() -> None:
        composer = Composer(settings, SessionClock(asyncio.get_running_loop()), lambda _: PRICE)
        part = asyncio.create_task(composer.run(came.append))
        await asyncio.sleep(0)
        if cancel:
            composer.cancel(1)
        for wish in wishes:
            await composer.compose(wish, came.append)
        part.cancel()
        await asyncio.gather(part, return_exceptions=True)

    asyncio.run(compose())
    return came


def kinds(came: list[Event]) -> list[str]:
    return [type(event).__name__ for event in came if not isinstance(event, events.PartChanged)]


def test_sentences_come_one_by_one_with_their_cost(server: ChatServer) -> None:
    came = composed(creator(server, "m"), WISH)
    assert kinds(came) == ["Composed", "Composed", "ComposeEnded"]
    assert isinstance(came[-1], events.ComposeEnded) and came[-1].tokens > 100
    system, user = server.received[0]["messages"]
    assert "canada?" not in system["content"] and '"question":"canada?"' in user["content"]


@pytest.mark.parametrize(
    ("model", "sentences"), [("silent", 0), ("stalls", 1), ("breaks", 1), ("refuses", 0), ("endless", 2)]
)
def test_what_fails_is_told_and_what_was_whole_stays(server: ChatServer, model: str, sentences: int) -> None:
    waited_for = HASTY if model in ("silent", "stalls", "endless") else {}
    came = composed(creator(server, model, **waited_for), WISH)
    assert kinds(came) == ["Composed"] * sentences + ["ComposeFailed"]


def test_the_next_endpoint_is_asked_when_nothing_came(server: ChatServer) -> None:
    came = composed(creator(server, "refuses", "silent", "m", **HASTY), WISH)
    assert kinds(came) == ["Composed", "Composed", "ComposeEnded"]
    assert [wish["model"] for wish in server.received] == ["refuses", "silent", "m"]


def test_a_server_that_failed_three_times_is_left_alone(server: ChatServer) -> None:
    came = composed(creator(server, "refuses"), *[WISH] * 5)
    assert kinds(came) == ["ComposeFailed"] * 5
    assert len(server.received) == 3
    assert isinstance(came[-1], events.ComposeFailed) and "tried again" in came[-1].problem


def test_a_cancelled_request_says_nothing(server: ChatServer) -> None:
    assert kinds(composed(creator(server, "m"), WISH, cancel=True)) == ["ComposeEnded"]


def test_the_budget_ends_it(server: ChatServer) -> None:
    came = composed(creator(server, "m", tokens_per_hour=10), WISH, WISH)
    assert kinds(came) == ["Composed", "Composed", "ComposeEnded", "ComposeFailed"]
    assert isinstance(came[-1], events.ComposeFailed) and "10 tokens are used up" in came[-1].problem


def test_without_a_key_it_is_off_and_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    far = msgspec.convert({"name": "A", "llm": {"base_url": "https://llm.example/v1", "model": "m"}}, Creator)
    (told,) = composed(far)
    assert told == events.PartChanged("llm", "off", "no key: set OPENAI_API_KEY")


def test_two_requests_do_not_wait_for_each_other(server: ChatServer) -> None:
    came: list[Event] = []
    slow = commands.Compose(1, "phrase", "canada?", "en", "Yes, we ship to Canada.", PRICE)
    quick = commands.Compose(2, "phrase", "canada?", "en", "Yes, we ship to Canada.", PRICE)
    settings = creator(server, "silent", "m", first_seconds=1.5, seconds=3)

    async def both() -> None:
        composer = Composer(settings, SessionClock(asyncio.get_running_loop()), lambda _: PRICE)
        await asyncio.gather(composer.compose(slow, came.append), composer.compose(quick, came.append))
        await composer.aclose()

    asyncio.run(both())
    began = [event.request for event in came if isinstance(event, events.Composed)]
    assert sorted(began) == [1, 1, 2, 2] and len(server.received) == 4
    assert [wish["model"] for wish in server.received[:2]] == ["silent", "silent"], "both were asked at once"


def test_the_first_sentence_is_spoken_while_the_server_still_writes(server: ChatServer) -> None:
    settings = creator(server, "stalls", first_seconds=5, seconds=9)
    story = Story(shop(llm={"base_url": server.url, "model": "stalls", "use": ["phrase"]}))
    story.happens(events.PartChanged("llm", "ok"))
    story.asks("do you ship to canada?", faq="ship-canada")
    story.wait(100)
    (wish,) = story.all(commands.Compose)
    server.says = said("Sure, we ship to Canada in 5 to 8 days.", "Happy to ship to you.")

    async def compose() -> None:
        first = asyncio.Event()

        def put(event: Event) -> None:
            story.happens(event)
            first.set()

        composer = Composer(settings, SessionClock(asyncio.get_running_loop()), lambda _: PRICE)
        writing = asyncio.create_task(composer.compose(wish, put))
        await first.wait()
        story.wait(5000)
        assert len(story.spoken()) == 1
        assert not writing.done() and not server.go_on.is_set(), "the server has not finished"
        server.go_on.set()
        await writing
        await composer.aclose()

    asyncio.run(compose())
    story.wait(9000)
    assert len(story.spoken()) == 2
    assert [post.text for post in story.all(commands.Post)] == [
        "[AI] Sure, we ship to Canada in 5 to 8 days. Happy to ship to you."
    ]
