"""Discord: `discord:CHANNEL` (its number), `discord:direct` (what people write to the bot alone), by its gateway, version 10.

hello ─▶ identify, or resume where a session broke off ─▶ READY or RESUMED ─▶ events, a heartbeat now and then
         reconnect, or cut ─▶ resume;  invalid session ─▶ identify;  closed with a code that a person must mend ─▶ refused
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from livehost.errors import BadInput, LivehostError
from livehost.ingest.discord_frames import channel_of, decode, line_id
from livehost.ingest.platform import Finding, Platform, Surroundings, options
from livehost.ingest.posting import Limits
from livehost.ingest.raw import look, parse, text, whole
from livehost.ingest.room import Room
from livehost.ingest.trouble import Lost, Refused
from livehost.ingest.web import Web

API = "https://discord.com/api/v10"
DIRECT = "direct"
_GUILD_MESSAGES, _DIRECT_MESSAGES, _MESSAGE_CONTENT = 1 << 9, 1 << 12, 1 << 15
_MOST_BYTES = 4 * 1024 * 1024  # READY tells of every server that the bot is in
_FIX = "Set LIVEHOST_DISCORD_TOKEN: discord.com/developers/applications, Bot, Reset Token"
_CONTENT = "Switch on Message Content Intent: discord.com/developers/applications, Bot"
_TO_BE_MENDED = {4004: _FIX, 4010: "", 4011: "", 4012: "", 4013: "", 4014: _CONTENT}
_SESSION_OVER = (4007, 4009, 1000, 1001)


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`direct`: what people write to the bot alone is answered there."""

    direct: bool = False


class DiscordLink:
    limits = Limits(characters=2000, per_window=5, window_ms=5_000)

    def __init__(self, channel: str, around: Surroundings, api: str = API) -> None:
        self.name = f"discord:{channel}"
        self._token = around.secrets.get("discord_token")
        self._api = api
        self._web = Web("Discord")
        chosen: Options = options(around.table, Options, "discord")
        self._channel = "" if channel == DIRECT else channel
        self.apart = not self._channel
        self._direct = chosen.direct or not self._channel
        self._person = around.person
        self._session = self._resume_at = ""
        self._seq: int | None = None

    async def attend(self, room: Room) -> None:
        if not self._token:
            raise Refused("a token is needed", fix=_FIX)
        try:
            address = self._resume_at if self._session else await self._gateway()
            async with connect(
                f"{address}/?v=10&encoding=json", max_size=_MOST_BYTES, open_timeout=10, close_timeout=2
            ) as link:
                async for message in link:
                    await self._take(str(message), room, link)
        except ConnectionClosed as closed:
            raise self._closed(closed.rcvd.code if closed.rcvd else 0) from None
        finally:
            await self._web.aclose()

    async def post(self, reply_to: str, text_: str) -> str:
        channel, message = channel_of(reply_to) if reply_to else (self._channel, "")
        if not channel:
            raise LivehostError("nobody is asked in particular", where=self.name)
        body: dict[str, Any] = {"content": text_, "allowed_mentions": {"parse": []}}
        if message:
            body["message_reference"] = {"message_id": message, "fail_if_not_exists": False}
        sent = await self._call("POST", f"channels/{channel}/messages", json=body)
        return line_id(channel, text(sent, "id"))

    async def unpost(self, line: str) -> None:
        channel, message = channel_of(line)
        await self._call("DELETE", f"channels/{channel}/messages/{message}")

    async def _gateway(self) -> str:
        return text(await self._call("GET", "gateway/bot"), "url").rstrip("/")

    async def _call(self, method: str, path: str, **request: Any) -> Any:
        headers = {"Authorization": f"Bot {self._token}"}
        return await self._web.json(method, f"{self._api}/{path}", headers=headers, **request)

    async def _take(self, raw: str, room: Room, link: ClientConnection) -> None:
        room.alive()
        try:
            frame = parse(raw)
        except ValueError:
            room.broken()
            return
        match look(frame, "op"):
            case 0:
                self._seq = whole(frame, "s")
                self._dispatched(frame, raw, room)
            case 1:
                await _send(link, 1, self._seq)
            case 7:
                raise Lost("Discord asks for a new connection", retry_ms=200)
            case 9:
                if look(frame, "d") is not True:
                    self._forget()
                raise Lost("the session is over", retry_ms=3_000)
            case 10:
                beat_ms = whole(frame, "d", "heartbeat_interval") or 41_250
                room.silent_ms = 2 * beat_ms
                room.beats(beat_ms, lambda: _send(link, 1, self._seq))
                await self._enter(link)

    async def _enter(self, link: ClientConnection) -> None:
        await _send(link, 1, self._seq)  # the beat after it is a whole interval away
        if self._session:
            await _send(link, 6, {"token": self._token, "session_id": self._session, "seq": self._seq})
            return
        intents = _GUILD_MESSAGES | _MESSAGE_CONTENT | (_DIRECT_MESSAGES if self._direct or self._person else 0)
        known = {"os": sys.platform, "browser": "livehost", "device": "livehost"}
        await _send(link, 2, {"token": self._token, "intents": intents, "properties": known})

    def _dispatched(self, frame: Any, raw: str, room: Room) -> None:
        match text(frame, "t"):
            case "READY":
                self._session = text(frame, "d", "session_id")
                self._resume_at = text(frame, "d", "resume_gateway_url").rstrip("/")
                room.own(text(frame, "d", "user", "id"), text(frame, "d", "user", "username"))
                room.ready("reading")
            case "RESUMED":
                room.ready("reading")
            case kind if kind.startswith("MESSAGE_") and self._is_ours(look(frame, "d")):
                room.frame(raw)

    def _is_ours(self, data: Any) -> bool:
        channel = text(data, "channel_id")
        if self._person and channel == self._person:
            return True
        return channel == self._channel if text(data, "guild_id") else self._direct

    def _closed(self, code: int) -> Lost | Refused:
        if code in _TO_BE_MENDED:
            self._forget()
            return Refused(f"Discord's gateway does not let it in ({code})", fix=_TO_BE_MENDED[code])
        if code in _SESSION_OVER:
            self._forget()
        return Lost("the connection was cut")

    def _forget(self) -> None:
        self._session, self._seq = "", None


async def _send(link: ClientConnection, op: int, data: object) -> None:
    await link.send(json.dumps({"op": op, "d": data}))


async def examine(rest: str, around: Surroundings, api: str = API) -> list[Finding]:
    token = around.secrets.get("discord_token")
    if not token:
        return [Finding("discord", "warn", "no token", _FIX)]
    web, headers = Web("Discord"), {"Authorization": f"Bot {token}"}
    try:
        me = await web.json("GET", f"{api}/users/@me", headers=headers)
        found = [Finding("discord", "ok", f"signed in as {text(me, 'username')}")]
        if rest and rest != DIRECT:
            channel = await web.json("GET", f"{api}/channels/{rest}", headers=headers)
            found.append(Finding(f"discord:{rest}", "ok", text(channel, "name")))
        return found
    except Refused as trouble:
        return [Finding("discord", "warn", trouble.what, _FIX)]
    finally:
        await web.aclose()


def open_chat(_scheme: str, rest: str, around: Surroundings) -> Room:
    rest = rest.strip()
    if rest != DIRECT and not re.fullmatch(r"\d{15,20}", rest):
        raise BadInput(
            "this is no channel",
            where=f"discord:{rest}",
            fix="Write its number (Settings, Advanced, Developer Mode, then Copy Channel ID), or discord:direct",
        )
    return Room(DiscordLink(rest, around), decode, around)


PLATFORM = Platform("discord", open_chat, Options, secrets=("discord_token",), examine=examine)
