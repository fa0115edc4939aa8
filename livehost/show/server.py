"""Serves pages at a door, within a loop that has more to do."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import uvicorn
from fastapi import FastAPI

from livehost.show.address import Address


async def serve(app: FastAPI, address: Address, door: socket.socket) -> None:
    """Until it is cancelled."""
    config = uvicorn.Config(
        app,
        ssl_certfile=address.certificate or None,
        ssl_keyfile=address.key or None,
        log_level="error",
        access_log=False,
        lifespan="off",
        ws="websockets-sansio",
        ws_max_size=4096,
        timeout_graceful_shutdown=1,
        server_header=False,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[door]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await asyncio.wait([serving], timeout=3)
        raise


class _Server(uvicorn.Server):
    """Leaves the signals to the session. The one class here that inherits: uvicorn offers no other way."""

    def capture_signals(self) -> Any:
        from contextlib import nullcontext

        return nullcontext()
