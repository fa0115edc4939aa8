"""YouTube: `youtube:VIDEO`. With a key or a sign-in over the Data API; without either, or when its quota is used up, as the
chat's own page reads it.

`livehost login youtube` signs in, for posting (an OAuth client of type "TVs and limited input" is needed).
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from livehost.errors import BadInput, LivehostError
from livehost.ingest.device_code import sign_in
from livehost.ingest.platform import Finding, Platform, Surroundings, options
from livehost.ingest.posting import Limits
from livehost.ingest.room import Room
from livehost.ingest.trouble import Refused
from livehost.ingest.youtube_api import OutOfQuota, Servers, YouTubeApi
from livehost.ingest.youtube_frames import decode
from livehost.ingest.youtube_page import ChatPage

_LIMITS = Limits(characters=200, per_window=6, window_ms=30_000)
_QUOTA_AGAIN_MS = 3_600_000
_VIDEO = re.compile(r"(?:.*(?:[?&]v=|youtu\.be/|/live/|/shorts/|/watch/))?([\w-]{11})(?:[?&#/].*)?")


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`client_id`: of your own OAuth client, for the sign-in; it is no secret."""

    client_id: str = ""


class YouTubeLink:
    limits = _LIMITS

    def __init__(self, video: str, around: Surroundings, servers: Servers | None = None) -> None:
        self.name = f"youtube:{video}"
        self._video = video
        self._clock = around.clock
        self._servers = servers or Servers()
        self._api = api_for(around, self._servers)
        self._page = ChatPage(self._api.web, around.clock, self._servers.page)
        self._chat = ""
        self._api_again_ms = 0

    async def attend(self, room: Room) -> None:
        try:
            if not self._api.there:
                await self._page.read(self._video, room, "reading; posting needs: livehost login youtube")
            elif self._clock.now_ms() < self._api_again_ms:
                await self._without_quota(room)
            else:
                await self._over_api(room)
        finally:
            await self._api.web.aclose()

    async def post(self, reply_to: str, text: str) -> str:
        """YouTube knows no replies: the line stands by itself."""
        if not self._api.account.there:
            raise LivehostError("posting needs an account", where=self.name, fix="Run: livehost login youtube")
        self._chat = self._chat or await self._api.chat_id(self._video)
        return await self._api.post(self._chat, text)

    async def unpost(self, line_id: str) -> None:
        await self._api.delete(line_id)

    async def _over_api(self, room: Room) -> None:
        try:
            self._chat = await self._api.chat_id(self._video)
            await self._api.read(self._chat, room)
        except OutOfQuota:
            self._api_again_ms = self._clock.now_ms() + _QUOTA_AGAIN_MS
            await self._without_quota(room)

    async def _without_quota(self, room: Room) -> None:
        lacking = "the day's quota of YouTube's API is used up: reading as the page does, nothing can be posted"
        await self._page.read(self._video, room, "", lacking)


def api_for(around: Surroundings, servers: Servers | None = None) -> YouTubeApi:
    chosen: Options = options(around.table, Options, "youtube")
    return YouTubeApi(chosen.client_id, around.secrets, around.clock, servers or Servers())


async def log_in(around: Surroundings, tell: Callable[[str], None], servers: Servers | None = None) -> str:
    api = api_for(around, servers)
    try:
        if not all(api.grantor.client.values()):
            raise Refused(
                "an OAuth client of your own is needed",
                fix='Make one of type "TVs and limited input" at console.cloud.google.com, with the YouTube Data API on, '
                "and set LIVEHOST_YOUTUBE_CLIENT_ID and LIVEHOST_YOUTUBE_CLIENT_SECRET",
            )
        api.account.take(await sign_in(api.grantor, api.web, around.clock, tell))
        return "the account that allowed it"
    finally:
        await api.web.aclose()


async def examine(rest: str, around: Surroundings, servers: Servers | None = None) -> list[Finding]:
    api = api_for(around, servers)
    fix = "Run: livehost login youtube"
    try:
        found = [Finding("youtube", "ok", "signed in")]
        if not api.account.there:
            found = [Finding("youtube", "warn", "no sign-in: chat is read, nothing can be posted", fix)]
        if rest:
            page = ChatPage(api.web, around.clock, (servers or Servers()).page)
            await (api.chat_id(video_of(rest)) if api.there else page.look(video_of(rest)))
            found.append(Finding(f"youtube:{rest}", "ok", "the chat is open"))
        return found
    finally:
        await api.web.aclose()


def video_of(rest: str) -> str:
    """Out of an id or any of a video's addresses; raises BadInput."""
    found = _VIDEO.fullmatch(rest.strip())
    if not found:
        raise BadInput(
            "this is no video", where=f"youtube:{rest}", fix="Write it as youtube:VIDEO, the id in its address"
        )
    return found[1]


def open_chat(_scheme: str, rest: str, around: Surroundings) -> Room:
    return Room(YouTubeLink(video_of(rest), around), decode, around)


PLATFORM = Platform(
    "youtube",
    open_chat,
    Options,
    secrets=("youtube_key", "youtube_token", "youtube_refresh", "youtube_client_id", "youtube_client_secret"),
    examine=examine,
    log_in=log_in,
)
