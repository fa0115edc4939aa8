"""Kick: the page's Pusher socket, the public interface, and webhooks signed with a key of our own.

Written from docs.kick.com (KickEngineering/KickDevDocs) and pusher.com's protocol, version 7.
"""

from __future__ import annotations

import asyncio
import base64
import datetime
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from livehost.ingest.kick_api import Servers
from tests.platforms.serving import form_of, serving

CHATROOM, CHANNEL, BROADCASTER = 2507974, 668, 676
KEY = rsa.generate_private_key(65537, 2048)


@dataclass
class KickServer:
    tokens: set[str] = field(default_factory=lambda: {"good-token"})
    refresh: dict[str, str] = field(default_factory=dict)
    page_status: int = 200
    pongs: bool = True
    too_many: int = 0
    refused: str = ""
    challenge: str = ""  # of the sign-in that the browser saw
    links: list[WebSocket] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    pings: int = 0
    connections: int = 0
    posted: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    subscribed: list[dict[str, Any]] = field(default_factory=list)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Servers]:
        app = Starlette(
            routes=[
                Route("/page/channels/{slug}", self._page),
                Route("/api/channels", self._channels),
                Route("/api/users", self._users),
                Route("/api/chat", self._chat, methods=["POST"]),
                Route("/api/chat/{line_id}", self._delete, methods=["DELETE"]),
                Route("/api/events/subscriptions", self._subscribe, methods=["GET", "POST"]),
                Route("/api/public-key", self._public_key),
                Route("/oauth/token", self._token, methods=["POST"]),
                WebSocketRoute("/app", self._socket),
            ]
        )
        async with serving(app) as address:
            base = f"http://{address}"
            yield Servers(f"{base}/api", f"{base}/page", f"{base}/oauth", f"ws://{address}/app?protocol=7")

    # --- what a test makes it do

    async def say(self, number: int, text: str, sender: int = 1, at_ms: int = 4_102_444_800_000) -> None:
        data = {
            "id": f"chat-{number}",
            "chatroom_id": CHATROOM,
            "content": text,
            "type": "message",
            "created_at": datetime.datetime.fromtimestamp(at_ms / 1000, datetime.UTC).isoformat(),
            "sender": {"id": sender, "username": f"viewer{sender}", "identity": {"badges": []}},
        }
        await self.push("App\\Events\\ChatMessageEvent", data, f"chatrooms.{CHATROOM}.v2")

    async def push(self, event: str, data: dict[str, Any], channel: str) -> None:
        for link in list(self.links):
            await link.send_json({"event": event, "data": json.dumps(data), "channel": channel})

    async def cut(self, code: int = 1001) -> None:
        links, self.links = self.links, []
        for link in links:
            await link.close(code)

    # --- the interfaces

    async def _page(self, request: Request) -> Response:
        if self.page_status != 200:
            return JSONResponse({}, self.page_status)
        return JSONResponse({"id": CHANNEL, "user_id": BROADCASTER, "chatroom": {"id": CHATROOM}})

    def _refusal(self, request: Request) -> Response | None:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return JSONResponse({"message": "Unauthorized", "data": {}}, 401)
        if self.too_many:
            self.too_many -= 1
            return JSONResponse({"message": "Too Many Requests"}, 429, headers={"retry-after": "25"})
        return None

    async def _channels(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        known = request.query_params["slug"] == "anna"
        return JSONResponse({"data": [{"broadcaster_user_id": BROADCASTER, "slug": "anna"}] if known else []})

    async def _users(self, request: Request) -> Response:
        return self._refusal(request) or JSONResponse({"data": [{"user_id": 900, "name": "Cohost"}]})

    async def _chat(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        if self.refused:
            return JSONResponse({"message": self.refused}, 403)
        self.posted.append(await request.json())
        await self.say(10_000 + len(self.posted), self.posted[-1]["content"], sender=900)
        return JSONResponse({"data": {"is_sent": True, "message_id": "x"}, "message": "OK"})

    async def _delete(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        self.deleted.append(request.path_params["line_id"])
        return Response(status_code=204)

    async def _subscribe(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        if request.method == "GET":
            events = [event for one in self.subscribed[-1:] for event in one["events"]]
            return JSONResponse({"data": [{"event": one["name"], "version": 1, "id": "s"} for one in events]})
        self.subscribed.append(await request.json())
        return JSONResponse({"data": [{"name": "chat.message.sent", "subscription_id": "s", "error": ""}]})

    async def _public_key(self, request: Request) -> Response:
        kind = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        return JSONResponse({"data": {"public_key": KEY.public_key().public_bytes(*kind).decode()}})

    async def _token(self, request: Request) -> Response:
        form = await form_of(request)
        if form["grant_type"] == "authorization_code":
            verifier = (
                base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
            )
            if form["code"] != "the-code" or verifier != self.challenge:
                return JSONResponse({"error": "invalid_grant"}, 400)
            self.tokens.add("fresh-token")
            return JSONResponse({"access_token": "fresh-token", "refresh_token": "fresh-refresh", "expires_in": 7200})
        access = self.refresh.pop(form["refresh_token"], "")
        if not access or form.get("client_secret") != "our-secret":
            return JSONResponse({"error": "invalid_grant"}, 401)
        self.tokens.add(access)
        return JSONResponse({"access_token": access, "refresh_token": "next-refresh", "expires_in": 7200})

    # --- Pusher

    async def _socket(self, link: WebSocket) -> None:
        await link.accept()
        self.connections += 1
        told = json.dumps({"socket_id": "1.1", "activity_timeout": 120})
        await link.send_json({"event": "pusher:connection_established", "data": told})
        loop = asyncio.get_running_loop()
        last = loop.time()
        try:
            while True:
                frame = json.loads(await asyncio.wait_for(link.receive_text(), last + 150 - loop.time()))
                last = loop.time()
                if frame["event"] == "pusher:subscribe":
                    channel = frame["data"]["channel"]
                    self.channels.append(channel)
                    await link.send_json(
                        {"event": "pusher_internal:subscription_succeeded", "data": "{}", "channel": channel}
                    )
                    if channel.startswith("chatrooms"):
                        self.links.append(link)
                elif frame["event"] == "pusher:ping" and self.pongs:
                    self.pings += 1
                    await link.send_json({"event": "pusher:pong", "data": "{}"})
        except TimeoutError:
            await link.close(4201)
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            if link in self.links:
                self.links.remove(link)


async def deliver(
    client: httpx2.AsyncClient, address: str, kind: str, body: dict[str, Any], *, ident: str, at_ms: int, key: Any = KEY
) -> int:
    """A webhook as Kick sends it; the status of the answer."""
    content = json.dumps(body).encode()
    at = datetime.datetime.fromtimestamp(at_ms / 1000, datetime.UTC).isoformat()
    signed = key.sign(f"{ident}.{at}.".encode() + content, padding.PKCS1v15(), hashes.SHA256())
    headers = {
        "Kick-Event-Message-Id": ident,
        "Kick-Event-Signature": base64.b64encode(signed).decode(),
        "Kick-Event-Message-Timestamp": at,
        "Kick-Event-Type": kind,
        "Kick-Event-Version": "1",
    }
    return (await client.post(address, content=content, headers=headers)).status_code
