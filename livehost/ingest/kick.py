"""Kick: `kick:CHANNEL`. Through the web page's socket (Pusher), which needs no account; or, with `listen` set, by Kick's own
webhooks. Posting takes a sign-in: `livehost login kick`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from livehost.errors import BadInput, LivehostError
from livehost.ingest.hook import Hook
from livehost.ingest.kick_api import Kick, Servers
from livehost.ingest.kick_frames import decode
from livehost.ingest.lines import MOST_BYTES
from livehost.ingest.platform import Finding, Platform, Surroundings, options
from livehost.ingest.posting import Limits
from livehost.ingest.raw import look, parse, text, whole
from livehost.ingest.room import Room
from livehost.ingest.trouble import Lost, Refused

_LIMITS = Limits(characters=500, per_window=10, window_ms=30_000)
_TOKEN = "Run: livehost login kick"
_SIGN_IN_PORT = 8602
_GRACE_MS = 40_000
_AGAIN_MS = (
    600_000  # whether the webhooks are still subscribed to: nothing else tells a quiet channel from a forgotten one
)


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`chatroom`: its number, where the page does not tell it to programs; `listen`: HOST:PORT for webhooks."""

    chatroom: int = 0
    listen: str = ""


class KickLink:
    limits = _LIMITS

    def __init__(self, slug: str, around: Surroundings, servers: Servers | None = None) -> None:
        self.name = f"kick:{slug}"
        self._slug = slug
        self._servers = servers or Servers()
        self._options: Options = options(around.table, Options, "kick")
        self._kick = Kick(around.secrets, around.clock, self._servers)
        self._broadcaster = 0
        self._hook = Hook(self._options.listen, "/kick", self._take) if self._options.listen else None
        self._room: Room | None = None

    async def attend(self, room: Room) -> None:
        self._room = room
        try:
            if self._kick.account.there:
                self._broadcaster = self._broadcaster or await self._kick.broadcaster(self._slug)
                ident, name = await self._kick.own()
                if ident != str(self._broadcaster):  # the broadcaster's own lines are the host's
                    room.own(ident, name)
            await (self._by_webhook(self._hook, room) if self._hook else self._by_pusher(room))
        finally:
            await self._kick.web.aclose()

    async def post(self, reply_to: str, text: str) -> str:
        if not self._kick.account.there:
            raise LivehostError("posting needs a token", where=self.name, fix=_TOKEN)
        return await self._kick.send(self._broadcaster, text, reply_to)

    async def unpost(self, line_id: str) -> None:
        await self._kick.delete(line_id)

    # --- webhooks

    async def _by_webhook(self, hook: Hook, room: Room) -> None:
        await self._kick.load_key()
        if self._broadcaster:
            await self._kick.subscribe(self._broadcaster)
            room.beats(_AGAIN_MS, lambda: self._kick.subscribe_again(self._broadcaster))
        room.server_time(self._kick.web.server_epoch_ms)
        room.silent_ms = 0  # a quiet channel pushes nothing
        room.ready(f"webhooks are taken at {hook.address}" + self._lacks())
        try:
            await hook.serve()
        except OSError as trouble:
            raise Refused(f"webhooks can't be taken: {trouble.strerror}", fix="Name another port with listen") from None

    def _take(self, headers: Mapping[str, str], body: bytes) -> bool:
        if not self._kick.is_signed(headers, body):
            return False
        if self._room:
            try:
                found = parse(body.decode("utf-8", "replace"))
            except ValueError:
                self._room.broken()
            else:
                kind, ident = headers.get("kick-event-type", ""), headers.get("kick-event-message-id", "")
                self._room.frame(json.dumps({"webhook": kind, "message_id": ident, "body": found}, ensure_ascii=False))
        return True

    # --- the page's socket

    async def _by_pusher(self, room: Room) -> None:
        chat, channel = self._options.chatroom, 0
        if not chat:
            chat, channel = await self._kick.chatroom(self._slug)
            room.server_time(self._kick.web.server_epoch_ms)
        try:
            async with connect(
                self._servers.pusher, max_size=MOST_BYTES, open_timeout=10, close_timeout=2, ping_interval=None
            ) as link:
                async for frame in link:
                    await self._pushed(str(frame), link, room, (chat, channel))
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else 0
            if 4000 <= code < 4100:  # Pusher's own: it is of no use to come back as one was
                raise Refused(f"Kick's socket does not let it in ({code})") from None
            raise Lost("the connection was cut", retry_ms=0 if 4200 <= code < 4300 else 1_000) from None

    async def _pushed(self, raw: str, link: ClientConnection, room: Room, numbers: tuple[int, int]) -> None:
        room.alive()
        try:
            frame = parse(raw)
        except ValueError:
            room.broken()
            return
        match text(frame, "event"):
            case "pusher:connection_established":
                told = parse(text(frame, "data") or "{}")
                beat_ms = (whole(told, "activity_timeout") or 120) * 1000
                room.silent_ms = beat_ms + _GRACE_MS
                room.beats(beat_ms, lambda: _say(link, "pusher:ping"))
                for name in (f"chatrooms.{numbers[0]}.v2", f"channel.{numbers[1]}")[: 1 + bool(numbers[1])]:
                    await _say(link, "pusher:subscribe", auth="", channel=name)
            case "pusher_internal:subscription_succeeded":
                room.ready("reading" + self._lacks())
            case "pusher:ping":
                await _say(link, "pusher:pong")
            case "pusher:error":
                words = look(frame, "data")
                raise Lost(f"Kick's socket: {text(words, 'message') or 'a fault'}"[:200])
            case event if not event.startswith(("pusher", "pusher_internal")):
                room.frame(raw)

    def _lacks(self) -> str:
        return "" if self._kick.account.there else "; posting needs a token"


async def _say(link: ClientConnection, event: str, **data: str) -> None:
    await link.send(json.dumps({"event": event, "data": data}))


async def log_in(around: Surroundings, tell: Callable[[str], None], servers: Servers | None = None) -> str:
    kick = Kick(around.secrets, around.clock, servers or Servers())
    try:
        return await kick.log_in(_SIGN_IN_PORT, tell)
    finally:
        await kick.web.aclose()


async def examine(rest: str, around: Surroundings, servers: Servers | None = None) -> list[Finding]:
    kick = Kick(around.secrets, around.clock, servers or Servers())
    try:
        if not kick.account.there:
            found = [Finding("kick", "warn", "no token: chat is read, nothing can be posted", _TOKEN)]
            chosen: Options = options(around.table, Options, "kick")
            if rest and not chosen.chatroom:
                await kick.chatroom(slug_of(rest))
                found.append(Finding(f"kick:{rest}", "ok", "the channel is there"))
            return found
        _, name = await kick.own()
        found = [Finding("kick", "ok", f"signed in as {name}")]
        if rest:
            await kick.broadcaster(slug_of(rest))
            found.append(Finding(f"kick:{rest}", "ok", "the channel is there"))
        return found
    finally:
        await kick.web.aclose()


def slug_of(rest: str) -> str:
    """Out of a name or the channel's address; raises BadInput."""
    found = re.fullmatch(r"(?:https?://(?:www\.)?kick\.com/)?([\w-]{1,40})(?:[/?#].*)?", rest.strip())
    if not found:
        raise BadInput("this is no channel", where=f"kick:{rest}", fix="Write it as kick:CHANNEL")
    return found[1].lower()


def open_chat(_scheme: str, rest: str, around: Surroundings) -> Room:
    return Room(KickLink(slug_of(rest), around), decode, around)


PLATFORM = Platform(
    "kick",
    open_chat,
    Options,
    secrets=("kick_token", "kick_refresh", "kick_client_id", "kick_client_secret"),
    examine=examine,
    log_in=log_in,
)
