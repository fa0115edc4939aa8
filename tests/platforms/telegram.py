"""Telegram's Bot API: long polling, messages, replies, refusals. Written from core.telegram.org/bots/api."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.platforms.serving import serving

TOKEN, GROUP, BOT = "123456:good-token", -1001234, 77


@dataclass
class Telegram:
    sees_all: bool = True
    conflict: bool = False
    too_many: int = 0
    updates: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[int] = field(default_factory=list)
    polls: int = 0
    _came: asyncio.Event = field(default_factory=asyncio.Event)
    _count: int = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        async with serving(Starlette(routes=[Route("/bot{token}/{method}", self._call, methods=["POST"])])) as address:
            yield f"http://{address}"
            self._came.set()

    async def say(
        self, number: int, words: str, *, user: int = 5, at_ms: int = 4_102_444_800_000, chat: int = GROUP, **more: Any
    ) -> None:
        kind = "private" if chat > 0 else "supergroup"
        message = {
            "message_id": number,
            "date": at_ms // 1000,
            "chat": {"id": chat, "type": kind, "title": "Anna's friends"},
            "from": {"id": user, "is_bot": False, "first_name": f"Viewer{user}"},
            "text": words,
            **more,
        }
        await self.update({"message": message})

    async def update(self, what: dict[str, Any]) -> None:
        self._count += 1
        self.updates.append({"update_id": 500 + self._count, **what})
        self._came.set()

    async def _call(self, request: Request) -> Response:
        if request.path_params["token"] != TOKEN:
            return _no(401, "Unauthorized")
        values = await request.json()
        match request.path_params["method"]:
            case "getMe":
                me = {"id": BOT, "is_bot": True, "username": "pip_bot", "can_read_all_group_messages": self.sees_all}
                return _yes(me)
            case "getChat":
                known = values["chat_id"] in (str(GROUP), "@annas_friends")
                chat = {"id": GROUP, "type": "supergroup", "title": "Anna's friends"}
                return _yes(chat) if known else _no(400, "Bad Request: chat not found")
            case "getUpdates":
                return await self._updates(values)
            case "sendMessage":
                return await self._send(values)
            case "deleteMessage":
                self.deleted.append(values["message_id"])
                return _yes(True)
        return _no(404, "Not Found")

    async def _updates(self, values: dict[str, Any]) -> Response:
        self.polls += 1
        if self.conflict:
            return _no(409, "Conflict: terminated by other getUpdates request")
        self.updates = [update for update in self.updates if update["update_id"] >= values["offset"]]
        if not self.updates:
            self._came.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._came.wait(), values["timeout"])
        return _yes(self.updates[:100])

    async def _send(self, values: dict[str, Any]) -> Response:
        if self.too_many:
            self.too_many -= 1
            return JSONResponse(
                {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 14}},
                429,
            )
        self.sent.append(values)
        return _yes({"message_id": 9000 + len(self.sent), "chat": {"id": int(values["chat_id"])}})


def _yes(result: Any) -> Response:
    return JSONResponse({"ok": True, "result": result})


def _no(code: int, words: str) -> Response:
    return JSONResponse({"ok": False, "error_code": code, "description": words}, code)
