"""A forwarder between any client and any server of this folder: it cuts, freezes with the connection open, and refuses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

RETRY_S = 40


class Between:
    """`refusing`: so many requests that come first on a new connection are answered with `status` instead of being passed on."""

    def __init__(self) -> None:
        self.refusing = 0
        self.status = "429 Too Many Requests"
        self.with_retry = True
        self.accepted = 0
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._open: set[asyncio.StreamWriter] = set()
        self._to = ("", 0)

    @asynccontextmanager
    async def open(self, address: str) -> AsyncIterator[str]:
        """HOST:PORT of this side; `address` is that of the server."""
        host, _, port = address.partition(":")
        self._to = (host, int(port))
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        name = server.sockets[0].getsockname()
        try:
            yield f"{name[0]}:{name[1]}"
        finally:
            self.thaw()
            self.cut()
            server.close()

    def freeze(self) -> None:
        """Connections stay open, and nothing comes through any more."""
        self._flowing.clear()

    def thaw(self) -> None:
        self._flowing.set()

    def cut(self) -> None:
        for writer in list(self._open):
            writer.close()
        self._open.clear()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        if self.refusing:
            self.refusing -= 1
            await self._refuse(reader, writer)
            return
        there_reader, there = await asyncio.open_connection(*self._to)
        self._open |= {writer, there}
        await asyncio.gather(self._pass(reader, there), self._pass(there_reader, writer))

    async def _refuse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            later = f"Retry-After: {RETRY_S}\r\n" if self.with_retry else ""
            head = f"HTTP/1.1 {self.status}\r\n{later}Content-Length: 0\r\nConnection: close\r\n\r\n"
            writer.write(head.encode())
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            self._open.discard(writer)
            writer.close()
