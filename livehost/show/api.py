"""The API of a running session: everything the console shows and does, as HTTP and one websocket."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Protocol

import msgspec
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from livehost.commands import Command
from livehost.errors import LivehostError
from livehost.events import Action, Envelope, Event, KnowledgeChanged, ProgramChanged
from livehost.knowledge import CART_MOST, Knowledge, changed
from livehost.settings import Mode
from livehost.show.browser import BrowserSound
from livehost.show.claims import Claims
from livehost.show.desk import lines_after, program_of, state_of
from livehost.show.guard import person_of
from livehost.show.metrics import metrics_of
from livehost.show.offers import products_of
from livehost.show.seen import State
from livehost.show.signin import Person, SignIn
from livehost.show.view import View

_PASSED_MOST = 30


class Act(Protocol):
    """Puts a person's doing on its way; what closes the gate closes it before it returns."""

    def __call__(self, action: Action, who: str, target: int = 0, text: str = "", question: str = "") -> None: ...


class Voice(Protocol):
    """Speaks to one person."""

    async def say(self, text: str) -> bytes:
        """A WAV file; raises LivehostError while the voice is wanted in the room."""
        ...


@dataclass
class Desk:
    """What the pages show and do. `now_ms` is the session's clock; edits of the knowledge are followed. `passed` is what the
    fan page could not answer: at_ms, visitor, text."""

    view: View
    knowledge: Knowledge
    act: Act
    now_ms: Callable[[], int]
    signin: SignIn
    sound: BrowserSound
    voice: Voice
    put: Callable[[Event], None]
    passed: deque[tuple[int, str, str]] = field(default_factory=lambda: deque(maxlen=_PASSED_MOST))
    claims: Claims = field(default_factory=Claims)

    def state(self) -> State:
        return state_of(self.view, self.knowledge, self.passed)

    @property
    def program_version(self) -> str:
        return program_of(self.knowledge.creator).version

    def change_program(self, change: ProgramChanged) -> None:
        """Counts here at once, so that whoever comes second sees it."""
        creator = msgspec.structs.replace(self.knowledge.creator, schedule=change.schedule, rundown=change.rundown)
        self.knowledge = msgspec.structs.replace(self.knowledge, creator=creator)
        self.put(change)

    def apply(self, envelope: Envelope, wishes: Sequence[Command]) -> None:
        if isinstance(envelope.event, KnowledgeChanged):
            self.knowledge = changed(self.knowledge, envelope.event.change)


class About(BaseModel):
    """Which item an action is about; 0: the one at hand."""

    item: int = Field(0, ge=0, le=2**53)
    text: str = Field("", max_length=500)


class Whom(BaseModel):
    """A viewer, by the platform's own id."""

    platform: str = Field("", max_length=40)
    user: str = Field(min_length=1, max_length=200)


class Minutes(BaseModel):
    """How long a mute lasts; 0: until somebody unmutes."""

    minutes: float = Field(0, ge=0, le=24 * 60)


class Entry(BaseModel):
    """An answer for the FAQ: to a wanted question by its number, or to a question of one's own."""

    question: int = Field(0, ge=0, le=2**53)
    text: str = Field("", max_length=300)
    answer: str = Field(min_length=1, max_length=500)


class OfProposal(BaseModel):
    """`question` and `answer`: in these words instead."""

    proposal: int = Field(ge=1, le=2**53)
    question: str = Field("", max_length=300)
    answer: str = Field("", max_length=500)


class OfDoubt(BaseModel):
    """`value`: what is true where neither the host's word nor the feed is."""

    doubt: int = Field(ge=1, le=2**53)
    value: str = Field("", max_length=100)


class NewMode(BaseModel):
    mode: Mode


class OnTable(BaseModel):
    product_id: str = Field("", max_length=200)


class InCart(BaseModel):
    """`platform`: empty for the number that counts wherever there is no other; `number` 0: none."""

    product_id: str = Field(min_length=1, max_length=200)
    platform: str = Field("", pattern=r"^[\w+-]{0,40}$")
    number: int = Field(ge=0, le=CART_MOST)


class Words(BaseModel):
    text: str = Field(min_length=1, max_length=500)


def acting(request: Request) -> Person:
    person = person_of(request.scope)
    if not person.may_act:
        raise HTTPException(403, "a viewer of the console changes nothing")
    return person


Acting = Annotated[Person, Depends(acting)]


def known(desk: Desk, *products: str) -> None:
    """Refuses an id that is no product's; an empty one means none."""
    if any(product and product not in desk.knowledge.product_by_id for product in products):
        raise HTTPException(404, "there is no such product; GET /api/state lists them")


def actions(app: FastAPI, desk: Desk) -> None:
    """Each answers when the action is on its way; what closes the gate has closed it by then."""

    def plain(
        action: Literal["unmute", "panic", "skip", "stop", "pause", "resume", "clear", "report"], says: str
    ) -> None:
        async def do(person: Acting) -> dict[str, Any]:
            desk.act(action, person.name, 0, "")
            return {"done": action, "at_ms": desk.now_ms()}

        app.post(f"/api/{action}", summary=says, operation_id=action)(do)

    @app.post("/api/mute", summary="Silence at once, until unmute or for some minutes", operation_id="mute")
    async def mute(person: Acting, how: Minutes | None = None) -> dict[str, Any]:
        desk.act("mute", person.name, 0, str(how.minutes) if how and how.minutes else "")
        return {"done": "mute", "at_ms": desk.now_ms()}

    plain("unmute", "Let the co-host speak again")
    plain("panic", "Silence, drop all that waits, clear the overlay")
    plain("skip", "Not this one: what is being said, or would be said next")
    plain("stop", "Everything: what is said, made ready and waits")
    plain("pause", "Hold all: nothing new is spoken or posted")
    plain("resume", "Go on after a pause")
    plain("clear", "Drop what waits; what is being said goes on")
    plain("report", "Say how many questions came in and which were asked most")

    @app.post(
        "/api/forget",
        summary="Delete all that is remembered of a viewer, from this creator's memory",
        operation_id="forget",
    )
    async def forget(who: Whom, person: Acting) -> dict[str, Any]:
        desk.act("forget", person.name, 0, f"{who.platform} {who.user}")
        return {"done": "forget"}

    @app.post("/api/say", summary="Speak these words when the floor is free")
    async def say(words: Words, person: Acting) -> dict[str, Any]:
        desk.act("say", person.name, 0, words.text.strip())
        return {"done": "say"}

    @app.post("/api/preview", summary="These words as a WAV file, for whoever asks alone")
    async def preview(words: Words, person: Acting) -> Response:
        try:
            return Response(await desk.voice.say(words.text.strip()), media_type="audio/wav")
        except LivehostError as trouble:
            raise HTTPException(503, str(trouble)) from None

    @app.post("/api/mode", summary="When the co-host may speak")
    async def mode(new: NewMode, person: Acting) -> dict[str, Any]:
        desk.act("mode", person.name, 0, new.mode)
        return {"done": "mode", "mode": new.mode}


def items(app: FastAPI, desk: Desk) -> None:
    """What is done with one item; two people don't do it at once."""

    def about(action: Literal["approve", "post", "drop", "wrong", "pin", "first", "host", "take"], says: str) -> None:
        async def do(what: About, person: Acting) -> dict[str, Any]:
            if what.item not in desk.view.items:
                raise HTTPException(404, f"there is no item {what.item}; GET /api/state lists them")
            item = desk.view.items[what.item]
            if action != "wrong" and (by := desk.claims.take(item, person.name, desk.now_ms())):
                raise HTTPException(409, by)
            taken = item.state
            desk.act(action, person.name, what.item, what.text.strip())
            return {"done": action, "item": what.item, "was": taken}

        app.post(f"/api/{action}", summary=says, operation_id=action)(do)

    about("approve", "Say an item; with text: in these words instead")
    about("post", "Answer an item in chat alone; with text: in these words instead")
    about("drop", "An item is not answered")
    about("wrong", "Take an answer back: stops it, asks before it is given again; text: a correction for the chat")

    about("pin", "An item does not grow old any more; again: it does")
    about("first", "An item goes before all others")
    about("host", "An item is left to the host")
    about("take", "An item is taken by whoever asks: the co-host leaves it")


def products(app: FastAPI, desk: Desk) -> None:
    """What is shown, and its numbers in the platforms' carts."""

    @app.post("/api/table", summary="The product that 'this one' means; empty: none")
    async def table(on: OnTable, person: Acting) -> dict[str, Any]:
        known(desk, on.product_id)
        desk.act("table", person.name, 0, on.product_id)
        return {"done": "table", "product_id": on.product_id}

    @app.post(
        "/api/cart", summary="A product's number in a platform's cart; written into products.csv", operation_id="cart"
    )
    async def cart(at: InCart, person: Acting) -> dict[str, Any]:
        known(desk, at.product_id)
        desk.act("cart", person.name, at.number, at.product_id, at.platform)
        return {"done": "cart", **at.model_dump()}


def knowledge(app: FastAPI, desk: Desk) -> None:
    """What the session learns from people, while it runs."""

    @app.post("/api/teach", summary="An answer for the FAQ: at once to who asked, and from then on to everybody")
    async def teach(entry: Entry, person: Acting) -> dict[str, Any]:
        if not entry.text.strip() and entry.question not in desk.view.wanted:
            raise HTTPException(404, "name a wanted question of GET /api/state, or write one as text")
        desk.act("teach", person.name, entry.question, entry.answer.strip(), entry.text.strip())
        return {"done": "teach"}

    @app.post("/api/accept", summary="A proposed entry goes into the FAQ, in other words if some are given")
    async def accept(of: OfProposal, person: Acting) -> dict[str, Any]:
        _known(of.proposal, desk.view.proposals, "proposal")
        desk.act("accept", person.name, of.proposal, of.answer.strip(), of.question.strip())
        return {"done": "accept"}

    @app.post("/api/decline", summary="A proposed entry does not go into the FAQ")
    async def decline(of: OfProposal, person: Acting) -> dict[str, Any]:
        _known(of.proposal, desk.view.proposals, "proposal")
        desk.act("decline", person.name, of.proposal)
        return {"done": "decline"}

    @app.post("/api/confirm", summary="Of a doubt: what the host said is true")
    async def confirm(of: OfDoubt, person: Acting) -> dict[str, Any]:
        _known(of.doubt, desk.view.doubts, "doubt")
        desk.act("confirm", person.name, of.doubt)
        return {"done": "confirm"}

    @app.post("/api/correct", summary="Of a doubt: the feed is right, or the value given")
    async def correct(of: OfDoubt, person: Acting) -> dict[str, Any]:
        _known(of.doubt, desk.view.doubts, "doubt")
        desk.act("correct", person.name, of.doubt, of.value.strip())
        return {"done": "correct"}


def _known(number: int, among: Container[int], what: str) -> None:
    if number not in among:
        raise HTTPException(404, f"there is no {what} {number} any more; GET /api/state lists them")


def state(app: FastAPI, desk: Desk) -> None:
    @app.get("/api/state", summary="Everything the console shows")
    async def whole_state() -> Response:
        products = products_of(desk.view, desk.knowledge)
        return _json(msgspec.structs.replace(desk.state(), products=products))

    @app.get("/api/lines", summary="Chat lines after the given number, with what was decided on each")
    async def lines(after: int = 0) -> Response:
        return _json(lines_after(desk.view, after))

    @app.get("/metrics", summary="For Prometheus")
    async def metrics() -> PlainTextResponse:
        return PlainTextResponse(metrics_of(desk.view))


def _json(what: Any) -> Response:
    return Response(msgspec.json.encode(what), media_type="application/json")
