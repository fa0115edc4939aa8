"""Kick through the page's socket and by webhooks, against a server that speaks them."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs, urlsplit

import httpx2
import keyring
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from livehost import clock
from livehost.errors import LivehostError
from livehost.ingest.kick import KickLink, examine, log_in, slug_of
from livehost.ingest.kick_api import EVENTS, Kick, Servers
from livehost.ingest.kick_frames import decode
from livehost.ingest.room import Room
from tests.platforms.kick import CHATROOM, KickServer, deliver
from tests.platforms.serving import free_port
from tests.platforms.watching import MemoryKeyring, surroundings, watched

TOKEN = {"LIVEHOST_KICK_TOKEN": "good-token"}


@pytest.fixture(autouse=True)
def memory_keyring() -> MemoryKeyring:
    ring = MemoryKeyring()
    keyring.set_keyring(ring)
    return ring


def _room(servers: Servers, environment: dict[str, str], **table: object) -> Room:
    around = surroundings(environment, **table)
    return Room(KickLink("anna", around, servers), decode, around)


def test_lines_come_once_over_cuts_and_quiet_hours() -> None:
    async def trial() -> None:
        server = KickServer()
        async with server.open() as servers, watched(_room(servers, {})) as seen:
            await seen.until(lambda: bool(server.links) and seen.says("ok"))
            await server.say(1, "one")
            await server.say(1, "one")
            await seen.until(lambda: len(seen.lines) == 1)
            await seen.until(lambda: server.pings >= 10)  # twenty minutes in which nobody writes
            assert server.connections == 1 and server.channels[0] == f"chatrooms.{CHATROOM}.v2"
            await server.cut()
            await seen.until(lambda: server.connections == 2 and bool(server.links))
            await server.say(1, "one")
            await server.say(2, "two [emote:37226:KEKW]")
            await seen.until(lambda: len(seen.lines) == 2)
            assert seen.texts == ["one", "two"]

    clock.run(trial(), virtual=True)


def test_a_silent_socket_is_dead_and_one_that_refuses_is_not_hammered() -> None:
    async def trial() -> None:
        server = KickServer(pongs=False)
        async with server.open() as servers, watched(_room(servers, {})) as seen:
            await seen.until(lambda: seen.says("lost: nothing came for 160 seconds"))
            await seen.until(lambda: bool(server.links))
            await server.cut(4001)
            await seen.until(lambda: seen.says("does not let it in (4001); next try in 1"))
            assert int(seen.told[-1].rpartition("in ")[2].split()[0]) >= 120

    clock.run(trial(), virtual=True)


def test_where_the_page_refuses_the_number_can_be_set() -> None:
    async def trial() -> None:
        server = KickServer(page_status=403)
        async with server.open() as servers:
            async with watched(_room(servers, {})) as seen:
                await seen.until(lambda: seen.says("Set chatroom = NUMBER"))
            async with watched(_room(servers, {}, chatroom=CHATROOM)) as seen:
                await seen.until(lambda: bool(server.links) and seen.says("ok"))

    clock.run(trial(), virtual=True)


def test_posts_reply_and_refusals_are_told() -> None:
    async def trial() -> None:
        server = KickServer()
        async with server.open() as servers:
            room = _room(servers, TOKEN)
            async with watched(room) as seen:
                await seen.until(lambda: bool(server.links) and seen.says("ok"))
                taken = await room.post("chat-1", "[AI] Yes.")
                await room.unpost(taken.line_id)
                assert server.deleted == ["x"]
                assert (
                    server.posted[0]["reply_to_message_id"] == "chat-1"
                    and server.posted[0]["broadcaster_user_id"] == 676
                )
                server.refused = "daily quota exceeded"
                with pytest.raises(LivehostError, match="daily quota exceeded"):
                    await room.post("", "x")
                server.refused, server.too_many = "", 1
                with pytest.raises(LivehostError, match="429"):
                    await room.post("", "x")
                await server.say(5, "next")
                await seen.until(lambda: seen.texts == ["next"])  # its own echo is no line

    clock.run(trial(), virtual=True)


def test_a_stale_token_is_renewed(memory_keyring: MemoryKeyring) -> None:
    async def trial() -> None:
        server = KickServer(refresh={"old-refresh": "renewed"})
        memory_keyring.kept = {"kick_token": "stale-token", "kick_refresh": "old-refresh"}
        client = {"LIVEHOST_KICK_CLIENT_ID": "our-client", "LIVEHOST_KICK_CLIENT_SECRET": "our-secret"}
        async with server.open() as servers:
            found = await examine("anna", surroundings(client), servers)
            assert [finding.state for finding in found] == ["ok", "ok"]
            assert memory_keyring.kept == {"kick_token": "renewed", "kick_refresh": "next-refresh"}
            memory_keyring.kept.clear()
            found = await examine("anna", surroundings(), servers)
            assert [finding.state for finding in found] == ["warn", "ok"]

    clock.run(trial(), virtual=True)


def test_webhooks_count_when_they_are_signed_fresh_and_new() -> None:
    async def trial() -> None:
        server = KickServer()
        async with server.open() as servers, httpx2.AsyncClient() as client:
            around = surroundings(TOKEN, listen=f"127.0.0.1:{free_port()}")
            room = Room(link := KickLink("anna", around, servers), decode, around)
            async with watched(room) as seen:
                await seen.until(lambda: seen.says("webhooks are taken"))
                await asyncio.sleep(0.2)
                address = link._hook.address if link._hook else ""
                assert len(server.subscribed[0]["events"]) == len(EVENTS)
                now_ms = around.clock.epoch_ms()
                body = {
                    "message_id": "m1",
                    "content": "hello [emote:1:X]",
                    "created_at": "2100-01-01T00:00:00Z",
                    "sender": {"user_id": 5, "username": "mia", "identity": None},
                }
                kind = "chat.message.sent"
                assert await deliver(client, address, kind, body, ident="01A", at_ms=now_ms) == 200
                assert await deliver(client, address, kind, body, ident="01A", at_ms=now_ms) == 200
                other = rsa.generate_private_key(65537, 2048)
                for wrong in ({"key": other, "at_ms": now_ms}, {"at_ms": now_ms - 3_600_000}):
                    forged = {**body, "message_id": "m2"}
                    assert await deliver(client, address, kind, forged, ident="01B", **wrong) == 401
                follow = {"follower": {"user_id": 9, "username": "kim"}}
                for _ in range(2):
                    assert await deliver(client, address, "channel.followed", follow, ident="01C", at_ms=now_ms) == 200
                assert (await client.post(address, content=b"x" * 2_000_000)).status_code == 413
                await seen.until(lambda: len(seen.lines) == 2)
                assert [(line.type, line.text, line.user.name) for line in seen.lines] == [
                    ("message", "hello", "mia"),
                    ("follow", "", "kim"),
                ]

    clock.run(trial())


def test_webhooks_that_kick_has_forgotten_are_subscribed_to_again() -> None:
    async def trial() -> None:
        server = KickServer()
        async with server.open() as servers:
            room = Room(
                KickLink("anna", surroundings(TOKEN, listen=f"127.0.0.1:{free_port()}"), servers),
                decode,
                surroundings(),
            )
            async with watched(room) as seen:
                await seen.until(lambda: seen.says("webhooks are taken"))
                assert len(server.subscribed) == 1
                server.subscribed.clear()
                await seen.until(lambda: len(server.subscribed) == 1, 700)
                server.tokens.clear()
                await seen.until(lambda: seen.says("livehost login kick"), 700)

    clock.run(trial(), virtual=True)


def test_signing_in_with_a_browser(memory_keyring: MemoryKeyring) -> None:
    async def trial() -> None:
        server, told = KickServer(), list[str]()
        client = {"LIVEHOST_KICK_CLIENT_ID": "our-client", "LIVEHOST_KICK_CLIENT_SECRET": "our-secret"}
        async with server.open() as servers, httpx2.AsyncClient() as browser:
            kick = Kick(surroundings(client).secrets, surroundings().clock, servers)
            asked_for = asyncio.Event()

            def tell(words: str) -> None:
                told.append(words)
                asked_for.set()

            signing_in = asyncio.create_task(kick.log_in(port := free_port(), tell))
            await asked_for.wait()
            asked = parse_qs(urlsplit(told[0].removeprefix("Open ")).query)
            server.challenge = asked["code_challenge"][0]
            back = f"http://127.0.0.1:{port}/callback"
            await asyncio.sleep(0.1)
            assert (await browser.get(back, params={"state": "another", "code": "evil"})).status_code == 400
            answer = await browser.get(back, params={"state": asked["state"][0], "code": "the-code"})
            assert "close this page" in answer.text and await signing_in == "Cohost"
            assert memory_keyring.kept == {"kick_token": "fresh-token", "kick_refresh": "fresh-refresh"}
            await kick.web.aclose()
            with pytest.raises(LivehostError, match="application of your own"):
                await log_in(surroundings(), told.append, servers)

    clock.run(trial())


def test_a_channel_is_found_in_its_address() -> None:
    assert slug_of("https://kick.com/Anna-Lee?x") == "anna-lee" == slug_of("Anna-Lee")
