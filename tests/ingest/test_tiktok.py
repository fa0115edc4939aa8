"""TikTok through TikTokLive itself, against a server that speaks what it wants to hear."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import keyring
import pytest

from livehost import clock
from livehost.chat import Gift
from livehost.errors import BadInput, LivehostError
from livehost.ingest.tiktok import open_chat
from tests.platforms.tiktok import TikTok
from tests.platforms.watching import MemoryKeyring, surroundings, watched

pytestmark = pytest.mark.filterwarnings("ignore")  # the library's own


@pytest.fixture
def proto() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("TikTokLive")
        keyring.set_keyring(MemoryKeyring())
        return importlib.import_module("TikTokLive.proto")


def removal(proto: Any, number: int) -> Any:
    return proto.WebcastImDeleteMessage(delete_msg_ids=[number], delete_user_ids=[5])


def _common(proto: Any, number: int) -> Any:
    return proto.CommonMessageData(msg_id=number, create_time=4_000_000_000_000)


def test_comments_gifts_and_likes_come_once_over_a_cut(proto: Any) -> None:
    user = proto.User(id=5, nickname="Mia")

    def comment(number: int, text: str) -> Any:
        who = proto.UserIdentity(is_moderator_of_anchor=True)
        return proto.WebcastChatMessage(common=_common(proto, number), user=user, content=text, user_identity=who)

    def gift(number: int, count: int, end: int) -> Any:
        rose = proto.Gift(name="Rose", type=1, diamond_count=1)
        return proto.WebcastGiftMessage(
            common=_common(proto, number), user=user, gift=rose, repeat_count=count, repeat_end=end
        )

    async def trial() -> None:
        async with TikTok().open() as server:
            room = open_chat("tiktok", "@Anna.Lee", surroundings())
            async with watched(room) as seen:
                await seen.until(lambda: bool(server.links) and seen.says("ok: reading"), 20)
                await server.send("WebcastChatMessage", comment(1, "how much?"))
                for number, count, end in ((2, 1, 0), (3, 2, 0), (4, 3, 1)):
                    await server.send("WebcastGiftMessage", gift(number, count, end))
                for number in range(10, 20):
                    like = proto.WebcastLikeMessage(common=_common(proto, number), user=user, count=7)
                    await server.send("WebcastLikeMessage", like)
                await seen.until(lambda: len(seen.lines) == 3, 20)
                await server.cut()
                await seen.until(lambda: server.connections == 2 and bool(server.links), 20)
                await server.send("WebcastChatMessage", comment(1, "how much?"))
                await server.send("WebcastChatMessage", comment(30, "and in blue?"))
                await seen.until(lambda: len(seen.lines) == 4, 20)
                await server.send("WebcastImDeleteMessage", removal(proto, 30))
                await seen.until(lambda: len(seen.lines) == 6, 20)
                assert [line.target_id or line.target_user for line in seen.lines[4:]] == ["30", "5"]
                with pytest.raises(LivehostError, match="ssn:SESSION"):
                    await room.post("1", "x")
            assert [(line.type, line.text) for line in seen.lines[:4]] == [
                ("message", "how much?"),
                ("gift", ""),
                ("like", ""),
                ("message", "and in blue?"),
            ]
            assert seen.lines[0].user.roles == ("moderator",) and seen.lines[0].user.name == "Mia"
            assert seen.lines[1].gift == Gift("Rose", 3, 0.015, "USD") and seen.lines[2].count == 70
            assert server.acks > 0

    clock.run(trial())


def test_offline_unknown_and_too_many_are_told_apart(proto: Any) -> None:
    async def trial() -> None:
        async with TikTok(status=4).open(), watched(open_chat("tiktok", "anna", surroundings())) as seen:
            await seen.until(lambda: seen.says("not live; next try in 6"), 20)
        async with TikTok().open(), watched(open_chat("tiktok", "nobody", surroundings())) as seen:
            await seen.until(lambda: seen.says("no such user"), 20)
        async with TikTok(too_many=1).open(), watched(open_chat("tiktok", "anna", surroundings())) as seen:
            await seen.until(lambda: seen.says("too many requests; next try in 4"), 20)

    clock.run(trial())


def test_what_is_no_user_is_told() -> None:
    async def trial() -> None:
        with pytest.raises(BadInput, match="tiktok:USER"):
            open_chat("tiktok", "not a user", surroundings())
        assert open_chat("tiktok", "https://www.tiktok.com/@Anna/live", surroundings()).name == "tiktok:anna"

    clock.run(trial())
