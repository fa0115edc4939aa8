"""HTTP look-ups: only the allowed hosts, never a private address that is not named itself, little and soon."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2
import msgspec

from livehost.clock import stopwatch
from livehost.errors import LivehostError
from livehost.toolbox import allowed

_BYTES_MOST = 262_144
_REDIRECTS_MOST = 3
_REDIRECTED = (301, 302, 303, 307, 308)


class Web:
    def __init__(self, hosts: Sequence[str]) -> None:
        self._hosts = tuple(hosts)
        self._client = httpx2.Client(trust_env=False, follow_redirects=False)

    def json(self, url: str, seconds: float, body: Mapping[str, Any] | None, headers: Mapping[str, str]) -> Any:
        """The answer of a GET, or with a body of a POST. Raises LivehostError."""
        spent = stopwatch()
        for _ in range(_REDIRECTS_MOST):
            answer = self._ask(url, max(0.05, seconds - spent()), body, headers)
            if isinstance(answer, bytes):
                return _decoded(answer)
            url, headers = urljoin(url, answer), {}  # what is secret stays with the first host
            if body is not None:
                raise LivehostError("a post was sent elsewhere")
        raise LivehostError("too many redirects")

    def close(self) -> None:
        self._client.close()

    def _ask(self, url: str, seconds: float, body: Mapping[str, Any] | None, headers: Mapping[str, str]) -> bytes | str:
        """The bytes, or where a redirect leads."""
        target, host = self._checked(url)
        spent = stopwatch()
        try:
            with self._client.stream(
                "GET" if body is None else "POST",
                target,
                json=body,
                headers={**{n: _secret(v) for n, v in headers.items()}, "Host": host},
                timeout=seconds,
                extensions={"sni_hostname": urlsplit(url).hostname or ""},
            ) as answer:
                if answer.status_code in _REDIRECTED:
                    return str(answer.headers.get("location", ""))
                if answer.status_code >= 400:
                    raise LivehostError(f"HTTP {answer.status_code}")
                got = b""
                for piece in answer.iter_bytes():
                    got += piece
                    if len(got) > _BYTES_MOST:
                        raise LivehostError(f"the answer is larger than {_BYTES_MOST // 1024} KiB")
                    if spent() > seconds:
                        raise LivehostError("took too long")
                return got
        except httpx2.TimeoutException:
            raise LivehostError("took too long") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as trouble:
            raise LivehostError(f"can't be reached: {type(trouble).__name__}") from None

    def _checked(self, url: str) -> tuple[str, str]:
        """The address by number, so that what was looked up is what is called, and the host's own name."""
        if not allowed(url, self._hosts):
            raise LivehostError("not one of the allowed hosts", where=urlsplit(url).hostname or url[:80])
        parts = urlsplit(url)
        host = parts.hostname or ""
        address = _address(host, parts.port or (443 if parts.scheme == "https" else 80))
        if not address.is_global and host not in ("localhost", str(address)):
            raise LivehostError("a private address that hosts does not name", where=host)
        number = f"[{address}]" if address.version == 6 else str(address)
        port = f":{parts.port}" if parts.port else ""
        return parts._replace(netloc=f"{number}{port}").geturl(), parts.netloc


def _address(host: str, port: int) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise LivehostError("there is no such host", where=host) from None
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    return next((address for address in addresses if not address.is_global), addresses[0])


def _secret(value: str) -> str:
    name = value.removeprefix("env:")
    if name == value:
        return value
    secret = os.environ.get(name)
    if not secret:
        raise LivehostError(f"{name} is not set")
    return secret


def _decoded(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise LivehostError("the answer is no JSON") from None
