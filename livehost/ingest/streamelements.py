"""StreamElements: `streamelements:CHANNEL_ID`, its Astro gateway: tips and activities of all platforms that it is connected to.

welcome ─▶ subscribe to each topic with the token ─▶ response ─▶ messages; reconnect: again with the token it gives
"""

from __future__ import annotations

import json
import re
from itertools import count
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from livehost.chat import ChatLine, Gift, LineType, Viewer
from livehost.errors import BadInput
from livehost.ingest.frames import UnknownFrame
from livehost.ingest.lines import MOST_BYTES
from livehost.ingest.platform import Finding, Platform, Surroundings
from livehost.ingest.posting import Limits
from livehost.ingest.raw import listed, look, moment_ms, number, parse, text, whole
from livehost.ingest.room import Room
from livehost.ingest.trouble import Lost, Refused
from livehost.ingest.web import Web

ADDRESS, API = "wss://astro.streamelements.com", "https://api.streamelements.com/kappa/v2"
_TOPICS = ("channel.activities", "channel.tips", "channel.chat.message")
_KINDS: dict[str, LineType] = {
    "follow": "follow",
    "subscriber": "subscribe",
    "sponsor": "subscribe",
    "communityGiftPurchase": "subscribe",
    "tip": "gift",
    "cheer": "gift",
    "superchat": "gift",
    "raid": "raid",
    "host": "raid",
    "merch": "order",
}
_FIX = "Set LIVEHOST_STREAMELEMENTS_TOKEN: the JWT under Account, Channels, Show secrets"


def decode(raw: str) -> list[ChatLine]:
    """Raises UnknownFrame for what says nothing of the room, ValueError for what is no frame."""
    frame = parse(raw)
    data, topic = look(frame, "data"), text(frame, "topic")
    made: dict[str, Any] = {"id": text(frame, "id"), "at_ms": moment_ms(text(frame, "ts"))}
    if topic == "channel.tips":
        return [_tip(data, made)]
    if topic == "channel.chat.message":
        user = Viewer(text(data, "userId"), text(data, "displayName") or text(data, "nick"))
        ident = text(data, "msgId") or made["id"]
        return [ChatLine(**{**made, "id": ident}, platform=text(data, "service"), user=user, text=text(data, "text"))]
    kind = text(data, "type")
    if topic != "channel.activities" or kind not in _KINDS:
        raise UnknownFrame(f"{topic} {kind}".strip() or text(frame, "type"))
    about = look(data, "data")
    made |= {"id": text(data, "activityId") or text(data, "_id") or made["id"], "platform": text(data, "provider")}
    made |= {"user": Viewer(text(about, "providerId"), text(about, "displayName") or text(about, "username"))}
    return [ChatLine(**made, **_activity(kind, about))]


def _activity(kind: str, about: Any) -> dict[str, Any]:
    amount = number(about, "amount")
    match _KINDS[kind]:
        case "gift":
            currency = {"cheer": "BITS"}.get(kind, text(about, "currency"))
            name = {"cheer": "bits", "tip": "tip"}.get(kind, "super chat")
            return {"type": "gift", "text": text(about, "message"), "gift": Gift(name, 1, amount, currency)}
        case "subscribe" if look(about, "gifted") is True or kind == "communityGiftPurchase":
            return {"type": "subscribe", "gifted": whole(about, "amount") or 1}
        case "subscribe":
            return {"type": "subscribe", "months": max(1, int(amount)), "text": text(about, "message")}
        case "raid":
            return {"type": "raid", "count": int(amount)}
        case "order":
            items = listed(about, "items")[:50]
            count = sum(max(1, whole(item, "quantity")) for item in items) or 1
            return {"type": "order", "count": count, "text": ", ".join(filter(None, (text(i, "name") for i in items)))}
        case other:
            return {"type": other}


def _tip(data: Any, made: dict[str, Any]) -> ChatLine:
    gift = look(data, "donation")
    user = Viewer(name=text(gift, "user", "username"))
    money = Gift("tip", 1, number(gift, "amount"), text(gift, "currency"))
    ident = text(data, "_id") or text(data, "activityId") or made["id"]
    return ChatLine(**{**made, "id": ident}, user=user, type="gift", gift=money, text=text(gift, "message"))


class AstroLink:
    limits = Limits(characters=500, per_window=10, window_ms=30_000)

    def __init__(self, channel: str, token: str, address: str = ADDRESS, api: str = API) -> None:
        self.name = f"streamelements:{channel}"
        self._channel = channel
        self._token = token
        self._address = address
        self._api = api
        self._web = Web("StreamElements")
        self._resume = ""
        self._numbers = count(1)
        self._open: set[str] = set()

    async def attend(self, room: Room) -> None:
        if not self._token:
            raise Refused("a token is needed", fix=_FIX)
        room.silent_ms = 0  # its own pings tell a dead connection; a quiet channel sends nothing
        address = f"{self._address}?reconnect_token={self._resume}" if self._resume else self._address
        self._resume = ""
        self._open.clear()
        try:
            async with connect(address, max_size=MOST_BYTES, open_timeout=10, close_timeout=2) as connection:
                async for message in connection:
                    await self._take(str(message), room, connection)
        finally:
            await self._web.aclose()

    async def post(self, reply_to: str, text: str) -> None:
        headers = {"Authorization": f"Bearer {self._token}"}
        address = f"{self._api}/bot/{self._channel}/say"
        await self._web.json("POST", address, headers=headers, json={"message": text})

    async def _take(self, raw: str, room: Room, connection: ClientConnection) -> None:
        room.alive()
        try:
            frame = parse(raw)
        except ValueError:
            room.broken()
            return
        match text(frame, "type"):
            case "welcome":
                for topic in _TOPICS:
                    await connection.send(self._subscription(topic))
            case "response":
                self._answered(frame, room)
            case "reconnect":
                self._resume = text(frame, "data", "reconnect_token")
                raise Lost("StreamElements asks for a new connection", retry_ms=200)
            case "message":
                room.frame(raw)

    def _subscription(self, topic: str) -> str:
        data = {"topic": topic, "room": self._channel, "token": self._token, "token_type": "jwt"}
        return json.dumps({"type": "subscribe", "nonce": f"{topic} {next(self._numbers)}", "data": data})

    def _answered(self, frame: Any, room: Room) -> None:
        topic = text(frame, "nonce").partition(" ")[0]
        fault = text(frame, "error")
        if fault in ("err_unauthorized", "unauthorized") or "unauthor" in fault:
            raise Refused("StreamElements does not take the token", fix=_FIX)
        if not fault:
            self._open.add(topic)
            room.ready(", ".join(sorted(name.removeprefix("channel.") for name in self._open)))


async def examine(rest: str, around: Surroundings, api: str = API) -> list[Finding]:
    token = around.secrets.get("streamelements_token")
    if not token:
        return [Finding("streamelements", "warn", "no token", _FIX)]
    web = Web("StreamElements")
    try:
        mine = await web.json("GET", f"{api}/channels/me", headers={"Authorization": f"Bearer {token}"})
    except Refused:
        return [Finding("streamelements", "warn", "the token is not, or no longer, good", _FIX)]
    finally:
        await web.aclose()
    name, ident = text(mine, "displayName") or text(mine, "username"), text(mine, "_id")
    if rest and rest.strip() != ident:
        fix = f"Write it as streamelements:{ident}"
        return [Finding("streamelements", "warn", f"the token is that of {name}, another account", fix)]
    return [Finding("streamelements", "ok", f"signed in as {name}")]


def open_chat(_scheme: str, rest: str, around: Surroundings) -> Room:
    if not re.fullmatch(r"[0-9a-f]{24}", rest.strip()):
        raise BadInput(
            "this is no channel's id",
            where=f"streamelements:{rest}",
            fix="Write the 24 letters and digits of Account ID",
        )
    link = AstroLink(rest.strip(), around.secrets.get("streamelements_token"))
    return Room(link, decode, around)


PLATFORM = Platform("streamelements", open_chat, secrets=("streamelements_token",), examine=examine)
