"""The pages and the API of a running session: console, prompter, overlay, and everything they do as plain HTTP.

On this machine's own address nobody signs in; from anywhere else nothing is answered without a sign-in. A request that
changes something must come from our own page or from no page at all, and only known names of this host are answered.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence

from fastapi import FastAPI, HTTPException, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from livehost.show import api, browser
from livehost.show.address import Address
from livehost.show.api import Desk
from livehost.show.codes import codes
from livehost.show.crowd import Crowd
from livehost.show.fans import Fans, fan_page
from livehost.show.guard import Guard
from livehost.show.joining import people
from livehost.show.links import BELOW, links, redirect_host
from livehost.show.passwords import Passwords
from livehost.show.pushing import following
from livehost.show.running_order import running_order
from livehost.show.server import serve
from livehost.show.web import FOLDER, page_text

_PAGES = ("console", "host", "overlay")


def application(desk: Desk, address: Address, passwords: Passwords, fans: Fans | None = None) -> FastAPI:
    app = FastAPI(title="Livehost", summary="What the moderator's console does, as HTTP", docs_url=None, redoc_url=None)
    api.actions(app, desk)
    api.items(app, desk)
    api.products(app, desk)
    api.knowledge(app, desk)
    api.state(app, desk)
    following(app, desk)
    codes(app, desk)
    running_order(app, desk)
    people(app, desk, address, passwords)
    browser.sound(app, desk.sound)
    _files(app, (*_PAGES, "twin") if fans else _PAGES)
    if fans:
        fan_page(app, desk, fans)
    hosts = [address.host]
    open_to_all: list[str] = []
    if by_way_of := redirect_host(desk.knowledge.creator):
        links(app, desk)
        hosts.append(by_way_of)
        open_to_all.append(BELOW)
    if fans:
        hosts.append(fans.settings.address)
        open_to_all += ["/twin", "/api/twin", "/api/twin/"]
    app.add_middleware(Crowd, put=desk.put)
    app.add_middleware(
        Guard, signin=desk.signin, now_ms=desk.now_ms, hosts=tuple(hosts), open_to_all=tuple(open_to_all)
    )
    return app


class Pages:
    """Serves until it is cancelled."""

    def __init__(
        self, desk: Desk, address: Address, door: socket.socket, passwords: Passwords, fans: Fans | None = None
    ) -> None:
        self._app = application(desk, address, passwords, fans)
        self._address = address
        self._door = door

    async def run(self) -> None:
        await serve(self._app, self._address, self._door)


def _files(app: FastAPI, pages: Sequence[str]) -> None:
    def page(name: str) -> None:
        async def give() -> HTMLResponse:
            return HTMLResponse(page_text(name))

        app.get(f"/{name}", include_in_schema=False)(give)

    for name in pages:
        page(name)

    @app.get("/", include_in_schema=False)
    async def root() -> Response:
        return RedirectResponse("/console")

    @app.get("/web/{name}", include_in_schema=False)
    async def file(name: str) -> Response:
        kinds = {".js": "text/javascript", ".css": "text/css"}
        known = {path.name: path for path in FOLDER.iterdir() if path.suffix in kinds}
        if name not in known:
            raise HTTPException(404)
        return Response(known[name].read_bytes(), media_type=kinds[known[name].suffix])
