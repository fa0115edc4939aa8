"""Three platforms that talk at once, cut at random, and say the last lines again to whoever comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from livehost.ingest import bilibili_web, kick_api, twitch_helix
from livehost.ingest.bilibili import BilibiliLink
from livehost.ingest.bilibili_frames import decode as decode_bilibili
from livehost.ingest.kick import KickLink
from livehost.ingest.kick_frames import decode as decode_kick
from livehost.ingest.platform import Surroundings
from livehost.ingest.room import Room
from livehost.ingest.twitch import TwitchLink
from livehost.ingest.twitch_frames import decode as decode_twitch
from tests.platforms.bilibili import Bilibili
from tests.platforms.kick import KickServer
from tests.platforms.twitch import Twitch

VIEWERS = 5_000
_AGAIN = 20
TOKEN = {"LIVEHOST_TWITCH_TOKEN": "good-token"}


class Chance:
    """The same row of numbers for the same seed."""

    def __init__(self, seed: int) -> None:
        self._seed, self._drawn = seed, 0

    def between(self, least: float, most: float) -> float:
        self._drawn += 1
        return least + (most - least) * crc32(f"{self._seed}/{self._drawn}".encode()) / 2**32


@dataclass
class Talker:
    """Lines 0, 1, 2 …; `sent` of them went to somebody who was there."""

    say: Callable[[list[int]], Awaitable[None]]
    there: Callable[[], int]
    cut: Callable[[], Awaitable[None]]
    sent: int = 0
    cuts: int = 0

    async def talk(self, per_second: int, every_s: float, cut_s: tuple[float, float], chance: Chance) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        batch, next_cut = max(1, round(per_second * every_s)), loop.time() + chance.between(*cut_s)
        tick = loop.time()
        while True:
            tick += every_s
            await asyncio.sleep(max(0.0, tick - loop.time()))
            if not self.there():
                tick = loop.time()
                continue
            await self.say(list(range(self.sent, self.sent + batch)))
            self.sent += batch
            if loop.time() > next_cut:
                await self.cut()
                self.cuts += 1
                next_cut = loop.time() + chance.between(*cut_s)
                await self._say_again()

    async def _say_again(self) -> None:
        """What was said last comes again to the new connection, as servers with a history do."""
        while not self.there():  # noqa: ASYNC110 - the servers tell nobody
            await asyncio.sleep(0.05)
        await self.say(list(range(max(0, self.sent - _AGAIN), self.sent)))


@dataclass
class Flood:
    """`addresses` is what the clients need to know."""

    talkers: dict[str, Talker]
    addresses: dict[str, list[str]]


@asynccontextmanager
async def flooding() -> AsyncIterator[Flood]:
    on_twitch, on_bilibili, on_kick = Twitch(), Bilibili(), KickServer()

    async def say_on_twitch(numbers: list[int]) -> None:
        for number in numbers:
            await on_twitch.chat(number, f"line {number}", chatter=str(1_000 + number % VIEWERS))

    async def say_on_kick(numbers: list[int]) -> None:
        for number in numbers:
            await on_kick.say(number, f"line {number}", sender=1 + number % VIEWERS)

    async def say_on_bilibili(numbers: list[int]) -> None:
        await on_bilibili.command(*(_danmaku(number) for number in numbers))

    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(one.open()) for one in (on_twitch, on_bilibili, on_kick)]
        talkers = {
            "twitch": Talker(say_on_twitch, lambda: len(_ready(on_twitch)), on_twitch.cut),
            "bilibili": Talker(say_on_bilibili, lambda: len(on_bilibili.links), on_bilibili.cut),
            "kick": Talker(say_on_kick, lambda: len(on_kick.links), on_kick.cut),
        }
        names = ("twitch", "bilibili", "kick")
        yield Flood(talkers, {name: list(_fields(one)) for name, one in zip(names, servers, strict=True)})


def rooms_for(addresses: dict[str, list[str]], around: Surroundings) -> dict[str, Room]:
    """The clients of a flood. `around` holds TOKEN."""
    on_twitch = TwitchLink("anna", around, twitch_helix.Servers(*addresses["twitch"]))
    on_bilibili = BilibiliLink("6", around, bilibili_web.Servers(*addresses["bilibili"]))
    on_kick = KickLink("anna", around, kick_api.Servers(*addresses["kick"]))
    return {
        "twitch": Room(on_twitch, decode_twitch, around),
        "bilibili": Room(on_bilibili, decode_bilibili, around),
        "kick": Room(on_kick, decode_kick, around),
    }


def _ready(server: Twitch) -> list[str]:
    """Sessions whose subscription to chat is there."""
    return [one for one in server.sessions if "channel.chat.message" in server.subscribed.get(one, ())]


def _danmaku(number: int) -> dict[str, Any]:
    from tests.platforms.bilibili import danmaku

    return danmaku(f"line {number}", number, uid=1 + number % VIEWERS)


def _fields(servers: Any) -> list[str]:
    return [getattr(servers, name) for name in servers.__dataclass_fields__]
