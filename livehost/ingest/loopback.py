"""Signing in where a platform knows no device codes: the authorization code grant with PKCE (RFC 7636), its answer taken by a
page on this machine (RFC 8252).

 livehost ─▶ shows an address ─▶ the person allows it in a browser ─▶ http://localhost:PORT/callback?code=… ─▶ token
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from livehost.clock import within_ms
from livehost.ingest.device_code import Token, token_of
from livehost.ingest.trouble import Refused
from livehost.ingest.web import Web

_LONGEST_MS = 600_000
_MOST_BYTES = 16_384


@dataclass(frozen=True)
class CodeGrantor:
    """`port` is that of the redirect address which was registered with the platform: http://localhost:PORT/callback."""

    authorize_address: str
    token_address: str
    scopes: Sequence[str]
    client: Mapping[str, str]
    port: int

    @property
    def redirect(self) -> str:
        return f"http://localhost:{self.port}/callback"


async def sign_in(grantor: CodeGrantor, web: Web, tell: Callable[[str], None]) -> Token:
    """Raises Refused when it was not allowed, or not within ten minutes."""
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "response_type": "code",
        "client_id": grantor.client["client_id"],
        "redirect_uri": grantor.redirect,
        "scope": " ".join(grantor.scopes),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    tell(f"Open {grantor.authorize_address}?{urlencode(asked)}")
    code = await _code(grantor.port, state)
    form = {
        "grant_type": "authorization_code",
        "redirect_uri": grantor.redirect,
        "code_verifier": verifier,
        "code": code,
    }
    return token_of(await web.json("POST", grantor.token_address, data={**grantor.client, **form}))


async def _code(port: int, state: str) -> str:
    """What the browser brings back; anything with another state is somebody else's."""
    found: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = (await reader.readline())[:_MOST_BYTES].decode("latin-1")
            given = parse_qs(urlsplit(line.split(" ")[1] if " " in line else "").query)
            ours = secrets.compare_digest(given.get("state", [""])[0], state)
            if ours and not found.done():
                found.set_result(given.get("code", [""])[0])
            words = "You can close this page." if ours else "This is not the answer that is waited for."
            head = f"HTTP/1.1 {200 if ours else 400} OK\r\nContent-Type: text/plain\r\nContent-Length: {len(words)}\r\n"
            writer.write(f"{head}Connection: close\r\n\r\n{words}".encode())
            await writer.drain()
        except (OSError, ValueError):
            return
        finally:
            writer.close()

    try:
        server = await asyncio.start_server(answer, "127.0.0.1", port, limit=_MOST_BYTES)
    except OSError as trouble:
        raise Refused(f"port {port} can't be listened on: {trouble.strerror}", fix="Stop what uses it") from None
    async with server:
        try:
            code = await within_ms(_LONGEST_MS, found)
        except TimeoutError:
            raise Refused("nobody allowed it within ten minutes", fix="Run it again") from None
    if not code:
        raise Refused("it was not allowed")
    return code
