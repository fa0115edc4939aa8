"""Comments below YouTube's videos: `youtube-comments:VIDEO`, or of all videos of a channel, `youtube-comments:UC…`.

Costs of the day's 10,000 units: asking 1 a time, a long thread 1, a reply 50 (developers.google.com/youtube, comments).
`livehost login youtube-comments` signs in: Google gives the right to comment to no device code, so a browser here is needed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from livehost.errors import BadInput, LivehostError
from livehost.ingest.comments import Every, Grown, Thread, watch
from livehost.ingest.loopback import CodeGrantor, sign_in
from livehost.ingest.platform import Finding, Platform, Surroundings, options
from livehost.ingest.posting import Limits
from livehost.ingest.raw import listed, look, moment_ms, text, whole
from livehost.ingest.room import Room
from livehost.ingest.trouble import Lost, Refused
from livehost.ingest.youtube import video_of
from livehost.ingest.youtube_api import OutOfQuota, Servers, YouTubeApi
from livehost.ingest.youtube_comment_frames import decode, thread_of

NAME = "youtube-comments"
SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"
_SIGN_IN_PORT = 8603
_QUOTA_AGAIN_MS = 3_600_000
_REPLIES_MOST = 100
_CHANNEL = re.compile(r"UC[\w-]{22}")
_FIX = "Set LIVEHOST_YOUTUBE_KEY to read, and run: livehost login youtube-comments, to answer"


class CommentsLink:
    apart = True
    limits = Limits(characters=1000, per_window=6, window_ms=60_000, least_apart_ms=2_000)

    def __init__(self, place: str, around: Surroundings, servers: Servers | None = None) -> None:
        self.name = f"{NAME}:{place}"
        self._place = place
        self._clock = around.clock
        self._every: Every = options(around.table, Every, NAME)
        self._api = api_for(around, servers)
        self._grown = Grown()

    async def attend(self, room: Room) -> None:
        if not self._api.there:
            raise Refused("a key is needed", fix=_FIX)
        try:
            room.ready("reading and answering" if self._api.account.there else f"reading; to answer: {_LOGIN}")
            await watch(room, self._clock, self, self._grown, self._every)
        except OutOfQuota:
            raise Lost("the day's quota of YouTube's API is used up", retry_ms=_QUOTA_AGAIN_MS) from None
        finally:
            await self._api.web.aclose()

    async def post(self, reply_to: str, text_: str) -> str:
        if not self._api.account.there:
            raise LivehostError("answering needs an account", where=self.name, fix=f"Run: {_LOGIN}")
        if not reply_to:
            raise LivehostError("no comment is answered by this", where=self.name)
        snippet = {"parentId": thread_of(reply_to), "textOriginal": text_}
        sent = await self._api.ask("POST", "/comments", params={"part": "snippet"}, json={"snippet": snippet})
        if not text(sent, "id"):
            raise LivehostError("YouTube did not say that it took the reply", where=self.name)
        return text(sent, "id")

    async def unpost(self, line_id: str) -> None:
        await self._api.ask("DELETE", "/comments", params={"id": line_id})

    async def newest(self) -> list[Thread]:
        """As YouTube puts them: by their first comments. A reply in an older thread than these is not seen."""
        params = {**_below(self._place), "part": "snippet,replies", "order": "time", "maxResults": "100", **_PLAIN}
        page = await self._api.ask("GET", "/commentThreads", params=params)
        return [_thread(found) for found in listed(page, "items")]

    async def whole(self, thread: Thread) -> str:
        """A page of threads holds a few replies of each: the others are asked for."""
        replies = listed(thread.shown, "replies", "comments")
        if thread.size > 1 + len(replies):
            params = {"parentId": thread.id, "part": "snippet", "maxResults": str(_REPLIES_MOST), **_PLAIN}
            replies = listed(await self._api.ask("GET", "/comments", params=params), "items")
        return json.dumps({**thread.shown, "replies": {"comments": replies}}, ensure_ascii=False)


def _below(place: str) -> dict[str, str]:
    """Which comments are asked for: those of a channel's videos, or of one."""
    return {"allThreadsRelatedToChannelId" if _CHANNEL.fullmatch(place) else "videoId": place}


def _thread(found: Any) -> Thread:
    comments = [look(found, "snippet", "topLevelComment"), *listed(found, "replies", "comments")]
    latest_ms = max(moment_ms(text(comment, "snippet", "publishedAt")) for comment in comments)
    return Thread(text(found, "id"), 1 + whole(found, "snippet", "totalReplyCount"), latest_ms, found)


_LOGIN = f"livehost login {NAME}"
_PLAIN = {"textFormat": "plainText"}


def api_for(around: Surroundings, servers: Servers | None = None) -> YouTubeApi:
    return YouTubeApi("", around.secrets, around.clock, servers or Servers(), "youtube_comments")


async def log_in(around: Surroundings, tell: Callable[[str], None], servers: Servers | None = None) -> str:
    api = api_for(around, servers)
    client = api.grantor.client
    try:
        if not all(client.values()):
            raise Refused(
                "an OAuth client of your own is needed",
                fix='Make one of type "Desktop app" at console.cloud.google.com, with the YouTube Data API on, and set '
                "LIVEHOST_YOUTUBE_COMMENTS_CLIENT_ID and LIVEHOST_YOUTUBE_COMMENTS_CLIENT_SECRET",
            )
        found = servers or Servers()
        grantor = CodeGrantor(found.consent, f"{found.sign_in}/token", (SCOPE,), client, _SIGN_IN_PORT)
        api.account.take(await sign_in(grantor, api.web, tell))
        return "the account that allowed it"
    finally:
        await api.web.aclose()


async def examine(rest: str, around: Surroundings, servers: Servers | None = None) -> list[Finding]:
    api = api_for(around, servers)
    try:
        there = Finding(NAME, "ok", "signed in") if api.account.there else Finding(NAME, "warn", "no sign-in", _FIX)
        if not rest or not api.there:
            return [there]
        params = {**_below(place_of(rest)), "part": "id", "maxResults": "1"}
        await api.ask("GET", "/commentThreads", params=params)
        return [there, Finding(f"{NAME}:{rest}", "ok", "its comments are read")]
    finally:
        await api.web.aclose()


def place_of(rest: str) -> str:
    """A channel's id, or a video's out of any of its addresses; raises BadInput."""
    rest = rest.strip()
    try:
        return rest if _CHANNEL.fullmatch(rest) else video_of(rest)
    except BadInput:
        raise BadInput(
            "this is no video and no channel",
            where=f"{NAME}:{rest}",
            fix=f"Write it as {NAME}:VIDEO or {NAME}:UC…, the ids in their addresses",
        ) from None


def open_chat(_scheme: str, rest: str, around: Surroundings) -> Room:
    every: Every = options(around.table, Every, NAME)
    return Room(CommentsLink(place_of(rest), around), decode, around, early_ms=every.history_ms)


PLATFORM = Platform(
    NAME,
    open_chat,
    Every,
    secrets=(
        "youtube_comments_token",
        "youtube_comments_refresh",
        "youtube_comments_client_id",
        "youtube_comments_client_secret",
    ),
    examine=examine,
    log_in=log_in,
)
