"""Signing in from a terminal: the device authorization grant (RFC 8628), as Twitch and Google offer it.

livehost ─▶ device code ─▶ shows an address and a code ─▶ asks each `interval` s ─▶ token, refresh token
                                 the person opens it anywhere and allows it
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from livehost.clock import SessionClock
from livehost.ingest.raw import look, number, text, whole
from livehost.ingest.trouble import Lost, Refused
from livehost.ingest.web import Web

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_LONGEST_MS = 30 * 60_000


class Token(msgspec.Struct, frozen=True):
    access: str
    refresh: str
    lasts_ms: int


@dataclass(frozen=True)
class Grantor:
    """Who gives tokens. `client` is what every request carries: the client's id, and its secret where it has one."""

    device_address: str
    token_address: str
    scopes: tuple[str, ...]
    client: Mapping[str, str]
    scopes_key: str = "scope"


async def sign_in(grantor: Grantor, web: Web, clock: SessionClock, tell: Callable[[str], None]) -> Token:
    """Shows where to allow it, and waits until that is done; raises Refused when it is not."""
    asked = {"client_id": grantor.client["client_id"], grantor.scopes_key: " ".join(grantor.scopes)}
    given = await web.json("POST", grantor.device_address, data=asked)
    where = text(given, "verification_uri") or text(given, "verification_url")
    if not where or not text(given, "device_code"):
        raise Refused("no device code was given")
    tell(f"Open {where} and enter {text(given, 'user_code')}")
    every_ms = max(1, whole(given, "interval") or 5) * 1000
    until_ms = clock.now_ms() + min(_LONGEST_MS, int((number(given, "expires_in") or 600) * 1000))
    form = {**grantor.client, "device_code": text(given, "device_code"), "grant_type": GRANT}
    while clock.now_ms() < until_ms:
        await clock.sleep_until_ms(clock.now_ms() + every_ms)
        try:
            return token_of(await web.json("POST", grantor.token_address, data={**form, **_scopes(grantor)}))
        except (Refused, Lost) as trouble:
            said = trouble.what.lower()
            if "slow_down" in said or "slow down" in said:
                every_ms += 5_000
            elif "pending" not in said and isinstance(trouble, Refused):
                raise
    raise Refused("the code has expired before it was entered", fix="Run it again")


async def refreshed(grantor: Grantor, web: Web, refresh: str) -> Token:
    """Raises Refused when the refresh token is good no longer."""
    form = {**grantor.client, "grant_type": "refresh_token", "refresh_token": refresh}
    token = token_of(await web.json("POST", grantor.token_address, data=form))
    return token if token.refresh else msgspec.structs.replace(token, refresh=refresh)


def _scopes(grantor: Grantor) -> dict[str, str]:
    return {"scopes": " ".join(grantor.scopes)} if grantor.scopes_key == "scopes" else {}


def token_of(given: Any) -> Token:
    """Out of a token endpoint's answer; raises Refused when there is none."""
    if not isinstance(look(given, "access_token"), str):
        raise Refused("no token was given")
    lasts = number(given, "expires_in") or 3600
    return Token(text(given, "access_token"), text(given, "refresh_token"), int(lasts * 1000))
