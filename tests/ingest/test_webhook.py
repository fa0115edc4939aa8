"""Lines by signed HTTP posts, and answers posted back, over real sockets."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2
import keyring
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from livehost import clock
from livehost.errors import BadInput, LivehostError
from livehost.ingest.room import Room
from livehost.ingest.webhook import examine, open_chat, signature
from tests.platforms.serving import free_port, serving
from tests.platforms.watching import MemoryKeyring, surroundings, watched

SECRET = "a-long-word-of-our-own"
LINE = {"id": "7", "platform": "shopchat", "user": {"id": "u", "name": "Mia"}, "text": "how much?", "scene": "direct"}


@pytest.fixture(autouse=True)
def memory_keyring() -> None:
    keyring.set_keyring(MemoryKeyring())


class Theirs:
    """Where answers go to."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, Any], bool]] = []
        self.status = 200

    async def take(self, request: Request) -> Response:
        body = await request.body()
        signed = request.headers["x-hub-signature-256"] == signature(SECRET, body)
        self.got.append((json.loads(body), signed))
        return PlainTextResponse("thanks", self.status)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/in", self.take, methods=["POST"])])


def _room(**table: object) -> Room:
    return open_chat("webhook", f"127.0.0.1:{free_port()}", surroundings({"LIVEHOST_WEBHOOK_SECRET": SECRET}, **table))


async def _posted(room: Room, body: bytes, **headers: str) -> int:
    async with httpx2.AsyncClient(trust_env=False) as client:
        address = f"http://{room.name.removeprefix('webhook:')}/chat"
        return (await client.post(address, content=body, headers=headers)).status_code


def _signed(body: bytes) -> dict[str, str]:
    return {"X-Hub-Signature-256": signature(SECRET, body)}


def _bearer(_body: bytes) -> dict[str, str]:
    return {"Authorization": f"Bearer {SECRET}"}


@pytest.mark.parametrize("proof", [_signed, _bearer])
def test_what_is_signed_is_taken_and_answered_where_the_creator_says(proof: Callable[[bytes], dict[str, str]]) -> None:
    async def trial() -> None:
        theirs = Theirs()
        async with serving(theirs.app) as address:
            room = _room(answers=f"http://{address}/in")
            async with watched(room) as seen:
                await seen.until(lambda: seen.says("ok: lines are taken at"), 20)
                body = json.dumps([LINE, {**LINE, "id": "8", "text": "多少钱"}]).encode()
                assert await _posted(room, body, **proof(body)) == 200
                await seen.until(lambda: len(seen.lines) == 2, 20)
                assert [(line.text, line.scene) for line in seen.lines] == [
                    ("how much?", "direct"),
                    ("多少钱", "direct"),
                ]
                assert await _posted(room, body, **proof(body)) == 200  # a second delivery
                taken = await room.post("7", "[AI] It is $5.")
                assert theirs.got == [
                    ({"type": "reply", "id": "reply-1", "reply_to": "7", "text": "[AI] It is $5."}, True)
                ]
                await room.unpost(taken.line_id)
                assert theirs.got[-1] == ({"type": "delete", "id": "reply-1"}, True)
                theirs.status = 500
                with pytest.raises(LivehostError):
                    await room.post("7", "[AI] It is $5.")
                assert len(seen.lines) == 2

    clock.run(trial())


def test_what_is_not_signed_or_makes_no_sense_is_refused() -> None:
    async def trial() -> None:
        room = _room()
        async with watched(room) as seen:
            await seen.until(lambda: seen.says("ok: lines are taken at"), 20)
            body = json.dumps(LINE).encode()
            assert await _posted(room, body) == 401
            assert await _posted(room, body, **_signed(body + b" ")) == 401
            assert await _posted(room, body, Authorization="Bearer x") == 401
            for junk in (b"", b"[[[", b"\xff\xfe", b'{"text": 5}'):
                assert await _posted(room, junk, **_signed(junk)) == 200
            assert await _posted(room, b"x" * 2_000_000, **_signed(b"x")) == 413
            assert not seen.lines
            with pytest.raises(LivehostError, match="nowhere to go"):
                await room.post("7", "[AI] Hello.")

    clock.run(trial())


def test_without_a_secret_nothing_is_taken_and_addresses_are_checked() -> None:
    async def trial() -> None:
        room = open_chat("webhook", f"127.0.0.1:{free_port()}", surroundings())
        async with watched(room) as seen:
            await seen.until(lambda: seen.says("lost: a secret is needed. Set LIVEHOST_WEBHOOK_SECRET"), 20)
        for rest in ("", "8604", "http://127.0.0.1:8604/x"):
            with pytest.raises(BadInput, match="no address"):
                open_chat("webhook", rest, surroundings())
        with pytest.raises(BadInput, match="no web address"):
            open_chat("webhook", "127.0.0.1:8604", surroundings(answers="ftp://x"))
        assert [one.state for one in await examine("", surroundings({"LIVEHOST_WEBHOOK_SECRET": SECRET}))] == ["warn"]

    clock.run(trial())
