"""Bilibili's open platform: a project of one's own in the streamer's room, with signed requests (open-live.bilibili.com).

start (the streamer's code) ─▶ servers and a sign-in body ─▶ … heartbeat each 20 s … ─▶ end, or the room stays taken
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets as entropy
from typing import Any

from livehost.clock import SessionClock
from livehost.ingest.bilibili_web import Entrance, Servers
from livehost.ingest.raw import listed, look, text, whole
from livehost.ingest.trouble import Lost, Refused
from livehost.ingest.web import Web
from livehost.secret import Secrets

_BUSY = {7001: 60_000, 7002: 30_000, 7003: 1_000}  # cooling down, already running, over: → how long to wait


class BilibiliOpen:
    """`bilibili_access_key`, `bilibili_access_secret` and `bilibili_code` (身份码) are its secrets."""

    def __init__(self, app_id: int, secrets: Secrets, clock: SessionClock, servers: Servers) -> None:
        self.web = Web("Bilibili")
        self._clock = clock
        self._base = servers.open
        self._app_id = app_id
        self._key = secrets.get("bilibili_access_key")
        self._secret = secrets.get("bilibili_access_secret")
        self._code = secrets.get("bilibili_code")
        self._game = ""
        self._tries = 0
        self.room = 0

    @property
    def there(self) -> bool:
        return bool(self._app_id and self._key and self._secret and self._code)

    async def entrance(self) -> Entrance:
        data = await self._ask("start", {"code": self._code, "app_id": self._app_id})
        self._game = text(data, "game_info", "game_id")
        self.room = whole(data, "anchor_info", "room_id")
        links = [link for link in listed(data, "websocket_info", "wss_link") if isinstance(link, str)]
        if not links:
            raise Lost("Bilibili named no server for the chat")
        self._tries += 1
        return Entrance(links[(self._tries - 1) % len(links)], text(data, "websocket_info", "auth_body"))

    async def beat(self) -> None:
        if self._game:
            await self._ask("heartbeat", {"game_id": self._game})

    async def end(self) -> None:
        game, self._game = self._game, ""
        if game:
            await self._ask("end", {"app_id": self._app_id, "game_id": game})

    async def _ask(self, what: str, body: dict[str, Any]) -> Any:
        content = json.dumps(body).encode()
        answer = await self.web.json(
            "POST", f"{self._base}/v2/app/{what}", content=content, headers=self._signed(content)
        )
        code = whole(answer, "code")
        words = f"Bilibili's open platform answers {code}: {text(answer, 'message')}"[:200]
        if code in _BUSY:
            raise Lost(words, retry_ms=_BUSY[code])
        if code:
            raise Refused(words, fix="Check app_id in [platforms.bilibili], the access key and the streamer's code")
        return look(answer, "data")

    def _signed(self, content: bytes) -> dict[str, str]:
        headers = {
            "x-bili-accesskeyid": self._key,
            "x-bili-content-md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
            "x-bili-signature-method": "HMAC-SHA256",
            "x-bili-signature-nonce": entropy.token_hex(16),
            "x-bili-signature-version": "1.0",
            "x-bili-timestamp": str(self._clock.epoch_ms() // 1000),
        }
        lines = "\n".join(f"{name}:{value}" for name, value in headers.items())
        signature = hmac.new(self._secret.encode(), lines.encode(), hashlib.sha256).hexdigest()
        return {
            **headers,
            "Authorization": signature,
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
