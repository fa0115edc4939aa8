"""Discord's gateway, version 10, and its messages. Written from docs.discord.com/developers."""

from __future__ import annotations

import asyncio
import datetime
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.platforms.serving import serving

TOKEN, CHANNEL, GUILD, BOT = "good-discord-token", 300_000_000_000_000_001, 200, 77


@dataclass
class Discord:
    address: str = ""  # what clients are told to connect to
    acknowledges: bool = True
    allowed: bool = True  # the Message Content Intent
    too_many: int = 0
    links: list[WebSocket] = field(default_factory=list)
    identified: list[dict[str, Any]] = field(default_factory=list)
    resumed: list[dict[str, Any]] = field(default_factory=list)
    posted: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)  # of the session, for those who resume
    beats: int = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        app = Starlette(
            routes=[
                Route("/api/gateway/bot", self._gateway),
                Route("/api/users/@me", self._me),
                Route("/api/channels/{channel}", self._channel),
                Route("/api/channels/{channel}/messages", self._post, methods=["POST"]),
                Route("/api/channels/{channel}/messages/{message}", self._delete, methods=["DELETE"]),
                WebSocketRoute("/", self._socket),
            ]
        )
        async with serving(app) as address:
            self.address = address
            yield f"http://{address}/api"

    async def say(
        self,
        number: int,
        words: str,
        *,
        user: int = 5,
        at_ms: int = 4_102_444_800_000,
        private: bool = False,
        **more: Any,
    ) -> None:
        at = datetime.datetime.fromtimestamp(at_ms / 1000, datetime.UTC).isoformat()
        author = {"id": str(user), "username": f"viewer{user}", "global_name": f"Viewer {user}"}
        data = {"id": str(number), "channel_id": str(CHANNEL), "guild_id": str(GUILD), "author": author, "type": 0}
        if private:
            data = {**data, "channel_id": str(900 + user)}
            del data["guild_id"]
        await self.push("MESSAGE_CREATE", {**data, "content": words, "timestamp": at, **more})

    async def push(self, kind: str, data: dict[str, Any]) -> None:
        self.events.append({"op": 0, "t": kind, "s": len(self.events) + 2, "d": data})
        for link in list(self.links):
            await link.send_json(self.events[-1])

    async def send(self, op: int, data: Any = None) -> None:
        for link in list(self.links):
            await link.send_json({"op": op, "d": data})

    async def cut(self, code: int = 4000) -> None:
        links, self.links = self.links, []
        for link in links:
            await link.close(code)

    # --- the interfaces

    def _refusal(self, request: Request) -> Response | None:
        if request.headers.get("authorization") != f"Bot {TOKEN}":
            return JSONResponse({"message": "401: Unauthorized", "code": 0}, 401)
        return None

    async def _gateway(self, request: Request) -> Response:
        return self._refusal(request) or JSONResponse({"url": f"ws://{self.address}", "shards": 1})

    async def _me(self, request: Request) -> Response:
        return self._refusal(request) or JSONResponse({"id": str(BOT), "username": "pip"})

    async def _channel(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        if request.path_params["channel"] != str(CHANNEL):
            return JSONResponse({"message": "Unknown Channel", "code": 10003}, 404)
        return JSONResponse({"id": str(CHANNEL), "name": "questions"})

    async def _post(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        if self.too_many:
            self.too_many -= 1
            return JSONResponse({"message": "You are being rate limited.", "retry_after": 13.2, "global": False}, 429)
        self.posted.append({"channel": request.path_params["channel"], **await request.json()})
        number = 5000 + len(self.posted)
        await self.say(number, self.posted[-1]["content"], user=BOT)
        return JSONResponse({"id": str(number)})

    async def _delete(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        self.deleted.append(request.path_params["message"])
        return Response(status_code=204)

    async def _socket(self, link: WebSocket) -> None:
        await link.accept()
        await link.send_json({"op": 10, "d": {"heartbeat_interval": 41_250}})
        try:
            while True:
                frame = json.loads(await link.receive_text())
                await self._took(link, frame["op"], frame["d"])
        except (WebSocketDisconnect, RuntimeError, asyncio.CancelledError):
            pass
        finally:
            if link in self.links:
                self.links.remove(link)

    async def _took(self, link: WebSocket, op: int, data: Any) -> None:
        match op:
            case 1 if self.acknowledges:
                self.beats += 1
                await link.send_json({"op": 11})
            case 2 if data["token"] != TOKEN:
                await link.close(4004)
            case 2 if not self.allowed:
                await link.close(4014)
            case 2:
                self.identified.append(data)
                self.events.clear()
                user = {"id": str(BOT), "username": "pip"}
                ready = {"session_id": "s1", "resume_gateway_url": f"ws://{self.address}", "user": user}
                await link.send_json({"op": 0, "t": "READY", "s": 1, "d": ready})
                self.links.append(link)
            case 6:
                self.resumed.append(data)
                missed = [event for event in self.events if event["s"] > data["seq"]]
                for event in [*missed, {"op": 0, "t": "RESUMED", "s": len(self.events) + 1, "d": {}}]:
                    await link.send_json(event)
                self.links.append(link)
