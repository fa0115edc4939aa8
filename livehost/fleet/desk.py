"""One desk for all rooms: who is where and how it goes, what waits for a person anywhere, mute one or all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

import msgspec
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field

from livehost.events import Action
from livehost.fleet.rights import Right, at_least, right_of
from livehost.fleet.seen import SeenFleet, SeenRoom
from livehost.fleet.settings import RoomOf
from livehost.show.address import Address
from livehost.show.crowd import Crowd
from livehost.show.guard import Guard, person_of
from livehost.show.joining import people
from livehost.show.passwords import Passwords
from livehost.show.signin import Person, Role, SignIn
from livehost.show.web import FOLDER as SHARED

_OWN = Path(__file__).parent / "web"
_KINDS = {".js": "text/javascript", ".css": "text/css"}
Deed = Literal["approve", "post", "drop", "mute", "unmute", "pause", "resume", "stop"]


class Rooms(Protocol):
    """The fleet. Names of rooms are known ones."""

    async def state(self) -> SeenFleet: ...
    async def act(self, room: str, action: Action, who: str, item: int, text: str) -> bool:
        """False where nobody holds the room now, or it has no such item."""
        ...

    async def invite(self, room: str, name: str, role: Role) -> str:
        """A link into the room's own console; empty where it has none."""
        ...

    async def move(self, room: str, worker: str) -> bool: ...
    async def restart(self) -> None: ...


@dataclass
class FleetDesk:
    rooms: dict[str, RoomOf]
    fleet: Rooms
    signin: SignIn
    now_ms: Callable[[], int]


class About(BaseModel):
    """The item, where the deed is about one; with text: in these words instead."""

    item: int = Field(0, ge=0, le=2**53)
    text: str = Field("", max_length=500)


class Whither(BaseModel):
    worker: str = Field(min_length=1, max_length=80)


class ForYou(msgspec.Struct, frozen=True):
    """A room as this person may see it."""

    right: Right
    seen: SeenRoom


def _person(request: Request) -> Person:
    return person_of(request.scope)


Asking = Annotated[Person, Depends(_person)]


def application(desk: FleetDesk, address: Address, passwords: Passwords) -> FastAPI:
    app = FastAPI(title="Livehost fleet", summary="All rooms, as HTTP", docs_url=None, redoc_url=None)
    _state(app, desk)
    _deeds(app, desk)
    _owners(app, desk)
    _files(app)
    people(app, desk, address, passwords, home="/rooms")
    app.add_middleware(Crowd, put=lambda _: None)
    app.add_middleware(Guard, signin=desk.signin, now_ms=desk.now_ms, hosts=(address.host,))
    return app


def _state(app: FastAPI, desk: FleetDesk) -> None:
    @app.get("/api/rooms", summary="Every room that you may see, and the workers")
    async def rooms(person: Asking) -> Response:
        fleet = await desk.fleet.state()
        seen = [ForYou(right_of(person, desk.rooms[room.room]), room) for room in fleet.rooms]
        told: dict[str, Any] = {
            "fleet": fleet.name,
            "me": {"name": person.name, "role": person.role},
            "rooms": [one for one in seen if one.right != "none"],
            "workers": fleet.workers if person.role == "owner" else (),
        }
        return Response(msgspec.json.encode(told), media_type="application/json")


def _deeds(app: FastAPI, desk: FleetDesk) -> None:
    @app.post("/api/rooms/{room}/{deed}", summary="Approve, post or drop an item; mute, pause or stop a room")
    async def do(room: str, deed: Deed, person: Asking, about: About | None = None) -> dict[str, Any]:
        _permitted(desk, person, room, "act")
        about = about or About(item=0, text="")
        if not await desk.fleet.act(room, deed, person.name, about.item, about.text.strip()):
            raise HTTPException(409, "nobody holds the room at the moment, or the item is gone")
        return {"done": deed, "room": room}

    def everywhere(deed: Literal["mute", "unmute"], says: str) -> None:
        async def all_rooms(person: Asking) -> dict[str, Any]:
            mine = [name for name, room in desk.rooms.items() if at_least(right_of(person, room), "act")]
            if not mine:
                raise HTTPException(403, "there is no room that you may act in")
            done = await asyncio.gather(*(desk.fleet.act(room, deed, person.name, 0, "") for room in mine))
            return {"done": deed, "rooms": [room for room, reached in zip(mine, done, strict=True) if reached]}

        app.post(f"/api/{deed}", summary=says, operation_id=deed)(all_rooms)

    everywhere("mute", "Silence in every room that you may act in")
    everywhere("unmute", "Let every room that you may act in speak again")

    @app.get("/api/rooms/{room}/console", summary="Leads to the room's own console", include_in_schema=False)
    async def console(room: str, person: Asking) -> Response:
        right = _permitted(desk, person, room, "see")
        role: Role = "moderator" if right == "edit" else "viewer"
        link = await desk.fleet.invite(room, person.name, role)
        if not link:
            raise HTTPException(404, "the room has no console at the moment")
        return RedirectResponse(link, 303)


def _owners(app: FastAPI, desk: FleetDesk) -> None:
    @app.post("/api/place/{room}", summary="Move a room to another worker; it goes on from its recording")
    async def move(room: str, whither: Whither, person: Asking) -> dict[str, Any]:
        _owner(person)
        if not await desk.fleet.move(room, whither.worker):
            raise HTTPException(404, "there is no such room to move, or no such worker")
        return {"done": "move", "room": room, "worker": whither.worker}

    restarting: set[asyncio.Task[None]] = set()

    @app.post("/api/restart", summary="Replace every worker, one after the other; no room is lost")
    async def restart(person: Asking) -> dict[str, Any]:
        _owner(person)
        if restarting:
            raise HTTPException(409, "that is going on already")
        task = asyncio.create_task(desk.fleet.restart())
        restarting.add(task)
        task.add_done_callback(restarting.discard)
        return {"done": "restart"}


def _owner(person: Person) -> None:
    if person.role != "owner":
        raise HTTPException(403, "only the owner does that")


def _permitted(desk: FleetDesk, person: Person, room: str, wanted: Right) -> Right:
    """Whoever may not even see a room does not learn that there is one."""
    right = right_of(person, desk.rooms[room]) if room in desk.rooms else "none"
    if right == "none":
        raise HTTPException(404, "there is no such room")
    if not at_least(right, wanted):
        raise HTTPException(403, "you may look at this room, and no more")
    return right


def _files(app: FastAPI) -> None:
    @app.get("/", include_in_schema=False)
    async def root() -> Response:
        return RedirectResponse("/rooms")

    @app.get("/rooms", include_in_schema=False)
    async def page() -> HTMLResponse:
        return HTMLResponse((_OWN / "rooms.html").read_text(encoding="utf-8"))

    @app.get("/web/{name}", include_in_schema=False)
    async def file(name: str) -> Response:
        known = {path.name: path for folder in (SHARED, _OWN) for path in folder.iterdir() if path.suffix in _KINDS}
        if name not in known:
            raise HTTPException(404)
        return Response(known[name].read_bytes(), media_type=_KINDS[known[name].suffix])
