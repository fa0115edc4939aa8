"""TikTok: `tiktok:USER`, through TikTokLive (the extra `tiktok`; a modified AGPL-3.0, so it is installed by whoever wants it and
imported here alone). It reads by way of Euler Stream's signatures; nobody may post: replies go through Social Stream Ninja.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import json
import logging
import re
import warnings
from collections.abc import Callable
from typing import Any

from livehost.clock import SessionClock
from livehost.errors import BadInput, LivehostError
from livehost.ingest.platform import Finding, Platform, Surroundings
from livehost.ingest.posting import Limits
from livehost.ingest.room import Room, closed_with
from livehost.ingest.tiktok_frames import decode
from livehost.ingest.trouble import Ended, Lost, Refused

_LIKES_MS = 5_000
_OFFLINE_MS = 60_000
_NEEDED = "Run: pip install 'livehost[tiktok]' (TikTokLive, a modified AGPL-3.0), or use --chat ssn:SESSION"


class TikTokLink:
    limits = Limits(open=False, instead="--chat ssn:SESSION can post, through the streamer's own browser")

    def __init__(self, user: str, sign_key: str, clock: SessionClock) -> None:
        self.name = f"tiktok:{user}"
        self._user = user
        self._sign_key = sign_key
        self._clock = clock
        self._likes = 0

    async def attend(self, room: Room) -> None:
        live = _library()
        room.silent_ms = 300_000
        room.beats(_LIKES_MS, lambda: self._tell_likes(room))
        if self._sign_key:
            live.client.web.web_settings.WebDefaults.tiktok_sign_api_key = self._sign_key
        client = live.TikTokLiveClient(unique_id=self._user)
        client.logger.setLevel(logging.CRITICAL)
        over = asyncio.get_running_loop().create_future()
        self._listen(client, live.events, room, over)
        try:
            running = await client.start(fetch_live_check=True)
            await asyncio.wait((running, over), return_when=asyncio.FIRST_COMPLETED)
            if over.done():
                raise Ended("the broadcast is over")
            running.result()
        except live.client.errors.TikTokLiveError as trouble:
            raise _understood(trouble, live.client.errors) from None
        finally:
            await closed_with(_closed(client))

    async def post(self, reply_to: str, text: str) -> None:
        raise LivehostError("TikTok lets nobody post", where=self.name)

    def _listen(self, client: Any, events: Any, room: Room, over: asyncio.Future[None]) -> None:
        def kept(make: Callable[[Any], dict[str, Any]]) -> Callable[[Any], Any]:
            async def take(event: Any) -> None:
                room.frame(json.dumps({**_common(event), **make(event)}, ensure_ascii=False))

            return take

        async def removed(event: Any) -> None:
            for kind, targets in (("deleted", event.delete_msg_ids), ("banned", event.delete_user_ids)):
                if targets:
                    room.frame(json.dumps({"event": kind, "targets": [str(target) for target in targets]}))

        async def connected(_event: Any) -> None:
            room.ready("reading; nothing can be posted")

        async def liked(event: Any) -> None:
            room.alive()
            self._likes += max(0, int(event.count or 0))

        async def heard(_event: Any) -> None:
            room.alive()

        async def ended(_event: Any) -> None:
            if not over.done():
                over.set_result(None)

        client.add_listener(events.ConnectEvent, connected)
        client.add_listener(events.WebsocketResponseEvent, heard)
        client.add_listener(events.CommentEvent, kept(_comment))
        client.add_listener(events.GiftEvent, kept(_gift))
        client.add_listener(events.LikeEvent, liked)
        client.add_listener(events.FollowEvent, kept(lambda _event: {"event": "follow"}))
        client.add_listener(events.JoinEvent, kept(lambda _event: {"event": "join"}))
        client.add_listener(
            events.SubNotifyEvent, kept(lambda event: {"event": "subscribe", "months": event.sub_month})
        )
        client.add_listener(events.ImDeleteEvent, removed)
        client.add_listener(events.LiveEndEvent, ended)

    async def _tell_likes(self, room: Room) -> None:
        """Likes come by the hundred: one line for all of them, now and then."""
        likes, self._likes = self._likes, 0
        if likes:
            room.frame(json.dumps({"event": "like", "count": likes, "at_ms": self._clock.epoch_ms()}))


async def _closed(client: Any) -> None:
    """All that it has open; the signing server's connection it leaves open by itself."""
    await client.disconnect()
    await client.web.close()
    await client.web.signer.sdk_client.get_async_httpx_client().aclose()


def _library() -> Any:
    """TikTokLive; raises Refused where it is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it stands on the old interface of websockets
            live = importlib.import_module("TikTokLive")
            for part in ("events", "client.errors", "client.web.web_settings"):
                importlib.import_module(f"TikTokLive.{part}")
    except ImportError:
        raise Refused("TikTokLive is not installed", fix=_NEEDED) from None
    return live


def _common(event: Any) -> dict[str, Any]:
    user, common = event.user, event.common
    who = {"id": str(user.id or ""), "name": user.nickname or user.display_id} if user else {}
    at_ms = int(common.create_time or 0) if common else 0
    ident = str(common.msg_id or "") if common else ""
    return {"id": ident, "at_ms": at_ms if at_ms > 100_000_000_000 else at_ms * 1000, "user": who}


def _comment(event: Any) -> dict[str, Any]:
    what = event.user_identity
    roles = {"moderator": what and what.is_moderator_of_anchor, "subscriber": what and what.is_subscriber_of_anchor,
             "broadcaster": what and what.is_anchor}  # fmt: skip
    return {"event": "comment", "text": event.content, "roles": [role for role, there in roles.items() if there]}


def _gift(event: Any) -> dict[str, Any]:
    gift = event.gift
    told = {"gift": gift.name, "diamonds": gift.diamond_count} if gift else {}
    return {"event": "gift", **told, "count": event.repeat_count, "streaking": bool(event.streaking)}


def _understood(trouble: Exception, errors: Any) -> LivehostError:
    """What TikTokLive says, without its words: these may hold addresses."""
    if isinstance(trouble, errors.SignatureRateLimitError):
        return Lost("the signing server has had too many requests", retry_ms=max(30, trouble.retry_after) * 1000)
    if isinstance(trouble, errors.UserOfflineError):
        return Lost("the room is not live", retry_ms=_OFFLINE_MS)
    if isinstance(trouble, errors.UserNotFoundError):
        return Refused("there is no such user on TikTok, or they never went live", fix="Write it as tiktok:USER")
    if isinstance(trouble, errors.WebcastBlockedError):
        return Lost("TikTok takes this machine for a bot", retry_ms=600_000, fix="Use --chat ssn:SESSION")
    return Lost(f"TikTokLive: {type(trouble).__name__}", retry_ms=30_000)


async def examine(_rest: str, _around: Surroundings) -> list[Finding]:
    if importlib.util.find_spec("TikTokLive") is None:
        return [Finding("tiktok", "warn", "TikTokLive is not installed", _NEEDED)]
    return [Finding("tiktok", "ok", "TikTokLive is there; nothing can be posted")]


def open_chat(_scheme: str, rest: str, around: Surroundings) -> Room:
    found = re.fullmatch(r"(?:https?://(?:www\.)?tiktok\.com/)?@?([\w.]{2,24})(?:/live)?/?", rest.strip())
    if not found:
        raise BadInput("this is no user", where=f"tiktok:{rest}", fix="Write it as tiktok:USER")
    link = TikTokLink(found[1].lower(), around.secrets.get("tiktok_sign_key"), around.clock)
    return Room(link, decode, around)


PLATFORM = Platform("tiktok", open_chat, secrets=("tiktok_sign_key",), examine=examine)
