"""Streamer.bot's websocket server (docs.streamer.bot/api/websocket), and StreamElements' Astro gateway."""

from __future__ import annotations

import base64
import hashlib
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

_LATER = "2100-01-30T21:32:04.4588947-05:00"


@dataclass
class StreamerBot:
    """Nothing comes before a Subscribe; SendMessage is refused without a password."""

    password: str = "secret-word"
    links: list[WebSocket] = field(default_factory=list)
    posted: list[dict[str, Any]] = field(default_factory=list)
    connections: int = 0
    mute: bool = False  # requests are not answered

    @asynccontextmanager
    async def open(self) -> AsyncIterator[tuple[str, int]]:
        async with serving(Starlette(routes=[WebSocketRoute("/", self._socket)])) as address:
            host, _, port = address.partition(":")
            yield host, int(port)

    async def say(self, number: int, text: str, source: str = "Twitch", at: str = _LATER) -> None:
        message = {
            "msgId": f"m{number}",
            "userId": f"u{number}",
            "username": "mia",
            "displayName": "Mia",
            "role": 3,
            "message": text,
        }
        await self.event(source, "ChatMessage", {"message": message}, at)

    async def event(self, source: str, kind: str, data: dict[str, Any], at: str = _LATER) -> None:
        frame = {
            "timeStamp": at,
            "event": {"source": source, "type": kind},
            "data": data,
        }
        for link in list(self.links):
            await link.send_json(frame)

    async def cut(self) -> None:
        for link in list(self.links):
            await link.close(1001)

    async def _socket(self, link: WebSocket) -> None:
        await link.accept()
        self.connections += 1
        hello: dict[str, Any] = {"request": "Hello", "info": {"name": "Streamer.bot"}}
        if self.password:
            hello["authentication"] = {"salt": "salt", "challenge": "challenge"}
        await link.send_json(hello)
        known = False
        try:
            while True:
                request = json.loads(await link.receive_text())
                if self.mute:
                    continue
                answer: dict[str, Any] = {"id": request["id"], "status": "ok"}
                match request["request"]:
                    case "Authenticate":
                        known = request["authentication"] == _proof(self.password)
                        if not known:
                            answer |= {"status": "error", "error": "Authentication failed"}
                    case "Subscribe":
                        self.links.append(link)
                    case "SendMessage" if known:
                        self.posted.append(request)
                    case _:
                        answer |= {"status": "error", "error": "Not authenticated"}
                await link.send_json(answer)
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            if link in self.links:
                self.links.remove(link)


def _proof(password: str) -> str:
    inner = base64.b64encode(hashlib.sha256(f"{password}salt".encode()).digest())
    return base64.b64encode(hashlib.sha256(inner + b"challenge").digest()).decode()


@dataclass
class StreamElements:
    """Topics are opened one by one, with a token each; it may ask for a new connection."""

    token: str = "good-token"
    topics: dict[str, WebSocket] = field(default_factory=dict)
    resumed: list[str] = field(default_factory=list)
    connections: int = 0
    posted: list[str] = field(default_factory=list)
    too_many: int = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[tuple[str, str]]:
        routes = [
            WebSocketRoute("/", self._socket),
            Route("/api/bot/{channel}/say", self._say, methods=["POST"]),
            Route("/api/channels/me", self._me),
        ]
        async with serving(Starlette(routes=routes)) as address:
            yield f"ws://{address}/", f"http://{address}/api"

    async def send(self, topic: str, ident: str, data: dict[str, Any], at: str = "2100-09-03T11:30:39Z") -> None:
        frame = {
            "id": ident,
            "ts": at,
            "type": "message",
            "topic": topic,
            "room": "x",
            "data": data,
        }
        if topic in self.topics:
            await self.topics[topic].send_json(frame)

    async def ask_to_come_again(self) -> None:
        for link in {id(link): link for link in self.topics.values()}.values():
            await link.send_json({"type": "reconnect", "data": {"reconnect_token": f"token-{self.connections}"}})

    async def _me(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return JSONResponse({"message": "Unauthorized"}, 401)
        return JSONResponse({"_id": "a" * 24, "username": "anna", "displayName": "Anna"})

    async def _say(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return JSONResponse({"message": "Unauthorized"}, 401)
        if self.too_many:
            self.too_many -= 1
            return JSONResponse({"message": "Too many requests"}, 429, headers={"retry-after": "10"})
        self.posted.append((await request.json())["message"])
        return JSONResponse({"status": 200})

    async def _socket(self, link: WebSocket) -> None:
        await link.accept()
        self.connections += 1
        if token := link.query_params.get("reconnect_token"):
            self.resumed.append(token)
        await link.send_json({"id": "1", "type": "welcome", "payload": {"message": "Welcome"}})
        try:
            while True:
                request = json.loads(await link.receive_text())
                answer: dict[str, Any] = {"type": "response", "nonce": request["nonce"], "data": {"message": "ok"}}
                if request["data"]["token"] != self.token:
                    answer["error"] = "err_unauthorized"
                elif request["data"]["topic"] == "channel.chat.message":
                    answer["error"] = "err_bad_request"  # a topic that is not there yet
                else:
                    self.topics[request["data"]["topic"]] = link
                await link.send_json(answer)
        except (WebSocketDisconnect, RuntimeError):
            pass
