"""A forwarder between a client and an IRC server that cuts, and remembers which chat lines it had passed on by then."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_LINE = re.compile(rb"PRIVMSG #\w+ :(line \d+)[\r\n]*")


class Cutter:
    """`passed`: texts of the form "line N" that went through to the client whole, in order, each once."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open: set[asyncio.StreamWriter] = set()
        self._passed: dict[str, None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.sent_by_client = bytearray()
        self.port = 0

    @property
    def passed(self) -> list[str]:
        return list(self._passed)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Cutter]:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            self.cut()
            server.close()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """What was passed on still arrives; nothing more does."""
        for writer in list(self._open):
            writer.close()
        self._open.clear()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream_reader, upstream = await asyncio.open_connection("127.0.0.1", self._port)
        self._open |= {writer, upstream}
        self._tasks.add(asyncio.create_task(self._up(reader, upstream)))
        await self._down(upstream_reader, writer)

    async def _up(self, reader: asyncio.StreamReader, upstream: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                upstream.write(data)
        except OSError:
            return
        finally:
            upstream.close()

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen = bytearray()
        try:
            while data := await reader.read(65536):
                if writer not in self._open:
                    return
                writer.write(data)
                await writer.drain()
                seen = (seen + data)[-4096:] if len(seen) > 65536 else seen + data
                last = 0
                for found in _LINE.finditer(seen):
                    if found.end() == len(seen) and not data.endswith(b"\n") and not found[1][-1:].isdigit():
                        break
                    self._passed[found[1].decode()] = None
                    last = found.end()
                del seen[:last]
        except OSError:
            return
        finally:
            writer.close()
