"""Streamer.bot: `streamerbot:HOST:PORT`, its websocket server; it reads what Streamer.bot is connected to, and posts through it.

Hello (with a challenge where it has a password) ─▶ Authenticate ─▶ Subscribe ─▶ events; SendMessage ─▶ its answer
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
from itertools import count
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from livehost.chat import ChatLine, Gift, Viewer
from livehost.clock import within_ms
from livehost.errors import BadInput, LivehostError
from livehost.events import Event, PartChanged
from livehost.ingest.frames import UnknownFrame
from livehost.ingest.lines import MOST_BYTES
from livehost.ingest.platform import Finding, Platform, Surroundings
from livehost.ingest.posting import Limits
from livehost.ingest.raw import look, moment_ms, number, parse, text, whole
from livehost.ingest.room import Room, until_one_ends
from livehost.ingest.trouble import Lost, Refused

_EVENTS = {
    "Twitch": ["ChatMessage", "ChatMessageDeleted", "UserBanned", "UserTimedOut", "Follow", "Cheer", "Sub", "ReSub",
               "GiftSub", "GiftBomb", "Raid"],
    "YouTube": ["Message", "SuperChat", "SuperSticker", "NewSponsor", "MemberMileStone", "MembershipGift",
                "MessageDeleted", "UserBanned"],
    "Kick": ["ChatMessage", "ChatMessageDeleted", "UserBanned", "Follow", "Subscription", "GiftSubscription"],
    "Trovo": ["ChatMessage"],
}  # fmt: skip
_ANSWER_MS = 5_000
_PASSWORD = "Set LIVEHOST_STREAMERBOT_PASSWORD"
_ROLES = {2: "vip", 3: "moderator", 4: "broadcaster"}


def decode(raw: str) -> list[ChatLine]:
    """Raises UnknownFrame for what says nothing of the room, ValueError for what is no frame."""
    frame = parse(raw)
    source, kind = text(frame, "event", "source"), text(frame, "event", "type")
    data = look(frame, "data")
    if not kind:
        raise UnknownFrame("no event")
    if look(data, "isTest") is True or look(data, "message", "isTest") is True:
        raise UnknownFrame("a test")
    said = look(data, "message") if isinstance(look(data, "message"), dict) else data
    made: dict[str, Any] = {
        "platform": source.lower(),
        "id": text(said, "msgId") or text(data, "messageId") or text(data, "eventId") or text(data, "id"),
        "at_ms": moment_ms(text(frame, "timeStamp")),
        "user": _viewer(data, said),
    }
    words = text(said, "message") or (text(data, "message") if isinstance(look(data, "message"), str) else "")
    fields = _fields(kind, data, said, words)
    if fields is None:
        raise UnknownFrame(f"{source} {kind}"[:80])
    return [ChatLine(**{**made, **fields})]


def _fields(kind: str, data: Any, said: Any, words: str) -> dict[str, Any] | None:
    match kind:
        case "ChatMessage" | "Message":
            return {"text": _without_emotes(said, words)}
        case "Cheer":
            return {"type": "gift", "text": words, "gift": Gift("bits", 1, number(said, "bits"), "BITS")}
        case "SuperChat" | "SuperSticker":
            value = number(data, "microAmount") / 1e6
            name = "super chat" if kind == "SuperChat" else "super sticker"
            return {"type": "gift", "text": words, "gift": Gift(name, 1, value, text(data, "currencyCode"))}
        case "Follow":
            return {"type": "follow"}
        case "Sub" | "ReSub" | "NewSponsor" | "MemberMileStone" | "Subscription":
            months = whole(data, "cumulativeMonths") or whole(data, "months") or 1
            return {"type": "subscribe", "months": months, "text": words}
        case "GiftSub" | "GiftBomb" | "MembershipGift" | "GiftSubscription":
            return {"type": "subscribe", "gifted": whole(data, "gifts") or whole(data, "count") or 1}
        case "Raid":
            return {"type": "raid", "count": whole(data, "viewers") or whole(data, "viewerCount")}
        case "ChatMessageDeleted" | "MessageDeleted":
            return {"type": "deleted", "target_id": text(data, "targetMessageId") or text(data, "messageId"), "id": ""}
        case "UserBanned" | "UserTimedOut":
            who = text(data, "targetUserId") or text(data, "target_user_id") or text(data, "userId")
            return {"type": "banned", "target_user": who, "id": ""}
        case _:
            return None


def _viewer(data: Any, said: Any) -> Viewer:
    user = look(data, "user") if isinstance(look(data, "user"), dict) else said
    roles = tuple(
        filter(None, (_ROLES.get(whole(user, "role"), ""), "subscriber" * (look(user, "subscriber") is True)))
    )
    name = text(user, "displayName") or text(user, "name") or text(data, "userName") or text(user, "username")
    return Viewer(text(user, "userId") or text(user, "id") or text(data, "userId"), name, roles)


def _without_emotes(said: Any, words: str) -> str:
    """Emotes read aloud are noise; a line of nothing else is left as it is."""
    emotes = look(said, "emotes")
    kept = list(words)
    for emote in emotes[:200] if isinstance(emotes, list) else []:
        first, last = whole(emote, "startIndex"), whole(emote, "endIndex")
        if text(emote, "name") == words[first : last + 1]:
            kept[first : last + 1] = [""] * (last + 1 - first)
    return " ".join("".join(kept).split()) or words


class StreamerBotLink:
    limits = Limits(characters=200, per_window=20, window_ms=30_000)  # the least of the platforms behind it

    def __init__(self, host: str, port: int, password: str) -> None:
        self.name = f"streamerbot:{host}:{port}"
        self._address = f"ws://{host}:{port}/"
        self._password = password
        self._connection: ClientConnection | None = None
        self._answers: dict[str, asyncio.Future[Any]] = {}
        self._numbers = count(1)
        self._sources: dict[str, str] = {}  # line → the platform it came from

    async def attend(self, room: Room) -> None:
        room.silent_ms = 0  # its own pings tell a dead connection; a quiet chat sends nothing
        try:
            async with connect(self._address, max_size=MOST_BYTES, open_timeout=10, close_timeout=2) as connection:
                self._connection = connection
                hello = self._awaited("hello")
                await until_one_ends(self._read(connection, room), self._open(connection, hello, room))
        finally:
            self._connection = None
            for answer in self._answers.values():
                answer.cancel()
            self._answers.clear()

    async def post(self, reply_to: str, text: str) -> None:
        platform = self._sources.get(reply_to, "twitch")
        body = {"platform": platform, "message": text, "bot": True, "internal": False}
        answer = await self._ask(
            "SendMessage", **body, **({"replyId": reply_to} if platform == "twitch" and reply_to else {})
        )
        if (status := look(answer, "status")) != "ok":
            why = look(answer, "error") or status
            raise LivehostError(
                f"it was refused: {why}"[:200], where=self.name, fix="Set a password in Streamer.bot's server"
            )

    async def _read(self, connection: ClientConnection, room: Room) -> None:
        async for message in connection:
            self._take(str(message), room)

    async def _open(self, connection: ClientConnection, hello: asyncio.Future[Any], room: Room) -> None:
        challenge = look(await within_ms(_ANSWER_MS, hello), "authentication")
        if isinstance(challenge, dict):
            if not self._password:
                raise Refused("Streamer.bot wants a password", fix=_PASSWORD)
            proof = _proof(self._password, text(challenge, "salt"), text(challenge, "challenge"))
            if look(await self._ask("Authenticate", authentication=proof), "status") != "ok":
                raise Refused("Streamer.bot says that the password is wrong", fix=_PASSWORD)
        await self._ask("Subscribe", events=_EVENTS)
        room.ready("reading and posting" if challenge else "reading; posting needs a password in Streamer.bot's server")
        await connection.wait_closed()

    def _take(self, raw: str, room: Room) -> None:
        room.alive()
        try:
            frame = parse(raw)
        except ValueError:
            room.broken()
            return
        ident = "hello" if text(frame, "request") == "Hello" else text(frame, "id")
        if ident and (waiting := self._answers.get(ident)):
            if not waiting.done():
                waiting.set_result(frame)
        elif look(frame, "event"):
            self._remember(frame)
            room.frame(raw)

    def _remember(self, frame: Any) -> None:
        """Where a line came from, so that the reply goes back there."""
        ident = text(frame, "data", "message", "msgId") or text(frame, "data", "eventId")
        if ident:
            self._sources[ident] = text(frame, "event", "source").lower()
            if len(self._sources) > 2_000:
                self._sources.pop(next(iter(self._sources)))

    async def _ask(self, request: str, **fields: Any) -> Any:
        if self._connection is None:
            raise LivehostError("not connected", where=self.name)
        ident = f"livehost-{next(self._numbers)}"
        answer = self._awaited(ident)
        await self._connection.send(json.dumps({"request": request, "id": ident, **fields}))
        try:
            return await within_ms(_ANSWER_MS, answer)
        except TimeoutError:
            raise Lost(f"Streamer.bot did not answer to {request}") from None
        finally:
            self._answers.pop(ident, None)

    def _awaited(self, ident: str) -> asyncio.Future[Any]:
        self._answers[ident] = asyncio.get_running_loop().create_future()
        return self._answers[ident]


def _proof(password: str, salt: str, challenge: str) -> str:
    """As obs-websocket has it: SHA-256 twice, each in base64."""
    secret = base64.b64encode(hashlib.sha256((password + salt).encode()).digest()).decode()
    return base64.b64encode(hashlib.sha256((secret + challenge).encode()).digest()).decode()


def link_to(rest: str, around: Surroundings) -> StreamerBotLink:
    found = re.fullmatch(r"(?://)?([\w.-]{1,100}):(\d{1,5})/?", rest.strip())
    if not found:
        raise BadInput("this is no address", where=f"streamerbot:{rest}", fix="Write it as streamerbot:127.0.0.1:8080")
    return StreamerBotLink(found[1], int(found[2]), around.secrets.get("streamerbot_password"))


async def examine(rest: str, around: Surroundings) -> list[Finding]:
    """Signs in as a session would."""
    if not rest:
        return []
    link, told = link_to(rest, around), list[str]()

    def tell(event: Event) -> None:
        if isinstance(event, PartChanged) and event.state != "starting":
            told.append(f"{event.state}: {event.detail}")
            come.set()

    come = asyncio.Event()
    trying = asyncio.create_task(Room(link, decode, around).run(tell))
    try:
        await within_ms(2 * _ANSWER_MS, come.wait())
        good = told[0].startswith("ok")
        words = told[0].partition(": ")[2].partition("; next try")[0]
        return [Finding(link.name, "ok" if good else "warn", words, "" if good else _HOW)]
    except TimeoutError:
        return [Finding(link.name, "warn", "it does not answer", _HOW)]
    finally:
        trying.cancel()
        await asyncio.gather(trying, return_exceptions=True)


_HOW = f"Streamer.bot, Servers/Clients, WebSocket Server: start it; {_PASSWORD}"


def open_chat(_scheme: str, rest: str, around: Surroundings) -> Room:
    return Room(link_to(rest, around), decode, around)


PLATFORM = Platform("streamerbot", open_chat, secrets=("streamerbot_password",), examine=examine)
