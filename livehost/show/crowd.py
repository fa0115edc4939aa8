"""Refuses what is too much at once, and tells of it; who wants silence always gets in."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from livehost.events import Event, PartChanged

MOST = 400  # requests and open sockets
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
        self._inside += 1
        try:
            await self._app(scope, receive, send)
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
