"""What all rooms share: back-off, posting limits, history, settings and secrets."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import pairwise
from pathlib import Path

import keyring
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livehost import clock, events
from livehost.chat import ChatLine, Taken, Viewer
from livehost.decoding import decode_file
from livehost.errors import BadInput, LivehostError
from livehost.ingest.backoff import BackOff
from livehost.ingest.connect import open_chats
from livehost.ingest.limits import ViewerLimit
from livehost.ingest.platform import check_tables
from livehost.ingest.posting import Limits, Window, fitted
from livehost.ingest.room import Room
from livehost.ingest.trouble import Ended, Lost, Refused
from livehost.record.raw_frames import RawFrames
from livehost.secret import Secrets
from livehost.settings import Creator
from tests.platforms.watching import MemoryKeyring, surroundings, watched


class Scripted:
    """A link that does with each connection what stands next in its script."""

    name = "scripted:room"
    limits = Limits(characters=20, per_window=2, window_ms=10_000)

    def __init__(self, *script: Exception | list[ChatLine], server_epoch_ms: int = 0) -> None:
        self.script = list(script)
        self.server_epoch_ms = server_epoch_ms
        self.posted: list[str] = []
        self.lines: list[ChatLine] = []
        self.refusal: LivehostError | None = None  # of every post

    def decode(self, _raw: str) -> list[ChatLine]:
        return self.lines

    async def attend(self, room: Room) -> None:
        step = self.script.pop(0) if self.script else Ended("over")
        if isinstance(step, Exception):
            raise step
        room.ready()
        if self.server_epoch_ms:
            room.server_time(self.server_epoch_ms)
        self.lines = step
        room.frame("{}")

    async def post(self, reply_to: str, text: str) -> None:
        if self.refusal:
            raise self.refusal
        self.posted.append(text)


def test_waiting_grows_has_jitter_keeps_the_servers_time_and_is_the_same_again() -> None:
    waits = [BackOff(1, "twitch:anna").next_ms() for _ in range(1)]
    backoff, again, other = BackOff(1, "twitch:anna"), BackOff(1, "twitch:anna"), BackOff(1, "twitch:ben")
    row = [backoff.next_ms() for _ in range(10)]
    assert row[0] == waits[0] and row == [again.next_ms() for _ in range(10)]
    assert row != [other.next_ms() for _ in range(10)]
    assert 500 <= row[0] <= 1000 and all(30_000 <= wait <= 60_000 for wait in row[6:])
    assert 30_000 <= backoff.next_ms(30_000) <= 33_000
    backoff.lasted(10_000)
    assert backoff.next_ms() <= 1000


@given(st.lists(st.integers(0, 3000), max_size=200))
def test_no_window_ever_holds_more_than_it_may(pauses: list[int]) -> None:
    limits = Limits(per_window=5, window_ms=10_000, least_apart_ms=700)
    window, now_ms, sent = Window(limits), 0, list[int]()
    for pause in pauses:
        now_ms += pause
        if not window.wait_ms(now_ms):
            window.take(now_ms)
            sent.append(now_ms)
        else:
            assert window.wait_ms(now_ms + window.wait_ms(now_ms)) == 0
    assert all(later - earlier >= 10_000 for earlier, later in zip(sent, sent[5:], strict=False))
    assert all(later - earlier >= 700 for earlier, later in pairwise(sent))


def test_a_line_fits_whole_sentences_first_and_its_link_whole() -> None:
    line = "[AI] Yes, it comes in blue. It is made of recycled wool from Norway. https://shop.example/ridge"
    assert fitted(line, Limits(characters=60)) == "[AI] Yes, it comes in blue. https://shop.example/ridge"
    assert fitted(line, Limits(characters=200)) == line
    assert fitted(line, Limits(characters=30, links=False)) == "[AI] Yes, it comes in blue."
    assert fitted("【AI】有蓝色。羊毛来自挪威，可以机洗。", Limits(characters=10)) == "【AI】有蓝色。"


@given(st.text(max_size=600), st.integers(1, 300))
def test_a_line_is_never_longer_than_the_platform_takes(text: str, most: int) -> None:
    assert len(fitted(text, Limits(characters=most))) <= most


def test_a_room_outlives_what_goes_wrong_and_ends_with_the_broadcast() -> None:
    async def trial() -> list[str]:
        faults = (
            Lost("cut"),
            OSError("https://secret@x"),
            Refused("no permission", fix="Ask"),
            Lost("busy", retry_ms=40_000),
        )
        room = Room(link := Scripted(*faults, []), Scripted().decode, around := surroundings())
        async with watched(room) as seen:
            await seen.until(lambda: not link.script and seen.says("ok"))
            assert around.clock.now_ms() > 40_000 + 60_000
        return seen.told

    told = clock.run(trial(), virtual=True)
    assert any("cut" in words for words in told) and any("no permission. Ask" in words for words in told)
    assert not any("secret" in words for words in told) and any("OSError" in words for words in told)


def test_history_is_left_aside_by_the_servers_own_clock() -> None:
    async def trial() -> list[str]:
        around = surroundings()
        skew_ms = 3_600_000  # the platform's clock is an hour ahead of ours
        start_ms = around.clock.began_epoch_ms + skew_ms
        lines = [
            ChatLine(start_ms - 60_000, "x", "1", text="old"),
            ChatLine(start_ms + 10, "x", "2", text="new"),
            ChatLine(0, "x", "3", text="timeless"),
            ChatLine(1_200, "x", "4", text="relative"),
            ChatLine(start_ms - 60_000, "x", type="deleted", target_id="1"),
        ]
        link = Scripted(lines, server_epoch_ms=start_ms)
        room = Room(link, link.decode, around)
        async with watched(room) as seen:
            await seen.until(lambda: len(seen.lines) >= 4)
        return [line.text or line.type for line in seen.lines]

    assert clock.run(trial(), virtual=True) == ["new", "timeless", "relative", "deleted"]


def test_posting_keeps_the_limits_the_settings_and_says_why_not() -> None:
    async def trial() -> None:
        link = Scripted([ChatLine(0, "x", "1", text="hi")], [])
        room = Room(link, link.decode, surroundings(links=False, characters=15))
        with pytest.raises(LivehostError, match="not connected"):
            await room.post("", "x")
        room._ready_ms = 0  # as within a connection
        assert await room.post("", "Here: https://shop.example/a") == Taken(link=False)
        assert link.posted == ["Here:"]
        with pytest.raises(LivehostError, match="nothing is left"):
            await room.post("", "https://shop.example/a")
        assert await room.post("", "second") == Taken()
        with pytest.raises(LivehostError, match="nothing can be deleted here"):
            await room.unpost("1")
        with pytest.raises(LivehostError, match=r"2 lines in 10 seconds are all that it takes; 10.0 s more"):
            await room.post("", "third")
        silent = Room(link, link.decode, surroundings(post=False))
        with pytest.raises(LivehostError, match="switched off"):
            await silent.post("", "x")

    clock.run(trial(), virtual=True)


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ({"twich": {}}, "did you mean 'twitch'"),
        ({"twitch": {"chanel": "x"}}, "unknown key 'chanel'"),
        ({"twitch": {"token": "oauth:secret"}}, "never here"),
        ({"twitch": {"characters": "many"}}, "Expected `int"),
        ({"ssn": {"client_id": "x"}}, "unknown key 'client_id'"),
    ],
)
def test_what_nobody_knows_in_platforms_is_told(tables: dict[str, dict[str, str]], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        check_tables(tables)
    check_tables({"twitch": {"client_id": "x", "ignore": ["mybot"], "raw_frames": True}, "ws": {"post": False}})
    check_tables({"douyin": {"host_within_minutes": 2.5, "sidecar": "ws://127.0.0.1:1088"}})


def test_secrets_come_from_the_environment_or_the_keyring_and_are_hidden() -> None:
    ring = MemoryKeyring()
    keyring.set_keyring(ring)
    secrets = Secrets({"LIVEHOST_TWITCH_TOKEN": "from-the-environment"})
    secrets.keep("twitch_token", "from-the-keyring")
    assert secrets.get("twitch_token") == "from-the-environment"
    assert Secrets({}).get("twitch_token") == "from-the-keyring"
    assert secrets.hidden("Bearer from-the-environment, from-the-keyring") == "Bearer …, …"
    secrets.forget("twitch_token")
    secrets.forget("twitch_token")
    assert Secrets({}).get("twitch_token") == ""


def test_no_event_of_a_session_holds_a_token_whatever_the_platform_answers() -> None:
    async def trial() -> bytes:
        keyring.set_keyring(MemoryKeyring())
        around = surroundings({"LIVEHOST_TWITCH_TOKEN": "oauth-1234567890"})
        around.secrets.get("twitch_token")
        faults = Lost("refused: oauth-1234567890"), ValueError("wss://x?token=oauth-1234567890")
        link = Scripted(*faults, [ChatLine(id="1", text="hi")])
        link.refusal = LivehostError("401: bad token oauth-1234567890", fix="not oauth-1234567890")
        room = Room(link, link.decode, around)
        async with watched(room) as seen:
            await seen.until(lambda: len(seen.lines) == 1)
            room._ready_ms = 0
            with pytest.raises(LivehostError) as refused:
                await room.post("", "x")
            seen.put(events.PostFailed(1, str(refused.value)))
        return b"".join(msgspec.json.encode(event) for event in seen.got)

    recorded = clock.run(trial(), virtual=True)
    assert b"oauth-1234567890" not in recorded and "bad token …".encode() in recorded


def test_raw_frames_are_kept_where_wished_for_and_decode_again(tmp_path: Path) -> None:
    async def trial() -> None:
        frames = RawFrames(tmp_path / "raw", lambda trouble: None)
        ssn, twitch = open_chats(
            ["ssn:abc123", "twitch:anna"],
            surroundings(),
            Creator("A", platforms={"ssn": {"raw_frames": True}}),
            frames.keeper,
        )
        assert isinstance(ssn, Room) and isinstance(twitch, Room)
        for room in (ssn, twitch):
            room.frame('{"chatname":"mia","chatmessage":"hi\u2028there","type":"kick",\n"id":7}')
        frames.close()
        with pytest.raises(BadInput, match="named twice"):
            open_chats(["ssn:abc123", "ssn:other"], surroundings(), Creator("A"), frames.keeper)

    clock.run(trial())
    assert [path.name for path in (tmp_path / "raw").iterdir()] == ["ssn.frames"]
    from livehost.ingest.ssn import decode

    (line,) = decode_file(tmp_path / "raw" / "ssn.frames", decode, Counter())
    assert (line.id, line.user.name) == ("7", "mia")


def test_viewers_whose_names_are_masked_are_not_held_to_be_one() -> None:
    limit = ViewerLimit()
    masked = ChatLine(platform="bilibili", user=Viewer(name="折***"), text="多少钱")
    named = ChatLine(platform="bilibili", user=Viewer(name="mia"), text="多少钱")
    assert all(limit.allows(masked, 0) for _ in range(50))
    assert not all(limit.allows(named, 0) for _ in range(50))


def test_a_machine_that_slept_reads_what_came_before_it_holds_the_room_for_dead() -> None:
    class Stalled(Scripted):
        async def attend(self, room: Room) -> None:
            room.ready()
            await asyncio.sleep(5)
            loop = asyncio.get_running_loop()
            assert isinstance(loop, clock.VirtualLoop)
            loop._advance(600)  # the lid was closed
            await asyncio.sleep(10)
            self.posted.append("still there")
            await asyncio.sleep(3600)

    async def trial() -> tuple[list[str], list[str]]:
        room = Room(link := Stalled(), Scripted().decode, surroundings())
        async with watched(room) as seen:
            await seen.until(lambda: bool(link.posted))
            before = list(seen.told)
            await seen.until(lambda: seen.says("lost: nothing came for 90 seconds"))
        return before, link.posted

    before, posted = clock.run(trial(), virtual=True)
    assert before == ["starting: connecting", "ok: "] and posted == ["still there"]
