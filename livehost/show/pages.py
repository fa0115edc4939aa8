"""The pages and the API of a running session: console, prompter, overlay, and everything they do as plain HTTP.

On this machine's own address nobody signs in; from anywhere else nothing is answered without a sign-in. A request that
changes something must come from our own page or from no page at all, and only known names of this host are answered.
"""

from __future__ import annotations

import asyncio
import io
import socket
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import segno
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from pydantic import BaseModel, Field

from livehost.errors import BadInput
from livehost.events import Action
from livehost.knowledge import Knowledge
from livehost.settings import Mode
from livehost.show.desk import lines_after, lines_numbered, state_of
from livehost.show.guard import COOKIE, Guard, person_of
from livehost.show.signin import Person, Role, SignIn
from livehost.show.view import View

Act = Callable[[Action, str, int, str], None]  # what, who, on which item, with what words
_PUSH_SECONDS = 0.15
_UNDECIDED_MOST = 500
_PAGES = ("console", "host", "overlay")


@dataclass(frozen=True)
class Address:
    """Where the pages are. `certificate` and `key`: PEM files for TLS; empty: plain HTTP."""

    host: str
    port: int
    certificate: str = ""
    key: str = ""

    @property
    def url(self) -> str:
        reached = reachable(self.host)
        host = f"[{reached}]" if ":" in reached else reached
        return f"{'https' if self.certificate else 'http'}://{host}:{self.port}"


@dataclass(frozen=True)
class Desk:
    """What the pages show and do. `now_ms` is the session's clock."""

    view: View
    knowledge: Knowledge
    act: Act
    now_ms: Callable[[], int]
    signin: SignIn


class About(BaseModel):
    """Which item an action is about; 0: the one at hand."""

    item: int = Field(0, ge=0, le=2**53)
    text: str = Field("", max_length=500)


class NewMode(BaseModel):
    mode: Mode


class OnTable(BaseModel):
    product_id: str = Field("", max_length=200)


class Words(BaseModel):
    text: str = Field(min_length=1, max_length=500)


class Invitation(BaseModel):
    role: Role = "moderator"
    name: str = Field("moderator", min_length=1, max_length=40)


def application(desk: Desk, address: Address) -> FastAPI:
    app = FastAPI(title="Livehost", summary="What the moderator's console does, as HTTP", docs_url=None, redoc_url=None)
    _actions(app, desk)
    _state(app, desk)
    _people(app, desk, address)
    _files(app)
    app.add_middleware(Guard, signin=desk.signin, now_ms=desk.now_ms, host=address.host)
    return app


def listen(address: Address) -> socket.socket:
    """The pages' door, before a session begins; raises BadInput when it can't be had."""
    for path in filter(None, (address.certificate, address.key)):
        if not Path(path).is_file():
            raise BadInput("there is no such file", where=path, fix="Give --tls-cert and --tls-key PEM files")
    try:
        return socket.create_server(
            (address.host, address.port), family=socket.AF_INET6 if ":" in address.host else socket.AF_INET
        )
    except (OSError, OverflowError) as trouble:
        raise BadInput(
            f"the pages can't listen on port {address.port}: {getattr(trouble, 'strerror', None) or trouble}",
            where=address.host,
            fix="Stop what uses it, or give another --port or --listen",
        ) from None


def reachable(host: str) -> str:
    """The address under which another device on this network finds us."""
    if host not in ("0.0.0.0", "::"):
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; tells which way out the system would take
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


class Pages:
    """Serves until it is cancelled."""

    def __init__(self, desk: Desk, address: Address, door: socket.socket) -> None:
        self._app = application(desk, address)
        self._address = address
        self._door = door

    async def run(self) -> None:
        config = uvicorn.Config(
            self._app,
            ssl_certfile=self._address.certificate or None,
            ssl_keyfile=self._address.key or None,
            log_level="error",
            access_log=False,
            lifespan="off",
            ws="websockets-sansio",
            ws_max_size=4096,
            timeout_graceful_shutdown=1,
            server_header=False,
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[self._door]))
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            server.should_exit = True
            await asyncio.wait([serving], timeout=3)
            raise


class _Server(uvicorn.Server):
    """Leaves the signals to the session. The one class here that inherits: uvicorn offers no other way."""

    def capture_signals(self) -> Any:
        from contextlib import nullcontext

        return nullcontext()


def _acting(request: Request) -> Person:
    person = person_of(request.scope)
    if not person.may_act:
        raise HTTPException(403, "a viewer of the console changes nothing")
    return person


Acting = Annotated[Person, Depends(_acting)]


def _actions(app: FastAPI, desk: Desk) -> None:
    """Each answers when the action is on its way; what closes the gate has closed it by then."""

    def plain(action: Literal["mute", "unmute", "panic", "skip", "stop", "pause", "resume"], says: str) -> None:
        async def do(person: Acting) -> dict[str, Any]:
            desk.act(action, person.name, 0, "")
            return {"done": action, "at_ms": desk.now_ms()}

        app.post(f"/api/{action}", summary=says, operation_id=action)(do)

    plain("mute", "Silence at once, until unmute")
    plain("unmute", "Let the co-host speak again")
    plain("panic", "Silence, drop all that waits, clear the overlay")
    plain("skip", "Not this one: what is being said, or would be said next")
    plain("stop", "Everything: what is said, made ready and waits")
    plain("pause", "Hold all: nothing new is spoken or posted")
    plain("resume", "Go on after a pause")

    def about(action: Literal["approve", "post", "drop", "wrong"], says: str) -> None:
        async def do(what: About, person: Acting) -> dict[str, Any]:
            if what.item not in desk.view.items:
                raise HTTPException(404, f"there is no item {what.item}; GET /api/state lists them")
            taken = desk.view.items[what.item].state
            desk.act(action, person.name, what.item, what.text.strip())
            return {"done": action, "item": what.item, "was": taken}

        app.post(f"/api/{action}", summary=says, operation_id=action)(do)

    about("approve", "Say an item; with text: in these words instead")
    about("post", "Answer an item in chat alone; with text: in these words instead")
    about("drop", "An item is not answered")
    about("wrong", "Take an answer back: stops it, asks before it is given again; text: a correction for the chat")

    @app.post("/api/say", summary="Speak these words when the floor is free")
    async def say(words: Words, person: Acting) -> dict[str, Any]:
        desk.act("say", person.name, 0, words.text.strip())
        return {"done": "say"}

    @app.post("/api/mode", summary="When the co-host may speak")
    async def mode(new: NewMode, person: Acting) -> dict[str, Any]:
        desk.act("mode", person.name, 0, new.mode)
        return {"done": "mode", "mode": new.mode}

    @app.post("/api/table", summary="The product that 'this one' means; empty: none")
    async def table(on: OnTable, person: Acting) -> dict[str, Any]:
        if on.product_id and on.product_id not in desk.knowledge.product_by_id:
            raise HTTPException(404, "there is no such product; GET /api/state lists them")
        desk.act("table", person.name, 0, on.product_id)
        return {"done": "table", "product_id": on.product_id}


def _state(app: FastAPI, desk: Desk) -> None:
    @app.get("/api/state", summary="Everything the console shows")
    async def state() -> Response:
        return _json(state_of(desk.view, desk.knowledge))

    @app.get("/api/lines", summary="Chat lines after the given number, with what was decided on each")
    async def lines(after: int = 0) -> Response:
        return _json(lines_after(desk.view, after))

    @app.get("/metrics", summary="For Prometheus")
    async def metrics() -> PlainTextResponse:
        return PlainTextResponse(_metrics(desk.view))

    @app.websocket("/api/live")
    async def live(socket: WebSocket) -> None:
        """Pushes the state when it changed, new lines, and what was decided on them; whatever the page sends comes back."""
        await socket.accept()
        pushing = asyncio.create_task(_push(socket, desk))
        try:
            while True:
                await socket.send_text(await socket.receive_text())
        except (WebSocketDisconnect, RuntimeError, KeyError):
            pass
        finally:
            pushing.cancel()


async def _push(socket: WebSocket, desk: Desk) -> None:
    known, sent, person = 0, b"", person_of(socket.scope)
    undecided: set[int] = set()  # lines that were sent before anything was decided on them
    me = msgspec.json.encode({"me": {"name": person.name, "role": person.role}})
    await socket.send_text(me.decode())
    while True:
        lines = lines_after(desk.view, known)
        if lines:
            known = lines[-1].number
            undecided |= {line.number for line in lines if line.type == "message" and not line.kind}
            await socket.send_text(msgspec.json.encode({"lines": lines}).decode())
        if decided := tuple(line for line in lines_numbered(desk.view, undecided) if line.kind):
            undecided -= {line.number for line in decided}
            await socket.send_text(msgspec.json.encode({"decided": decided}).decode())
        undecided = {number for number in undecided if number > known - _UNDECIDED_MOST}
        state = msgspec.json.encode(state_of(desk.view, desk.knowledge))
        if state != sent:
            sent = state
            await socket.send_text('{"state":' + state.decode() + "}")
        await asyncio.sleep(_PUSH_SECONDS)


def _people(app: FastAPI, desk: Desk, address: Address) -> None:
    @app.post("/api/invite", summary="An invitation link, good once and for a quarter of an hour")
    async def invite(whom: Invitation, person: Acting) -> dict[str, str]:
        if person.role != "owner":
            raise HTTPException(403, "only the owner invites")
        link = f"{address.url}/join?invitation={desk.signin.invite(whom.role, whom.name, desk.now_ms())}"
        picture = io.BytesIO()
        segno.make(link).save(picture, kind="svg", scale=5, border=2)
        return {"link": link, "qr_svg": picture.getvalue().decode()}

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


def _files(app: FastAPI) -> None:
    folder = Path(str(resources.files("livehost"))) / "show" / "web"

    def page(name: str) -> None:
        async def give() -> HTMLResponse:
            return HTMLResponse((folder / f"{name}.html").read_text(encoding="utf-8"))

        app.get(f"/{name}", include_in_schema=False)(give)

    for name in _PAGES:
        page(name)

    @app.get("/", include_in_schema=False)
    async def root() -> Response:
        return RedirectResponse("/console")

    @app.get("/web/{name}", include_in_schema=False)
    async def file(name: str) -> Response:
        kinds = {".js": "text/javascript", ".css": "text/css"}
        known = {path.name: path for path in folder.iterdir() if path.suffix in kinds}
        if name not in known:
            raise HTTPException(404)
        return Response(known[name].read_bytes(), media_type=kinds[known[name].suffix])


def _json(what: Any) -> Response:
    return Response(msgspec.json.encode(what), media_type="application/json")


def _metrics(view: View) -> str:
    told = {
        "livehost_chat_lines_total": view.counts["lines"],
        "livehost_chat_lines_dropped_total": view.counts["dropped"],
        "livehost_answers_spoken_total": view.counts["spoken"],
        "livehost_answers_posted_total": view.counts["posts"],
        "livehost_posts_failed_total": view.counts["posts failed"],
    }
    lines = [f"# TYPE {name} counter\n{name} {value}" for name, value in told.items()]
    lines += [f"# TYPE livehost_muted gauge\nlivehost_muted {int(view.muted)}", "# TYPE livehost_part_ok gauge"]
    lines += [f'livehost_part_ok{{part="{_label(n)}"}} {int(p.state == "ok")}' for n, p in view.parts.items()]
    return "\n".join(lines) + "\n"


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
