"""Every platform the same way: a server of this folder, the forwarder before it, and the room of its connector.

As long as there are platforms: side by side, they show that each is treated alike.
"""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx2
from websockets.asyncio.server import serve

from livehost.ingest import (
    bilibili,
    discord,
    douyin,
    kick,
    oba,
    ssn,
    streamelements,
    streamerbot,
    telegram,
    tiktok,
    twitch,
    youtube,
)
from livehost.ingest.bilibili_frames import decode as decode_bilibili
from livehost.ingest.connect import open_chat
from livehost.ingest.discord_frames import decode as decode_discord
from livehost.ingest.kick_frames import decode as decode_kick
from livehost.ingest.platform import Surroundings
from livehost.ingest.room import Room
from livehost.ingest.telegram_frames import decode as decode_telegram
from livehost.ingest.twitch_frames import decode as decode_twitch
from livehost.ingest.twitch_irc import IrcLink
from livehost.ingest.youtube_frames import decode as decode_youtube
from tests.platforms.between import Between
from tests.platforms.bilibili import Bilibili
from tests.platforms.discord import CHANNEL, Discord
from tests.platforms.discord import TOKEN as DISCORD_TOKEN
from tests.platforms.douyin import ROOM, Douyin, push
from tests.platforms.irc import IrcRoom
from tests.platforms.kick import KickServer, deliver
from tests.platforms.relay import Relay
from tests.platforms.serving import free_port
from tests.platforms.streamerbot import StreamElements, StreamerBot
from tests.platforms.telegram import GROUP, Telegram
from tests.platforms.telegram import TOKEN as TELEGRAM_TOKEN
from tests.platforms.tiktok import TikTok
from tests.platforms.twitch import Twitch
from tests.platforms.watching import surroundings
from tests.platforms.youtube import VIDEO, YouTube

LATER_MS = 10_000_000  # lines are from after the start, however long it takes
T = TypeVar("T")


@dataclass
class Rig:
    """`say(number, at_ms)`: a line "line NUMBER" of that moment, with that number for its id; `delete(number)`: None where the
    platform tells of no deletions."""

    room: Room
    between: Between
    around: Surroundings
    say: Callable[[int, int], Awaitable[None]]
    there: Callable[[], bool]
    delete: Callable[[int], Awaitable[None]] | None = None


Opened = AbstractAsyncContextManager[Rig]


def _through(servers: T, theirs: str, ours: str) -> T:
    """The same addresses with the forwarder in the server's place."""
    fields = {f.name: getattr(servers, f.name) for f in dataclasses.fields(servers)}  # type: ignore[arg-type]
    moved = {k: v.replace(theirs, ours) if isinstance(v, str) else v for k, v in fields.items()}
    return dataclasses.replace(servers, **moved)  # type: ignore[type-var]


def _host(address: str) -> str:
    return address.split("//")[1].split("/", maxsplit=1)[0].split("?", maxsplit=1)[0]


@asynccontextmanager
async def on_twitch(environment: Mapping[str, str]) -> AsyncIterator[Rig]:
    server, between = Twitch(), Between()
    around = surroundings(environment or {"LIVEHOST_TWITCH_TOKEN": "good-token"}, client_id="our-client")

    async def say(number: int, at_ms: int) -> None:
        await server.chat(number, f"line {number}", chatter=str(1000 + number), at_ms=at_ms)

    async def delete(number: int) -> None:
        await server.notify("channel.chat.message_delete", {"message_id": f"chat-{number}"}, f"d-{number}")

    def there() -> bool:
        return any("channel.chat.message" in server.subscribed[session] for session in server.sessions)

    async with server.open() as servers, between.open(server.address) as ours:
        server.address = ours  # where it asks to move to
        link = twitch.TwitchLink("anna", around, _through(servers, _host(servers.helix), ours))
        yield Rig(Room(link, decode_twitch, around), between, around, say, there, delete)


@asynccontextmanager
async def on_irc(_environment: Mapping[str, str]) -> AsyncIterator[Rig]:
    server, between, around = IrcRoom(), Between(), surroundings()

    async def say(number: int, at_ms: int) -> None:
        await server.say(
            f"@id=m{number};user-id=u{number};display-name=V{number};tmi-sent-ts={at_ms} "
            f":v{number}!v@v PRIVMSG #anna :line {number}"
        )

    async def delete(number: int) -> None:
        await server.say(f"@target-msg-id=m{number};login=v{number} :tmi CLEARMSG #anna :line {number}")

    async with serve(server, "127.0.0.1", 0) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        async with between.open(f"127.0.0.1:{port}") as ours:
            room = Room(IrcLink("anna", address=f"ws://{ours}"), decode_twitch, around)
            yield Rig(room, between, around, say, lambda: bool(server.joined), delete)


@asynccontextmanager
async def on_youtube(environment: Mapping[str, str]) -> AsyncIterator[Rig]:
    server, between, around = YouTube(), Between(), surroundings(environment)

    async def say(number: int, at_ms: int) -> None:
        server.say(number, f"line {number}", author=f"UC{number}", at_ms=at_ms)

    async def delete(number: int) -> None:
        server.delete(number)

    async with server.open() as servers, between.open(_host(servers.page)) as ours:
        link = youtube.YouTubeLink(VIDEO, around, _through(servers, _host(servers.page), ours))
        yield Rig(Room(link, decode_youtube, around), between, around, say, lambda: True, delete)


@asynccontextmanager
async def on_bilibili(environment: Mapping[str, str]) -> AsyncIterator[Rig]:
    server, between, around = Bilibili(), Between(), surroundings(environment, app_id=42)

    async def say(number: int, at_ms: int) -> None:
        from tests.platforms.bilibili import danmaku

        line = danmaku(f"line {number}", number, 1000 + number)
        line["info"][0][4] = at_ms
        await server.command(line)

    async with server.open() as servers, between.open(server.address) as ours:
        theirs, server.address = server.address, ours  # the chat's own server is named by an answer
        link = bilibili.BilibiliLink("6", around, _through(servers, theirs, ours))
        yield Rig(Room(link, decode_bilibili, around), between, around, say, lambda: bool(server.links))


@asynccontextmanager
async def on_kick(_environment: Mapping[str, str]) -> AsyncIterator[Rig]:
    server, between, around = KickServer(), Between(), surroundings()

    async def say(number: int, at_ms: int) -> None:
        await server.say(number, f"line {number}", sender=1000 + number, at_ms=at_ms)

    async def delete(number: int) -> None:
        await server.push("App\\Events\\MessageDeletedEvent", {"message": {"id": f"chat-{number}"}}, "chatrooms")

    async with server.open() as servers, between.open(_host(servers.api)) as ours:
        link = kick.KickLink("anna", around, _through(servers, _host(servers.api), ours))
        yield Rig(Room(link, decode_kick, around), between, around, say, lambda: bool(server.links), delete)


@asynccontextmanager
async def by_kicks_webhook(_environment: Mapping[str, str]) -> AsyncIterator[Rig]:
    server, between = KickServer(), Between()
    around = surroundings({"LIVEHOST_KICK_TOKEN": "good-token"}, listen=f"127.0.0.1:{free_port()}")
    async with server.open() as servers, between.open(_host(servers.api)) as ours, httpx2.AsyncClient() as client:
        link = kick.KickLink("anna", around, _through(servers, _host(servers.api), ours))

        async def say(number: int, at_ms: int) -> None:
            body = {"message_id": f"m{number}", "content": f"line {number}", "created_at": iso(at_ms),
                    "sender": {"user_id": 1000 + number, "username": f"v{number}", "identity": None}}  # fmt: skip
            now_ms = around.clock.epoch_ms()
            address = f"http://{around.table['listen']}/kick"
            await deliver(client, address, "chat.message.sent", body, ident=f"01{number}", at_ms=now_ms)

        room = Room(link, decode_kick, around)
        yield Rig(room, between, around, say, lambda: bool(server.subscribed))


@asynccontextmanager
async def by_douyins_pushes(_environment: Mapping[str, str]) -> AsyncIterator[Rig]:
    server, between = Douyin(), Between()
    keys = {"LIVEHOST_DOUYIN_PUSH_SECRET": "push-secret", "LIVEHOST_DOUYIN_APP_SECRET": "app-secret"}
    around = surroundings(keys, listen=f"127.0.0.1:{free_port()}", app_id="tt42")
    async with server.open() as servers, between.open(_host(servers.token)) as ours, httpx2.AsyncClient() as client:

        async def say(number: int, at_ms: int) -> None:
            line = {"msg_id": f"c{number}", "sec_openid": f"u{number}", "nickname": f"观众{number}",
                    "content": f"line {number}", "timestamp": at_ms}  # fmt: skip
            address, now_ms = f"http://{around.table['listen']}/douyin", around.clock.epoch_ms()
            assert await push(client, address, "live_comment", [line], at_ms=now_ms) == 200

        room = douyin.open_chat("douyin", ROOM, around, _through(servers, _host(servers.token), ours))
        yield Rig(room, between, around, say, lambda: len(server.running) == 4)


@asynccontextmanager
async def by_douyins_sidecar(_environment: Mapping[str, str]) -> AsyncIterator[Rig]:
    server, between = Douyin(), Between()

    async def say(number: int, at_ms: int) -> None:
        common = {"msgId": f"{number}", "createTime": str(at_ms)}
        user = {"idStr": f"{number}", "nickname": f"观众{number}"}
        await server.say({"method": "WebcastChatMessage", "common": common, "user": user, "content": f"line {number}"})

    async with server.open(), between.open(_host(server.sidecar)) as ours:
        around = surroundings(sidecar=f"ws://{ours}")
        room = douyin.open_chat("douyin", ROOM, around)
        yield Rig(room, between, around, say, lambda: bool(server.links))


@asynccontextmanager
async def on_streamerbot(environment: Mapping[str, str]) -> AsyncIterator[Rig]:
    server, between = StreamerBot(), Between()
    around = surroundings()
    password = environment.get("LIVEHOST_STREAMERBOT_PASSWORD", "secret-word")

    async def say(number: int, at_ms: int) -> None:
        await server.say(number, f"line {number}", at=iso(at_ms))

    async def delete(number: int) -> None:
        await server.event("Twitch", "ChatMessageDeleted", {"targetMessageId": f"m{number}"})

    async with server.open() as (host, port), between.open(f"{host}:{port}") as ours:
        ours_host, _, ours_port = ours.partition(":")
        link = streamerbot.StreamerBotLink(ours_host, int(ours_port), password)
        room = Room(link, streamerbot.decode, around)
        yield Rig(room, between, around, say, lambda: bool(server.links), delete)


@asynccontextmanager
async def on_streamelements(environment: Mapping[str, str]) -> AsyncIterator[Rig]:
    server, between, around = StreamElements(), Between(), surroundings()
    token = environment.get("LIVEHOST_STREAMELEMENTS_TOKEN", "good-token")

    async def say(number: int, at_ms: int) -> None:
        gift = {"user": {"username": f"v{number}"}, "amount": number, "currency": "EUR", "message": f"line {number}"}
        await server.send("channel.tips", f"{number}", {"_id": f"tip{number}", "donation": gift}, at=iso(at_ms))

    async with server.open() as (address, api), between.open(_host(address)) as ours:
        link = streamelements.AstroLink("a" * 24, token, address.replace(_host(address), ours), api)
        room = Room(link, streamelements.decode, around)
        yield Rig(room, between, around, say, lambda: "channel.tips" in server.topics)


@asynccontextmanager
async def _by_relay(
    make: Callable[[str, Surroundings], Room], frame: Callable[[int, int], dict[str, Any]], deleted: bool = False
) -> AsyncIterator[Rig]:
    server, between, around = Relay(), Between(), surroundings()

    async def say(number: int, at_ms: int) -> None:
        await server.send(frame(number, at_ms))

    async def delete(number: int) -> None:
        await server.send({"platform": "x", "type": "deleted", "target_id": f"{number}"})

    async with server.open() as address, between.open(address) as ours:
        room = make(ours, around)
        yield Rig(room, between, around, say, lambda: bool(server.links), delete if deleted else None)


def by_social_stream(_environment: Mapping[str, str]) -> Opened:
    return _by_relay(
        lambda address, around: Room(ssn.link_to("abc123", f"ws://{address}"), ssn.decode, around),
        lambda number, _: {"chatname": f"v{number}", "chatmessage": f"line {number}", "type": "tiktok", "id": number},
    )


def by_oba(_environment: Mapping[str, str]) -> Opened:
    return _by_relay(
        lambda address, around: oba.open_chat("oba", address, around),
        lambda number, at_ms: {
            "msg_type": "wechat_channel_live_msg", "msg_id": f"{number}", "user_id": f"u{number}",
            "nick_name": f"观众{number}", "content": f"line {number}", "time": at_ms,
        },
    )  # fmt: skip


def by_any_relay(_environment: Mapping[str, str]) -> Opened:
    def make(address: str, around: Surroundings) -> Room:
        room = open_chat(f"ws+connect://{address}/lines", around)
        assert isinstance(room, Room)
        return room

    return _by_relay(
        make,
        lambda number, at_ms: {
            "at_ms": at_ms, "platform": "x", "id": f"{number}", "user": {"id": f"u{number}"}, "text": f"line {number}"
        },
        deleted=True,
    )  # fmt: skip


@asynccontextmanager
async def on_tiktok(_environment: Mapping[str, str]) -> AsyncIterator[Rig]:
    server, between, around = TikTok(), Between(), surroundings()
    proto = importlib.import_module("TikTokLive.proto")

    async def say(number: int, at_ms: int) -> None:
        # No local may be called as a module of its schema is: the library looks its types up among them.
        told = {"common": proto.CommonMessageData(msg_id=number, create_time=at_ms)}
        who = proto.User(id=number, nickname=f"V{number}")
        message = proto.WebcastChatMessage(**told, user=who, content=f"line {number}")
        await server.send("WebcastChatMessage", message)

    async def delete(number: int) -> None:
        await server.send("WebcastImDeleteMessage", proto.WebcastImDeleteMessage(delete_msg_ids=[number]))

    async with server.open(), between.open(server.address) as ours:
        server.address = ours  # its answers name the socket
        room = tiktok.open_chat("tiktok", "anna", around)
        yield Rig(room, between, around, say, lambda: bool(server.links), delete)


@asynccontextmanager
async def on_telegram(environment: Mapping[str, str]) -> AsyncIterator[Rig]:
    server, between, around = Telegram(), Between(), surroundings(environment)

    async def say(number: int, at_ms: int) -> None:
        await server.say(number, f"line {number}", user=1000 + number, at_ms=at_ms)

    async with server.open() as address, between.open(_host(address)) as ours:
        link = telegram.TelegramLink(str(GROUP), around, f"http://{ours}")
        yield Rig(Room(link, decode_telegram, around), between, around, say, lambda: server.polls > 0)


@asynccontextmanager
async def on_discord(environment: Mapping[str, str]) -> AsyncIterator[Rig]:
    server, between, around = Discord(), Between(), surroundings(environment)

    async def say(number: int, at_ms: int) -> None:
        await server.say(number, f"line {number}", user=1000 + number, at_ms=at_ms)

    async def delete(number: int) -> None:
        about = {"id": str(number), "channel_id": str(CHANNEL), "guild_id": "200"}
        await server.push("MESSAGE_DELETE", about)

    async with server.open() as address, between.open(_host(address)) as ours:
        server.address = ours  # where the gateway is said to be
        link = discord.DiscordLink(str(CHANNEL), around, f"http://{ours}/api")
        yield Rig(Room(link, decode_discord, around), between, around, say, lambda: bool(server.links), delete)


def iso(at_ms: int) -> str:
    import datetime

    return datetime.datetime.fromtimestamp(at_ms / 1000, datetime.UTC).isoformat()


Maker = Callable[[Mapping[str, str]], Opened]
_OPEN = {
    "LIVEHOST_BILIBILI_ACCESS_KEY": "access-key",
    "LIVEHOST_BILIBILI_ACCESS_SECRET": "access-secret",
    "LIVEHOST_BILIBILI_CODE": "streamer-code",
}
RIGS: dict[str, tuple[Maker, Mapping[str, str]]] = {
    "twitch": (on_twitch, {}),
    "twitch-irc": (on_irc, {}),
    "youtube-api": (on_youtube, {"LIVEHOST_YOUTUBE_KEY": "good-key"}),
    "youtube-page": (on_youtube, {}),
    "bilibili-web": (on_bilibili, {}),
    "bilibili-open": (on_bilibili, _OPEN),
    "kick": (on_kick, {}),
    "kick-webhook": (by_kicks_webhook, {}),
    "douyin-push": (by_douyins_pushes, {}),
    "douyin-sidecar": (by_douyins_sidecar, {}),
    "tiktok": (on_tiktok, {}),
    "streamerbot": (on_streamerbot, {}),
    "streamelements": (on_streamelements, {}),
    "ssn": (by_social_stream, {}),
    "oba": (by_oba, {}),
    "ws+connect": (by_any_relay, {}),
    "telegram": (on_telegram, {"LIVEHOST_TELEGRAM_TOKEN": TELEGRAM_TOKEN}),
    "discord": (on_discord, {"LIVEHOST_DISCORD_TOKEN": DISCORD_TOKEN}),
}
