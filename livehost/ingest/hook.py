"""A small HTTP server for platforms that push: what is signed rightly is taken and answered at once, all else refused."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from livehost.errors import BadInput

_MOST_BYTES = 1024 * 1024

Take = Callable[[Mapping[str, str], bytes], bool]  # headers and body; False: the signature is wrong


class Hook:
    """`listen` is HOST:PORT, on this machine behind a tunnel or a proxy that speaks HTTPS to the platform."""

    def __init__(self, listen: str, path: str, take: Take) -> None:
        host, colon, port = listen.rpartition(":")
        if not colon or not port.isdigit():
            raise BadInput(f"{listen!r} is no address to listen on", fix='Write it as listen = "127.0.0.1:8601"')
        self._host, self._port = host or "127.0.0.1", int(port)
        self._take = take
        self._app = Starlette(routes=[Route(path, self._answer, methods=["POST"])])
        self.address = f"http://{self._host}:{self._port}{path}"

    async def serve(self) -> None:
        """Until cancelled; raises OSError when the port is taken."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind((self._host, self._port))
            door.listen(128)
            config = uvicorn.Config(
                self._app, log_level="error", lifespan="off", server_header=False, timeout_graceful_shutdown=1
            )
            await _Server(config).serve(sockets=[door])

    async def _answer(self, request: Request) -> Response:
        body = bytearray()
        try:
            async for piece in request.stream():
                body += piece
                if len(body) > _MOST_BYTES:
                    return PlainTextResponse("too large\n", 413)
        except ClientDisconnect:
            return PlainTextResponse("", 400)
        if not self._take(request.headers, bytes(body)):
            return PlainTextResponse("the signature is wrong\n", 401)
        return PlainTextResponse("ok\n")


class _Server(uvicorn.Server):
    """Leaves the signals to the session. The one class here that inherits: uvicorn offers no other way."""

    def capture_signals(self) -> Any:
        return nullcontext()
