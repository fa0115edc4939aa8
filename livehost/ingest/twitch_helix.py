"""Twitch's HTTP interface (Helix) and its sign-in, as far as a chat needs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from livehost.clock import SessionClock
from livehost.errors import LivehostError
from livehost.ingest.account import Account
from livehost.ingest.device_code import Grantor, sign_in
from livehost.ingest.raw import listed, look, number, text
from livehost.ingest.trouble import Refused
from livehost.ingest.web import Web
from livehost.secret import Secrets

SCOPES = (
    "user:read:chat",
    "user:write:chat",
    "chat:read",
    "chat:edit",
    "moderator:read:followers",
    "channel:read:subscriptions",
    "bits:read",
    "channel:moderate",
    "moderator:manage:chat_messages",
)
_VALID_MS = 3_600_000  # Twitch wants a token to be validated each hour


@dataclass(frozen=True)
class Servers:
    helix: str = "https://api.twitch.tv/helix"
    sign_in: str = "https://id.twitch.tv/oauth2"
    eventsub: str = "wss://eventsub.wss.twitch.tv/ws"
    irc: str = "wss://irc-ws.chat.twitch.tv:443"


@dataclass(frozen=True)
class Who:
    """Whose token it is, and what it allows."""

    user_id: str
    login: str
    client_id: str
    scopes: tuple[str, ...]


class Helix:
    """Raises Refused, Unauthorised or Lost, as Web does."""

    def __init__(self, client_id: str, secrets: Secrets, clock: SessionClock, servers: Servers) -> None:
        self.web = Web("Twitch")
        self._servers = servers
        self._clock = clock
        self._client_id = client_id or secrets.get("twitch_client_id")
        self.account = Account("twitch", self._grantor(), self.web, secrets, clock)
        self._who: Who | None = None
        self._validated_ms = 0

    async def who(self) -> Who:
        """The token's owner, asked for at the start and each hour."""
        if self._who is None or self._clock.now_ms() - self._validated_ms > _VALID_MS:
            self._who = await self.account.used(self._validate)
            self._validated_ms = self._clock.now_ms()
        return self._who

    async def user_id(self, login: str) -> str:
        found = await self.ask("GET", "/users", params={"login": login})
        ident = text(look(found, "data", 0), "id")
        if not ident:
            raise Refused(f"there is no channel {login!r} on Twitch")
        return ident

    async def subscribe(self, kind: str, version: str, condition: dict[str, str], session: str) -> None:
        transport = {"method": "websocket", "session_id": session}
        body = {"type": kind, "version": version, "condition": condition, "transport": transport}
        await self.ask("POST", "/eventsub/subscriptions", json=body)

    async def send(self, broadcaster: str, sender: str, message: str, reply_to: str) -> str:
        """The new message's id; raises LivehostError with Twitch's reason when it was not taken."""
        body = {"broadcaster_id": broadcaster, "sender_id": sender, "message": message}
        if reply_to:
            body["reply_parent_message_id"] = reply_to
        answer = look(await self.ask("POST", "/chat/messages", json=body), "data", 0)
        if look(answer, "is_sent") is not True:
            raise LivehostError(f"it was refused: {text(answer, 'drop_reason', 'message') or 'without a reason'}")
        return text(answer, "message_id")

    async def delete(self, broadcaster: str, moderator: str, message_id: str) -> None:
        """Not older than six hours, of an account that moderates there and is not the broadcaster's own."""
        params = {"broadcaster_id": broadcaster, "moderator_id": moderator, "message_id": message_id}
        await self.ask("DELETE", "/moderation/chat", params=params)

    async def ask(self, method: str, path: str, **request: Any) -> Any:
        who = await self.who()

        async def asked(access: str) -> Any:
            headers = {"Authorization": f"Bearer {access}", "Client-Id": who.client_id}
            return await self.web.json(method, self._servers.helix + path, headers=headers, **request)

        return await self.account.used(asked)

    async def log_in(self, tell: Callable[[str], None]) -> str:
        """The name that was signed in."""
        if not self._client_id:
            raise Refused(
                "the client id of a Twitch application is needed",
                fix="Register a public one at dev.twitch.tv/console, then set client_id in [platforms.twitch] "
                "or LIVEHOST_TWITCH_CLIENT_ID",
            )
        self.account.take(await sign_in(self._grantor(), self.web, self._clock, tell))
        self._who = None
        return (await self.who()).login

    async def _validate(self, access: str) -> Who:
        headers = {"Authorization": f"OAuth {access}"}
        found = await self.web.json("GET", f"{self._servers.sign_in}/validate", headers=headers)
        if lasts := number(found, "expires_in"):
            self.account.ends_in(int(lasts * 1000))
        scopes = tuple(scope for scope in listed(found, "scopes") if isinstance(scope, str))
        return Who(text(found, "user_id"), text(found, "login"), text(found, "client_id"), scopes)

    def _grantor(self) -> Grantor:
        base = self._servers.sign_in
        client = {"client_id": self._client_id}
        return Grantor(f"{base}/device", f"{base}/token", SCOPES, client, scopes_key="scopes")
