"""Refuses what is too much at once, and tells of it, and bodies that are too large; who wants silence always gets in."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from livehost.events import Event, PartChanged

MOST = 400  # requests and open sockets
_BODY_MOST = 8 * 1024 * 1024  # a spoken question of the fan page is the largest
_ALWAYS = ("/api/mute", "/api/stop", "/api/panic", "/api/skip")


class Crowd:
    def __init__(self, app: ASGIApp, put: Callable[[Event], None], most: int = MOST) -> None:
        self._app = app
        self._put = put
        self._most = most
        self._inside = 0
        self._told = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        if self._inside >= self._most and scope["path"] not in _ALWAYS:
            await self._refuse(scope, receive, send)
            return
        if _length(scope) > _BODY_MOST:
            await PlainTextResponse("too large\n", 413)(scope, receive, send)
            return
        self._inside += 1
        try:
            await self._app(scope, _bounded(receive), send)
        finally:
            self._inside -= 1
            if self._told and self._inside < self._most // 2:
                self._told = False
                self._put(PartChanged("pages", "ok"))

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._told:
            self._told = True
            self._put(PartChanged("pages", "degraded", f"{self._most} requests at once; the rest is refused"))
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1013, "reason": "too many at once"})
        else:
            await PlainTextResponse("too many at once\n", 503)(scope, receive, send)


def _length(scope: Scope) -> int:
    told = dict(scope["headers"]).get(b"content-length", b"0")
    return int(told) if told.isdigit() else 0


def _bounded(receive: Receive) -> Receive:
    """A body whose length is not told ends as if its sender had gone."""
    read = 0

    async def bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        return message if read <= _BODY_MOST else {"type": "http.disconnect"}

    return bounded
