"""Relays that hand JSON on over a websocket and take replies: Social Stream Ninja's, oba-live-tool's, anybody's."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.platforms.serving import serving


@dataclass
class Relay:
    """Whoever connects gets everything; `paths` is where they came in."""

    links: list[WebSocket] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        """HOST:PORT."""
        async with serving(Starlette(routes=[WebSocketRoute("/{path:path}", self._socket)])) as address:
            yield address

    async def send(self, *frames: dict[str, Any]) -> None:
        for frame in frames:
            for link in list(self.links):
                await link.send_text(json.dumps(frame, ensure_ascii=False))

    async def cut(self) -> None:
        for link in list(self.links):
            await link.close(1001)

    async def _socket(self, link: WebSocket) -> None:
        await link.accept()
        self.links.append(link)
        self.paths.append(link.url.path)
        try:
            while True:
                self.received.append(json.loads(await link.receive_text()))
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self.links.remove(link)
