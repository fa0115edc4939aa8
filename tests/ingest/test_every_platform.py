"""Every platform through the same trials, each over real sockets against its server: out of order, twice, cut, frozen, refused.

What is a platform's own (sign-in, heartbeats, requests to move, quotas, posting) is in the files named after it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any

import keyring
import pytest

from livehost import clock
from tests.platforms.between import RETRY_S
from tests.platforms.rigs import LATER_MS, RIGS, Maker, Rig
from tests.platforms.watching import MemoryKeyring, Watched, watched

pytestmark = pytest.mark.filterwarnings("ignore")  # TikTokLive's own
PUSHED = ("kick-webhook", "douyin-push")  # they come to us: no connection of ours can be cut or fall silent
TELL_OF_DELETIONS = (
    "twitch",
    "twitch-irc",
    "youtube-api",
    "youtube-page",
    "kick",
    "streamerbot",
    "tiktok",
    "ws+connect",
    "discord",
)
_FROZEN_MOST_S = 700  # YouTube's API may be silent for ten minutes


@pytest.fixture(autouse=True)
def surroundings() -> Iterator[None]:
    keyring.set_keyring(MemoryKeyring())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def platforms(*without: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("name", [name for name in RIGS if name not in without])


def tried(name: str, trial: Callable[[Rig, Watched], Coroutine[Any, Any, None]], **more: str) -> None:
    """Within a room that is connected already."""

    async def ready(rig: Rig, seen: Watched) -> None:
        await connected(rig, seen)
        await trial(rig, seen)

    begun(name, ready, more)


async def connected(rig: Rig, seen: Watched) -> None:
    await seen.until(lambda: rig.there() and seen.told[-1:] != [] and seen.told[-1].startswith(("ok", "degraded")), 300)


def begun(name: str, trial: Callable[[Rig, Watched], Coroutine[Any, Any, None]], more: Mapping[str, str]) -> None:
    maker: Maker
    maker, environment = RIGS[name]
    if name == "tiktok":
        pytest.importorskip("TikTokLive")

    async def run() -> None:
        async with maker({**environment, **more}) as rig, watched(rig.room) as seen:
            await trial(rig, seen)

    clock.run(run(), virtual=name != "tiktok")  # its library waits for threads, which no virtual clock sees


def _after(rig: Rig, ms: int = 0) -> int:
    return rig.around.clock.began_epoch_ms + LATER_MS + ms


@platforms()
def test_what_comes_out_of_order_and_twice_comes_once(name: str) -> None:
    async def trial(rig: Rig, seen: Watched) -> None:
        order = [3, 1, 2, 5, 4]
        for number in order:
            await rig.say(number, _after(rig, number * 1000))
        await seen.until(lambda: len(seen.lines) == 5)
        for number in (4, 1):
            await rig.say(number, _after(rig, number * 1000))
        await rig.say(6, _after(rig, 6000))
        await seen.until(lambda: len(seen.lines) == 6)
        assert seen.texts == [f"line {number}" for number in (*order, 6)]
        assert len({line.id for line in seen.lines}) == 6 and not seen.says("lost")

    tried(name, trial)


@platforms("ssn")  # its messages have no time
def test_history_is_left_aside(name: str) -> None:
    async def trial(rig: Rig, seen: Watched) -> None:
        await rig.say(1, rig.around.clock.began_epoch_ms - 600_000)
        await rig.say(2, _after(rig))
        await seen.until(lambda: len(seen.lines) == 1)
        assert seen.texts == ["line 2"]

    tried(name, trial)


@platforms(
    "bilibili-web",
    "bilibili-open",
    "kick-webhook",
    "douyin-push",
    "douyin-sidecar",
    "tiktok",
    "streamelements",
    "ssn",
    "oba",
    "telegram",
)
def test_a_line_that_comes_behind_its_own_deletion_is_no_line(name: str) -> None:
    async def trial(rig: Rig, seen: Watched) -> None:
        assert rig.delete
        await rig.delete(1)
        await seen.until(lambda: [line.type for line in seen.lines] == ["deleted"])
        await rig.say(1, _after(rig))
        await rig.say(2, _after(rig))
        await seen.until(lambda: seen.texts[-1] == "line 2")
        assert "line 1" not in seen.texts

    tried(name, trial)


@platforms(*PUSHED)
def test_a_cut_loses_nothing_that_comes_afterwards_and_doubles_nothing(name: str) -> None:
    async def trial(rig: Rig, seen: Watched) -> None:
        await rig.say(1, _after(rig))
        await seen.until(lambda: len(seen.lines) == 1)
        for number in (2, 3):
            accepted = rig.between.accepted
            rig.between.cut()
            if name == "youtube-page":  # asks anew each time: a cut is nothing to it
                await seen.until(lambda: rig.between.accepted > accepted)  # noqa: B023
            else:
                await seen.until(lambda: "lost" in seen.told[-1] or rig.between.accepted > accepted, 30)  # noqa: B023
                await connected(rig, seen)
            await rig.say(number - 1, _after(rig))
            await rig.say(number, _after(rig))
            await seen.until(lambda: len(seen.lines) >= number)  # noqa: B023
        assert seen.texts == ["line 1", "line 2", "line 3"]

    tried(name, trial)


@platforms(*PUSHED)
def test_open_but_silent_is_dead_and_comes_back(name: str) -> None:
    async def trial(rig: Rig, seen: Watched) -> None:
        if name == "tiktok":
            rig.room.silent_ms = 1_500  # in real time
        rig.between.freeze()
        began = rig.around.clock.now_ms()
        await seen.until(lambda: seen.says("lost"), _FROZEN_MOST_S)
        assert rig.around.clock.now_ms() - began <= _FROZEN_MOST_S * 1000
        rig.between.thaw()
        await connected(rig, seen)
        await rig.say(1, _after(rig))
        await seen.until(lambda: seen.texts == ["line 1"])

    tried(name, trial)


@platforms("tiktok")  # its signing server has words of its own for it: see test_tiktok.py
def test_a_429_is_waited_out_as_long_as_it_says(name: str) -> None:
    async def trial(rig: Rig, seen: Watched) -> None:
        rig.between.refusing = 1
        await seen.until(lambda: seen.says("429"))
        told = next(told for told in seen.told if "429" in told)
        assert RETRY_S <= int(told.rpartition("next try in ")[2].removesuffix(" s")) <= RETRY_S * 1.1 + 1, told
        await connected(rig, seen)
        assert rig.around.clock.now_ms() >= RETRY_S * 1000

    begun(name, trial, {})


@platforms("tiktok")
def test_what_is_forbidden_is_told_and_not_hammered(name: str) -> None:
    async def trial(rig: Rig, seen: Watched) -> None:
        rig.between.refusing, rig.between.status = 1000, "403 Nothing For You"
        rig.between.with_retry = False
        await seen.until(lambda: seen.says("403") and seen.says("next try in 1"))
        assert all(int(t.rpartition("next try in ")[2].removesuffix(" s")) >= 120 for t in seen.told if "next try" in t)

    begun(name, trial, {})


@pytest.mark.parametrize(
    ("name", "environment", "told"),
    [
        ("youtube-api", {"LIVEHOST_YOUTUBE_KEY": "stale-secret"}, "Invalid Credentials"),
        ("bilibili-open", {"LIVEHOST_BILIBILI_CODE": "stale-secret"}, "streamer's code"),
        ("streamerbot", {"LIVEHOST_STREAMERBOT_PASSWORD": "stale-secret"}, "LIVEHOST_STREAMERBOT_PASSWORD"),
        ("streamelements", {"LIVEHOST_STREAMELEMENTS_TOKEN": "stale-secret"}, "LIVEHOST_STREAMELEMENTS_TOKEN"),
    ],
)
def test_a_bad_sign_in_is_told_with_its_mending_and_without_the_secret(
    name: str, environment: dict[str, str], told: str
) -> None:
    async def trial(_rig: Rig, seen: Watched) -> None:
        await seen.until(lambda: seen.says(told), 300)
        assert not seen.says("stale-secret")

    begun(name, trial, environment)
