"""MCP servers over stdio and HTTP, each held open in a thread of its own that runs the library's loop."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import Any

import msgspec

from livehost.errors import LivehostError, MissingPart
from livehost.toolbox import McpServer, allowed

_TEXT_MOST = 262_144
_CONNECT_SECONDS = 10.0
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT", "APPDATA", "TEMP")  # no secrets of ours


class McpServers:
    def __init__(self, servers: Mapping[str, McpServer], hosts: tuple[str, ...]) -> None:
        self._servers = servers
        self._hosts = hosts
        self._open: dict[str, Any] = {}
        self._portal: Any = None
        self._leave: list[Any] = []
        self._lock = threading.Lock()
        self._closed = False

    def call(self, server: str, name: str, arguments: Mapping[str, Any], seconds: float) -> Any:
        """The structured answer, or its text as JSON where it is some. Raises LivehostError."""
        import anyio

        async def ask(client: Any) -> Any:
            with anyio.fail_after(seconds):
                return await client.call_tool(name, dict(arguments))

        with self._lock:
            client = self._client(server)
        try:
            answer = self._portal.call(ask, client)
        except TimeoutError:
            self._drop(server)
            raise LivehostError("took too long", where=server) from None
        except Exception as trouble:
            self._drop(server)
            raise LivehostError(f"failed: {type(trouble).__name__}", where=server) from None
        return _content(answer, server)

    def warm_up(self) -> None:
        """Starts them all, so that the first call need not wait for it; raises LivehostError that names those that can't be
        reached."""
        lost: list[str] = []
        for name in self._servers:
            try:
                with self._lock:
                    self._client(name)
            except LivehostError as trouble:
                lost.append(str(trouble))
        if lost:
            raise LivehostError("; ".join(lost))

    def close(self) -> None:
        """Waits for a server that is just being started: one that came up afterwards would never be left."""
        with self._lock:
            self._closed = True
            for name in list(self._open):
                self._drop(name)
            if self._portal is not None:
                self._leave[0].__exit__(None, None, None)
                self._portal = None

    def _client(self, name: str) -> Any:
        if self._closed:
            raise LivehostError("the session is over", where=name)
        if name in self._open:
            return self._open[name][0]
        try:
            from anyio.from_thread import start_blocking_portal
            from mcp import Client, StdioServerParameters
        except ImportError:
            raise MissingPart("MCP needs the package mcp", fix='pip install "livehost[tools]"') from None
        server = self._servers[name]
        if server.url and not allowed(server.url, self._hosts):
            raise LivehostError("its host is not in hosts", where=name)
        if self._portal is None:
            held = start_blocking_portal()
            self._portal = held.__enter__()
            self._leave = [held]
        where: Any = server.url
        if server.command:
            environment = {n: os.environ[n] for n in _PASSED_ON if n in os.environ}
            where = StdioServerParameters(command=server.command[0], args=list(server.command[1:]), env=environment)
        try:
            entered = self._portal.wrap_async_context_manager(Client(where, read_timeout_seconds=_CONNECT_SECONDS))
            client = entered.__enter__()
        except Exception as trouble:
            raise LivehostError(f"can't be reached: {type(trouble).__name__}", where=name) from None
        self._open[name] = (client, entered)
        return client

    def _drop(self, name: str) -> None:
        _, entered = self._open.pop(name, (None, None))
        if entered is None:
            return
        try:
            entered.__exit__(None, None, None)
        except Exception:
            return  # it is gone either way


def _content(answer: Any, server: str) -> Any:
    if getattr(answer, "is_error", False) or getattr(answer, "isError", False):
        raise LivehostError("it says that it failed", where=server)
    structured = getattr(answer, "structured_content", None)
    if structured is not None:
        if len(msgspec.json.encode(structured)) > _TEXT_MOST:
            raise LivehostError("the answer is too large", where=server)
        return structured
    text = "".join(getattr(piece, "text", "") or "" for piece in getattr(answer, "content", None) or [])
    if len(text) > _TEXT_MOST:
        raise LivehostError("the answer is too large", where=server)
    try:
        return msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, UnicodeEncodeError):
        return {"text": text}
