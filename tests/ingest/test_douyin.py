"""Douyin's pushes and a sidecar, against servers that speak them."""

from __future__ import annotations

import asyncio

import httpx2
import keyring
import pytest

from livehost import clock
from livehost.chat import Gift
from livehost.clock import stopwatch
from livehost.errors import BadInput, LivehostError
from livehost.ingest.douyin import examine, open_chat, signature
from tests.platforms.douyin import ROOM, Douyin, push
from tests.platforms.serving import free_port
from tests.platforms.watching import MemoryKeyring, surroundings, watched

KEYS = {"LIVEHOST_DOUYIN_PUSH_SECRET": "push-secret", "LIVEHOST_DOUYIN_APP_SECRET": "app-secret"}


@pytest.fixture(autouse=True)
def memory_keyring() -> None:
    keyring.set_keyring(MemoryKeyring())


def test_the_signature_is_that_of_the_documents_own_example() -> None:
    headers = {"x-nonce-str": "123456", "x-timestamp": "456789", "x-roomid": "268", "x-msg-type": "user_group"}
    assert signature(headers, "abc123你好".encode(), "123abc") == "GAkalGmhzqlUGQO/TgvMug=="


def test_pushes_are_verified_answered_at_once_and_taken_once() -> None:
    async def trial() -> None:
        server = Douyin()
        async with server.open() as servers, httpx2.AsyncClient() as client:
            port = free_port()
            around = surroundings(KEYS, listen=f"127.0.0.1:{port}", app_id="tt42")
            room = open_chat("douyin", ROOM, around, servers)
            async with watched(room) as seen:
                await seen.until(lambda: seen.says("pushes are taken"))
                await asyncio.sleep(0.2)
                assert server.running == {"live_comment", "live_gift", "live_like", "live_fansclub"}
                address, now_ms = f"http://127.0.0.1:{port}/douyin", around.clock.epoch_ms()
                said = [
                    {
                        "msg_id": f"c{n}",
                        "sec_openid": f"u{n}",
                        "nickname": f"观众{n}",
                        "content": f"多少钱 {n}",
                        "timestamp": now_ms,
                    }
                    for n in range(100)
                ]
                watch = stopwatch()
                assert await push(client, address, "live_comment", said, at_ms=now_ms) == 200
                assert watch() < 2
                assert await push(client, address, "live_comment", said, at_ms=now_ms) == 200
                gift = {"msg_id": "g1", "nickname": "李", "gift_name": "小心心", "gift_num": 3, "gift_value": 30}
                assert await push(client, address, "live_gift", [gift], at_ms=now_ms) == 200
                assert await push(client, address, "live_comment", said, at_ms=now_ms, secret="wrong") == 401
                assert await push(client, address, "live_comment", said, at_ms=now_ms - 3_600_000) == 401
                assert (await client.get(address)).status_code == 405
                await seen.until(lambda: len(seen.lines) == 101)
                assert seen.texts[:2] == ["多少钱 0", "多少钱 1"] and seen.lines[-1].gift == Gift(
                    "小心心", 3, 0.3, "CNY"
                )
                with pytest.raises(LivehostError, match="voice and overlay"):
                    await room.post("c1", "x")
        assert not server.running  # stopped with the session

    clock.run(trial())


def test_tasks_that_lapse_are_started_again_and_faults_are_told() -> None:
    async def trial() -> None:
        server = Douyin()
        async with server.open() as servers:
            around = surroundings(KEYS, listen=f"127.0.0.1:{free_port()}", app_id="tt42")
            async with watched(open_chat("douyin", ROOM, around, servers)) as seen:
                await seen.until(lambda: server.starts >= 4 * 6)  # half an hour
                assert server.tokens >= 2
                server.fault = 40023
                await seen.until(lambda: seen.says("40023") and seen.says("mounted"))
                assert not seen.says("app-secret")

    clock.run(trial(), virtual=True)


def test_a_sidecar_is_read_and_waited_for() -> None:
    async def trial() -> None:
        server = Douyin()
        async with server.open():
            room = open_chat("douyin", ROOM, surroundings(sidecar=server.sidecar))
            async with watched(room) as seen:
                await seen.until(lambda: bool(server.links) and seen.says("ok: reading"))
                chat = {
                    "method": "WebcastChatMessage",
                    "common": {"msgId": "1"},
                    "user": {"idStr": "5", "nickname": "小米"},
                    "content": "有货吗",
                }
                gift = {"method": "WebcastGiftMessage", "common": {"msgId": "2"}, "user": {"idStr": "5", "nickname": "小米"},
                        "gift": {"name": "小心心", "diamondCount": 1, "combo": True}, "comboCount": "3"}  # fmt: skip
                await server.say(chat)
                await server.say(gift)
                await server.say({**gift, "common": {"msgId": "3"}, "repeatEnd": 1})
                await server.say({"method": "WebcastRoomStatsMessage"})
                await server.cut()
                await seen.until(lambda: server.connections == 2 and bool(server.links))
                await server.say(chat)
                await server.say({"method": "WebcastLikeMessage", "common": {"msgId": "4"}, "count": "9"})
                await server.say({"type": "system", "code": "ROOM_ENDED"})
                await seen.until(lambda: seen.says("not live"))
                assert [line.type for line in seen.lines] == ["message", "gift", "like"]
                assert seen.lines[1].gift == Gift("小心心", 3, 0.3, "CNY") and seen.lines[2].count == 9
            async with watched(open_chat("douyin", "404", surroundings(sidecar=server.sidecar))) as seen:
                await seen.until(lambda: seen.says("no such room"))

    clock.run(trial(), virtual=True)


def test_without_a_way_in_it_is_told() -> None:
    async def trial() -> None:
        with pytest.raises(BadInput, match="sidecar ="):
            open_chat("douyin", ROOM, surroundings())
        (found,) = await examine(ROOM, surroundings())
        assert found.state == "warn"
        (found,) = await examine(ROOM, surroundings(listen="127.0.0.1:1"))
        assert found.state == "missing"
        async with Douyin().open() as servers:
            (found,) = await examine(ROOM, surroundings(KEYS, listen="127.0.0.1:1", app_id="tt42"), servers)
            assert found.state == "ok"
        async with watched(open_chat("douyin", ROOM, surroundings(listen="127.0.0.1:1"))) as seen:
            await seen.until(lambda: seen.says("LIVEHOST_DOUYIN_PUSH_SECRET"))

    clock.run(trial(), virtual=True)
