"""The websocket of a page that follows the session: what changed, a few times a second, made once for all pages."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

import msgspec
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from livehost.show.api import Desk
from livehost.show.desk import lines_after, lines_numbered
from livehost.show.guard import is_gone, person_of
from livehost.show.offers import products_of

_PUSH_SECONDS = 0.15
_FRESH_MS = 100
_UNDECIDED_MOST = 500


@dataclass
class Newest:
    """The state as it is sent, at most a tenth of a second old."""

    desk: Desk
    state: str = ""
    products: str = ""
    _made_ms: int = -_FRESH_MS
    _priced: object = None  # what the products were made of

    def look(self) -> None:
        now_ms = self.desk.now_ms()
        if now_ms - self._made_ms >= _FRESH_MS:
            self._made_ms = now_ms
            view, knowledge = self.desk.view, self.desk.knowledge
            self.state = _encoded("state", self.desk.state())
            priced = (id(knowledge), tuple(view.prices.items()), view.at_ms // 60_000)
            if priced != self._priced:
                self._priced = priced
                self.products = _encoded("products", products_of(view, knowledge))


def following(app: FastAPI, desk: Desk) -> None:
    newest = Newest(desk)

    @app.websocket("/api/live")
    async def live(socket: WebSocket) -> None:
        """Pushes the state when it changed, new lines, and what was decided on them; whatever the page sends comes back."""
        await socket.accept()
        both = [asyncio.create_task(_push(socket, desk, newest)), asyncio.create_task(_echo(socket))]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:  # a page that is told nothing any more must see that its link is gone
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # it is the page that went
                await socket.close(1011)


async def _echo(socket: WebSocket) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError, KeyError):
        while True:
            await socket.send_text(await socket.receive_text())


async def _push(socket: WebSocket, desk: Desk, newest: Newest) -> None:
    known, state, products, person = 0, "", "", person_of(socket.scope)
    undecided: set[int] = set()  # lines that were sent before anything was decided on them
    sound = {"microphone": bool(desk.sound.hearer), "speaker": desk.sound.plays}
    await socket.send_text(_encoded("me", {"name": person.name, "role": person.role, "sound": sound}))
    while not is_gone(socket.scope, desk.signin, desk.now_ms()):
        lines = lines_after(desk.view, known)
        if lines:
            known = lines[-1].number
            undecided |= {line.number for line in lines if line.type == "message" and not line.kind}
            await socket.send_text(_encoded("lines", lines))
        if decided := tuple(line for line in lines_numbered(desk.view, undecided) if line.kind):
            undecided -= {line.number for line in decided}
            await socket.send_text(_encoded("decided", decided))
        undecided = {number for number in undecided if number > known - _UNDECIDED_MOST}
        newest.look()
        if newest.products != products:
            products = newest.products
            await socket.send_text(products)
        if newest.state != state:
            state = newest.state
            await socket.send_text(state)
        await asyncio.sleep(_PUSH_SECONDS)


def _encoded(name: str, what: object) -> str:
    return msgspec.json.encode({name: what}).decode()
