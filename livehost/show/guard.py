"""Stands before every page, call and socket: known host name, own origin, sign-in from anywhere but this machine."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from livehost.show.signin import Person, SignIn

COOKIE = "livehost"
_OPEN_PATHS = ("/join", "/api/sign-in")
_OPEN_BELOW = ("/web/",)  # our own scripts and styles; there is nothing of the session in them
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "cf-connecting-ip")
_SAFE = ("GET", "HEAD")
_HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' https: data:; "
        b"media-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"cross-origin-opener-policy", b"same-origin"),
]


class Guard:
    """`hosts` are the names that the pages are reached by, beside any bare address; below `open_to_all` nobody signs in."""

    def __init__(
        self,
        app: ASGIApp,
        signin: SignIn,
        now_ms: Callable[[], int],
        hosts: tuple[str, ...],
        open_to_all: tuple[str, ...] = (),
    ) -> None:
        self._app = app
        self._open = (*_OPEN_BELOW, *open_to_all)
        self._signin = signin
        self._now_ms = now_ms
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self._refusal(scope, headers)
        if refusal is None:
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refusal[1]})
        else:
            await PlainTextResponse(refusal[1] + "\n", refusal[0])(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Mapping[str, str]) -> tuple[int, str] | None:
        """Status and words, or None; leaves the person in the scope."""
        if not self._is_our_name(headers.get("host", "")):
            return 421, "this host name is not ours"
        origin = headers.get("origin")
        changes = scope["type"] == "websocket" or scope["method"] not in _SAFE
        if changes and origin is not None and urlsplit(origin).netloc != headers.get("host", ""):
            return 403, "the request comes from another page"
        person = self._person(scope, headers)
        if person is None and scope["path"] not in _OPEN_PATHS and not self._is_open(scope["path"]):
            return 401, "sign in at /join, or with an invitation from the owner"
        scope["livehost.person"] = person
        scope["livehost.session"] = _cookie(headers.get("cookie", ""))
        return None

    def _person(self, scope: Scope, headers: Mapping[str, str]) -> Person | None:
        client = scope.get("client")
        session = _cookie(headers.get("cookie", ""))
        if signed_in := self._signin.who(session, self._now_ms()):
            return signed_in
        # A proxy or tunnel on this machine forwards strangers: then its own address proves nothing. Some say so; all of them
        # are asked for by another name than this machine's own.
        forwarded = any(name in headers for name in _FORWARDED) or not is_own(_name(headers.get("host", "")))
        if client and is_own(client[0]) and not forwarded:
            return Person("owner", "owner")
        return None

    def _is_open(self, path: str) -> bool:
        return any(path == below or (path.startswith(below) and below.endswith("/")) for below in self._open)

    def _is_our_name(self, given: str) -> bool:
        """Against DNS rebinding: a name that was made up elsewhere and points here is not answered."""
        name = _name(given)
        if name and name in ("localhost", *self._hosts):
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True  # a bare address can't be rebound


def is_gone(scope: Mapping[str, Any], signin: SignIn, now_ms: int) -> bool:
    """Whether who came in with a session has signed out since: an open socket ends then, too."""
    session = scope.get("livehost.session", "")
    return bool(session) and signin.who(session, now_ms) is None


def person_of(scope: Mapping[str, Any]) -> Person:
    person: Person | None = scope.get("livehost.person")
    return person or Person("nobody", "viewer")


def address_of(scope: Mapping[str, Any]) -> str:
    """Who asks; behind a proxy on this machine: whom the proxy names."""
    client: tuple[str, int] | None = scope.get("client")
    address = client[0] if client else ""
    if is_own(address):
        for name, value in scope["headers"]:
            if name.decode("latin-1") in ("cf-connecting-ip", "x-real-ip", "x-forwarded-for"):
                return str(value.decode("latin-1").rpartition(",")[2].strip()[:60])
    return address


def _name(host: str) -> str:
    """Of a Host header; empty where it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *_HEADERS]
        await send(message)

    return sending


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def is_own(host: str) -> bool:
    """Whether it is an address of this machine that no other reaches."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
