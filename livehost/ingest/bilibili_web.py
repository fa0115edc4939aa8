"""Bilibili's room as its web page reads it, and posting with the page's cookies.

room number ─▶ wbi-signed getDanmuInfo ─▶ hosts and a key ─▶ websocket ─▶ sign-in ─▶ commands, a heartbeat each 30 s
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from livehost.clock import SessionClock
from livehost.errors import LivehostError
from livehost.ingest.raw import listed, look, text, whole
from livehost.ingest.trouble import Lost, Refused
from livehost.ingest.web import Web
from livehost.secret import Secrets

# The order in which the page mixes the letters of the day's two keys (bilibili-API-collect, docs/misc/sign/wbi.md).
_MIXED = (
    46, 47, 18, 2, 53, 8, 23, 32, 15, 50, 10, 31, 58, 3, 45, 35, 27, 43, 5, 49, 33, 9, 42, 19, 29, 28, 14, 39, 12, 38, 41, 13,
)  # fmt: skip
_RISK_MS = 300_000
_RISKS = {-352: "Bilibili's risk control refuses", -412: "Bilibili has blocked this address for a while"}


@dataclass(frozen=True)
class Servers:
    api: str = "https://api.bilibili.com"
    live: str = "https://api.live.bilibili.com"
    open: str = "https://live-open.biliapi.com"
    passport: str = "https://passport.bilibili.com"
    scheme: str = "wss"  # of the chat's own servers, which are named by an answer


@dataclass(frozen=True)
class Entrance:
    """Where a room's chat is, and what to say there."""

    address: str
    sign_in: Mapping[str, Any] | str


class BilibiliWeb:
    """`bilibili_sessdata`, `bilibili_jct` and `bilibili_uid` are the page's cookies SESSDATA, bili_jct and DedeUserID."""

    def __init__(self, secrets: Secrets, clock: SessionClock, servers: Servers) -> None:
        self.web = Web("Bilibili")
        self._clock = clock
        self._servers = servers
        self._session = secrets.get("bilibili_sessdata")
        self._csrf = secrets.get("bilibili_jct")
        self.uid = int(uid) if (uid := secrets.get("bilibili_uid")).isdigit() else 0
        if self._session:
            self.web.cookies.update({"SESSDATA": self._session, "bili_jct": self._csrf, "DedeUserID": str(self.uid)})
        self._tries = 0

    @property
    def may_post(self) -> bool:
        return bool(self._session and self._csrf)

    async def room(self, number: str) -> int:
        """The room's long number: an address may show a short one."""
        data = await self._ask("GET", f"{self._servers.live}/room/v1/Room/get_info", params={"room_id": number})
        found = whole(data, "room_id")
        if not found:
            raise Refused(f"there is no room {number} on Bilibili")
        return found

    async def signed_in(self) -> bool:
        """Whether the cookies are still good."""
        nav = await self.web.json("GET", f"{self._servers.api}/x/web-interface/nav")
        return look(nav, "data", "isLogin") is True

    async def entrance(self, room: int) -> Entrance:
        if "buvid3" not in self.web.cookies:
            finger = await self._ask("GET", f"{self._servers.api}/x/frontend/finger/spi")
            self.web.cookies.set("buvid3", text(finger, "b_3"))
        params = await self._signed({"id": str(room), "type": "0"})
        address = f"{self._servers.live}/xlive/web-room/v1/index/getDanmuInfo"
        data = await self._ask("GET", address, params=params)
        hosts = listed(data, "host_list")
        if not hosts:
            raise Lost("Bilibili named no server for the chat")
        host = hosts[self._tries % len(hosts)]
        self._tries += 1
        port = whole(host, "wss_port" if self._servers.scheme == "wss" else "ws_port")
        sign_in = {
            "uid": self.uid,
            "roomid": room,
            "protover": 3,
            "platform": "web",
            "type": 2,
            "buvid": self.web.cookies.get("buvid3") or "",
            "key": text(data, "token"),
        }
        return Entrance(f"{self._servers.scheme}://{text(host, 'host')}:{port}/sub", sign_in)

    async def send(self, room: int, message: str) -> None:
        """Raises LivehostError with Bilibili's reason when the line was not taken."""
        form = {
            "bubble": "0",
            "msg": message,
            "color": "16777215",
            "mode": "1",
            "fontsize": "25",
            "rnd": str(self._clock.epoch_ms() // 1000),
            "roomid": str(room),
            "csrf": self._csrf,
            "csrf_token": self._csrf,
        }
        answer = await self.web.json("POST", f"{self._servers.live}/msg/send", data=form)
        why_not = text(answer, "message") or text(answer, "msg")
        if whole(answer, "code") or why_not:  # code 0 with a letter for a reason: swallowed by the room's filter
            known = {"f": "a word of it is not allowed", "k": "the room's filter does not let it through"}
            raise LivehostError(f"it was refused: {known.get(why_not, why_not) or whole(answer, 'code')}")

    async def video(self, number: str) -> tuple[str, str]:
        """The long number of a video, and who made it."""
        data = await self.read("/x/web-interface/view", {"bvid": number})
        return text(data, "aid"), text(data, "owner", "mid")

    async def read(self, path: str, params: Mapping[str, str]) -> Any:
        return await self._ask("GET", f"{self._servers.api}{path}", params=dict(params))

    async def write(self, path: str, form: Mapping[str, str], refusals: Mapping[int, str]) -> Any:
        """Raises LivehostError with Bilibili's reason when it was not taken."""
        answer = await self.web.json("POST", f"{self._servers.api}{path}", data={**form, "csrf": self._csrf})
        if code := whole(answer, "code"):
            raise LivehostError(f"it was refused: {refusals.get(code, text(answer, 'message') or code)}"[:200])
        return look(answer, "data")

    async def _ask(self, method: str, address: str, **request: Any) -> Any:
        return data_of(await self.web.json(method, address, **request))

    async def _signed(self, params: dict[str, str]) -> dict[str, str]:
        """With the page's signature: MD5 over the sorted parameters and the mixed key of the day."""
        nav = await self.web.json("GET", f"{self._servers.api}/x/web-interface/nav")  # it holds the keys for anybody
        pictures = [text(nav, "data", "wbi_img", name) for name in ("img_url", "sub_url")]
        keys = "".join(picture.rpartition("/")[2].partition(".")[0] for picture in pictures)
        if len(keys) < 64:
            raise Lost("Bilibili gave no keys to sign with")
        signed = dict(sorted({**params, "wts": str(self._clock.epoch_ms() // 1000)}.items()))
        mixed = "".join(keys[at] for at in _MIXED)
        return {**signed, "w_rid": hashlib.md5((urlencode(signed) + mixed).encode(), usedforsecurity=False).hexdigest()}


def data_of(answer: Any) -> Any:
    """An answer's `data`; raises Lost or Refused for a code that is not 0."""
    code = whole(answer, "code")
    if code in _RISKS:
        raise Lost(f"{_RISKS[code]} ({code})", retry_ms=_RISK_MS, fix="Sign in with the page's cookies, or wait")
    if code:
        raise Refused(f"Bilibili answers {code}: {text(answer, 'message') or text(answer, 'msg')}"[:200])
    return look(answer, "data")
