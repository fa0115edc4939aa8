"""Carries out Compose: pieces of knowledge found, the endpoints asked in turn, sentences told as they end.

Compose ─▶ pieces (only "answer") ─▶ budget ─▶ endpoint ─▶ stream ─▶ sentences ─▶ Composed … ComposeEnded
                                                  └─ fails or is late before its first sentence: the next endpoint
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import Protocol

import msgspec

from livehost import events
from livehost.clock import SessionClock, stopwatch
from livehost.commands import Compose
from livehost.decision import Evidence
from livehost.errors import LivehostError
from livehost.events import Event
from livehost.llm.endpoint import ChatEndpoint, tokens_of, usable
from livehost.llm.limits import Breaker, Budget
from livehost.llm.structure import Malformed, Sentence, SentenceReader
from livehost.prompting import messages
from livehost.settings import Creator
from livehost.workers import Worker

PART = "llm"
_SENTENCES_MOST = 4
_CHARACTERS_MOST = 4000
_LANES = 2  # requests at once
_CANCELLED_KEPT = 200
_ASK_EVERY_MS = 1000

Put = Callable[[Event], None]
Find = Callable[[str], tuple[Evidence, ...]]


class Client(Protocol):
    name: str

    def stream(self, messages: list[dict[str, str]]) -> Generator[str, None, None]:
        """Pieces of text; raises LivehostError."""
        ...

    def close(self) -> None: ...


class Composer:
    """`find` gives the pieces of knowledge nearest to a question; it runs in a worker."""

    def __init__(self, creator: Creator, clock: SessionClock, find: Find) -> None:
        settings = creator.llm
        self._creator, self._clock, self._find = creator, clock, find
        self._settings = settings
        self._clients: list[Client] = [ChatEndpoint(e, settings.first_seconds) for e in settings.endpoints if usable(e)]
        self._breakers = [Breaker() for _ in self._clients]
        self._budget = Budget(settings.tokens_per_hour, settings.tokens_per_session)
        self._lanes = {Worker(f"llm-{number}", clock): 0 for number in range(_LANES)}  # → requests in it
        self._took: dict[int, int] = {}  # request → tokens
        self._cancelled: dict[int, None] = {}

    async def run(self, put: Put) -> None:
        """Tells whether a model can be asked now, until it is cancelled."""
        told: str | None = None
        try:
            while True:
                trouble = self._trouble()
                if trouble != told:
                    told = trouble
                    put(events.PartChanged(PART, "off" if trouble else "ok", trouble))
                await self._clock.sleep_until_ms(self._clock.now_ms() + _ASK_EVERY_MS)
        finally:
            await self.aclose()

    def cancel(self, request: int) -> None:
        self._cancelled[request] = None
        while len(self._cancelled) > _CANCELLED_KEPT:
            self._cancelled.pop(next(iter(self._cancelled)))

    async def compose(self, wish: Compose, put: Put) -> None:
        """Always ends with ComposeEnded or ComposeFailed."""
        lane = min(self._lanes, key=self._lanes.__getitem__)
        self._lanes[lane] += 1
        seconds = stopwatch()
        try:
            async for sentence, _ in lane.stream(self._sentences(wish, seconds), self._limit_ms):
                put(events.Composed(wish.request, sentence[0], sentence[1]))
        except TimeoutError:
            put(events.ComposeFailed(wish.request, "took too long"))
        except (LivehostError, OSError, RuntimeError, ValueError) as trouble:
            put(events.ComposeFailed(wish.request, str(trouble)))
        else:
            put(events.ComposeEnded(wish.request, round(seconds() * 1000), self._took.get(wish.request, 0)))
        finally:
            self._lanes[lane] -= 1
            self._took.pop(wish.request, None)

    async def aclose(self) -> None:
        for lane in self._lanes:
            lane.close()
        for client in self._clients:
            client.close()

    @property
    def _limit_ms(self) -> float:
        """Of one wait; longer than the client's own, which ends it in better order."""
        return 1000 * (self._settings.seconds * max(1, len(self._clients)) + 2)

    def _trouble(self) -> str:
        now_ms = self._clock.now_ms()
        if not self._clients:
            return "no key: set " + " or ".join(dict.fromkeys(e.api_key_env for e in self._settings.endpoints))
        if used_up := self._budget.used_up(now_ms):
            return used_up
        if not any(breaker.lets(now_ms) for breaker in self._breakers):
            return "no model answers; it is tried again"
        return ""

    def _sentences(self, wish: Compose, seconds: Callable[[], float]) -> Iterator[tuple[str, tuple[Evidence, ...]]]:
        """Runs in a worker."""
        if wish.task == "answer":
            wish = msgspec.structs.replace(wish, evidence=self._find(wish.text))
            if not wish.evidence:
                raise LivehostError("nothing in the knowledge is near it")
        last = LivehostError(self._trouble() or "no model answers")
        for client, breaker in zip(self._clients, self._breakers, strict=True):
            now_ms = self._clock.now_ms()
            if not breaker.lets(now_ms) or self._budget.used_up(now_ms):
                continue
            began = False
            try:
                for sentence in self._from(client, wish, seconds):
                    began = True
                    yield sentence.say, tuple(wish.evidence[n - 1] for n in sentence.of if 0 < n <= len(wish.evidence))
            except (LivehostError, Malformed) as trouble:
                breaker.failed(now_ms)
                last = LivehostError(str(trouble))
                if began:
                    raise last from None
            else:
                breaker.succeeded()
                return
        raise last

    def _from(self, client: Client, wish: Compose, seconds: Callable[[], float]) -> Iterator[Sentence]:
        """Raises LivehostError, Malformed; ends when it is cancelled or enough was said."""
        reader = SentenceReader()
        began = seconds()
        count = characters = 0
        asked = messages(wish, self._creator)
        self._spend(wish, "".join(message["content"] for message in asked))
        with closing(client.stream(asked)) as stream:
            for text in stream:
                self._spend(wish, text)
                if wish.request in self._cancelled:
                    return
                characters += len(text)
                spent = seconds() - began
                if characters > _CHARACTERS_MOST or spent > self._settings.seconds:
                    raise LivehostError("the model does not come to an end", where=client.name)
                if not count and spent > self._settings.first_seconds:
                    raise LivehostError("the model's first words took too long", where=client.name)
                for sentence in reader.feed(text):
                    yield sentence
                    count += 1
                    if count >= _SENTENCES_MOST:
                        return
        if reader.torn:
            raise LivehostError("the model broke off", where=client.name)

    def _spend(self, wish: Compose, text: str) -> None:
        tokens = tokens_of(text)
        self._budget.spend(self._clock.now_ms(), tokens)
        self._took[wish.request] = self._took.get(wish.request, 0) + tokens
