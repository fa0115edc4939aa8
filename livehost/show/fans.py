"""The fan page's side of the API: questions in, answers out, to anybody who may open the page.

What the twin may not answer is passed on: the creator sees it on the console. Nothing is answered while the room is held.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Protocol

import numpy as np
from fastapi import Cookie, FastAPI, HTTPException, Request, Response
from pydantic import BaseModel, Field

from livehost.decision import Decision
from livehost.errors import LivehostError
from livehost.settings import Twin as Settings
from livehost.show.api import Desk
from livehost.show.doorman import Doorman
from livehost.show.guard import address_of
from livehost.sound import Samples

_VISITOR = "livehost_visitor"
_SPOKEN_MOST = 500  # answers that can still be heard
_RATES = (8_000, 96_000)
_VOICE_SECONDS = 15


class Twin(Protocol):
    """Who answers."""

    async def ask(self, visitor: str, text: str) -> tuple[Decision, ...]:
        """A decision for each question in the text; raises LivehostError when none can be had now."""
        ...


class Person(Protocol):
    """Voice and ears for one visitor; both raise LivehostError."""

    async def say(self, text: str) -> bytes: ...
    async def hear(self, samples: Samples, rate: int) -> str: ...


@dataclass
class Fans:
    """What the fan page needs beside the desk."""

    settings: Settings
    twin: Twin
    person: Person
    doorman: Doorman
    into_room: Callable[[str, str], None] | None = (
        None  # visitor and text: where the creator wants them in the room's list
    )
    spoken: OrderedDict[str, str] = field(default_factory=OrderedDict)

    def keep(self, words: str) -> str:
        """Under which name these words can be heard."""
        name = secrets.token_urlsafe(8)
        self.spoken[name] = words
        while len(self.spoken) > _SPOKEN_MOST:
            self.spoken.popitem(last=False)
        return name


class Asked(BaseModel):
    text: str = Field(min_length=1, max_length=300)


def fan_page(app: FastAPI, desk: Desk, fans: Fans) -> None:
    creator = desk.knowledge.creator

    @app.get("/api/twin", summary="What the fan page shows at first")
    async def opening(response: Response, livehost_visitor: Annotated[str, Cookie()] = "") -> dict[str, Any]:
        if not livehost_visitor:
            name = secrets.token_hex(6)
            response.set_cookie(_VISITOR, name, httponly=True, samesite="strict", max_age=86_400)
        return {
            "creator": creator.name,
            "cohost": creator.cohost,
            "language": creator.languages[0],
            "opening": fans.settings.opening or creator.greeting,
            "suggestions": creator.suggestions[:6],
            "voice": fans.settings.voice,
            "microphone": fans.settings.microphone,
        }

    @app.post("/api/twin/ask", summary="A visitor's question; answers come with what can be heard of them")
    async def ask(asked: Asked, request: Request, livehost_visitor: Annotated[str, Cookie()] = "") -> dict[str, Any]:
        _let_in(fans, request, desk.now_ms())
        if desk.view.panic or desk.view.paused or desk.view.private:
            raise HTTPException(503, "the co-host has a break")
        visitor = f"fan {livehost_visitor[:6]}".strip()
        try:
            decisions = await fans.twin.ask(visitor, asked.text)
        except LivehostError as trouble:
            raise HTTPException(503, str(trouble)) from None
        return {"answers": [_answer(desk, fans, visitor, decision) for decision in decisions]}

    if fans.settings.voice:

        @app.get("/api/twin/sound/{name}", summary="An answer, spoken; a WAV file with the label of AI")
        async def sound(name: str, request: Request) -> Response:
            words = fans.spoken.get(name)
            if words is None:
                raise HTTPException(404, "this answer is no longer kept")
            _let_in(fans, request, desk.now_ms())
            try:
                return Response(await fans.person.say(words), media_type="audio/wav")
            except LivehostError as trouble:
                raise HTTPException(503, str(trouble)) from None

    if fans.settings.microphone:

        @app.post("/api/twin/voice", summary="A spoken question to text: 16-bit samples, mono, at `rate`")
        async def voice(request: Request, rate: int) -> dict[str, str]:
            if not _RATES[0] <= rate <= _RATES[1]:
                raise HTTPException(422, f"the rate is between {_RATES[0]} and {_RATES[1]}")
            _let_in(fans, request, desk.now_ms())
            sound = bytearray()
            async for piece in request.stream():
                sound += piece
                if len(sound) > 2 * rate * _VOICE_SECONDS:
                    raise HTTPException(413, f"a question may last {_VOICE_SECONDS} seconds")
            samples = np.frombuffer(bytes(sound[: len(sound) // 2 * 2]), "<i2").astype(np.float32) / np.float32(32768)
            try:
                return {"text": await fans.person.hear(samples, rate)}
            except LivehostError as trouble:
                raise HTTPException(503, str(trouble)) from None


def _let_in(fans: Fans, request: Request, now_ms: int) -> None:
    wait_seconds = fans.doorman.wait_seconds(address_of(request.scope), now_ms)
    if wait_seconds:
        raise HTTPException(429, "too many questions; wait a little", {"Retry-After": str(wait_seconds)})


def _answer(desk: Desk, fans: Fans, visitor: str, decision: Decision) -> dict[str, str]:
    """In ask-first a person decides on everything: then the twin passes all of it on."""
    if decision.route == "ignore":
        return {"route": "ignore", "text": "", "link": "", "sound": ""}
    if decision.route == "answer" and desk.view.mode != "ask-first":
        sound = fans.keep(decision.spoken) if fans.settings.voice and decision.spoken else ""
        return {"route": "answer", "text": decision.answer, "link": decision.link, "sound": sound}
    desk.passed.append((desk.now_ms(), visitor, decision.text))
    if fans.into_room:
        fans.into_room(visitor, decision.text)
    return {"route": "passed", "text": "", "link": "", "sound": ""}
