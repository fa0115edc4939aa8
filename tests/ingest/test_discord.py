"""Discord by its gateway, against a server that speaks it: sessions that go on, messages to the bot alone, posts, refusals."""

from __future__ import annotations

import asyncio
import json

import keyring
import pytest

from livehost import clock
from livehost.errors import BadInput, LivehostError
from livehost.ingest.discord import DiscordLink, examine, open_chat
from livehost.ingest.discord_frames import decode
from livehost.ingest.frames import UnknownFrame
from livehost.ingest.room import Room
from tests.platforms.discord import CHANNEL, TOKEN, Discord
from tests.platforms.watching import MemoryKeyring, Watched, surroundings, watched

ENVIRONMENT = {"LIVEHOST_DISCORD_TOKEN": TOKEN}


@pytest.fixture(autouse=True)
def memory_keyring() -> None:
    keyring.set_keyring(MemoryKeyring())


def _room(api: str, channel: str = str(CHANNEL), environment: dict[str, str] = ENVIRONMENT, **table: object) -> Room:
    around = surroundings(environment, **table)
    return Room(DiscordLink(channel, around, api), decode, around)


async def _connected(server: Discord, seen: Watched) -> None:
    await seen.until(lambda: bool(server.links) and seen.told[-1].startswith("ok"))


def test_a_session_goes_on_where_it_broke_off() -> None:
    async def trial() -> None:
        server = Discord()
        async with server.open() as api, watched(_room(api)) as seen:
            await _connected(server, seen)
            await server.say(1, "one")
            await seen.until(lambda: len(seen.lines) == 1)
            await server.cut()
            await server.say(2, "said while nobody was there")
            await seen.until(lambda: len(seen.lines) == 2)
            assert server.resumed[0] == {"token": TOKEN, "session_id": "s1", "seq": 2}
            await server.send(7)
            await seen.until(lambda: len(server.resumed) == 2)
            await _connected(server, seen)
            await server.send(9, False)
            await seen.until(lambda: len(server.identified) == 2)
            await _connected(server, seen)
            await seen.until(lambda: server.beats >= 20)  # a quarter of an hour in which nobody writes
            await server.send(1)
            assert seen.texts == ["one", "said while nobody was there"]
            assert sum(told.startswith("lost") for told in seen.told) == 3

    clock.run(trial(), virtual=True)


def test_a_channel_is_answered_as_a_reply_and_own_words_are_left_aside() -> None:
    async def trial() -> None:
        server = Discord()
        async with server.open() as api:
            room = _room(api)
            async with watched(room) as seen:
                await _connected(server, seen)
                assert server.identified[0]["intents"] == (1 << 9) | (1 << 15)
                await server.say(1, "from elsewhere", channel_id="300000000000000009")
                await server.say(2, "to the bot alone", private=True)
                await server.say(3, "beep", author={"id": "8", "username": "nightly", "bot": True})
                await server.say(4, "<@77> <:wave:123> do you ship?", member={"nick": "Mia"})
                await seen.until(lambda: len(seen.lines) == 1)
                (line,) = seen.lines
                assert (line.id, line.text, line.user.name) == (f"{CHANNEL}:4", "do you ship?", "Mia")
                taken = await room.post(line.id, "[AI] Yes, to @everyone.")
                (posted,) = server.posted
                assert posted["message_reference"]["message_id"] == "4" and posted["allowed_mentions"] == {"parse": []}
                await server.say(6, "thanks")
                await seen.until(lambda: seen.texts[-1] == "thanks")
                assert len(seen.lines) == 2
                await room.unpost(taken.line_id)
                assert server.deleted == ["5001"]
                server.too_many = 1
                with pytest.raises(LivehostError, match="rate limited"):
                    await room.post(line.id, "[AI] More.")
                with pytest.raises(LivehostError, match=r"no lines now; 1[34]"):
                    await room.post(line.id, "[AI] More.")

    clock.run(trial(), virtual=True)


def test_what_is_written_to_the_bot_alone_is_private_and_answered_there() -> None:
    async def trial() -> None:
        server = Discord()
        async with server.open() as api:
            room = _room(api, "direct")
            async with watched(room) as seen:
                await _connected(server, seen)
                await server.say(1, "to all")
                await server.say(2, "where is my order?", private=True)
                await seen.until(lambda: len(seen.lines) == 1)
                (line,) = seen.lines
                assert (line.private, line.account, line.text) == (True, "discord:5", "where is my order?")
                await room.post(line.id, "[AI] It was sent.")
                assert server.posted[0]["channel"] == "905"

    clock.run(trial(), virtual=True)


def test_refusals_are_told_with_what_to_do_and_a_dead_socket_is_left() -> None:
    async def trial() -> None:
        server = Discord(allowed=False)
        async with server.open() as api:
            async with watched(_room(api)) as seen:
                await seen.until(lambda: seen.says("Switch on Message Content Intent"))
                assert int(seen.told[-1].rpartition("in ")[2].split()[0]) >= 120
                server.allowed, server.acknowledges = True, False
                await _connected(server, seen)
                await seen.until(lambda: seen.says("lost: nothing came for 82 seconds"))
            async with watched(_room(api, environment={"LIVEHOST_DISCORD_TOKEN": "wrong-token"})) as seen:
                await seen.until(lambda: seen.says("Unauthorized"))
                assert "wrong-token" not in repr(seen.got)
            async with watched(_room(api, environment={})) as seen:
                await seen.until(lambda: seen.says("Reset Token"))

    clock.run(trial(), virtual=True)


def test_doctor_tells_of_token_and_channel() -> None:
    async def trial() -> None:
        server = Discord()
        async with server.open() as api:
            found = await examine(str(CHANNEL), surroundings(ENVIRONMENT), api)
            assert [(one.state, one.detail) for one in found] == [("ok", "signed in as pip"), ("ok", "questions")]
            (wrong,) = await examine("", surroundings({"LIVEHOST_DISCORD_TOKEN": "wrong-token"}), api)
            (none,) = await examine("", surroundings({}), api)
            assert (wrong.state, none.state) == ("warn", "warn")

    clock.run(trial(), virtual=True)


def test_frames_that_say_nothing_and_a_heap_of_deletions() -> None:
    for frame in ({"t": "TYPING_START", "d": {}}, {"t": "MESSAGE_CREATE", "d": {"type": 7}}, {"op": 11}):
        with pytest.raises(UnknownFrame):
            decode(json.dumps(frame))
    gone = decode(json.dumps({"t": "MESSAGE_DELETE_BULK", "d": {"ids": ["1", "2"], "channel_id": "9"}}))
    assert [(line.type, line.target_id) for line in gone] == [("deleted", "9:1"), ("deleted", "9:2")]


@pytest.mark.parametrize("rest", ["", "anna", "12", "https://discord.com/channels/1/2"])
def test_what_is_no_channel_is_refused(rest: str) -> None:
    async def trial() -> None:
        await asyncio.sleep(0)
        with pytest.raises(BadInput, match="discord:direct"):
            open_chat("discord", rest, surroundings({}))

    clock.run(trial(), virtual=True)
