"""Bilibili: `bilibili:ROOM`. Over the open platform where a project's keys and the streamer's code are there, else as the web
page reads it; posting takes the page's cookies.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from livehost.errors import BadInput, LivehostError
from livehost.ingest.bilibili_frames import decode
from livehost.ingest.bilibili_open import BilibiliOpen
from livehost.ingest.bilibili_packets import COMMAND, HEARTBEAT, SIGN_IN, SIGN_IN_ANSWER, packed, unpacked
from livehost.ingest.bilibili_sign_in import sign_in
from livehost.ingest.bilibili_web import BilibiliWeb, Entrance, Servers
from livehost.ingest.platform import Finding, Platform, Surroundings, options
from livehost.ingest.posting import Limits
from livehost.ingest.raw import parse, whole
from livehost.ingest.room import Room, closed_with
from livehost.ingest.trouble import Lost
from livehost.ingest.web import Web

_LIMITS = Limits(characters=40, per_window=10, window_ms=30_000, least_apart_ms=1_500, links=False)
_BEAT_MS, _OPEN_BEAT_MS, _SILENT_MS = 30_000, 20_000, 75_000
_MOST_BYTES = 1024 * 1024
_COOKIES = "Run: livehost login bilibili"


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`app_id`: of your project on the open platform."""

    app_id: int = 0


class BilibiliLink:
    limits = _LIMITS

    def __init__(self, room: str, around: Surroundings, servers: Servers | None = None) -> None:
        self.name = f"bilibili:{room}"
        self._number = room
        servers = servers or Servers()
        chosen: Options = options(around.table, Options, "bilibili")
        self._page = BilibiliWeb(around.secrets, around.clock, servers)
        self._open = BilibiliOpen(chosen.app_id, around.secrets, around.clock, servers)
        self._room = 0
        self._connection: ClientConnection | None = None

    async def attend(self, room: Room) -> None:
        room.silent_ms = _SILENT_MS
        if self._page.uid:
            room.own(str(self._page.uid))
        try:
            await self._read(await self._entrance(room), room)
        finally:
            self._connection = None
            await closed_with(self._open.end())
            await self._page.web.aclose()
            await self._open.web.aclose()

    async def post(self, reply_to: str, text: str) -> None:
        """Bilibili knows no replies by id: the line stands by itself."""
        if not self._page.may_post:
            raise LivehostError("posting needs a sign-in", where=self.name, fix=_COOKIES)
        self._room = self._room or await self._page.room(self._number)
        await self._page.send(self._room, text)

    async def _entrance(self, room: Room) -> Entrance:
        if self._open.there:
            entrance = await self._open.entrance()
            self._room = self._open.room
            room.server_time(self._open.web.server_epoch_ms)
            room.beats(_OPEN_BEAT_MS, self._beat)
            return entrance
        self._room = await self._page.room(self._number)
        room.server_time(self._page.web.server_epoch_ms)
        room.beats(_BEAT_MS, self._beat)
        return await self._page.entrance(self._room)

    async def _read(self, entrance: Entrance, room: Room) -> None:
        sign_in = entrance.sign_in if isinstance(entrance.sign_in, str) else json.dumps(dict(entrance.sign_in))
        async with connect(
            entrance.address, max_size=_MOST_BYTES, open_timeout=10, close_timeout=2, ping_interval=None
        ) as connection:
            self._connection = connection
            await connection.send(packed(SIGN_IN, sign_in.encode()))
            async for frame in connection:
                room.alive()
                await self._take(frame, room, connection)

    async def _take(self, frame: str | bytes, room: Room, connection: ClientConnection) -> None:
        try:
            packets = unpacked(frame if isinstance(frame, bytes) else frame.encode())
        except ValueError:
            room.broken()
            return
        for packet in packets:
            if packet.operation == COMMAND:
                room.frame(packet.body.decode("utf-8", "replace"))
            elif packet.operation == SIGN_IN_ANSWER:
                if code := whole(parse(packet.body.decode("utf-8", "replace") or "{}"), "code"):
                    raise Lost(f"Bilibili does not let it in ({code})")
                await connection.send(packed(HEARTBEAT, b"{}"))
                room.ready(self._told())

    def _told(self) -> str:
        way = "open platform" if self._open.there else "web page"
        masked = "" if self._open.there or self._page.uid else "; names are masked without a sign-in"
        return f"{way}{masked}" + ("" if self._page.may_post else "; posting needs: livehost login bilibili")

    async def _beat(self) -> None:
        if self._connection:
            await self._connection.send(packed(HEARTBEAT, b"{}"))
        if self._open.there:
            await self._open.beat()


async def log_in(around: Surroundings, tell: Callable[[str], None], servers: Servers | None = None) -> str:
    web = Web("Bilibili")
    try:
        cookies = await sign_in((servers or Servers()).passport, web, around.clock, tell)
    finally:
        await web.aclose()
    for name, value in cookies.items():
        around.secrets.keep(name, value)
    return f"user {cookies['bilibili_uid']}"


async def examine(rest: str, around: Surroundings, servers: Servers | None = None) -> list[Finding]:
    chosen: Options = options(around.table, Options, "bilibili")
    page = BilibiliWeb(around.secrets, around.clock, servers or Servers())
    project = BilibiliOpen(chosen.app_id, around.secrets, around.clock, servers or Servers())
    found = [Finding("bilibili", "ok", "open platform: keys and code are there") if project.there else
             Finding("bilibili", "warn", "no keys of the open platform: the room is read as the web page does")]  # fmt: skip
    try:
        if not page.may_post:
            found.append(Finding("bilibili", "warn", "nothing can be posted", _COOKIES))
        elif not await page.signed_in():
            found.append(Finding("bilibili", "warn", "the sign-in is no longer good", _COOKIES))
        if rest:
            found.append(Finding(f"bilibili:{rest}", "ok", f"room {await page.room(room_of(rest))}"))
        return found
    finally:
        await page.web.aclose()


def room_of(rest: str) -> str:
    """Out of a number or the room's address; raises BadInput."""
    found = re.fullmatch(r"(?:https?://)?(?:live\.bilibili\.com/)?(\d{1,15})(?:[/?#].*)?", rest.strip())
    if not found:
        raise BadInput(
            "this is no room", where=f"bilibili:{rest}", fix="Write it as bilibili:ROOM, the number in its address"
        )
    return found[1]


def open_chat(_scheme: str, rest: str, around: Surroundings) -> Room:
    return Room(BilibiliLink(room_of(rest), around), decode, around)


PLATFORM = Platform(
    "bilibili",
    open_chat,
    Options,
    secrets=(
        "bilibili_sessdata",
        "bilibili_jct",
        "bilibili_uid",
        "bilibili_access_key",
        "bilibili_access_secret",
        "bilibili_code",
    ),
    examine=examine,
    log_in=log_in,
)
