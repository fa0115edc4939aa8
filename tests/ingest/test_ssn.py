"""The relay of Social Stream Ninja, spoken by a small server on a real websocket."""

from __future__ import annotations

import asyncio

import pytest
from websockets.asyncio.server import ServerConnection, serve

from livehost import clock, events
from livehost.clock import SessionClock
from livehost.errors import LivehostError
from livehost.events import Event
from livehost.ingest.ssn import Relay


async def _talk() -> tuple[list[str], list[str], str]:
    """Two lines, one of them twice, then a post, then the end: texts, what the server got, and how it ended."""
    received: list[str] = []
    posted = asyncio.Event()

    async def server(link: ServerConnection) -> None:
        assert link.request and link.request.path == "/join/abc123/4"
        for ident in (1, 1, 2):
            await link.send(f'{{"chatname":"mia","chatmessage":"line {ident}","type":"tiktok","id":{ident}}}')
        await link.send("not json")
        received.append(str(await link.recv()))
        posted.set()

    got: list[Event] = []
    second = asyncio.Event()

    def put(event: Event) -> None:
        got.append(event)
        if isinstance(event, events.ChatReceived) and event.line.id == "2":
            second.set()

    async with serve(server, "127.0.0.1", 0) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        relay = Relay("abc123", SessionClock(asyncio.get_running_loop()), f"ws://127.0.0.1:{port}")
        with pytest.raises(LivehostError, match="not connected"):
            await relay.post("", "too soon")
        running = asyncio.create_task(relay.run(put))
        await second.wait()
        await relay.post("1", "[AI] Yes.")
        await posted.wait()
        with pytest.raises(LivehostError) as ended:
            await running
    return [e.line.text for e in got if isinstance(e, events.ChatReceived)], received, str(ended.value)


def test_lines_come_once_and_posts_go_out() -> None:
    texts, received, ended = clock.run(_talk())
    assert texts == ["line 1", "line 2"] and received == ['{"action":"sendChat","value":"[AI] Yes."}']
    assert "closed the connection" in ended and "abc123" not in ended
