"""Comments below videos, against servers that speak YouTube's and Bilibili's interfaces."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import httpx2
import keyring
import pytest

from livehost import clock
from livehost.errors import BadInput, LivehostError
from livehost.ingest import bilibili_comments, youtube_comments
from livehost.ingest.bilibili_comment_frames import decode as decode_bilibili
from livehost.ingest.comments import Grown, Thread
from livehost.ingest.room import Room
from livehost.ingest.youtube_api import Servers
from livehost.ingest.youtube_comment_frames import decode as decode_youtube
from tests.platforms.comments import AID, BV, CREATOR, UP, VIDEO, BilibiliComments, YouTubeComments
from tests.platforms.watching import MemoryKeyring, Watched, surroundings, watched

YOUTUBE = {"LIVEHOST_YOUTUBE_KEY": "good-key", "LIVEHOST_YOUTUBE_COMMENTS_TOKEN": "good-token"}
BILIBILI = {
    "LIVEHOST_BILIBILI_SESSDATA": "session",
    "LIVEHOST_BILIBILI_JCT": "csrf",
    "LIVEHOST_BILIBILI_UID": "555666",
}
HOUR_MS, DAY_MS = 3_600_000, 86_400_000


@pytest.fixture(autouse=True)
def memory_keyring() -> None:
    keyring.set_keyring(MemoryKeyring())


def _youtube(servers: Servers, place: str = VIDEO, environment: dict[str, str] = YOUTUBE) -> Room:
    around = surroundings(environment)
    return Room(youtube_comments.CommentsLink(place, around, servers), decode_youtube, around, early_ms=DAY_MS)


async def _asked(seen: Watched, asked: Callable[[], int], times: int = 2) -> None:
    before = asked()
    await seen.until(lambda: asked() >= before + times)


@pytest.mark.parametrize("place", [VIDEO, CREATOR])
def test_youtube_what_the_creator_has_not_answered_is_read_and_answered_in_its_thread(place: str) -> None:
    async def trial() -> None:
        server = YouTubeComments()
        async with server.open() as servers:
            room = _youtube(servers, place)
            now_ms = room._clock.epoch_ms()
            server.say("from last week", at_ms=now_ms - 7 * DAY_MS)
            answered = server.say("what size are you wearing?", "leo", now_ms - 5 * HOUR_MS)
            server.say("M", CREATOR, now_ms - 4 * HOUR_MS, answered)
            open_one = server.say("does it ship to Canada?", "mia", now_ms - 2 * HOUR_MS)
            async with watched(room) as seen:
                await seen.until(lambda: len(seen.lines) == 1)
                (line,) = seen.lines
                assert (line.id, line.text, line.user.id, line.user.name) == (
                    open_one,
                    "does it ship to Canada?",
                    "mia",
                    "@mia",
                )
                assert (line.platform, line.scene, line.reply_to) == ("youtube", "comment", "")
                taken = await room.post(line.id, "[AI] Yes, in 5 to 8 days.")
                assert server.of(open_one).replies[-1].text == "[AI] Yes, in 5 to 8 days."
                await _asked(seen, lambda: len(server.asked))
                assert len(seen.lines) == 1, "its own answer is none to be answered"

                server.say("and to Peru?", "mia", 4_000_000_100_000, open_one)
                server.say("how long is the M?", "leo", now_ms, answered)
                await seen.until(lambda: len(seen.lines) == 3)
                assert {(line.text, line.reply_to) for line in seen.lines[1:]} == {
                    ("and to Peru?", open_one),
                    ("how long is the M?", answered),
                }
                await room.post(next(line.id for line in seen.lines if "Peru" in line.text), "[AI] No.")
                assert server.of(open_one).replies[-1].text == "[AI] No."
                await room.unpost(taken.line_id)
                assert server.deleted == [taken.line_id]

    clock.run(trial(), virtual=True)


def test_youtube_a_long_thread_is_read_whole_and_many_new_ones_no_faster_than_they_may_be_answered() -> None:
    async def trial() -> None:
        server = YouTubeComments()
        async with server.open() as servers:
            room = _youtube(servers)
            now_ms = room._clock.epoch_ms()
            thread = server.say("which one is warmer?", "mia", now_ms - HOUR_MS)
            for number in range(8):
                server.say(f"same question {number}", f"v{number}", now_ms - HOUR_MS + number * 1000, thread)
            async with watched(room) as seen:
                await seen.until(lambda: len(seen.lines) == 9)
                assert [line.text for line in seen.lines][-1] == "same question 7"
                for number in range(20):
                    server.say(f"question {number}", f"w{number}", now_ms + number)
                began_ms = room._clock.now_ms()
                await seen.until(lambda: len(seen.lines) == 29)
                assert [line.text for line in seen.lines[9:]] == [f"question {number}" for number in range(20)]
                assert room._clock.now_ms() - began_ms >= 3 * 60_000, "six a minute"

    clock.run(trial(), virtual=True)


def test_youtube_without_a_key_quota_or_sign_in() -> None:
    async def trial() -> None:
        server = YouTubeComments(quota=3)
        async with server.open() as servers:
            async with watched(_youtube(servers, environment={})) as seen:
                await seen.until(lambda: seen.says("lost: a key is needed. Set LIVEHOST_YOUTUBE_KEY"))
            reading = _youtube(servers, environment={"LIVEHOST_YOUTUBE_KEY": "good-key"})
            async with watched(reading) as seen:
                await seen.until(lambda: seen.says("reading; to answer: livehost login youtube-comments"))
                with pytest.raises(LivehostError, match="needs an account"):
                    await reading.post("T1", "[AI] Hello.")
                await seen.until(lambda: seen.says("quota of YouTube's API is used up; next try in 3"))
            server.quota = 100
            found = await youtube_comments.examine(VIDEO, surroundings(YOUTUBE), Servers(servers.api))
            assert [(one.name, one.state) for one in found][:1] == [("youtube-comments", "ok")]

    clock.run(trial(), virtual=True)


def test_youtube_the_sign_in_opens_a_page_of_this_machine() -> None:
    async def trial() -> str:
        server = YouTubeComments()
        environment = {
            "LIVEHOST_YOUTUBE_COMMENTS_CLIENT_ID": "us",
            "LIVEHOST_YOUTUBE_COMMENTS_CLIENT_SECRET": "s3cret-client",
        }
        async with server.open() as servers:
            told: asyncio.Queue[str] = asyncio.Queue()
            signing = asyncio.create_task(youtube_comments.log_in(surroundings(environment), told.put_nowait, servers))
            asked = parse_qs(urlsplit((await told.get()).removeprefix("Open ")).query)
            assert asked["scope"] == ["https://www.googleapis.com/auth/youtube.force-ssl"]
            async with httpx2.AsyncClient(trust_env=False) as browser:
                for _ in range(50):
                    try:
                        await browser.get(asked["redirect_uri"][0], params={"state": asked["state"][0], "code": "4/x"})
                        break
                    except httpx2.ConnectError:
                        await asyncio.sleep(0.05)
            return await signing

    assert clock.run(trial()) == "the account that allowed it"
    assert keyring.get_password("livehost", "youtube_comments_token") == "good-token"


def test_bilibili_comments_are_read_and_answered_under_them() -> None:
    async def trial() -> None:
        server = BilibiliComments()
        async with server.open() as servers:
            around = surroundings(BILIBILI)
            link = bilibili_comments.CommentsLink(BV, around, servers)
            room = Room(link, decode_bilibili, around, early_ms=DAY_MS)
            now_ms = around.clock.epoch_ms()
            server.say("上周的", "7", now_ms - 7 * DAY_MS)
            answered = server.say("包邮吗", "8", now_ms - 5 * HOUR_MS)
            server.say("包邮", UP, now_ms - 4 * HOUR_MS, answered)
            open_one = server.say("这件多少钱[doge]", "9", now_ms - HOUR_MS)
            async with watched(room) as seen:
                await seen.until(lambda: len(seen.lines) == 1)
                (line,) = seen.lines
                assert (line.id, line.text, line.user.name) == (f"{AID}:1004:1004", "这件多少钱", "观众9")
                taken = await room.post(line.id, "【AI】199 元 https://shop.example/a")
                (form,) = server.forms
                assert (form["root"], form["parent"], form["message"]) == ("1004", "1004", "【AI】199 元")
                for number in range(25):
                    server.say(f"回复 @小禾 :第{number}问", str(100 + number), 4_000_000_100_000 + number, open_one)
                await seen.until(lambda: len(seen.lines) == 26)
                assert (seen.lines[-1].text, seen.lines[-1].reply_to) == ("第24问", f"{AID}:1004:1004")
                assert server.asked.count("more") == 2, "two pages of replies"
                server.code = 12016
                with pytest.raises(LivehostError, match="a word of it is not allowed"):
                    await asyncio.sleep(60)
                    await room.post(line.id, "【AI】第一")
                await room.unpost(taken.line_id)
                assert server.deleted == ["2005"]

    clock.run(trial(), virtual=True)


def test_bilibili_a_video_that_is_not_there_and_doctors_words() -> None:
    async def trial() -> None:
        server = BilibiliComments()
        async with server.open() as servers:
            around = surroundings({})
            link = bilibili_comments.CommentsLink("BV1xx411c7mE", around, servers)
            async with watched(Room(link, decode_bilibili, around)) as seen:
                await seen.until(lambda: seen.says("lost: Bilibili answers -404: 啥都木有"))
            server.say("包邮吗", "8", 1)
            told = await bilibili_comments.examine(BV, around, servers)
            assert [(one.state, one.detail) for one in told] == [("warn", "no sign-in"), ("ok", "1 comments")]

    clock.run(trial(), virtual=True)


@pytest.mark.parametrize(
    ("open_chat", "good", "bad"),
    [
        (youtube_comments.open_chat, f"https://www.youtube.com/watch?v={VIDEO}&t=3", "not/a/video"),
        (bilibili_comments.open_chat, f"https://www.bilibili.com/video/{BV}/?p=1", "av2"),
    ],
)
def test_addresses(open_chat: Callable[..., Room], good: str, bad: str) -> None:
    async def trial() -> None:
        around = surroundings()
        assert open_chat("x", good, around).name.endswith((VIDEO, BV))
        with pytest.raises(BadInput, match="no video"):
            open_chat("x", bad, around)

    clock.run(trial())


def test_a_thread_counts_when_it_grows_and_an_old_one_only_from_then_on() -> None:
    grown = Grown()

    def of(*threads: tuple[str, int, int], most: int = 9) -> list[str]:
        return [thread.id for thread in grown.of([Thread(*one, None) for one in threads], most, 100)]

    assert of(("c", 1, 300), ("b", 1, 200), ("a", 4, 50)) == ["b", "c"]
    assert of(("c", 1, 300), ("b", 2, 400), ("a", 5, 450)) == ["a", "b"]
    assert of(("e", 1, 600), ("d", 1, 500), most=1) == ["d"] and of(("e", 1, 600), ("d", 1, 500)) == ["e"]
