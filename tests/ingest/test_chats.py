"""Chats from a file and over a real websocket."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from livehost import clock
from livehost.clock import SessionClock, within_ms
from livehost.errors import BadInput, LivehostError
from livehost.events import ChatDropped, ChatReceived, Event, PartChanged
from livehost.ingest.connect import open_chat
from tests.platforms.watching import surroundings


def played(path: Path) -> list[tuple[int, Event]]:
    happened: list[tuple[int, Event]] = []

    async def play() -> None:
        session_clock = SessionClock(asyncio.get_running_loop())
        chat = open_chat(f"file:{path}", surroundings())
        await chat.run(lambda event: happened.append((session_clock.now_ms(), event)))

    clock.run(play(), virtual=True)
    return happened


def test_a_file_plays_in_its_own_rhythm(tmp_path: Path) -> None:
    path = tmp_path / "chat.jsonl"
    path.write_text("".join(json.dumps({"at_ms": at, "id": str(at), "text": "hi"}) + "\n" for at in (0, 1500, 4000)))
    assert [at for at, _ in played(path)] == [0, 1500, 4000]


def test_bad_lines_are_counted_and_the_first_is_told_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "chat.jsonl"
    good = b'{"at_ms":10,"text":"hi"}\n'
    path.write_bytes(good + b"oops\n" + b'{"text":"' + b"x" * 1_000_000 + b'"}\n' + b"\xff\xfe\n" + good)
    happened = [event for _, event in played(path)]
    assert sum(isinstance(event, ChatReceived) for event in happened) == 2
    assert sum(event.count for event in happened if isinstance(event, ChatDropped)) == 3
    (told,) = [event for event in happened if isinstance(event, PartChanged)]
    assert told.detail.startswith("line 2: not a chat line")


def test_a_missing_file_and_an_unknown_scheme_are_told() -> None:
    async def wrong(uri: str) -> None:
        open_chat(uri, surroundings())

    with pytest.raises(BadInput, match="there is no such chat file"):
        clock.run(wrong("file:/nowhere.jsonl"))
    with pytest.raises(BadInput, match=r"'smoke:signals' is no chat\. Known are: .*file:"):
        clock.run(wrong("smoke:signals"))
    with pytest.raises(BadInput, match="host and port"):
        clock.run(wrong("ws://"))
    with pytest.raises(BadInput, match="needs a token"):
        clock.run(wrong("ws://0.0.0.0:9999"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_websocket_takes_lines_and_gives_replies() -> None:
    async def talk() -> None:
        port = free_port()
        chat = open_chat(f"ws://127.0.0.1:{port}", surroundings())
        came: asyncio.Queue[Event] = asyncio.Queue()
        running = asyncio.create_task(chat.run(came.put_nowait))
        with pytest.raises(LivehostError, match="nobody is connected"):
            await chat.post("m1", "hello")
        async with await connected(port) as client:
            await client.send('{"id":"m1","user":{"id":"u","name":"Mia"},"text":"how much?"}')
            event = await within_ms(3000, came.get())
            assert isinstance(event, ChatReceived) and event.line.text == "how much?"
            await client.send(b"\xff not json")
            assert isinstance(await within_ms(3000, came.get()), ChatDropped | PartChanged)
            taken = await chat.post("m1", "$129")
            reply = json.loads(await within_ms(3000, client.recv()))
            assert reply == {"type": "reply", "reply_to": "m1", "text": "$129", "id": taken.line_id}
            await chat.unpost(taken.line_id)
            assert json.loads(await within_ms(3000, client.recv())) == {"type": "delete", "id": taken.line_id}
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    clock.run(talk())


async def connected(port: int, query: str = ""):  # type: ignore[no-untyped-def] # websockets' own connection
    for _ in range(100):
        try:
            return await connect(f"ws://127.0.0.1:{port}/{query}")
        except OSError:
            await asyncio.sleep(0.02)
    raise AssertionError("nobody listens")


def test_a_wrong_token_is_refused() -> None:
    async def talk() -> None:
        port = free_port()
        chat = open_chat(f"ws://127.0.0.1:{port}?token=secret", surroundings())
        running = asyncio.create_task(chat.run(lambda _: None))
        with pytest.raises(InvalidStatus):
            await connected(port, "?token=wrong")
        async with await connected(port, "?token=secret"):
            pass
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    clock.run(talk())


def test_a_port_in_use_is_told() -> None:
    async def listen() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            uri = f"ws://127.0.0.1:{taken.getsockname()[1]}"
            open_chat(uri, surroundings())

    with pytest.raises(BadInput, match=r"can't be listened on.*Stop what uses it"):
        clock.run(listen())
