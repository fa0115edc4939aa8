"""How people come in: invitations as links and codes, and the way out."""

from __future__ import annotations

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from pydantic import BaseModel, Field

from livehost.show.address import Address
from livehost.show.api import Acting, Desk
from livehost.show.codes import picture_of
from livehost.show.guard import COOKIE
from livehost.show.signin import Role


class Invitation(BaseModel):
    role: Role = "moderator"
    name: str = Field("moderator", min_length=1, max_length=40)


def people(app: FastAPI, desk: Desk, address: Address) -> None:
    @app.post("/api/invite", summary="An invitation link, good once and for a quarter of an hour")
    async def invite(whom: Invitation, person: Acting) -> dict[str, str]:
        if person.role != "owner":
            raise HTTPException(403, "only the owner invites")
        link = f"{address.url}/join?invitation={desk.signin.invite(whom.role, whom.name, desk.now_ms())}"
        return {"link": link, "qr_svg": picture_of(link).decode()}

    @app.get("/join", include_in_schema=False)
    async def join(request: Request, invitation: str = "") -> Response:
        asking = request.client.host if request.client else ""
        if desk.signin.must_wait(asking, desk.now_ms()):
            return PlainTextResponse("too many tries; wait a minute\n", 429)
        session = desk.signin.accept(invitation, asking, desk.now_ms())
        if session is None:
            return PlainTextResponse("this invitation is unknown, used or expired; ask for a new one\n", 403)
        answer = RedirectResponse("/console", 303)
        answer.set_cookie(COOKIE, session, httponly=True, samesite="strict", secure=bool(address.certificate))
        return answer

    @app.post("/api/sign-out", summary="Ends this sign-in")
    async def sign_out(request: Request) -> Response:
        desk.signin.sign_out(request.cookies.get(COOKIE, ""))
        answer = Response(status_code=204)
        answer.delete_cookie(COOKIE)
        return answer
