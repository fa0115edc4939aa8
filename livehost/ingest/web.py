"""Requests to a platform's HTTP interface; its refusals become Unauthorised, Refused, or Lost with its own time for a retry."""

from __future__ import annotations

import email.utils
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx2

from livehost.ingest.raw import look, number, parse, text
from livehost.ingest.trouble import Lost, Refused, Unauthorised

_MOST_BYTES = 8 * 1024 * 1024
_AGENT = "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
_RETRY_MS = 5_000
_WORDS = {
    "ConnectError": "no connection; is there a network?",
    "ConnectTimeout": "no connection within ten seconds",
    "ReadTimeout": "no answer within ten seconds",
    "ReadError": "the connection was cut",
    "RemoteProtocolError": "the connection was cut",
}
_LONGEST_RETRY_S = 24 * 3600


class Web:
    """One client for one platform. No error of it holds an address: that may hold a key.

    Once closed, it opens again with the next request; its cookies stay.
    """

    def __init__(self, platform: str) -> None:
        self._platform = platform
        self._open: httpx2.AsyncClient | None = None
        self._cookies = httpx2.Cookies()
        self.server_epoch_ms = 0  # of the last answer, by the server's own clock

    @property
    def cookies(self) -> httpx2.Cookies:
        return self._open.cookies if self._open else self._cookies

    async def json(self, method: str, address: str, **request: Any) -> Any:
        """`request` as httpx takes it: params, json, data, headers, content."""
        async with self.answer(method, address, **request) as answer:
            try:
                return parse((await _body(answer)).decode("utf-8", "replace") or "null")
            except ValueError:
                raise Lost(f"{self._platform} answered with something that is no JSON") from None

    async def page(self, address: str, **request: Any) -> str:
        async with self.answer("GET", address, **request) as answer:
            return (await _body(answer)).decode("utf-8", "replace")

    @asynccontextmanager
    async def stream(self, address: str, **request: Any) -> AsyncIterator[AsyncIterator[str]]:
        """The text of an answer that goes on for as long as the server likes, piece by piece."""
        async with self.answer("GET", address, timeout=httpx2.Timeout(10, read=None), **request) as answer:
            yield answer.aiter_text()

    @asynccontextmanager
    async def answer(self, method: str, address: str, **request: Any) -> AsyncIterator[httpx2.Response]:
        """A good answer whose body is still to be read."""
        try:
            async with self._client.stream(method, address, **request) as answer:
                self._note_time(answer.headers)
                if answer.status_code >= 300:
                    raise self._trouble(answer.status_code, answer.headers, await _body(answer))
                yield answer
        except httpx2.InvalidURL:
            raise Refused(f"{self._platform}: this is no address") from None
        except httpx2.HTTPError as trouble:
            kind = type(trouble).__name__
            host = urlsplit(address).hostname
            raise Lost(f"{self._platform} can't be reached at {host}: {_WORDS.get(kind, kind)}") from None

    async def aclose(self) -> None:
        client, self._open = self._open, None
        if client:
            self._cookies = client.cookies
            await client.aclose()

    @property
    def _client(self) -> httpx2.AsyncClient:
        if self._open is None:
            headers = {"User-Agent": _AGENT}
            self._open = httpx2.AsyncClient(
                timeout=10,
                headers=headers,
                cookies=self._cookies,
                follow_redirects=True,
                limits=httpx2.Limits(keepalive_expiry=3),  # servers close what is idle for 5 s, some in mid-request
            )
        return self._open

    def _note_time(self, headers: Mapping[str, str]) -> None:
        try:
            self.server_epoch_ms = int(email.utils.parsedate_to_datetime(headers.get("date", "")).timestamp() * 1000)
        except (ValueError, TypeError):
            return

    def _trouble(self, status: int, headers: Mapping[str, str], body: bytes) -> Lost | Refused:
        said, after = _said(body)
        headers = {"retry-after": after, **headers} if after else headers
        words = f"{self._platform} answers {status}" + (f": {said}" if said else "")
        return refusal(status, headers, words, self.server_epoch_ms)


def refusal(status: int, headers: Mapping[str, str], words: str, now_epoch_ms: int) -> Lost | Refused:
    """What an HTTP status is to a room; `now_epoch_ms` by the server's own clock."""
    if status == 401:
        return Unauthorised(words)
    if status == 429 or (status == 403 and headers.get("retry-after")):
        return Lost(words, retry_ms=_retry_ms(headers, now_epoch_ms))
    if status >= 500 or status == 408:
        return Lost(words, retry_ms=_retry_ms(headers, now_epoch_ms) if headers.get("retry-after") else 0)
    return Refused(words)


def _retry_ms(headers: Mapping[str, str], now_epoch_ms: int) -> int:
    """`Retry-After` in seconds or as a date, or Twitch's `Ratelimit-Reset` (seconds since 1970)."""
    after, reset = headers.get("retry-after", ""), headers.get("ratelimit-reset", "")
    try:
        if after.isdigit():
            seconds = float(after)
        elif after:
            seconds = email.utils.parsedate_to_datetime(after).timestamp() - now_epoch_ms / 1000
        elif reset.isdigit():
            seconds = float(reset) - now_epoch_ms / 1000
        else:
            return _RETRY_MS
    except (ValueError, TypeError):
        return _RETRY_MS
    return round(min(max(seconds, 1), _LONGEST_RETRY_S) * 1000)


async def _body(answer: httpx2.Response) -> bytes:
    """Raises Lost for what is larger than any honest answer."""
    found = bytearray()
    async for piece in answer.aiter_bytes():
        found += piece
        if len(found) > _MOST_BYTES:
            raise Lost("the answer is too large")
    return bytes(found)


def _said(body: bytes) -> tuple[str, str]:
    """The platform's own words and seconds to wait, where its answer has some."""
    try:
        data = parse(body[:20_000].decode("utf-8", "replace"))
    except ValueError:
        return "", ""
    reason = text(data, "error", "errors", 0, "reason")
    code = text(data, "error") if isinstance(look(data, "error"), str) else ""
    words = text(data, "message") or text(data, "error", "message") or text(data, "error_description")
    words = words or text(data, "description")
    after = math.ceil(number(data, "parameters", "retry_after") or number(data, "retry_after"))
    return " ".join(f"{reason} {code} {words}".split())[:200], str(after) if after > 0 else ""
