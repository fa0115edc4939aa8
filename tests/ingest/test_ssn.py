"""The relay of Social Stream Ninja, spoken by a small server on a real websocket."""

from __future__ import annotations

import asyncio

import pytest
from websockets.asyncio.server import ServerConnection, serve

from livehost import clock
from livehost.errors import LivehostError
from livehost.ingest.room import Room
from livehost.ingest.ssn import decode, link_to
from tests.platforms.watching import surroundings, watched


async def _talk() -> tuple[list[str], list[str], list[str]]:
    """Two lines, one of them twice, then a post, then the end: texts, what the server got, and what was told."""
    received: list[str] = []
    posted = asyncio.Event()

    async def server(link: ServerConnection) -> None:
        assert link.request and link.request.path == "/join/abc123/4"
        for ident in (1, 1, 2):
            await link.send(f'{{"chatname":"mia","chatmessage":"line {ident}","type":"tiktok","id":{ident}}}')
        await link.send("not json")
        received.append(str(await link.recv()))
        posted.set()

    async with serve(server, "127.0.0.1", 0) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        room = Room(link_to("abc123", f"ws://127.0.0.1:{port}"), decode, surroundings())
        with pytest.raises(LivehostError, match="not connected"):
            await room.post("", "too soon")
        async with watched(room) as seen:
            await seen.until(lambda: len(seen.lines) == 2)
            await room.post("1", "[AI] Yes.")
            await posted.wait()
            await seen.until(lambda: seen.says("lost"))
    return seen.texts, received, seen.told


def test_lines_come_once_and_posts_go_out() -> None:
    texts, received, told = clock.run(_talk())
    assert texts == ["line 1", "line 2"] and received == ['{"action":"sendChat","value":"[AI] Yes."}']
    assert any("closed the connection" in words for words in told) and "abc123" not in "".join(told)
