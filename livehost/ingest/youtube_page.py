"""YouTube's chat as its own page reads it, without an account or a quota; it may change at any time.

live_chat?v=VIDEO ─▶ key, version, continuation ─▶ get_live_chat ─▶ actions and the next continuation, each `timeoutMs`
"""

from __future__ import annotations

import json
import re
from typing import Any

from livehost.clock import SessionClock
from livehost.ingest.raw import listed, look, text, whole
from livehost.ingest.room import Room
from livehost.ingest.trouble import Ended, Lost, Refused
from livehost.ingest.web import Web

_DATA = re.compile(r"ytInitialData[\"'\]]*\s*=\s*(?=\{)")
_KEY = re.compile(r'"INNERTUBE_API_KEY":"([^"]{1,100})"')
_VERSION = re.compile(r'"INNERTUBE_CLIENT_VERSION":"([^"]{1,60})"|"clientVersion":"([^"]{1,60})"')
_LEAST_MS, _MOST_MS = 1_000, 10_000
_COOKIES = {"SOCS": "CAI"}  # the answer to Europe's question on cookies: none but what is needed


class ChatPage:
    def __init__(self, web: Web, clock: SessionClock, base: str) -> None:
        self._web = web
        self._clock = clock
        self._base = base

    async def look(self, video: str) -> tuple[str, str, str]:
        """Key, client version and continuation; raises Refused when there is no chat."""
        self._web.cookies.update(_COOKIES)
        page = await self._web.page(f"{self._base}/live_chat", params={"is_popout": "1", "v": video})
        key, version, data = _taken_apart(page)
        return key, version, _everybody(data)

    async def read(self, video: str, room: Room, detail: str, lacking: str = "") -> None:
        """Until the chat is over; raises Refused when there is none. `lacking`: why it is read this way."""
        room.silent_ms = 3 * _MOST_MS + 15_000  # each answer counts, however empty
        key, version, continuation = await self.look(video)
        room.server_time(self._web.server_epoch_ms)
        room.ready(detail)
        if lacking:
            room.degraded(lacking)
        context = {"client": {"clientName": "WEB", "clientVersion": version, "hl": "en"}}
        while True:
            answer = await self._web.json(
                "POST",
                f"{self._base}/youtubei/v1/live_chat/get_live_chat",
                params={"key": key, "prettyPrint": "false"},
                json={"context": context, "continuation": continuation},
            )
            room.frame(json.dumps(answer))
            continuation, wait_ms = _next(look(answer, "continuationContents", "liveChatContinuation"))
            await self._clock.sleep_until_ms(self._clock.now_ms() + wait_ms)


def _taken_apart(page: str) -> tuple[str, str, Any]:
    """Key, client version and first data of the chat's page."""
    key, version, data = _KEY.search(page), _VERSION.search(page), _DATA.search(page)
    if not key or not version or not data:
        raise Lost("YouTube's page is not as it was", fix="Set LIVEHOST_YOUTUBE_KEY to read over the API")
    try:
        found, _ = json.JSONDecoder().raw_decode(page, data.end())
    except (ValueError, RecursionError):
        raise Lost("YouTube's page is cut off") from None
    return key[1], version[1] or version[2], found


def _everybody(data: Any) -> str:
    """The continuation of the whole chat; the page itself shows the "top" lines alone."""
    chat = look(data, "contents", "liveChatRenderer")
    if not isinstance(chat, dict):
        raise Refused("this video has no live chat now", fix="Write it as youtube:VIDEO, the id in its address")
    views = listed(
        chat, "header", "liveChatHeaderRenderer", "viewSelector", "sortFilterSubMenuRenderer", "subMenuItems"
    )
    if len(views) > 1 and (found := text(views[-1], "continuation", "reloadContinuationData", "continuation")):
        return found
    return _next(chat)[0]


def _next(chat: Any) -> tuple[str, int]:
    """Continuation and how long to wait; raises Ended when there is none."""
    for kind in ("invalidationContinuationData", "timedContinuationData", "reloadContinuationData"):
        if found := text(chat, "continuations", 0, kind, "continuation"):
            wait_ms = whole(chat, "continuations", 0, kind, "timeoutMs")
            return found, min(_MOST_MS, max(_LEAST_MS, wait_ms))
    raise Ended("the chat is over")
