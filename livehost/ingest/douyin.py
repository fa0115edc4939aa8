"""Douyin: `douyin:ROOM`. Either the platform pushes into a server of ours (while a registered 小玩法 is mounted in the
room), or a sidecar on this machine reads the room as the web page does (github.com/jwwsjlm/douyinLive, MIT).

Nobody else may post: answers go by voice and overlay.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from websockets.asyncio.client import connect

from livehost.clock import SessionClock
from livehost.errors import BadInput, LivehostError
from livehost.ingest.douyin_frames import decode
from livehost.ingest.hook import Hook
from livehost.ingest.lines import MOST_BYTES
from livehost.ingest.platform import Finding, Platform, Surroundings, options
from livehost.ingest.posting import Limits
from livehost.ingest.raw import parse, text, whole
from livehost.ingest.relay import examined
from livehost.ingest.room import Room, closed_with
from livehost.ingest.trouble import Lost, Refused
from livehost.ingest.web import Web
from livehost.secret import Secrets

_KINDS = ("live_comment", "live_gift", "live_like", "live_fansclub")
_SIGNED = ("x-msg-type", "x-nonce-str", "x-roomid", "x-timestamp")
_OLD_MS = 600_000  # a push that is older is somebody's copy
_AGAIN_MS = 300_000  # starting what runs already is no fault: it shows that it still runs
_TOKEN_EARLY_MS = 300_000


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Either `sidecar`, or `listen` (HOST:PORT for the pushes) with the `app_id` of the 小玩法."""

    sidecar: str = ""
    listen: str = ""
    app_id: str = ""


@dataclass(frozen=True)
class Servers:
    tasks: str = "https://webcast.bytedance.com/api/live_data/task"
    token: str = "https://developer.toutiao.com/api/apps/v2/token"


class SidecarLink:
    limits = Limits(open=False)

    def __init__(self, room: str, sidecar: str) -> None:
        self.name = f"douyin:{room}"
        self._address = f"{sidecar.rstrip('/')}/ws/{room}"

    async def attend(self, room: Room) -> None:
        async with connect(self._address, max_size=MOST_BYTES, open_timeout=10, close_timeout=2) as connection:
            room.silent_ms = 0  # its own pings tell a dead connection; between shows it is silent
            room.ready("connected to the sidecar; nothing can be posted")
            async for message in connection:
                self._take(message if isinstance(message, str) else message.decode("utf-8", "replace"), room)

    async def post(self, reply_to: str, text: str) -> None:
        raise LivehostError("Douyin lets nobody post", where=self.name)

    def _take(self, raw: str, room: Room) -> None:
        room.alive()
        try:
            frame = parse(raw)
        except ValueError:
            room.broken()
            return
        if text(frame, "type") != "system":
            room.frame(raw)
            return
        match text(frame, "code"):
            case "ROOM_ONLINE":
                room.ready("reading; nothing can be posted")
            case "ROOM_NOT_FOUND":
                raise Refused(
                    "there is no such room on Douyin", fix="Write it as douyin:ROOM, the number in its address"
                )
            case "ROOM_OFFLINE" | "ACCOUNT_OFFLINE_NO_ROOM" | "ROOM_ENDED":
                room.degraded("the room is not live; the sidecar waits for it")
            case "ROOM_STATUS_UNKNOWN":
                room.degraded("the sidecar can't tell whether the room is live: its log says why")


class PushLink:
    """`douyin_push_secret` signs the pushes; with `douyin_app_secret` the tasks are started and stopped from here."""

    limits = Limits(open=False)

    def __init__(self, room: str, around: Surroundings, chosen: Options, servers: Servers) -> None:
        self.name = f"douyin:{room}"
        self._number = room
        self._clock = around.clock
        self._secret = around.secrets.get("douyin_push_secret")
        self._tasks = Tasks(chosen.app_id, around.secrets, around.clock, servers)
        self._hook = Hook(chosen.listen, "/douyin", self._take)
        self._room: Room | None = None

    async def attend(self, room: Room) -> None:
        if not self._secret:
            raise Refused("pushes can't be verified without their key", fix="Set LIVEHOST_DOUYIN_PUSH_SECRET")
        room.silent_ms = 0  # a quiet room pushes nothing
        self._room = room
        try:
            await self._tasks.start(self._number)
            room.beats(_AGAIN_MS, self._again)
            room.ready(f"pushes are taken at {self._hook.address}; nothing can be posted")
            await self._hook.serve()
        except OSError as trouble:
            raise Refused(f"pushes can't be taken: {trouble.strerror}", fix="Name another port with listen") from None
        finally:
            await closed_with(self._tasks.stop(self._number))
            await self._tasks.web.aclose()

    async def post(self, reply_to: str, text: str) -> None:
        raise LivehostError("Douyin lets nobody post", where=self.name)

    async def _again(self) -> None:
        await self._tasks.start(self._number)

    def _take(self, headers: Mapping[str, str], body: bytes) -> bool:
        given = headers.get("x-signature", "")
        if not hmac.compare_digest(given.encode(), signature(headers, body, self._secret).encode()):
            return False
        if abs(whole({"at": headers.get("x-timestamp", "")}, "at") - self._clock.epoch_ms()) > _OLD_MS:
            return False
        if self._room and headers.get("x-roomid") == self._number:
            try:
                payload = parse(body.decode("utf-8", "replace"))
            except ValueError:
                self._room.broken()
            else:
                self._room.frame(
                    json.dumps({"type": headers.get("x-msg-type", ""), "payload": payload}, ensure_ascii=False)
                )
        return True


class Tasks:
    """Douyin's push tasks, one for each kind of message."""

    def __init__(self, app_id: str, secrets: Secrets, clock: SessionClock, servers: Servers) -> None:
        self.web = Web("Douyin")
        self._clock = clock
        self._app_id = app_id
        self._secret = secrets.get("douyin_app_secret")
        self._servers = servers
        self._token = ""
        self._token_ends_ms = 0
        self._started: set[str] = set()

    @property
    def there(self) -> bool:
        return bool(self._app_id and self._secret)

    async def start(self, room: str) -> None:
        for kind in _KINDS if self.there else ():
            await self._ask("start", room, kind)
            self._started.add(kind)

    async def stop(self, room: str) -> None:
        for kind in sorted(self._started):
            await self._ask("stop", room, kind)
        self._started.clear()

    async def token(self) -> str:
        if self._clock.now_ms() > self._token_ends_ms - _TOKEN_EARLY_MS or not self._token:
            body = {"appid": self._app_id, "secret": self._secret, "grant_type": "client_credential"}
            answer = await self.web.json("POST", self._servers.token, json=body)
            _good(answer, "err_no", "err_tips")
            self._token = text(answer, "data", "access_token")
            self._token_ends_ms = self._clock.now_ms() + whole(answer, "data", "expires_in") * 1000
        return self._token

    async def _ask(self, what: str, room: str, kind: str) -> None:
        headers = {"access-token": await self.token(), "content-type": "application/json"}
        body = {"roomid": room, "appid": self._app_id, "msg_type": kind}
        _good(
            await self.web.json("POST", f"{self._servers.tasks}/{what}", json=body, headers=headers),
            "err_no",
            "err_msg",
        )


def signature(headers: Mapping[str, str], body: bytes, secret: str) -> str:
    """MD5 over the sorted headers, the body and the key, as Douyin's document on pushes has it."""
    named = "&".join(f"{name}={headers.get(name, '')}" for name in _SIGNED)
    whole_text = named.encode() + body + secret.encode()
    return base64.b64encode(hashlib.md5(whole_text, usedforsecurity=False).digest()).decode()


def _good(answer: Any, code: str, words: str) -> None:
    """Raises Refused for an answer with a fault, Lost for one that says to come later."""
    found = whole(answer, code)
    if found in (0, 10_020):
        return
    told = f"Douyin answers {found}: {text(answer, words)}"[:200]
    if found in (-1, 50_000, 40_029):
        raise Lost(told, retry_ms=30_000)
    raise Refused(
        told, fix="Check app_id in [platforms.douyin], LIVEHOST_DOUYIN_APP_SECRET, and that the 小玩法 is mounted"
    )


async def examine(rest: str, around: Surroundings, servers: Servers | None = None) -> list[Finding]:
    chosen: Options = options(around.table, Options, "douyin")
    if chosen.sidecar:
        address = f"{chosen.sidecar.rstrip('/')}/ws/{rest or '0'}"
        return [
            await examined("douyin sidecar", address, "Start the sidecar, and check its address in [platforms.douyin]")
        ]
    if not chosen.listen:
        return [Finding("douyin", "warn", "neither sidecar nor listen is set", _HOW)]
    if not around.secrets.get("douyin_push_secret"):
        fix = "Set LIVEHOST_DOUYIN_PUSH_SECRET"
        return [Finding("douyin", "missing", "pushes can't be verified without their key", fix)]
    tasks = Tasks(chosen.app_id, around.secrets, around.clock, servers or Servers())
    try:
        if tasks.there:
            await tasks.token()
        return [Finding("douyin", "ok", "pushes are verified" + ("; the app's key is good" if tasks.there else ""))]
    finally:
        await tasks.web.aclose()


_HOW = 'Set sidecar = "ws://127.0.0.1:1088" or listen = "127.0.0.1:8601" in [platforms.douyin]'


def open_chat(_scheme: str, rest: str, around: Surroundings, servers: Servers | None = None) -> Room:
    found = re.fullmatch(r"(?:https?://live\.douyin\.com/)?(\w{1,40})(?:[/?#].*)?", rest.strip())
    if not found:
        raise BadInput(
            "this is no room", where=f"douyin:{rest}", fix="Write it as douyin:ROOM, the number in its address"
        )
    chosen: Options = options(around.table, Options, "douyin")
    if chosen.sidecar:
        return Room(SidecarLink(found[1], chosen.sidecar), decode, around)
    if not chosen.listen:
        raise BadInput("Douyin needs a way in", where=f"douyin:{rest}", fix=_HOW)
    return Room(PushLink(found[1], around, chosen, servers or Servers()), decode, around)


PLATFORM = Platform("douyin", open_chat, Options, secrets=("douyin_push_secret", "douyin_app_secret"), examine=examine)
