"""YouTube's chat over its Data API: pushed where that works (streamList), asked for where it does not, with quota care.

 videos.list ─▶ the chat's id ─▶ messages/stream ─▶ a JSON array that grows by a page whenever somebody writes
                                       └▶ closed by the server: again with the last page's token, not before 5 s have gone
Costs of the day's 10,000 units: a stream or a list 5, a post 50, the id 1 (developers.google.com/youtube, streamList).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from livehost.clock import SessionClock
from livehost.errors import LivehostError
from livehost.ingest.account import Account
from livehost.ingest.device_code import Grantor
from livehost.ingest.raw import look, text
from livehost.ingest.room import Room
from livehost.ingest.trouble import Ended, Lost, Refused
from livehost.ingest.web import Web
from livehost.secret import Secrets

SCOPE = "https://www.googleapis.com/auth/youtube"
_NOT_YET_MS = 60_000
_SILENT_MS = 600_000
_APART_MS = 5_000
_MOST_TEXT = 4 * 1024 * 1024


@dataclass(frozen=True)
class Servers:
    api: str = "https://www.googleapis.com/youtube/v3"
    page: str = "https://www.youtube.com"
    sign_in: str = "https://oauth2.googleapis.com"
    consent: str = "https://accounts.google.com/o/oauth2/v2/auth"


class OutOfQuota(LivehostError):
    """Nothing more is answered until midnight in California."""


class YouTubeApi:
    """With a key alone it reads; with a sign-in it posts as well."""

    def __init__(
        self, client_id: str, secrets: Secrets, clock: SessionClock, servers: Servers, account: str = "youtube"
    ) -> None:
        self.web = Web("YouTube")
        self._servers = servers
        self._clock = clock
        self._client = {
            "client_id": client_id or secrets.get(f"{account}_client_id"),
            "client_secret": secrets.get(f"{account}_client_secret"),
        }
        self._key = secrets.get("youtube_key")
        self.account = Account(account, self.grantor, self.web, secrets, clock)
        self._page_token = ""

    @property
    def there(self) -> bool:
        return bool(self._key) or self.account.there

    @property
    def grantor(self) -> Grantor:
        base = self._servers.sign_in
        return Grantor(f"{base}/device/code", f"{base}/token", (SCOPE,), self._client)

    async def chat_id(self, video: str) -> str:
        """Raises Ended when the broadcast is over, Lost when it has not begun."""
        params = {"part": "liveStreamingDetails", "id": video}
        details = look(await self.ask("GET", "/videos", params=params), "items", 0)
        if details is None:
            raise Refused(f"there is no video {video}", fix="Write it as youtube:VIDEO, the id in its address")
        if chat := text(details, "liveStreamingDetails", "activeLiveChatId"):
            return chat
        if look(details, "liveStreamingDetails", "actualEndTime"):
            raise Ended("the broadcast is over")
        raise Lost("the chat is not open yet", retry_ms=_NOT_YET_MS)

    async def read(self, chat: str, room: Room) -> None:
        """Until the broadcast or the connection ends; goes on where the last one stopped."""
        room.silent_ms = _SILENT_MS
        while True:
            began_ms = self._clock.now_ms()
            await self.account_or_key(lambda headers, key: self._stream(chat, room, headers, key))
            await self._clock.sleep_until_ms(began_ms + _APART_MS)

    async def post(self, chat: str, message: str) -> str:
        """The new message's id."""
        if not self.account.there:
            raise LivehostError("posting needs an account", fix="Run: livehost login youtube")
        snippet = {"liveChatId": chat, "type": "textMessageEvent", "textMessageDetails": {"messageText": message}}
        found = await self.ask("POST", "/liveChat/messages", params={"part": "snippet"}, json={"snippet": snippet})
        line_id = text(found, "id")
        if not line_id:
            raise LivehostError("YouTube did not say that it took the line")
        return line_id

    async def delete(self, message_id: str) -> None:
        await self.ask("DELETE", "/liveChat/messages", params={"id": message_id})

    async def account_or_key(self, work: Any) -> Any:
        """`work(headers, params)` with whichever there is; what is said of quotas becomes OutOfQuota or Lost."""

        async def signed(access: str) -> Any:
            return await work({"Authorization": f"Bearer {access}"}, {})

        try:
            return await (self.account.used(signed) if self.account.there else work({}, {"key": self._key}))
        except Refused as trouble:
            raise _understood(trouble) from None

    async def ask(self, method: str, path: str, **request: Any) -> Any:
        """`request` as httpx takes it; raises OutOfQuota, Lost, Refused."""
        params = request.pop("params")

        async def asked(headers: dict[str, str], key: dict[str, str]) -> Any:
            address = self._servers.api + path
            return await self.web.json(method, address, headers=headers, params={**params, **key}, **request)

        return await self.account_or_key(asked)

    async def _stream(self, chat: str, room: Room, headers: dict[str, str], key: dict[str, str]) -> None:
        params = {"part": "id,snippet,authorDetails", "liveChatId": chat, "maxResults": "2000", **key}
        if self._page_token:
            params["pageToken"] = self._page_token
        pages = Pages()
        address = f"{self._servers.api}/liveChat/messages/stream"
        async with self.web.stream(address, headers=headers, params=params) as pieces:
            room.server_time(self.web.server_epoch_ms)
            room.ready(
                "reading and posting" if self.account.there else "reading; posting needs: livehost login youtube"
            )
            async for piece in pieces:
                for page in pages.feed(piece):
                    self._page(page, room)

    def _page(self, page: Any, room: Room) -> None:
        room.frame(json.dumps(page))
        self._page_token = text(page, "nextPageToken") or self._page_token
        if look(page, "offlineAt"):
            raise Ended("the broadcast is over")


class Pages:
    """Objects of a JSON array that arrives in any pieces. Pure; text that is too long for one page is given up."""

    def __init__(self) -> None:
        self._kept = ""
        self._decoder = json.JSONDecoder()

    def feed(self, piece: str) -> Iterator[Any]:
        """Raises Lost for what is no array of objects."""
        self._kept += piece
        while True:
            self._kept = self._kept.lstrip(" \r\n\t,[]")
            if not self._kept:
                return
            if not self._kept.startswith("{") or len(self._kept) > _MOST_TEXT:
                raise Lost("YouTube's stream holds something else than pages")
            try:
                page, end = self._decoder.raw_decode(self._kept)
            except (ValueError, RecursionError):
                return  # not whole yet
            self._kept = self._kept[end:]
            yield page


def _understood(trouble: Refused) -> LivehostError:
    said = trouble.what
    if "quotaExceeded" in said or "dailyLimitExceeded" in said:
        return OutOfQuota("the day's quota of YouTube's API is used up")
    if "ateLimitExceeded" in said:
        return Lost(said, retry_ms=30_000)
    if "liveChatEnded" in said or "liveChatNotFound" in said:
        return Ended("the chat is over")
    if "liveChatDisabled" in said:
        return Refused("chat is switched off for this broadcast")
    return trouble
