"""Bilibili over its web page and its open platform, against a server that speaks both; and its packets, whole and broken."""

from __future__ import annotations

import struct
import zlib

import brotli
import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livehost import clock
from livehost.chat import Gift
from livehost.errors import BadInput, LivehostError
from livehost.ingest.bilibili import BilibiliLink, examine, log_in, room_of
from livehost.ingest.bilibili_frames import decode
from livehost.ingest.bilibili_packets import COMMAND, packed, unpacked
from livehost.ingest.bilibili_web import Servers
from livehost.ingest.room import Room
from tests.platforms.bilibili import Bilibili
from tests.platforms.watching import MemoryKeyring, surroundings, watched

COOKIES = {"LIVEHOST_BILIBILI_SESSDATA": "session", "LIVEHOST_BILIBILI_JCT": "csrf", "LIVEHOST_BILIBILI_UID": "555666"}
OPEN = {
    "LIVEHOST_BILIBILI_ACCESS_KEY": "access-key",
    "LIVEHOST_BILIBILI_ACCESS_SECRET": "access-secret",
    "LIVEHOST_BILIBILI_CODE": "streamer-code",
}


@pytest.fixture(autouse=True)
def memory_keyring() -> MemoryKeyring:
    ring = MemoryKeyring()
    keyring.set_keyring(ring)
    return ring


def _room(servers: Servers, environment: dict[str, str]) -> Room:
    around = surroundings(environment, app_id=42)
    return Room(BilibiliLink("6", around, servers), decode, around)


@pytest.mark.parametrize("version", [0, 2, 3], ids=["plain", "zlib", "brotli"])
@pytest.mark.parametrize("environment", [{}, OPEN], ids=["web", "open"])
def test_lines_come_once_however_they_are_packed_and_cut(environment: dict[str, str], version: int) -> None:
    async def trial() -> None:
        server = Bilibili(version=version)
        async with server.open() as servers, watched(_room(servers, environment)) as seen:
            await seen.until(lambda: bool(server.links) and seen.says("ok"))
            await server.say("一", "二", "三", number=1)
            await seen.until(lambda: len(seen.lines) == 3)
            await server.cut()
            await seen.until(lambda: server.connections == 2 and bool(server.links))
            await server.say("三", "四", number=3)
            await seen.until(lambda: len(seen.lines) == 4)
            assert seen.texts == ["一", "二", "三", "四"] and seen.lines[0].user.id == "7"
        assert not server.running  # a project that is not ended keeps the room for itself

    clock.run(trial(), virtual=True)


def test_heartbeats_keep_both_connections_for_a_quarter_of_an_hour() -> None:
    async def trial() -> None:
        server = Bilibili()
        async with server.open() as servers:
            room = _room(servers, OPEN)
            async with watched(room) as seen:
                await seen.until(lambda: bool(server.links) and seen.says("ok"))
                await seen.until(lambda: server.game_beats >= 45)
                assert server.beats >= 45 and server.connections == 1 and not seen.says("lost")

    clock.run(trial(), virtual=True)


def test_a_silent_server_is_left_and_a_lapsed_project_begun_again() -> None:
    async def trial() -> None:
        server = Bilibili(silent=True)
        async with server.open() as servers, watched(_room(servers, OPEN)) as seen:
            await seen.until(lambda: seen.says("lost: nothing came for 75 seconds"))
            server.silent = False
            await seen.until(lambda: server.connections == 2 and seen.told[-1].startswith("ok"))
            server.running.clear()
            await seen.until(lambda: seen.says("7003") and server.games == 3)

    clock.run(trial(), virtual=True)


def test_risk_control_is_waited_for_and_named() -> None:
    async def trial() -> None:
        server = Bilibili(code=-352)
        async with server.open() as servers, watched(_room(servers, {})) as seen:
            await seen.until(lambda: seen.says("risk control refuses (-352)"))
            assert any(int(told.rpartition("in ")[2].split()[0]) >= 300 for told in seen.told if "next try" in told)
            server.code = 0
            await seen.until(lambda: seen.says("names are masked"))

    clock.run(trial(), virtual=True)


def test_a_wrong_code_is_told_with_what_to_check() -> None:
    async def trial() -> None:
        async with Bilibili(open_code=7007).open() as servers, watched(_room(servers, OPEN)) as seen:
            await seen.until(lambda: seen.says("7007") and seen.says("Check app_id"))
            assert not seen.says("access-secret") and not seen.says("streamer-code")

    clock.run(trial(), virtual=True)


def test_posts_are_short_without_links_and_a_swallowed_one_is_told() -> None:
    async def trial() -> None:
        server = Bilibili()
        async with server.open() as servers:
            room = _room(servers, COOKIES)
            async with watched(room) as seen:
                await seen.until(lambda: bool(server.links) and seen.says("ok"))
                await room.post("", "【AI】山脊夹克有蓝色。 https://shop.example/ridge")
                assert server.posted[0]["msg"] == "【AI】山脊夹克有蓝色。" and server.posted[0]["roomid"] == "7734200"
                with pytest.raises(LivehostError, match=r"1\.5 s more"):
                    await room.post("", "太快了")
                await server.say("【AI】山脊夹克有蓝色。", uid=555666, number=1)
                await server.say("真的吗", number=2)
                await seen.until(lambda: seen.texts == ["真的吗"])
                await seen.until(lambda: server.beats > 1)
                server.post_message = "f"
                with pytest.raises(LivehostError, match="a word of it is not allowed"):
                    await room.post("", "坏词")
                without = _room(servers, {})
                without._ready_ms = 0
                with pytest.raises(LivehostError, match="login bilibili"):
                    await without.post("", "x")

    clock.run(trial(), virtual=True)


def test_gifts_and_masked_names_come_through_the_wire() -> None:
    async def trial() -> None:
        server = Bilibili()
        async with server.open() as servers, watched(_room(servers, {})) as seen:
            await seen.until(lambda: bool(server.links) and seen.says("ok"))
            gift = {
                "giftName": "小花花",
                "num": 3,
                "total_coin": 300,
                "coin_type": "gold",
                "uname": "李",
                "uid": 5,
                "tid": "t",
            }
            await server.command({"cmd": "SEND_GIFT", "data": gift}, {"cmd": "NOTICE_MSG"})
            await server.say("多少钱", uid=0)
            await server.raw(b"\x00\x00\x00\xff\x00\x10")
            await seen.until(lambda: len(seen.lines) == 2)
            assert seen.lines[0].gift == Gift("小花花", 3, 0.3, "CNY") and seen.lines[1].user.id == ""

    clock.run(trial(), virtual=True)


def test_signing_in_with_the_app(memory_keyring: MemoryKeyring) -> None:
    async def trial() -> None:
        told: list[str] = []
        async with Bilibili().open() as servers:
            assert await log_in(surroundings(), told.append, servers) == "user 555666"
            kept = {"bilibili_sessdata": "session", "bilibili_jct": "csrf", "bilibili_uid": "555666"}
            assert memory_keyring.kept == kept and "Scanned" in told[1] and "█" in told[0]
        async with Bilibili(scans=[86101, 86038]).open() as servers:
            with pytest.raises(LivehostError, match="too old"):
                await log_in(surroundings(), told.append, servers)

    clock.run(trial(), virtual=True)


def test_doctor_on_a_room() -> None:
    async def trial() -> None:
        async with Bilibili().open() as servers:
            found = await examine("6", surroundings({**OPEN, **COOKIES}, app_id=42), servers)
            assert [finding.state for finding in found] == ["ok", "ok"]
            found = await examine("https://live.bilibili.com/6?from=x", surroundings(), servers)
            assert [finding.state for finding in found] == ["warn", "warn", "ok"]
            with pytest.raises(LivehostError, match="未找到"):
                await examine("7", surroundings(), servers)

    clock.run(trial(), virtual=True)
    with pytest.raises(BadInput, match="bilibili:ROOM"):
        room_of("somebody")


def test_a_bomb_is_not_blown_up() -> None:
    for bomb in (
        packed(COMMAND, zlib.compress(bytes(12_000_000)), 2),
        packed(COMMAND, brotli.compress(bytes(12_000_000)), 3),
        packed(COMMAND, zlib.compress(packed(COMMAND, zlib.compress(packed(COMMAND, zlib.compress(b""), 2)), 2)), 2),
        packed(COMMAND, zlib.compress(packed(COMMAND, b"", 0) * 100_000), 2),
    ):
        with pytest.raises(ValueError, match=r"too large|too often|too many|cut off"):
            unpacked(bomb)


@given(st.data())
def test_broken_packets_are_refused_and_nothing_else(data: st.DataObject) -> None:
    inner = packed(COMMAND, b'{"cmd":"X"}', 0) * data.draw(st.integers(1, 3))
    version = data.draw(st.sampled_from([0, 2, 3]))
    press = {0: lambda whole: whole, 2: zlib.compress, 3: brotli.compress}[version]
    frame = bytearray(packed(COMMAND, press(inner), version))
    assert b'{"cmd":"X"}' in b"".join(packet.body for packet in unpacked(bytes(frame)))
    for _ in range(data.draw(st.integers(1, 5))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    try:
        unpacked(bytes(frame[: data.draw(st.integers(0, len(frame)))]))
    except ValueError:
        return
    except struct.error:
        pytest.fail("not a ValueError")
