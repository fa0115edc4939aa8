"""An ASGI application on a free port of this machine, in the running loop."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from dataclasses import dataclass, field
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


@dataclass
class Beside:
    """Servers on a loop and in a thread of their own; `found` is what opening each of them gave."""

    found: list[Any] = field(default_factory=list)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _ready: threading.Event = field(default_factory=threading.Event)

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def serve(self, servers: tuple[AbstractAsyncContextManager[Any], ...]) -> None:
        async with AsyncExitStack() as stack:
            self.found += [await stack.enter_async_context(server) for server in servers]
            self._ready.set()
            await self._stop.wait()

    @contextmanager
    def running(self, servers: tuple[AbstractAsyncContextManager[Any], ...]) -> Iterator[Beside]:
        thread = threading.Thread(target=self._loop.run_until_complete, args=(self.serve(servers),))
        thread.start()
        self._ready.wait(10)
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._stop.set)
            thread.join(20)
            self._loop.close()


def beside(*servers: AbstractAsyncContextManager[Any]) -> AbstractContextManager[Beside]:
    """For a real session that asks them."""
    return Beside().running(servers)
