"""Twitch: sign-in, Helix and EventSub (dev.twitch.tv: websocket-reference, handling-websocket-events, getting-tokens-oauth)."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from livehost.ingest.twitch_helix import SCOPES, Servers
from tests.platforms.serving import form_of, serving

KEEPALIVE_S = 10
USERS = {"anna": "100", "cohost": "200"}


@dataclass
class Twitch:
    """`tokens`: those that are good, with their scopes."""

    tokens: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"good-token": SCOPES})
    refresh: dict[str, str] = field(default_factory=dict)  # refresh token → the access token it gives
    pending: int = 2  # how often the device's question is answered with "pending"
    denied_kinds: tuple[str, ...] = ()
    too_many: int = 0  # so many answers are 429, with a reset 30 s later
    drop_reason: str = ""
    keepalives: bool = True
    sessions: dict[str, WebSocket] = field(default_factory=dict)
    subscribed: dict[str, set[str]] = field(default_factory=dict)
    conditions: list[dict[str, Any]] = field(default_factory=list)
    posted: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    closed_unused: int = 0
    connections: int = 0
    address: str = ""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Servers]:
        app = Starlette(
            routes=[
                Route("/oauth2/validate", self._validate),
                Route("/oauth2/device", self._device, methods=["POST"]),
                Route("/oauth2/token", self._token, methods=["POST"]),
                Route("/helix/users", self._users),
                Route("/helix/eventsub/subscriptions", self._subscribe, methods=["POST"]),
                Route("/helix/chat/messages", self._send, methods=["POST"]),
                Route("/helix/moderation/chat", self._delete, methods=["DELETE"]),
                WebSocketRoute("/ws", self._socket),
            ]
        )
        async with serving(app) as self.address:
            base = f"http://{self.address}"
            yield Servers(f"{base}/helix", f"{base}/oauth2", f"ws://{self.address}/ws", f"ws://{self.address}/irc")

    # --- what a test makes it do

    async def chat(self, number: int, text: str, chatter: str = "300", *, twice: bool = False, at_ms: int = 0) -> None:
        event: dict[str, Any] = {
            "broadcaster_user_id": "100",
            "chatter_user_id": chatter,
            "chatter_user_login": f"viewer{chatter}",
            "chatter_user_name": f"Viewer{chatter}",
            "message_id": f"chat-{number}",
            "message": {"text": text, "fragments": [{"type": "text", "text": text}]},
            "badges": [],
            "cheer": None,
            "reply": None,
        }
        for _ in range(1 + twice):
            await self.notify("channel.chat.message", event, f"n-{number}", at_ms)

    async def notify(self, kind: str, event: dict[str, Any], message_id: str, at_ms: int = 0) -> None:
        frame = _frame("notification", {"subscription": {"type": kind, "version": "1"}, "event": event}, message_id)
        if at_ms:
            moment = datetime.datetime.fromtimestamp(at_ms / 1000, datetime.UTC)
            frame["metadata"]["message_timestamp"] = moment.isoformat()
        for session, socket in list(self.sessions.items()):
            if kind in self.subscribed.get(session, ()):
                await socket.send_json(frame)

    async def ask_to_move(self) -> None:
        """Every session is to go on at another address; its subscriptions go with it."""
        for session, socket in list(self.sessions.items()):
            url = f"ws://{self.address}/ws?moved={session}"
            await socket.send_json(_frame("session_reconnect", {"session": {"id": session, "reconnect_url": url}}))

    async def revoke(self) -> None:
        subscription = {"type": "channel.chat.message", "status": "authorization_revoked"}
        for socket in list(self.sessions.values()):
            await socket.send_json(_frame("revocation", {"subscription": subscription}))

    async def cut(self) -> None:
        sockets = list(self.sessions.values())
        self.sessions.clear()
        for socket in sockets:
            await socket.close(1011)

    # --- sign-in

    async def _validate(self, request: Request) -> Response:
        scopes = self.tokens.get(request.headers.get("authorization", "").removeprefix("OAuth "))
        if scopes is None:
            return JSONResponse({"status": 401, "message": "invalid access token"}, 401)
        found = {"client_id": "our-client", "login": "cohost", "user_id": "200", "scopes": scopes, "expires_in": 14_000}
        return JSONResponse(found)

    async def _device(self, request: Request) -> Response:
        form = await form_of(request)
        if form.get("client_id") != "our-client" or not form.get("scopes"):
            return JSONResponse({"status": 400, "message": "invalid client"}, 400)
        where = "https://www.twitch.tv/activate?device-code=ABCDEFGH"
        given = {"device_code": "device", "user_code": "ABCDEFGH", "verification_uri": where}
        return JSONResponse({**given, "expires_in": 1800, "interval": 5})

    async def _token(self, request: Request) -> Response:
        form = await form_of(request)
        if form.get("grant_type") == "refresh_token":
            access = self.refresh.pop(str(form.get("refresh_token")), "")
            if not access:
                return JSONResponse({"status": 400, "message": "Invalid refresh token"}, 400)
        elif self.pending:
            self.pending -= 1
            return JSONResponse({"status": 400, "message": "authorization_pending"}, 400)
        else:
            access = "fresh-token"
        self.tokens[access] = SCOPES
        self.refresh["next-refresh"] = "later-token"
        given = {"access_token": access, "refresh_token": "next-refresh", "expires_in": 14_000, "token_type": "bearer"}
        return JSONResponse(given)

    # --- Helix

    def _refusal(self, request: Request) -> Response | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens or request.headers.get("client-id") != "our-client":
            return JSONResponse({"error": "Unauthorized", "status": 401, "message": "Invalid OAuth token"}, 401)
        if self.too_many:
            self.too_many -= 1
            return JSONResponse({"status": 429, "message": "too many"}, 429, headers={"retry-after": "30"})
        return None

    async def _users(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        login = request.query_params.get("login", "")
        return JSONResponse({"data": [{"id": USERS[login], "login": login}] if login in USERS else []})

    async def _subscribe(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        body = await request.json()
        session = body["transport"]["session_id"]
        if session not in self.sessions:
            return JSONResponse({"status": 400, "message": "websocket transport session does not exist"}, 400)
        if body["type"] in self.denied_kinds:
            return JSONResponse({"status": 403, "message": "subscription missing proper authorization"}, 403)
        self.subscribed[session].add(body["type"])
        self.conditions.append(body["condition"])
        return JSONResponse({"data": [{"id": "sub", "status": "enabled"}]}, 202)

    async def _send(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        self.posted.append(await request.json())
        if self.drop_reason:
            dropped = {"message_id": "", "is_sent": False, "drop_reason": {"code": "x", "message": self.drop_reason}}
            return JSONResponse({"data": [dropped]})
        sent = {"message_id": f"own-{len(self.posted)}", "is_sent": True, "drop_reason": None}
        await self.chat(1_000_000 + len(self.posted), self.posted[-1]["message"], chatter="200")
        return JSONResponse({"data": [sent]})

    async def _delete(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        query = request.query_params
        if (query["broadcaster_id"], query["moderator_id"]) != ("100", "200"):
            return JSONResponse({"status": 403, "message": "The user is not one of the broadcaster's moderators."}, 403)
        self.deleted.append(query["message_id"])
        return Response(status_code=204)

    # --- EventSub

    async def _socket(self, socket: WebSocket) -> None:
        await socket.accept()
        self.connections += 1
        session = f"session-{self.connections}"
        old = socket.query_params.get("moved", "")
        self.sessions[session] = socket
        self.subscribed[session] = set(self.subscribed.get(old, ()))
        told = {"id": session, "status": "connected", "keepalive_timeout_seconds": KEEPALIVE_S, "reconnect_url": None}
        await socket.send_json(_frame("session_welcome", {"session": told}))
        if old:
            self.sessions.pop(old, None)  # notifications go to the new one from now on
        tending = asyncio.create_task(self._tend(socket, session))
        try:
            while True:
                await socket.receive_text()
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            tending.cancel()
            self.sessions.pop(session, None)

    async def _tend(self, socket: WebSocket, session: str) -> None:
        """Closes what nobody subscribed with within 10 s; says that it is alive."""
        await asyncio.sleep(10)
        if not self.subscribed[session]:
            self.closed_unused += 1
            await socket.close(4003)
            return
        while self.keepalives:
            await socket.send_json(_frame("session_keepalive", {}))
            await asyncio.sleep(KEEPALIVE_S)


def _frame(kind: str, payload: dict[str, Any], message_id: str = "") -> dict[str, Any]:
    metadata = {"message_id": message_id or f"m-{kind}", "message_type": kind, "message_timestamp": ""}
    return {"metadata": metadata, "payload": payload}
