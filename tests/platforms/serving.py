"""An ASGI application on a free port of this machine, in the running loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request


class _Server(uvicorn.Server):
    """Leaves the signals alone."""

    def capture_signals(self) -> Any:
        return nullcontext()


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """HOST:PORT, until the block ends."""
    with socket.socket(proto=socket.IPPROTO_TCP) as door:  # named, or asyncio leaves Nagle's delay on
        door.bind(("127.0.0.1", 0))
        door.listen(64)
        config = uvicorn.Config(
            app,
            log_level="error",
            lifespan="off",
            ws="websockets-sansio",
            timeout_graceful_shutdown=1,
            timeout_keep_alive=3600,
        )
        server = _Server(config)
        running = asyncio.create_task(server.serve(sockets=[door]))
        try:
            yield f"127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a posted form."""
    return {key: values[0] for key, values in parse_qs((await request.body()).decode()).items()}


def free_port() -> int:
    """One that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
