"""Kick's public interface: who is in charge, posting, and events pushed by webhook with an RSA signature (docs.kick.com)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from livehost.clock import SessionClock
from livehost.errors import LivehostError
from livehost.ingest.account import Account
from livehost.ingest.device_code import Grantor
from livehost.ingest.loopback import CodeGrantor, sign_in
from livehost.ingest.raw import listed, look, moment_ms, text
from livehost.ingest.trouble import Lost, Refused
from livehost.ingest.web import Web
from livehost.secret import Secrets

EVENTS = (
    "chat.message.sent",
    "channel.followed",
    "channel.subscription.new",
    "channel.subscription.renewal",
    "channel.subscription.gifts",
    "kicks.gifted",
    "moderation.banned",
)
SCOPES = ("user:read", "channel:read", "chat:write", "events:subscribe", "moderation:chat_message:manage")
_OLD_MS = 600_000


@dataclass(frozen=True)
class Servers:
    api: str = "https://api.kick.com/public/v1"
    page: str = "https://kick.com/api/v2"
    sign_in: str = "https://id.kick.com/oauth"
    pusher: str = "wss://ws-us2.pusher.com/app/32cbd69e4b950bf97679?protocol=7&client=js&version=8.4.0&flash=false"


class Kick:
    """`kick_token`, and to renew it `kick_refresh`, `kick_client_id` and `kick_client_secret`."""

    def __init__(self, secrets: Secrets, clock: SessionClock, servers: Servers) -> None:
        self.web = Web("Kick")
        self._servers = servers
        self._clock = clock
        self._client = {
            "client_id": secrets.get("kick_client_id"),
            "client_secret": secrets.get("kick_client_secret"),
        }
        grantor = Grantor("", f"{servers.sign_in}/token", (), self._client)
        self.account = Account("kick", grantor, self.web, secrets, clock)
        self._key: rsa.RSAPublicKey | None = None

    async def log_in(self, port: int, tell: Callable[[str], None]) -> str:
        """The name that was signed in."""
        if not all(self._client.values()):
            raise Refused(
                "an application of your own is needed",
                fix=f"Make one at kick.com/settings/developer with the redirect http://localhost:{port}/callback, "
                "and set LIVEHOST_KICK_CLIENT_ID and LIVEHOST_KICK_CLIENT_SECRET",
            )
        base = self._servers.sign_in
        grantor = CodeGrantor(f"{base}/authorize", f"{base}/token", SCOPES, self._client, port)
        self.account.take(await sign_in(grantor, self.web, tell))
        return (await self.own())[1]

    async def broadcaster(self, slug: str) -> int:
        found = look(await self._ask("GET", "/channels", params={"slug": slug}), "data", 0, "broadcaster_user_id")
        if not isinstance(found, int):
            raise Refused(f"there is no channel {slug!r} on Kick")
        return found

    async def chatroom(self, slug: str) -> tuple[int, int]:
        """The numbers of the chat and of the channel, as the web page knows them."""
        try:
            page = await self.web.json("GET", f"{self._servers.page}/channels/{slug}")
        except Refused as trouble:
            raise Refused(
                trouble.what, fix="Set chatroom = NUMBER in [platforms.kick]: the page's chatroom.id"
            ) from None
        chat, channel = look(page, "chatroom", "id"), look(page, "id")
        if not isinstance(chat, int):
            raise Refused(f"there is no channel {slug!r} on Kick")
        return chat, channel if isinstance(channel, int) else 0

    async def send(self, broadcaster: int, message: str, reply_to: str) -> str:
        """The new message's id; raises LivehostError with Kick's reason when it was not taken."""
        body: dict[str, Any] = {"broadcaster_user_id": broadcaster, "content": message, "type": "user"}
        if reply_to:
            body["reply_to_message_id"] = reply_to
        answer = await self._ask("POST", "/chat", json=body)
        if look(answer, "data", "is_sent") is not True:
            raise LivehostError(f"it was refused: {text(answer, 'message') or 'without a reason'}")
        return text(answer, "data", "message_id")

    async def delete(self, message_id: str) -> None:
        await self._ask("DELETE", f"/chat/{quote(message_id, safe='')}")

    async def own(self) -> tuple[str, str]:
        """Id and name of whoever signed in."""
        user = look(await self._ask("GET", "/users"), "data", 0)
        return text(user, "user_id"), text(user, "name")

    async def subscribe(self, broadcaster: int) -> None:
        events = [{"name": name, "version": 1} for name in EVENTS]
        body = {"broadcaster_user_id": broadcaster, "events": events, "method": "webhook"}
        answer = await self._ask("POST", "/events/subscriptions", json=body)
        faults = [text(one, "error") for one in listed(answer, "data") if text(one, "error")]
        if faults and len(faults) == len(EVENTS):
            raise Refused(f"Kick takes no subscription: {faults[0]}"[:200])

    async def subscribe_again(self, broadcaster: int) -> None:
        """Where Kick has ended the subscription to chat (a day of failures is enough for that), a new one."""
        answer = await self._ask("GET", "/events/subscriptions")
        known = {text(one, "event") for one in listed(answer, "data")}
        if EVENTS[0] not in known:
            await self.subscribe(broadcaster)

    async def load_key(self) -> None:
        answer = await self.web.json("GET", f"{self._servers.api}/public-key")
        try:
            key = load_pem_public_key(text(answer, "data", "public_key").encode())
        except ValueError:
            raise Lost("Kick's public key can't be read") from None
        if not isinstance(key, rsa.RSAPublicKey):
            raise Lost("Kick's public key is of another kind")
        self._key = key

    def is_signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        """RSA (PKCS#1 v1.5, SHA-256) over "id.timestamp.body"; what is older than ten minutes is somebody's copy."""
        ident, at = headers.get("kick-event-message-id", ""), headers.get("kick-event-message-timestamp", "")
        if self._key is None or abs(moment_ms(at) - self._clock.epoch_ms()) > _OLD_MS:
            return False
        try:
            given = base64.b64decode(headers.get("kick-event-signature", ""), validate=True)
            self._key.verify(given, f"{ident}.{at}.".encode() + body, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError):
            return False
        return True

    async def _ask(self, method: str, path: str, **request: Any) -> Any:
        async def asked(access: str) -> Any:
            headers = {"Authorization": f"Bearer {access}"}
            return await self.web.json(method, self._servers.api + path, headers=headers, **request)

        return await self.account.used(asked)
