"""Comments below videos: YouTube's Data API (commentThreads, comments) and Bilibili's page (x/v2/reply).

Written from developers.google.com/youtube/v3/docs (commentThreads, comments) and bilibili-API-collect (docs/comment).
"""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from livehost.ingest import bilibili_web, youtube_api
from tests.platforms.serving import form_of, serving

VIDEO, CREATOR = "dQw4w9WgXcQ", "UC" + "a" * 22
BV, AID, UP = "BV1xx411c7mD", "2", "50329118"
_SHOWN = 3  # replies of a thread in a list of threads


@dataclass
class Comment:
    id: str
    author: str
    text: str
    at_ms: int
    replies: list[Comment] = field(default_factory=list)


@dataclass
class Comments:
    """`threads` as they were begun."""

    threads: list[Comment] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)  # paths
    count: int = 0

    def say(self, text: str, author: str = "mia", at_ms: int = 0, thread: str = "") -> str:
        """A new thread, or a reply in one; its id."""
        self.count += 1
        if not thread:
            self.threads.append(Comment(f"T{self.count}", author, text, at_ms))
            return self.threads[-1].id
        found = self.of(thread)
        found.replies.append(Comment(f"{thread}.R{self.count}", author, text, at_ms))
        return found.replies[-1].id

    def of(self, thread: str) -> Comment:
        return next(found for found in self.threads if found.id == thread)


@dataclass
class YouTubeComments(Comments):
    units: int = 0
    quota: int = 10_000

    @asynccontextmanager
    async def open(self) -> AsyncIterator[youtube_api.Servers]:
        routes = [
            Route("/api/commentThreads", self._threads),
            Route("/api/comments", self._replies),
            Route("/api/comments", self._insert, methods=["POST"]),
            Route("/api/comments", self._delete, methods=["DELETE"]),
            Route("/token", self._token, methods=["POST"]),
        ]
        async with serving(Starlette(routes=routes)) as address:
            base = f"http://{address}"
            yield youtube_api.Servers(f"{base}/api", base, base, f"{base}/consent")

    def _refusal(self, request: Request, cost: int, *, sign_in: bool = False) -> Response | None:
        self.asked.append(f"{request.method} {request.url.path}")
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token != "good-token" and (sign_in or request.query_params.get("key") != "good-key"):
            return _error(401, "authError")
        self.units += cost
        return _error(403, "quotaExceeded") if self.units > self.quota else None

    async def _threads(self, request: Request) -> Response:
        if refusal := self._refusal(request, 1):
            return refusal
        where = {request.query_params.get(name) for name in ("videoId", "allThreadsRelatedToChannelId")}
        if not where & {VIDEO, CREATOR}:
            return _error(404, "videoNotFound")
        found = sorted(self.threads, key=lambda thread: -thread.at_ms)[: int(request.query_params["maxResults"])]
        return JSONResponse({"kind": "youtube#commentThreadListResponse", "items": [_thread(one) for one in found]})

    async def _replies(self, request: Request) -> Response:
        if refusal := self._refusal(request, 1):
            return refusal
        found = self.of(request.query_params["parentId"])
        return JSONResponse({"items": [_comment(reply, found.id) for reply in found.replies]})

    async def _insert(self, request: Request) -> Response:
        if refusal := self._refusal(request, 50, sign_in=True):
            return refusal
        snippet = (await request.json())["snippet"]
        ident = self.say(snippet["textOriginal"], CREATOR, 4_000_000_000_000, snippet["parentId"])
        return JSONResponse({"kind": "youtube#comment", "id": ident})

    async def _delete(self, request: Request) -> Response:
        if refusal := self._refusal(request, 50, sign_in=True):
            return refusal
        self.deleted.append(request.query_params["id"])
        return Response(status_code=204)

    async def _token(self, request: Request) -> Response:
        form = await form_of(request)
        if form["grant_type"] != "authorization_code" or not form.get("code_verifier"):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": "good-token", "refresh_token": "more", "expires_in": 3599})


def _thread(thread: Comment) -> dict[str, Any]:
    snippet = {
        "channelId": CREATOR,
        "videoId": VIDEO,
        "topLevelComment": _comment(thread),
        "canReply": True,
        "totalReplyCount": len(thread.replies),
    }
    found: dict[str, Any] = {"kind": "youtube#commentThread", "id": thread.id, "snippet": snippet}
    if thread.replies:
        found["replies"] = {"comments": [_comment(reply, thread.id) for reply in thread.replies[:_SHOWN]][::-1]}
    return found


def _comment(comment: Comment, parent: str = "") -> dict[str, Any]:
    moment = datetime.datetime.fromtimestamp(comment.at_ms / 1000, datetime.UTC)
    snippet: dict[str, Any] = {
        "textDisplay": comment.text,
        "textOriginal": comment.text,
        "authorDisplayName": f"@{comment.author}",
        "authorChannelId": {"value": comment.author},
        "publishedAt": moment.isoformat().replace("+00:00", "Z"),
    }
    return {
        "kind": "youtube#comment",
        "id": comment.id,
        "snippet": {**snippet, **({"parentId": parent} if parent else {})},
    }


def _error(status: int, reason: str) -> Response:
    return JSONResponse({"error": {"code": status, "message": reason, "errors": [{"reason": reason}]}}, status)


@dataclass
class BilibiliComments(Comments):
    """Ids are numbers there: "T3" is 1003, "T3.R4" is 2004. `code` is what posting is answered with."""

    code: int = 0
    forms: list[dict[str, str]] = field(default_factory=list)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[bilibili_web.Servers]:
        routes = [
            Route("/x/web-interface/view", self._view),
            Route("/x/web-interface/nav", self._nav),
            Route("/x/v2/reply", self._list),
            Route("/x/v2/reply/reply", self._more),
            Route("/x/v2/reply/add", self._add, methods=["POST"]),
            Route("/x/v2/reply/del", self._del, methods=["POST"]),
        ]
        async with serving(Starlette(routes=routes)) as address:
            base = f"http://{address}"
            yield bilibili_web.Servers(base, base, base, base, "ws")

    async def _view(self, request: Request) -> Response:
        if request.query_params["bvid"] != BV:
            return JSONResponse({"code": -404, "message": "啥都木有"})
        return JSONResponse(
            {"code": 0, "data": {"bvid": BV, "aid": int(AID), "owner": {"mid": int(UP), "name": "小禾"}}}
        )

    async def _nav(self, request: Request) -> Response:
        return JSONResponse({"code": 0, "data": {"isLogin": request.cookies.get("SESSDATA") == "session"}})

    async def _list(self, request: Request) -> Response:
        self.asked.append("list")
        if (request.query_params["type"], request.query_params["oid"]) != ("1", AID):
            return JSONResponse({"code": -404, "message": "啥都木有"})
        newest = sorted(self.threads, key=lambda thread: -thread.at_ms)[: int(request.query_params["ps"])]
        replies = [
            {**_reply(one), "rcount": len(one.replies), "replies": [_reply(r, one) for r in one.replies[:_SHOWN]]}
            for one in newest
        ]
        count = sum(1 + len(one.replies) for one in self.threads)
        return JSONResponse({"code": 0, "data": {"page": {"num": 1, "acount": count}, "replies": replies or None}})

    async def _more(self, request: Request) -> Response:
        self.asked.append("more")
        thread = next(one for one in self.threads if _number(one.id) == int(request.query_params["root"]))
        size, page = int(request.query_params["ps"]), int(request.query_params["pn"])
        shown = thread.replies[(page - 1) * size : page * size]
        return JSONResponse({"code": 0, "data": {"replies": [_reply(one, thread) for one in shown] or None}})

    async def _add(self, request: Request) -> Response:
        form = await form_of(request)
        if request.cookies.get("SESSDATA") != "session" or form["csrf"] != "csrf":
            return JSONResponse({"code": -101, "message": "账号未登录"})
        if self.code:
            return JSONResponse({"code": self.code, "message": "评论内容包含敏感信息"})
        self.forms.append(form)
        thread = next(one for one in self.threads if _number(one.id) == int(form["root"]))
        ident = self.say(form["message"], "555666", 4_000_000_000_000, thread.id)
        return JSONResponse({"code": 0, "data": {"rpid": _number(ident), "root": int(form["root"])}})

    async def _del(self, request: Request) -> Response:
        form = await form_of(request)
        self.deleted.append(form["rpid"])
        return JSONResponse({"code": 0, "message": "0"})


def _number(ident: str) -> int:
    own = ident.rpartition(".")[2]
    return (1000 if own[0] == "T" else 2000) + int(own[1:])


def _reply(comment: Comment, thread: Comment | None = None) -> dict[str, Any]:
    root = _number(thread.id) if thread else 0
    return {
        "rpid": _number(comment.id),
        "oid": int(AID),
        "type": 1,
        "mid": int(comment.author),
        "root": root,
        "parent": root,
        "rcount": 0,
        "ctime": comment.at_ms // 1000,
        "member": {"mid": comment.author, "uname": f"观众{comment.author}"},
        "content": {"message": comment.text},
        "replies": None,
    }
