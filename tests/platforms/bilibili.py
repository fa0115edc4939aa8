"""Bilibili: the web page's requests and websocket, and the open platform's signed project.

Written from bilibili-API-collect (docs/live, docs/misc/sign/wbi.md) and open-live.bilibili.com's documentation.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import brotli
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from livehost.ingest.bilibili_web import Servers
from tests.platforms.serving import form_of, serving

_IMG, _SUB = "653657f524a547ac981ded72ea172057", "6e4909c702f846728e64f6007736a338"
_MIXED = "72136226c6a73669787ee4fd02a74c27"  # what the two keys above mix to, as the document's own example says
_PRESS = {0: lambda data: data, 2: zlib.compress, 3: brotli.compress}


@dataclass
class Bilibili:
    """`code` is answered by getDanmuInfo; `open_code` by the project's start."""

    code: int = 0
    open_code: int = 0
    sign_in_code: int = 0
    version: int = 3  # how bodies are packed: 0 plain, 2 zlib, 3 brotli
    silent: bool = False
    address: str = ""
    links: list[WebSocket] = field(default_factory=list)
    connections: int = 0
    sign_ins: list[dict[str, Any]] = field(default_factory=list)
    beats: int = 0
    posted: list[dict[str, str]] = field(default_factory=list)
    post_message: str = ""
    running: set[str] = field(default_factory=set)  # games of the open platform
    games: int = 0
    game_beats: int = 0
    scans: list[int] = field(default_factory=lambda: [86101, 86101, 86090, 0])  # what becomes of the QR code
    nonces: set[str] = field(default_factory=set)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Servers]:
        app = Starlette(
            routes=[
                Route("/x/frontend/finger/spi", self._finger),
                Route("/x/web-interface/nav", self._nav),
                Route("/room/v1/Room/get_info", self._info),
                Route("/xlive/web-room/v1/index/getDanmuInfo", self._danmu_info),
                Route("/x/passport-login/web/qrcode/generate", self._qr_code),
                Route("/x/passport-login/web/qrcode/poll", self._qr_poll),
                Route("/msg/send", self._send, methods=["POST"]),
                Route("/v2/app/{what}", self._project, methods=["POST"]),
                WebSocketRoute("/sub", self._socket),
            ]
        )
        async with serving(app) as self.address:
            base = f"http://{self.address}"
            yield Servers(base, base, base, base, "ws")

    # --- what a test makes it do

    async def say(self, *texts: str, uid: int = 7, number: int = 0) -> None:
        """All in one frame; more than one packet in its body."""
        commands = [danmaku(text, number + at, uid) for at, text in enumerate(texts)]
        await self.command(*commands)

    async def command(self, *commands: dict[str, Any]) -> None:
        inner = b"".join(_packet(5, json.dumps(command, ensure_ascii=False).encode(), 0) for command in commands)
        frame = inner if self.version == 0 else _packet(5, _PRESS[self.version](inner), self.version)
        await self.raw(frame)

    async def raw(self, frame: bytes) -> None:
        for link in list(self.links):
            await link.send_bytes(frame)

    async def cut(self) -> None:
        links, self.links = self.links, []
        for link in links:
            await link.close(1001)

    # --- the page

    async def _finger(self, request: Request) -> Response:
        return JSONResponse({"code": 0, "data": {"b_3": "BUVID3", "b_4": "x"}})

    async def _nav(self, request: Request) -> Response:
        pictures = {
            "img_url": f"https://i0.hdslb.com/bfs/wbi/{_IMG}.png",
            "sub_url": f"https://i0.hdslb.com/bfs/wbi/{_SUB}.png",
        }
        if request.cookies.get("SESSDATA") == "session":
            return JSONResponse({"code": 0, "data": {"isLogin": True, "wbi_img": pictures}})
        return JSONResponse({"code": -101, "message": "账号未登录", "data": {"isLogin": False, "wbi_img": pictures}})

    async def _info(self, request: Request) -> Response:
        if request.query_params["room_id"] != "6":
            return JSONResponse({"code": 1, "message": "未找到该房间", "data": []})
        return JSONResponse({"code": 0, "data": {"room_id": 7734200, "uid": 50329118, "live_status": 1}})

    async def _danmu_info(self, request: Request) -> Response:
        params = dict(request.query_params)
        given = params.pop("w_rid", "")
        wanted = hashlib.md5((urlencode(sorted(params.items())) + _MIXED[:32]).encode()).hexdigest()
        if self.code or given != wanted or request.cookies.get("buvid3") != "BUVID3":
            return JSONResponse({"code": self.code or -352, "message": "-352"})
        host, _, port = self.address.partition(":")
        return JSONResponse({"code": 0, "data": {"token": "key", "host_list": [{"host": host, "ws_port": int(port)}]}})

    async def _send(self, request: Request) -> Response:
        form = await form_of(request)
        if request.cookies.get("SESSDATA") != "session" or form["csrf"] != "csrf":
            return JSONResponse({"code": -101, "message": "账号未登录"})
        if len(form["msg"]) > 40:
            return JSONResponse({"code": 1003212, "message": "超出限制长度"})
        self.posted.append(form)
        return JSONResponse({"code": 0, "message": self.post_message, "msg": self.post_message, "data": {}})

    async def _qr_code(self, request: Request) -> Response:
        url = "https://account.bilibili.com/h5/account-h5/auth/scan-web?qrcode_key=the-key"
        return JSONResponse({"code": 0, "data": {"url": url, "qrcode_key": "the-key"}})

    async def _qr_poll(self, request: Request) -> Response:
        if request.query_params.get("qrcode_key") != "the-key":
            return JSONResponse({"code": 0, "data": {"code": 86038}})
        code = self.scans.pop(0)
        answer = JSONResponse({"code": 0, "data": {"code": code, "url": ""}})
        for name, value in (
            (("SESSDATA", "session"), ("bili_jct", "csrf"), ("DedeUserID", "555666")) if code == 0 else ()
        ):
            answer.set_cookie(name, value)
        return answer

    # --- the open platform

    async def _project(self, request: Request) -> Response:
        body = await request.body()
        names = sorted(name for name in request.headers if name.startswith("x-bili-"))
        lines = "\n".join(f"{name}:{request.headers[name]}" for name in names)
        wanted = hmac.new(b"access-secret", lines.encode(), hashlib.sha256).hexdigest()
        nonce = request.headers["x-bili-signature-nonce"]
        whole = request.headers["x-bili-content-md5"] == hashlib.md5(body).hexdigest()
        if request.headers["authorization"] != wanted or nonce in self.nonces or not whole:
            return JSONResponse({"code": 4002, "message": "签名异常"})
        self.nonces.add(nonce)
        return self._answer(request.path_params["what"], json.loads(body))

    def _answer(self, what: str, body: dict[str, Any]) -> Response:
        if what == "start":
            if self.open_code or body != {"code": "streamer-code", "app_id": 42}:
                return JSONResponse({"code": self.open_code or 7007, "message": "身份码错误"})
            if self.running:
                return JSONResponse({"code": 7002, "message": "重复游戏"})
            self.games += 1
            game = f"game-{self.games}"
            self.running.add(game)
            websocket = {
                "auth_body": json.dumps({"roomid": 7734200, "key": "open-key"}),
                "wss_link": [f"ws://{self.address}/sub"],
            }
            data = {"game_info": {"game_id": game}, "websocket_info": websocket, "anchor_info": {"room_id": 7734200}}
            return JSONResponse({"code": 0, "data": data})
        if body["game_id"] not in self.running:
            return JSONResponse({"code": 7003, "message": "心跳过期"})
        if what == "heartbeat":
            self.game_beats += 1
        else:
            self.running.discard(body["game_id"])
        return JSONResponse({"code": 0, "data": {}})

    # --- the chat's own server

    async def _socket(self, link: WebSocket) -> None:
        await link.accept()
        self.connections += 1
        beating = asyncio.get_running_loop()
        last = beating.time()
        try:
            first = await link.receive_bytes()
            operation, body = _taken_apart(first)
            self.sign_ins.append(json.loads(body))
            known = self.sign_ins[-1].get("key") in ("key", "open-key") and self.sign_ins[-1]["roomid"] == 7734200
            if operation != 7 or not known:
                await link.close(1008)
                return
            await link.send_bytes(_packet(8, json.dumps({"code": self.sign_in_code}).encode(), 1))
            self.links.append(link)
            while True:
                operation, body = _taken_apart(
                    await asyncio.wait_for(link.receive_bytes(), 70 - (beating.time() - last))
                )
                if operation == 2:
                    self.beats += 1
                    last = beating.time()
                    if not self.silent:
                        await link.send_bytes(_packet(3, struct.pack(">I", 1234), 1) + body)
        except TimeoutError:
            await link.close(1000)
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            if link in self.links:
                self.links.remove(link)


def danmaku(text: str, number: int, uid: int = 7) -> dict[str, Any]:
    extra = json.dumps({"id_str": f"dm-{number}"})
    drawn: list[Any] = [0, 1, 25, 16777215, 4_000_000_000_000, 0, 0, "", 0, 0, 0, "", 0, "{}", "{}", {"extra": extra}]
    return {"cmd": "DANMU_MSG", "info": [drawn, text, [uid, f"观众{uid}", 0, 0, 0, 10000, 1, ""], [], [], [], 0, 0]}


def _packet(operation: int, body: bytes, version: int) -> bytes:
    return struct.pack(">IHHII", 16 + len(body), 16, version, operation, 1) + body


def _taken_apart(frame: bytes) -> tuple[int, bytes]:
    length, header, _, operation, _ = struct.unpack_from(">IHHII", frame)
    return operation, frame[header:length]
