"""YouTube: the Data API's chat (streamList as a JSON array that grows, insert), its sign-in, and the chat's own page.

Written from developers.google.com/youtube/v3/live/docs (liveChatMessages, videos) and the page's frames in the fixtures.
"""

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
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from livehost.ingest.youtube_api import Servers
from tests.platforms.serving import form_of, serving

VIDEO = "dQw4w9WgXcQ"
PAGE_LINE_MS = 2_000


@dataclass
class YouTube:
    """`items` is the whole chat; a page token is how many of them were given."""

    keys: set[str] = field(default_factory=lambda: {"good-key"})
    tokens: set[str] = field(default_factory=lambda: {"good-token"})
    refresh: dict[str, str] = field(default_factory=dict)
    units: int = 0
    quota: int = 10_000
    too_many: int = 0
    live: str = "live"  # or "soon", "over"
    pieces: int = 7  # bytes a piece of the stream
    close_after: int = 0  # pages of a stream; 0: it stays open
    silent: bool = False
    items: list[dict[str, Any]] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    streams: int = 0
    grown: asyncio.Event = field(default_factory=asyncio.Event)
    pending: int = 1

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Servers]:
        app = Starlette(
            routes=[
                Route("/api/videos", self._videos),
                Route("/api/liveChat/messages/stream", self._stream),
                Route("/api/liveChat/messages", self._insert, methods=["POST"]),
                Route("/api/liveChat/messages", self._delete, methods=["DELETE"]),
                Route("/device/code", self._device, methods=["POST"]),
                Route("/token", self._token, methods=["POST"]),
                Route("/live_chat", self._page),
                Route("/youtubei/v1/live_chat/get_live_chat", self._continue, methods=["POST"]),
            ]
        )
        async with serving(app) as address:
            base = f"http://{address}"
            yield Servers(f"{base}/api", base, base)

    def say(self, number: int, text: str, author: str = "UC1", at_ms: int = 0) -> None:
        moment = datetime.datetime.fromtimestamp(at_ms / 1000, datetime.UTC).isoformat()
        snippet = {"type": "textMessageEvent", "publishedAt": moment, "textMessageDetails": {"messageText": text}}
        who = {"channelId": author, "displayName": f"Viewer {author}"}
        self.items.append(
            {"kind": "youtube#liveChatMessage", "id": f"LCC.{number}", "snippet": snippet, "authorDetails": who}
        )
        self.grown.set()

    def delete(self, number: int) -> None:
        snippet = {"type": "messageDeletedEvent", "messageDeletedDetails": {"deletedMessageId": f"LCC.{number}"}}
        self.items.append({"kind": "youtube#liveChatMessage", "id": f"del.{number}", "snippet": snippet})
        self.grown.set()

    # --- the API

    def _refusal(self, request: Request, cost: int, *, sign_in: bool = False) -> Response | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens and (sign_in or request.query_params.get("key") not in self.keys):
            return _error(401, "authError", "Invalid Credentials")
        if self.too_many:
            self.too_many -= 1
            return JSONResponse({"error": {"message": "slow down"}}, 429, headers={"retry-after": "20"})
        self.units += cost
        return _error(403, "quotaExceeded", "You have exceeded your quota.") if self.units > self.quota else None

    async def _videos(self, request: Request) -> Response:
        if refusal := self._refusal(request, 1):
            return refusal
        if request.query_params["id"] != VIDEO:
            return JSONResponse({"items": []})
        details = {"live": {"activeLiveChatId": "CHAT"}, "soon": {"scheduledStartTime": "2026-01-01T00:00:00Z"}}
        over = {"actualEndTime": "2026-01-01T00:00:00Z"}
        return JSONResponse({"items": [{"id": VIDEO, "liveStreamingDetails": details.get(self.live, over)}]})

    async def _stream(self, request: Request) -> Response:
        if refusal := self._refusal(request, 5):
            return refusal
        if request.query_params["liveChatId"] != "CHAT":
            return _error(404, "liveChatNotFound", "not found")
        self.streams += 1
        given = int(request.query_params.get("pageToken", "0"))
        return StreamingResponse(self._pages(given), media_type="application/json")

    async def _pages(self, given: int) -> AsyncIterator[bytes]:
        yield b"["
        pages = 0
        while True:
            page: dict[str, Any] = {"kind": "youtube#liveChatMessageListResponse", "items": self.items[given:]}
            given = len(self.items)
            page["nextPageToken"] = str(given)
            if self.live == "over":
                page["offlineAt"] = "2026-01-01T00:00:00Z"
            text = (json.dumps(page, indent=1) + ",\n").encode()
            for at in range(0, len(text), self.pieces):
                yield text[at : at + self.pieces]
            pages += 1
            if pages == self.close_after:
                return
            self.grown.clear()
            await self.grown.wait()
            if self.silent:
                await asyncio.sleep(3600)

    async def _insert(self, request: Request) -> Response:
        if refusal := self._refusal(request, 50, sign_in=True):
            return refusal
        snippet = (await request.json())["snippet"]
        words = snippet["textMessageDetails"]["messageText"]
        if len(words) > 200 or snippet["liveChatId"] != "CHAT":
            return _error(400, "messageTextInvalid", "The message is not valid.")
        self.posted.append(words)
        self.say(90_000 + len(self.posted), words, author="UCHOST", at_ms=4_000_000_000_000)
        return JSONResponse({"id": f"LCC.{90_000 + len(self.posted)}", "snippet": snippet})

    async def _delete(self, request: Request) -> Response:
        if refusal := self._refusal(request, 20, sign_in=True):
            return refusal
        self.deleted.append(request.query_params["id"])
        return Response(status_code=204)

    # --- sign-in

    async def _device(self, request: Request) -> Response:
        form = await form_of(request)
        if form.get("client_id") != "our-client" or "youtube" not in form.get("scope", ""):
            return JSONResponse({"error": "invalid_client"}, 401)
        given = {"device_code": "device", "user_code": "GQVQ-JKEC", "verification_url": "https://www.google.com/device"}
        return JSONResponse({**given, "expires_in": 1800, "interval": 5})

    async def _token(self, request: Request) -> Response:
        form = await form_of(request)
        if form.get("client_secret") != "our-secret":
            return JSONResponse({"error": "invalid_client", "error_description": "Unauthorized"}, 401)
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] not in self.refresh:
                return JSONResponse({"error": "invalid_grant", "error_description": "Bad Request"}, 400)
            self.tokens.add(self.refresh[form["refresh_token"]])
            return JSONResponse({"access_token": self.refresh[form["refresh_token"]], "expires_in": 3599})
        if self.pending:
            self.pending -= 1
            return JSONResponse({"error": "authorization_pending", "error_description": "Precondition Required"}, 428)
        self.tokens.add("fresh-token")
        return JSONResponse({"access_token": "fresh-token", "refresh_token": "fresh-refresh", "expires_in": 3599})

    # --- the page

    async def _page(self, request: Request) -> Response:
        chat: dict[str, Any] = {"continuations": _continuation("top")}
        items = [{"continuation": {"reloadContinuationData": {"continuation": name}}} for name in ("top", "0")]
        selector = {"sortFilterSubMenuRenderer": {"subMenuItems": items}}
        chat["header"] = {"liveChatHeaderRenderer": {"viewSelector": selector}}
        data = {
            "contents": {"liveChatRenderer": chat} if request.query_params["v"] == VIDEO else {"messageRenderer": {}}
        }
        config = '{"INNERTUBE_API_KEY":"page-key","INNERTUBE_CLIENT_VERSION":"2.20260801"}'
        page = f'<script>ytcfg.set({config});</script><script>window["ytInitialData"] = {json.dumps(data)};</script>'
        return HTMLResponse(page)

    async def _continue(self, request: Request) -> Response:
        body = await request.json()
        if self.too_many:
            self.too_many -= 1
            return JSONResponse({}, 429, headers={"retry-after": "20"})
        if request.query_params["key"] != "page-key" or body["context"]["client"]["clientVersion"] != "2.20260801":
            return JSONResponse({}, 400)
        given = int(body["continuation"])
        actions = [action for item in self.items[max(0, given - 1) :] for action in _action(item)]  # one comes twice
        chat: dict[str, Any] = {"actions": actions}
        if self.live == "live":
            chat["continuations"] = _continuation(str(len(self.items)))
        return JSONResponse({"continuationContents": {"liveChatContinuation": chat}})


def _continuation(name: str) -> list[dict[str, Any]]:
    return [{"timedContinuationData": {"continuation": name, "timeoutMs": PAGE_LINE_MS}}]


def _action(item: dict[str, Any]) -> list[dict[str, Any]]:
    snippet = item["snippet"]
    if snippet["type"] != "textMessageEvent":
        return [{"markChatItemAsDeletedAction": {"targetItemId": snippet["messageDeletedDetails"]["deletedMessageId"]}}]
    moment = datetime.datetime.fromisoformat(snippet["publishedAt"])
    renderer = {
        "id": item["id"],
        "timestampUsec": str(int(moment.timestamp() * 1_000_000)),
        "authorName": {"simpleText": item["authorDetails"]["displayName"]},
        "authorExternalChannelId": item["authorDetails"]["channelId"],
        "message": {"runs": [{"text": snippet["textMessageDetails"]["messageText"]}]},
    }
    return [{"addChatItemAction": {"item": {"liveChatTextMessageRenderer": renderer}}}]


def _error(status: int, reason: str, message: str) -> Response:
    return JSONResponse({"error": {"code": status, "message": message, "errors": [{"reason": reason}]}}, status)
