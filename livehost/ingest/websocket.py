"""Chat as JSON over a websocket: listening for bridges and scripts (`ws://HOST:PORT`), or connected to one
(`ws+connect://HOST:PORT/PATH`, `wss://HOST/PATH`)."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import socket
from urllib.parse import parse_qs, urlsplit

import msgspec
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from livehost.chat import Taken
from livehost.clock import SessionClock
from livehost.errors import BadInput, LivehostError
from livehost.ingest.door import Door, Put
from livehost.ingest.lines import MOST_BYTES, decode
from livehost.ingest.platform import Platform, Surroundings
from livehost.ingest.relay import RelayLink
from livehost.ingest.room import Room

_CLIENTS_MOST = 32


class Listener:
    """Every client may send lines, one or an array a message; replies go to all of them."""

    tells = apart = False

    def __init__(self, host: str, port: int, token: str, clock: SessionClock) -> None:
        self.name = f"ws:{host}:{port}"
        self._host = host
        self._port = port
        self._token = token
        self._clock = clock
        self._clients: set[ServerConnection] = set()
        self._count = 0  # of replies

    async def run(self, put: Put) -> None:
        door = Door(self.name, self._clock, put)
        try:
            server = await serve(
                lambda client: self._serve(client, door),
                self._host,
                self._port,
                max_size=MOST_BYTES,
                process_request=self._admit,
            )
        except OSError as trouble:
            raise _taken(self._host, self._port, trouble) from None
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            server.close()
            await server.wait_closed()
            door.close()

    async def post(self, reply_to: str, text: str) -> Taken:
        """Raises when nobody is connected. The reply carries an id, by which a `delete` may follow."""
        self._count += 1
        line_id = f"reply-{self._count}"
        await self._send({"id": line_id, **_reply(reply_to, text)})
        return Taken(line_id=line_id)

    async def unpost(self, line_id: str) -> None:
        """Asks everybody to delete it."""
        await self._send({"type": "delete", "id": line_id})

    async def _send(self, message: dict[str, str]) -> None:
        if not self._clients:
            raise LivehostError("nobody is connected", where=self.name)
        text = msgspec.json.encode(message).decode()
        await asyncio.gather(*(client.send(text) for client in list(self._clients)), return_exceptions=True)

    async def _serve(self, client: ServerConnection, door: Door) -> None:
        self._clients.add(client)
        try:
            async for message in client:
                door.take(message)
                await asyncio.sleep(
                    0
                )  # messages that wait already would else all be taken in one go, and nothing else done
        except ConnectionClosed:
            pass
        finally:
            self._clients.discard(client)

    def _admit(self, client: ServerConnection, request: Request) -> Response | None:
        if len(self._clients) >= _CLIENTS_MOST:
            return client.respond(503, "too many connections\n")
        given = parse_qs(urlsplit(request.path).query).get("token", [""])[0]
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            return client.respond(401, "the token is wrong\n")
        return None


def _reply(reply_to: str, text: str) -> dict[str, str]:
    return {"type": "reply", "reply_to": reply_to, "text": text}


def open_chat(scheme: str, rest: str, around: Surroundings) -> Listener | Room:
    if scheme in ("ws+connect", "wss"):
        address = f"{'wss' if scheme == 'wss' else 'ws'}:{rest}"
        name = f"ws:{urlsplit(address).netloc.rpartition('@')[2]}"
        return Room(RelayLink(name, address, _reply), decode, around)
    try:
        parts = urlsplit(f"ws:{rest}")
        host, port = parts.hostname or "", parts.port
    except ValueError as trouble:
        raise BadInput(f"no address: {trouble}", where=f"ws:{rest}", fix="Write it as ws://127.0.0.1:8765") from None
    if not host or port is None:
        raise BadInput("the address needs host and port", where=f"ws:{rest}", fix="Write it as ws://127.0.0.1:8765")
    token = parse_qs(parts.query).get("token", [""])[0]
    if not token and not _is_loopback(host):
        raise BadInput(
            "listening on a network needs a token",
            where=f"ws:{rest}",
            fix="Add ?token=SECRET to the address, and give it to those who connect",
        )
    _refuse_taken(host, port)
    return Listener(host, port, token, around.clock)


def _refuse_taken(host: str, port: int) -> None:
    """Raises BadInput when the port can't be had, so that the session does not even begin."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as trouble:
            raise _taken(host, port, trouble) from None


def _taken(host: str, port: int, trouble: OSError) -> BadInput:
    return BadInput(
        f"port {port} can't be listened on: {trouble.strerror or trouble}",
        where=f"ws:{host}:{port}",
        fix="Stop what uses it, or name another port",
    )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


PLATFORM = Platform("ws", open_chat)
