"""Streamer.bot and StreamElements, against servers that speak their protocols."""

from __future__ import annotations

import keyring
import pytest

from livehost import clock
from livehost.chat import Gift
from livehost.errors import BadInput, LivehostError
from livehost.ingest.connect import open_chat
from livehost.ingest.room import Room
from livehost.ingest.streamelements import AstroLink
from livehost.ingest.streamelements import decode as decode_elements
from livehost.ingest.streamerbot import StreamerBotLink, decode
from tests.platforms.streamerbot import StreamElements, StreamerBot
from tests.platforms.watching import MemoryKeyring, surroundings, watched

CHANNEL = "5ad23dcc18fff500d78c5348"


@pytest.fixture(autouse=True)
def memory_keyring() -> None:
    keyring.set_keyring(MemoryKeyring())


def test_streamerbot_is_read_over_cuts_and_replies_go_back_where_they_belong() -> None:
    async def trial() -> None:
        server = StreamerBot()
        async with server.open() as (host, port):
            room = Room(StreamerBotLink(host, port, "secret-word"), decode, surroundings())
            async with watched(room) as seen:
                await seen.until(lambda: seen.says("ok: reading and posting"))
                await server.say(1, "one")
                await server.say(2, "zwei", source="Kick")
                await server.event("Twitch", "Follow", {"user_name": "kim", "userName": "kim", "userId": "9"})
                await server.event("Twitch", "GoalBegin", {})
                await seen.until(lambda: len(seen.lines) == 3)
                await room.post("m2", "[AI] Ja.")
                await room.post("m1", "[AI] Yes.")
                assert [post["platform"] for post in server.posted] == ["kick", "twitch"]
                assert server.posted[1]["replyId"] == "m1" and "replyId" not in server.posted[0]
                await server.cut()
                await seen.until(lambda: server.connections == 2 and len(server.links) == 1)
                await server.say(2, "zwei", source="Kick")
                await server.event("Twitch", "ChatMessageDeleted", {"targetMessageId": "m1"})
                await seen.until(lambda: len(seen.lines) == 4)
                assert [line.type for line in seen.lines] == ["message", "message", "follow", "deleted"]
                assert seen.lines[0].user.roles == ("moderator",) and seen.lines[0].platform == "twitch"

    clock.run(trial(), virtual=True)


def test_streamerbots_password_is_asked_for_and_its_silence_is_not_waited_for_ever() -> None:
    async def trial() -> None:
        server = StreamerBot()
        async with server.open() as (host, port):
            for password, told in (("wrong-word", "password is wrong"), ("", "wants a password")):
                async with watched(Room(StreamerBotLink(host, port, password), decode, surroundings())) as seen:
                    await seen.until(lambda told=told: seen.says(told))  # type: ignore[misc]
            server.mute = True
            async with watched(Room(StreamerBotLink(host, port, "secret-word"), decode, surroundings())) as seen:
                await seen.until(lambda: seen.says("did not answer to Authenticate"))
        server = StreamerBot(password="")
        async with server.open() as (host, port):
            room = Room(StreamerBotLink(host, port, ""), decode, surroundings())
            async with watched(room) as seen:
                await seen.until(lambda: seen.says("ok: reading; posting needs a password"))
                with pytest.raises(LivehostError, match="Not authenticated"):
                    await room.post("", "x")

    clock.run(trial(), virtual=True)


def test_streamelements_tells_of_tips_once_and_moves_when_it_is_asked_to() -> None:
    tip = {"_id": "tip1", "donation": {"user": {"username": "kim"}, "amount": 5, "currency": "EUR", "message": "nice"}}
    sub = {"type": "subscriber", "provider": "twitch", "activityId": "a1", "data": {"username": "lee", "amount": 3}}

    async def trial() -> None:
        server = StreamElements()
        async with server.open() as (address, api):
            room = Room(AstroLink(CHANNEL, "good-token", address, api), decode_elements, surroundings())
            async with watched(room) as seen:
                await seen.until(lambda: seen.says("ok: activities, tips"))
                await server.send("channel.tips", "01", tip)
                await server.send("channel.tips", "02", tip)
                await server.send("channel.activities", "03", sub)
                await seen.until(lambda: len(seen.lines) == 2)
                assert seen.lines[0].gift == Gift("tip", 1, 5.0, "EUR") and seen.lines[1].months == 3
                await server.ask_to_come_again()
                await seen.until(lambda: server.resumed == ["token-1"])
                await seen.until(lambda: seen.told[-1].startswith("ok: activities, tips"))
                await room.post("", "[AI] Yes.")
                server.too_many = 1
                with pytest.raises(LivehostError, match="429"):
                    await room.post("", "[AI] No.")
                assert server.posted == ["[AI] Yes."]
            async with watched(Room(AstroLink(CHANNEL, "bad", address, api), decode_elements, surroundings())) as seen:
                await seen.until(lambda: seen.says("does not take the token") and seen.says("next try in 1"))

    clock.run(trial(), virtual=True)


def test_what_is_no_address_is_told() -> None:
    async def trial() -> None:
        with pytest.raises(BadInput, match=r"127\.0\.0\.1:8080"):
            open_chat("streamerbot:somewhere", surroundings())
        with pytest.raises(BadInput, match="Account ID"):
            open_chat("streamelements:anna", surroundings())
        assert open_chat("streamerbot:127.0.0.1:8080", surroundings()).name == "streamerbot:127.0.0.1:8080"

    clock.run(trial())
