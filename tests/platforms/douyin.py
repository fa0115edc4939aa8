"""Douyin: push tasks and signed pushes (developer.open-douyin.com, data-open-desc), and a sidecar (jwwsjlm/douyinLive)."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from livehost.ingest.douyin import Servers
from tests.platforms.serving import serving

ROOM, SECRET = "7268", "push-secret"


@dataclass
class Douyin:
    fault: int = 0  # of the tasks' answers
    running: set[str] = field(default_factory=set)
    starts: int = 0
    tokens: int = 0
    links: list[WebSocket] = field(default_factory=list)
    connections: int = 0
    sidecar: str = ""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Servers]:
        app = Starlette(
            routes=[
                Route("/token", self._token, methods=["POST"]),
                Route("/task/{what}", self._task, methods=["POST"]),
                WebSocketRoute("/ws/{room}", self._socket),
            ]
        )
        async with serving(app) as address:
            self.sidecar = f"ws://{address}"
            yield Servers(f"http://{address}/task", f"http://{address}/token")

    async def say(self, frame: dict[str, Any]) -> None:
        """Through the sidecar."""
        for link in list(self.links):
            await link.send_text(json.dumps(frame, ensure_ascii=False))

    async def cut(self) -> None:
        for link in list(self.links):
            await link.close(1001)

    async def _token(self, request: Request) -> Response:
        body = await request.json()
        if body != {"appid": "tt42", "secret": "app-secret", "grant_type": "client_credential"}:
            return JSONResponse({"err_no": 40017, "err_tips": "bad secret"})
        self.tokens += 1
        return JSONResponse({"err_no": 0, "data": {"access_token": f"token-{self.tokens}", "expires_in": 1200}})

    async def _task(self, request: Request) -> Response:
        body = await request.json()
        if self.fault or request.headers.get("access-token") != f"token-{self.tokens}" or body["roomid"] != ROOM:
            return JSONResponse({"err_no": self.fault or 40022, "err_msg": "fault", "logid": "x"})
        if request.path_params["what"] == "start":
            self.starts += 1
            self.running.add(body["msg_type"])
        else:
            self.running.discard(body["msg_type"])
        return JSONResponse({"err_no": 0, "err_msg": "", "data": {"task_id": body["msg_type"]}})

    async def _socket(self, link: WebSocket) -> None:
        await link.accept()
        self.connections += 1
        if link.path_params["room"] != ROOM:
            await link.send_json({"type": "system", "event": "live_status", "code": "ROOM_NOT_FOUND", "valid": False})
            await link.close()
            return
        await link.send_json(
            {"type": "system", "event": "live_status", "code": "ROOM_ONLINE", "valid": True, "live": True}
        )
        self.links.append(link)
        try:
            while True:
                await link.receive_text()
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self.links.remove(link)


async def push(
    client: httpx2.AsyncClient,
    address: str,
    kind: str,
    payload: list[dict[str, Any]],
    *,
    at_ms: int,
    secret: str = SECRET,
) -> int:
    """A push as Douyin sends it; the status of the answer."""
    body = json.dumps(payload, ensure_ascii=False)
    headers = {"x-nonce-str": "123456", "x-timestamp": str(at_ms), "x-roomid": ROOM, "x-msg-type": kind}
    text = "&".join(f"{name}={headers[name]}" for name in sorted(headers)) + body + secret
    headers["x-signature"] = base64.b64encode(hashlib.md5(text.encode()).digest()).decode()
    return (
        await client.post(address, content=body.encode(), headers={**headers, "content-type": "application/json"})
    ).status_code
