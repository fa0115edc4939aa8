"""An account's token that renews itself: before it ends, and when the platform says that it is no longer good."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from livehost.clock import SessionClock
from livehost.errors import MissingPart
from livehost.ingest.device_code import Grantor, Token, refreshed
from livehost.ingest.trouble import Refused, Unauthorised
from livehost.ingest.web import Web
from livehost.secret import Secrets

T = TypeVar("T")
_EARLY_MS = 5 * 60_000


class Account:
    """`{name}_token` and `{name}_refresh` are its secrets. A renewed refresh token is kept, since the old one is void."""

    def __init__(self, name: str, grantor: Grantor, web: Web, secrets: Secrets, clock: SessionClock) -> None:
        self._name = name
        self._log_in = f"Run: livehost login {name.replace('_', '-')}"
        self._grantor = grantor
        self._web = web
        self._secrets = secrets
        self._clock = clock
        self._access = secrets.get(f"{name}_token").removeprefix("oauth:")
        self._refresh = secrets.get(f"{name}_refresh")
        self._ends_ms: int | None = None  # not known
        self._renewing = asyncio.Lock()

    @property
    def there(self) -> bool:
        return bool(self._access or self._refresh)

    @property
    def access(self) -> str:
        return self._access

    def ends_in(self, ms: int) -> None:
        """The platform said how long the token is good."""
        self._ends_ms = self._clock.now_ms() + ms

    async def used(self, work: Callable[[str], Awaitable[T]]) -> T:
        """`work` with a good token; once more with a renewed one when the first was refused."""
        if not self._access or (self._ends_ms is not None and self._clock.now_ms() > self._ends_ms - _EARLY_MS):
            await self._renew(self._access)
        access = self._access
        try:
            return await work(access)
        except Unauthorised:
            await self._renew(access)
            return await work(self._access)

    def take(self, token: Token) -> None:
        """A new token, from a sign-in or a renewal; where there is no keyring it lasts as long as the process."""
        self._access, self._refresh = token.access, token.refresh
        self.ends_in(token.lasts_ms)
        for secret, value in (("token", token.access), ("refresh", token.refresh)):
            try:
                self._secrets.keep(f"{self._name}_{secret}", value)
            except MissingPart:
                continue

    async def _renew(self, refused: str) -> None:
        async with self._renewing:
            if self._access and self._access != refused:
                return  # somebody else has done it
            if not self._refresh:
                raise Unauthorised("the token is no longer good", fix=self._log_in)
            try:
                self.take(await refreshed(self._grantor, self._web, self._refresh))
            except Refused:
                self._access = ""
                raise Unauthorised("the sign-in is no longer good", fix=self._log_in) from None
