"""YouTube over its API and as its page reads it, against a server that speaks both."""

from __future__ import annotations

import json

import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livehost import clock
from livehost.errors import BadInput, LivehostError
from livehost.ingest.room import Room
from livehost.ingest.trouble import Lost
from livehost.ingest.youtube import YouTubeLink, examine, log_in, video_of
from livehost.ingest.youtube_api import Pages, Servers
from livehost.ingest.youtube_frames import decode
from tests.platforms.watching import MemoryKeyring, surroundings, watched
from tests.platforms.youtube import VIDEO, YouTube

KEY = {"LIVEHOST_YOUTUBE_KEY": "good-key"}
TOKEN = {"LIVEHOST_YOUTUBE_TOKEN": "good-token"}


@pytest.fixture(autouse=True)
def memory_keyring() -> MemoryKeyring:
    ring = MemoryKeyring()
    keyring.set_keyring(ring)
    return ring


def _room(servers: Servers, environment: dict[str, str]) -> tuple[Room, int]:
    """The room, and a moment that is now for it."""
    around = surroundings(environment)
    return Room(YouTubeLink(VIDEO, around, servers), decode, around), around.clock.began_epoch_ms + 1000


@pytest.mark.parametrize("environment", [KEY, {}], ids=["api", "page"])
def test_history_is_not_answered_and_nothing_is_lost_or_doubled_over_closed_streams(
    environment: dict[str, str],
) -> None:
    async def trial() -> None:
        server = YouTube(close_after=2 if environment else 0)
        async with server.open() as servers:
            room, now_ms = _room(servers, environment)
            server.say(1, "from yesterday", at_ms=now_ms - 86_400_000)
            async with watched(room) as seen:
                await seen.until(lambda: seen.says("ok"))
                for number in range(2, 12):
                    server.say(number, f"line {number}", author=f"UC{number}", at_ms=now_ms)
                    await seen.until(lambda number=number: len(seen.lines) == number - 1)  # type: ignore[misc]
                server.delete(11)
                await seen.until(lambda: seen.lines[-1].type == "deleted")
            assert seen.texts[:-1] == [f"line {number}" for number in range(2, 12)]
            assert seen.lines[-1].target_id == "LCC.11" and not seen.says("lost"), seen.told
            if environment:
                assert server.streams > 3 and server.units < 5 * server.streams + 10

    clock.run(trial(), virtual=True)


def test_the_end_of_the_broadcast_is_the_end() -> None:
    async def trial(environment: dict[str, str]) -> None:
        server = YouTube()
        async with server.open() as servers:
            room, now_ms = _room(servers, environment)
            async with watched(room) as seen:
                await seen.until(lambda: seen.says("ok"))
                server.live = "over"
                server.say(1, "bye", at_ms=now_ms)
                await seen.until(lambda: seen.texts == ["bye"])
                await room.run(seen.put)  # ends by itself

    clock.run(trial(KEY), virtual=True)
    clock.run(trial({}), virtual=True)


def test_waiting_for_the_broadcast_to_begin() -> None:
    async def trial() -> None:
        server = YouTube(live="soon")
        async with server.open() as servers:
            room, _ = _room(servers, KEY)
            async with watched(room) as seen:
                await seen.until(lambda: seen.says("the chat is not open yet; next try in 6"))
                server.live = "live"
                await seen.until(lambda: seen.says("ok"))

    clock.run(trial(), virtual=True)


def test_a_used_up_quota_leaves_reading_and_is_told() -> None:
    async def trial() -> None:
        server = YouTube(quota=3)
        async with server.open() as servers:
            room, now_ms = _room(servers, TOKEN)
            async with watched(room) as seen:
                await seen.until(lambda: seen.says("degraded: the day's quota"))
                server.say(1, "still here", at_ms=now_ms)
                await seen.until(lambda: seen.texts == ["still here"])
                with pytest.raises(LivehostError, match="quota"):
                    await room.post("", "x")

    clock.run(trial(), virtual=True)


def test_posts_fit_and_do_not_come_back_as_questions() -> None:
    async def trial() -> None:
        server = YouTube()
        async with server.open() as servers:
            room, now_ms = _room(servers, TOKEN)
            async with watched(room) as seen:
                await seen.until(lambda: seen.says("ok"))
                taken = await room.post(
                    "LCC.1", "[AI] Yes, it does. " + "It is very warm indeed. " * 12 + "https://shop.example/ridge"
                )
                assert len(server.posted[0]) <= 200 and server.posted[0].endswith("https://shop.example/ridge")
                await room.unpost(taken.line_id)
                assert server.deleted == ["LCC.90001"]
                server.say(2, "does it come in red?", author="UCHOST", at_ms=now_ms)
                await seen.until(lambda: bool(seen.lines))
                assert seen.texts == ["does it come in red?"]  # the host posts from the same account
                for _ in range(5):
                    await room.post("", "x")
                with pytest.raises(LivehostError, match="6 lines in 30 seconds"):
                    await room.post("", "x")

    clock.run(trial(), virtual=True)


@pytest.mark.parametrize("environment", [KEY, {}], ids=["api", "page"])
def test_a_429_is_waited_for_and_a_silent_stream_is_dead(environment: dict[str, str]) -> None:
    async def trial() -> None:
        server = YouTube(too_many=1)
        async with server.open() as servers:
            room, now_ms = _room(servers, environment)
            async with watched(room) as seen:
                await seen.until(lambda: seen.says("429") and seen.told[-1].startswith("ok"))
                if environment:
                    server.silent = True
                    server.say(0, "unheard", at_ms=now_ms)
                    await seen.until(lambda: seen.says("lost: nothing came for 600 seconds"))
                    server.silent = False
                    await seen.until(lambda: seen.told[-1].startswith("ok"))
                server.say(1, "hello", at_ms=now_ms + 3_600_000)
                await seen.until(lambda: seen.texts[-1:] == ["hello"])
                assert not seen.says("good-key")

    clock.run(trial(), virtual=True)


def test_a_sign_in_renews_itself(memory_keyring: MemoryKeyring) -> None:
    async def trial() -> None:
        server = YouTube(refresh={"old-refresh": "renewed"})
        client = {"LIVEHOST_YOUTUBE_CLIENT_ID": "our-client", "LIVEHOST_YOUTUBE_CLIENT_SECRET": "our-secret"}
        async with server.open() as servers:
            told: list[str] = []
            await log_in(surroundings(client), told.append, servers)
            assert "GQVQ-JKEC" in told[0] and memory_keyring.kept["youtube_refresh"] == "fresh-refresh"
            memory_keyring.kept = {"youtube_token": "stale", "youtube_refresh": "old-refresh"}
            found = await examine(VIDEO, surroundings(client), servers)
            assert [finding.state for finding in found] == ["ok", "ok"]
            assert memory_keyring.kept == {"youtube_token": "renewed", "youtube_refresh": "old-refresh"}
            with pytest.raises(LivehostError, match="OAuth client"):
                await log_in(surroundings(), told.append, servers)

    clock.run(trial(), virtual=True)


@pytest.mark.parametrize(
    "address",
    [
        VIDEO,
        f"https://www.youtube.com/watch?v={VIDEO}&t=3",
        f"https://youtu.be/{VIDEO}",
        f"https://www.youtube.com/live/{VIDEO}?si=x",
    ],
)
def test_a_video_is_found_in_its_addresses(address: str) -> None:
    assert video_of(address) == VIDEO


def test_what_is_no_video_is_told() -> None:
    with pytest.raises(BadInput, match="youtube:VIDEO"):
        video_of("@somebody")


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=9), max_size=3), max_size=6), st.data())
def test_pages_come_out_whole_however_they_are_cut(pages: list[dict[str, str]], data: st.DataObject) -> None:
    text = json.dumps(pages, indent=1, ensure_ascii=data.draw(st.booleans()))
    found, reader = [], Pages()
    while text:
        size = data.draw(st.integers(1, len(text)))
        found += list(reader.feed(text[:size]))
        text = text[size:]
    assert found == pages


def test_what_is_no_array_of_pages_is_told() -> None:
    with pytest.raises(Lost):
        list(Pages().feed("<html>"))
