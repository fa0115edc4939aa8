"""TikTok as TikTokLive meets it: the live page, the alive check, a signing server and the webcast socket.

Frames are built by the library's own protobuf classes; no recorded frame with a licence was to be had.
"""

from __future__ import annotations

import gzip
import importlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.platforms.serving import serving

ROOM = 7300000000000000001


@dataclass
class TikTok:
    status: int = 2  # of the page; 4: offline
    too_many: int = 0
    links: list[WebSocket] = field(default_factory=list)
    connections: int = 0
    signatures: int = 0
    acks: int = 0
    address: str = ""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[TikTok]:
        app = Starlette(
            routes=[
                Route("/webcast/room/check_alive/", self._alive),
                Route("/@{user}/live", self._page),
                Route("/api-live/user/room/", self._user),
                WebSocketRoute("/push", self._socket),
                Route("/{rest:path}", self._sign),
            ]
        )
        defaults = importlib.import_module("TikTokLive.client.web.web_settings").WebDefaults
        before = (defaults.tiktok_app_url, defaults.tiktok_sign_url, defaults.tiktok_webcast_url)
        async with serving(app) as self.address:
            base = f"http://{self.address}"
            defaults.tiktok_app_url, defaults.tiktok_sign_url = base, base
            defaults.tiktok_webcast_url = f"{base}/webcast"
            try:
                yield self
            finally:
                defaults.tiktok_app_url, defaults.tiktok_sign_url, defaults.tiktok_webcast_url = before

    async def send(self, method: str, message: Any) -> None:
        """One message in one gzipped push frame."""
        proto = importlib.import_module("TikTokLive.proto")
        inner = proto.ProtoMessageFetchResultBaseProtoMessage(method=method, payload=bytes(message))
        result = proto.ProtoMessageFetchResult(messages=[inner], need_ack=True, internal_ext="ext")
        header = proto.PushHeader(key="compress_type", value="gzip")
        frame = proto.WebcastPushFrame(
            log_id=9, headers=[header], payload_type="msg", payload=gzip.compress(bytes(result))
        )
        for link in list(self.links):
            await link.send_bytes(bytes(frame))

    async def cut(self) -> None:
        links, self.links = self.links, []
        for link in links:
            await link.close(1001)

    async def _page(self, request: Request) -> Response:
        user = {"roomId": str(ROOM), "uniqueId": request.path_params["user"], "status": self.status}
        state = {"LiveRoom": {"liveRoomUserInfo": {"user": user}}} if user["uniqueId"] != "nobody" else {}
        return HTMLResponse(f'<script id="SIGI_STATE" type="application/json">{json.dumps(state)}</script>')

    async def _user(self, request: Request) -> Response:
        return JSONResponse({"message": "user_not_found", "data": {}})

    async def _alive(self, request: Request) -> Response:
        return JSONResponse({"data": [{"alive": self.status != 4, "room_id": ROOM}]})

    async def _sign(self, request: Request) -> Response:
        if self.too_many:
            self.too_many -= 1
            headers = {"RateLimit-Remaining": "45", "RateLimit-Reset": "0"}
            return JSONResponse({"message": "too many", "limit_label": "minute"}, 429, headers=headers)
        self.signatures += 1
        proto = importlib.import_module("TikTokLive.proto")
        result = proto.ProtoMessageFetchResult(
            cursor="c", push_server=f"ws://{self.address}/push", route_params={"room": "1"}, is_first=True
        )
        headers = {"X-Set-TT-Cookie": "ttwid=x", "X-Room-Id": str(ROOM)}
        return Response(bytes(result), media_type="application/octet-stream", headers=headers)

    async def _socket(self, link: WebSocket) -> None:
        await link.accept(headers=[(b"handshake-options", b"")])
        self.connections += 1
        self.links.append(link)
        proto = importlib.import_module("TikTokLive.proto")
        try:
            while True:
                frame = proto.WebcastPushFrame().parse(await link.receive_bytes())
                self.acks += frame.payload_type == "ack"
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            if link in self.links:
                self.links.remove(link)
