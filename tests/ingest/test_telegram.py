"""Telegram by long polling, against a server that speaks its Bot API: groups, messages to the bot alone, posts, refusals."""

from __future__ import annotations

import asyncio
import json

import keyring
import pytest

from livehost import clock
from livehost.errors import BadInput, LivehostError
from livehost.ingest.frames import UnknownFrame
from livehost.ingest.room import Room
from livehost.ingest.telegram import TelegramLink, examine, open_chat
from livehost.ingest.telegram_frames import decode
from tests.platforms.telegram import GROUP, TOKEN, Telegram
from tests.platforms.watching import MemoryKeyring, surroundings, watched

ENVIRONMENT = {"LIVEHOST_TELEGRAM_TOKEN": TOKEN}


@pytest.fixture(autouse=True)
def memory_keyring() -> None:
    keyring.set_keyring(MemoryKeyring())


def _room(api: str, chat: str = str(GROUP), environment: dict[str, str] = ENVIRONMENT, **table: object) -> Room:
    around = surroundings(environment, **table)
    return Room(TelegramLink(chat, around, api), decode, around)


def test_a_group_is_read_and_answered_as_a_reply() -> None:
    async def trial() -> None:
        server = Telegram()
        async with server.open() as api:
            room = _room(api, "@annas_friends")
            async with watched(room) as seen:
                await seen.until(lambda: server.polls > 0)
                await server.say(1, "how much is it?", chat=-999)
                await server.say(2, "how much is it?", chat=5)
                await server.say(3, "/ask@pip_bot do you ship?")
                await seen.until(lambda: len(seen.lines) == 1)
                (line,) = seen.lines
                assert (line.id, line.text, line.user.name, line.private) == (
                    f"{GROUP}:3",
                    "do you ship?",
                    "Viewer5",
                    False,
                )
                taken = await room.post(line.id, "[AI] Yes. https://shop.example")
                assert server.sent[0]["chat_id"] == str(GROUP) and server.sent[0]["text"].startswith("[AI] Yes.")
                assert server.sent[0]["reply_parameters"]["message_id"] == 3
                await room.unpost(taken.line_id)
                assert server.deleted == [9001]
                polls = server.polls
                await seen.until(lambda: server.polls > polls + 20)  # ten minutes in which nobody writes
                assert not seen.says("lost")

    clock.run(trial(), virtual=True)


def test_what_is_written_to_the_bot_alone_is_private_and_answered_there() -> None:
    async def trial() -> None:
        server = Telegram()
        async with server.open() as api:
            room = _room(api, "direct")
            async with watched(room) as seen:
                await seen.until(lambda: server.polls > 0)
                await server.say(1, "not mine")
                await server.say(2, "/start", chat=5)
                await server.say(3, "where is my order?", chat=5)
                await seen.until(lambda: len(seen.lines) == 1)
                (line,) = seen.lines
                assert (line.private, line.account, line.id) == (True, "telegram:5", "5:3")
                await room.post(line.id, "[AI] It was sent.")
                assert server.sent[0]["chat_id"] == "5"
                with pytest.raises(LivehostError, match="nobody"):
                    await room.post("", "[AI] Hello, everybody.")
            both = _room(api, direct=True)
            async with watched(both) as seen:
                await server.say(4, "to all")
                await server.say(5, "to the bot", chat=6)
                await seen.until(lambda: seen.texts == ["to all", "to the bot"])

    clock.run(trial(), virtual=True)


def test_refusals_are_told_with_what_to_do_and_hold_no_token() -> None:
    async def trial() -> None:
        server = Telegram(sees_all=False)
        async with server.open() as api:
            room = _room(api)
            async with watched(room) as seen:
                await seen.until(lambda: seen.says("degraded: it sees commands and replies alone"))
                server.too_many = 1
                with pytest.raises(LivehostError, match="Too Many Requests"):
                    await room.post(f"{GROUP}:1", "[AI] One.")
                with pytest.raises(LivehostError, match=r"no lines now; 1[34]"):
                    await room.post(f"{GROUP}:1", "[AI] Two.")
                await asyncio.sleep(15)
                await room.post(f"{GROUP}:1", "[AI] Three.")
                server.conflict = True
                await seen.until(lambda: seen.says("terminated by other getUpdates"))
                assert TOKEN not in repr(seen.got)
            async with watched(_room(api, environment={"LIVEHOST_TELEGRAM_TOKEN": "9:wrong-token"})) as seen:
                await seen.until(lambda: seen.says("Unauthorized"))
                assert "wrong-token" not in repr(seen.got)
            async with watched(_room(api, environment={})) as seen:
                await seen.until(lambda: seen.says("@BotFather"))

    clock.run(trial(), virtual=True)


def test_doctor_tells_of_token_group_and_privacy() -> None:
    async def trial() -> None:
        server = Telegram(sees_all=False)
        async with server.open() as api:
            around = surroundings(ENVIRONMENT)
            signed, group = await examine("@annas_friends", around, api)
            assert (signed.state, group.state) == ("ok", "warn") and "/setprivacy" in group.fix
            (wrong,) = await examine("", surroundings({"LIVEHOST_TELEGRAM_TOKEN": "9:wrong-token"}), api)
            (none,) = await examine("", surroundings({}), api)
            assert (wrong.state, none.state) == ("warn", "warn") and "wrong-token" not in wrong.detail

    clock.run(trial(), virtual=True)


def test_frames_that_say_nothing_and_an_admin_in_disguise() -> None:
    for update in ({"update_id": 1, "poll": {}}, {"update_id": 1, "message": {"photo": []}}, {"message": None}):
        with pytest.raises(UnknownFrame):
            decode(json.dumps(update))
    with pytest.raises(UnknownFrame):
        decode("[]")
    hidden = {
        "message_id": 1,
        "chat": {"id": GROUP, "type": "supergroup"},
        "from": {"id": 1087968824, "is_bot": True, "first_name": "Group"},
        "sender_chat": {"id": GROUP, "title": "Anna's friends"},
        "text": "!stop",
    }
    (line,) = decode(json.dumps({"message": hidden}))
    assert (line.user.roles, line.user.name) == (("moderator",), "Anna's friends")


@pytest.mark.parametrize("rest", ["", "anna", "@ab", "-12x", "../etc"])
def test_what_is_no_chat_is_refused(rest: str) -> None:
    async def trial() -> None:
        with pytest.raises(BadInput, match="telegram:direct"):
            open_chat("telegram", rest, surroundings({}))

    clock.run(trial(), virtual=True)
