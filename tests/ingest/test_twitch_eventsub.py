"""Twitch over EventSub and Helix, against a server that speaks them; hours pass on the virtual clock."""

from __future__ import annotations

from typing import Any

import keyring
import pytest

from livehost import clock
from livehost.errors import LivehostError
from livehost.ingest.room import Room
from livehost.ingest.twitch import TwitchLink, examine, log_in
from livehost.ingest.twitch_frames import decode
from livehost.ingest.twitch_helix import Servers
from tests.platforms.twitch import Twitch
from tests.platforms.watching import MemoryKeyring, Watched, surroundings, watched

GOOD = {"LIVEHOST_TWITCH_TOKEN": "good-token"}


@pytest.fixture(autouse=True)
def memory_keyring() -> MemoryKeyring:
    ring = MemoryKeyring()
    keyring.set_keyring(ring)
    return ring


def _chat(servers: Servers, environment: dict[str, str] = GOOD) -> Room:
    around = surroundings(environment, client_id="our-client")
    return Room(TwitchLink("anna", around, servers), decode, around)


def test_lines_come_once_over_repeats_moves_and_cuts() -> None:
    async def trial() -> None:
        server = Twitch()
        async with server.open() as servers, watched(_chat(servers)) as seen:
            await seen.until(lambda: seen.says("ok"))
            await server.chat(1, "one", twice=True)
            await seen.until(lambda: len(seen.lines) == 1)
            await server.ask_to_move()
            await server.chat(2, "two")  # while the new connection is made
            await seen.until(lambda: len(seen.lines) == 2 and server.connections == 2)
            await server.chat(3, "three")
            await seen.until(lambda: len(seen.lines) == 3)
            assert len(server.sessions) == 1  # the old connection was left
            await server.cut()
            await seen.until(lambda: server.connections == 3 and seen.told[-1].startswith("ok"))
            await server.chat(3, "three")
            await server.chat(4, "four")
            await seen.until(lambda: len(seen.lines) == 4)
            assert seen.texts == ["one", "two", "three", "four"] and not server.closed_unused
            assert {"broadcaster_user_id": "100", "user_id": "200"} in server.conditions

    clock.run(trial(), virtual=True)


def test_alive_but_silent_is_dead() -> None:
    async def trial() -> None:
        server = Twitch(keepalives=False)
        async with server.open() as servers, watched(_chat(servers)) as seen:
            await seen.until(lambda: seen.says("lost: nothing came for 15 seconds"))
            server.keepalives = True
            await seen.until(lambda: server.connections == 2 and seen.told[-1].startswith("ok"))
            await server.chat(1, "back")
            await seen.until(lambda: seen.texts == ["back"])

    clock.run(trial(), virtual=True)


def test_a_post_is_a_reply_its_own_echo_is_no_line_and_a_refusal_is_told() -> None:
    async def trial() -> None:
        server = Twitch()
        async with server.open() as servers, watched(chat := _chat(servers)) as seen:
            await seen.until(lambda: seen.says("ok"))
            taken = await chat.post("chat-1", "[AI] Yes. " + "very " * 200 + "https://shop.example/ridge")
            await chat.unpost(taken.line_id)
            assert server.deleted == ["own-1"] and taken.link
            assert server.posted[0]["reply_parent_message_id"] == "chat-1"
            assert len(server.posted[0]["message"]) <= 500 and server.posted[0]["message"].endswith("/ridge")
            server.drop_reason = "Your message is being checked by mods."
            with pytest.raises(LivehostError, match="checked by mods"):
                await chat.post("chat-1", "no")
            assert (
                seen.told[-1]
                == "degraded: a reply was not taken: it was refused: Your message is being checked by mods."
            )
            server.drop_reason = ""
            for _ in range(18):
                await chat.post("", "x")
            assert seen.told[-1].startswith("ok")
            with pytest.raises(LivehostError, match="20 lines in 30 seconds"):
                await chat.post("", "one too many")
            await server.chat(9, "a question")
            await seen.until(lambda: bool(seen.lines))
            assert seen.texts == ["a question"]

    clock.run(trial(), virtual=True)


def test_a_token_renews_itself_and_the_new_one_is_kept(memory_keyring: MemoryKeyring) -> None:
    async def trial() -> None:
        server = Twitch(tokens={}, refresh={"old-refresh": "renewed"})
        memory_keyring.kept = {"twitch_token": "stale-token", "twitch_refresh": "old-refresh"}
        async with server.open() as servers, watched(_chat(servers, {})) as seen:
            await seen.until(lambda: seen.says("ok"))
            assert memory_keyring.kept == {"twitch_token": "renewed", "twitch_refresh": "next-refresh"}

    clock.run(trial(), virtual=True)


def test_without_a_good_token_it_is_told_and_no_secret_with_it() -> None:
    async def trial() -> None:
        server = Twitch()
        async with server.open() as servers, watched(chat := _chat(servers)) as seen:
            await seen.until(lambda: seen.says("ok"))
            server.tokens.clear()
            await server.revoke()
            await seen.until(lambda: seen.says("authorization_revoked"))
            with pytest.raises(LivehostError, match="not connected"):
                await chat.post("", "x")
            await seen.until(lambda: seen.says("livehost login twitch"))
            assert not seen.says("good-token")

    clock.run(trial(), virtual=True)


def test_it_waits_as_long_as_the_server_says() -> None:
    async def trial() -> float:
        server = Twitch(too_many=1)
        async with server.open() as servers:
            chat = _chat(servers)
            async with watched(chat) as seen:
                await seen.until(lambda: seen.says("ok"))
                assert seen.says("429")
                return _waited_s(seen)

    assert 30 <= clock.run(trial(), virtual=True) <= 33


def _waited_s(seen: Watched) -> float:
    told = next(told for told in seen.told if "next try in" in told)
    return float(told.rpartition("next try in ")[2].removesuffix(" s"))


def test_what_the_token_does_not_allow_is_told_and_the_rest_works() -> None:
    async def trial() -> None:
        server = Twitch(denied_kinds=("channel.follow", "channel.raid"))
        async with server.open() as servers, watched(_chat(servers)) as seen:
            await seen.until(lambda: seen.says("ok: without follow, raid"))
            await server.chat(1, "hi")
            await seen.until(lambda: seen.texts == ["hi"])

    clock.run(trial(), virtual=True)


def test_all_that_happens_in_a_channel_comes_once() -> None:
    mia = {"chatter_user_id": "5", "chatter_user_name": "Mia", "message_id": "n1", "message": {"text": "a year"}}
    cheermote = {"type": "cheermote", "text": "Cheer100"}
    cheer: dict[str, Any] = {
        **mia,
        "message_id": "c1",
        "message_type": "text",
        "message": {
            "text": "Cheer100 nice",
            "fragments": [cheermote, {"type": "text", "text": " nice"}],
        },
        "cheer": {"bits": 100},
    }
    happened: list[tuple[str, dict[str, Any]]] = [
        ("channel.follow", {"user_id": "7", "user_name": "kim", "followed_at": "2100-01-01T00:00:00Z"}),
        ("channel.chat.notification", {**mia, "notice_type": "resub", "resub": {"cumulative_months": 12}}),
        ("channel.chat.notification", {**mia, "message_id": "n2", "notice_type": "community_sub_gift",
                                       "community_sub_gift": {"total": 5}}),
        ("channel.chat.message", cheer),
        ("channel.raid", {"from_broadcaster_user_id": "8", "from_broadcaster_user_name": "Lee", "viewers": 42}),
        ("channel.chat.message_delete", {"message_id": "c1"}),
        ("channel.chat.clear_user_messages", {"target_user_id": "5"}),
    ]  # fmt: skip

    async def trial() -> None:
        server = Twitch()
        async with server.open() as servers, watched(_chat(servers)) as seen:
            await seen.until(lambda: seen.says("ok"))
            for number, (kind, event) in enumerate(happened):
                for _ in range(2):
                    await server.notify(kind, event, f"x-{number}")
            await seen.until(lambda: seen.lines[-1:] != [] and seen.lines[-1].type == "banned")
            lines = [line for line in seen.lines if line.type not in ("deleted", "banned")]
            assert [line.type for line in lines] == ["follow", "subscribe", "subscribe", "gift", "raid"]
            assert [line.months or line.gifted or line.count for line in lines] == [0, 12, 5, 0, 42]
            assert lines[3].gift and lines[3].gift.value == 100 and lines[3].text == "nice"
            assert {line.target_id or line.target_user for line in seen.lines if line not in lines} == {"c1", "5"}

    clock.run(trial(), virtual=True)


def test_signing_in_with_a_code(memory_keyring: MemoryKeyring) -> None:
    async def trial() -> None:
        told: list[str] = []
        async with Twitch().open() as servers:
            around = surroundings({}, client_id="our-client")
            assert await log_in(around, told.append, servers) == "cohost"
            assert "ABCDEFGH" in told[0] and memory_keyring.kept["twitch_token"] == "fresh-token"
            found = await examine("anna", around, servers)
            assert [finding.state for finding in found] == ["ok", "ok"]

    clock.run(trial(), virtual=True)


def test_doctor_names_what_is_missing() -> None:
    async def trial() -> None:
        async with Twitch(tokens={"good-token": ("user:read:chat",)}).open() as servers:
            found = await examine("anna", surroundings(GOOD), servers)
            assert any("does not allow to post" in finding.detail for finding in found)
            (finding,) = await examine("anna", surroundings(), servers)
            assert finding.state == "warn" and "livehost login twitch" in finding.fix
            with pytest.raises(LivehostError, match="no channel 'nobody'"):
                await examine("nobody", surroundings(GOOD), servers)

    clock.run(trial(), virtual=True)
