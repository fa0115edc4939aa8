"""How people come in: invitations as links and codes, passwords, and the way out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from pydantic import BaseModel, Field

from livehost.show.address import Address
from livehost.show.api import Acting
from livehost.show.codes import picture_of
from livehost.show.guard import COOKIE, address_of
from livehost.show.passwords import Passwords
from livehost.show.signin import Role, SignIn
from livehost.show.web import page_text

_CHECKED_AT_ONCE = 2  # each check takes 19 MB for a moment


class Invitation(BaseModel):
    role: Role = "moderator"
    name: str = Field("moderator", min_length=1, max_length=40)


class NameAndPassword(BaseModel):
    name: str = Field(min_length=1, max_length=40)
    password: str = Field(min_length=1, max_length=200)


class Admitting(Protocol):
    """Whose pages they are."""

    @property
    def signin(self) -> SignIn: ...
    @property
    def now_ms(self) -> Callable[[], int]: ...


def people(app: FastAPI, desk: Admitting, address: Address, passwords: Passwords, home: str = "/console") -> None:
    """`home`: the page that an invitation leads to."""

    @app.post("/api/invite", summary="An invitation link, good once and for a quarter of an hour")
    async def invite(whom: Invitation, person: Acting) -> dict[str, str]:
        if person.role != "owner":
            raise HTTPException(403, "only the owner invites")
        link = f"{address.url}/join?invitation={desk.signin.invite(whom.role, whom.name, desk.now_ms())}"
        return {"link": link, "qr_svg": picture_of(link).decode()}

    def signed_in(session: str, answer: Response) -> Response:
        # Lax: who follows an invitation from another site's page (a messenger's) must be known on the console it leads to.
        # What changes anything is guarded by its origin.
        answer.set_cookie(COOKIE, session, httponly=True, samesite="lax", secure=bool(address.certificate))
        return answer

    @app.get("/join", include_in_schema=False)
    async def join(request: Request, invitation: str = "") -> Response:
        if not invitation:
            return HTMLResponse(page_text("join"))
        asking = address_of(request.scope)
        if desk.signin.must_wait(asking, desk.now_ms()):
            return PlainTextResponse("too many tries; wait a minute\n", 429)
        session = desk.signin.accept(invitation, asking, desk.now_ms())
        if session is None:
            return PlainTextResponse("this invitation is unknown, used or expired; ask for a new one\n", 403)
        return signed_in(session, RedirectResponse(home, 303))

    checking = asyncio.Semaphore(_CHECKED_AT_ONCE)

    @app.post("/api/sign-in", summary="With a name and a password (`livehost people add`)")
    async def sign_in(who: NameAndPassword, request: Request) -> Response:
        tried = (address_of(request.scope), f"name {who.name}")
        if any(desk.signin.must_wait(one, desk.now_ms()) for one in tried):
            raise HTTPException(429, "too many tries; wait a minute")
        async with checking:
            person = await asyncio.to_thread(passwords.person, who.name, who.password)
        if person is None:
            for one in tried:
                desk.signin.note_failure(one, desk.now_ms())
            raise HTTPException(403, "the name or the password is wrong")
        return signed_in(desk.signin.enter(person, desk.now_ms()), Response(status_code=204))

    @app.post("/api/sign-out", summary="Ends this sign-in")
    async def sign_out(request: Request) -> Response:
        desk.signin.sign_out(request.cookies.get(COOKIE, ""))
        answer = Response(status_code=204)
        answer.delete_cookie(COOKIE)
        return answer
