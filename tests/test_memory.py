"""Memory: kept per creator, forgotten without a trace, exported whole; and what the core does with it, told as stories."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from livehost import commands, events
from livehost.chat import ChatLine, Gift, Viewer
from livehost.cli.base import app
from livehost.clock import SessionClock
from livehost.events import Event
from livehost.memory.keeper import Memory
from livehost.memory.notes import Notes
from livehost.memory.store import Export, Fact, Remembered, Room, Store, path_of
from tests.story import Story, replayed, shop

DAY = "2026-11-20"


def viewer(number: int, day: str = DAY, *facts: Fact) -> Remembered:
    return Remembered("twitch", f"u{number}", f"Name{number}zz", day, day, 1, facts)


def test_visits_and_facts_add_up(tmp_path: Path) -> None:
    store = Store(tmp_path / "m.sqlite")
    store.keep([viewer(1, "2026-11-18", Fact("asked", "returns"))], Room("s1", "2026-11-18", {"returns": 1}))
    store.keep([viewer(1, "2026-11-20", Fact("asked", "returns", times=2), Fact("bought", "ridge"))])
    known = store.recall("twitch", "u1")
    assert (known.visits, known.first_day, known.last_day) == (2, "2026-11-18", "2026-11-20")
    assert {(f.sort, f.what, f.times) for f in known.facts} == {("asked", "returns", 3), ("bought", "ridge", 1)}
    assert store.recall("youtube", "u1").visits == 0, "an id counts on its platform alone"
    store.keep([viewer(1, DAY, *(Fact("asked", f"question {n}") for n in range(200)))])
    assert len(store.recall("twitch", "u1").facts) == 60


def test_what_is_forgotten_stands_nowhere_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "m.sqlite"
    store = Store(path)
    secret = Fact("said", "i am allergic to hazelnuts")
    store.keep([viewer(n, DAY, Fact("asked", f"thing {n}")) for n in range(500)])
    store.keep([Remembered("twitch", "mia-id-77", "MiaMiaMia", DAY, DAY, 1, (secret,))])
    store.keep([viewer(n, DAY, Fact("told", f"answer {n}")) for n in range(500)])
    assert b"hazelnuts" in path.read_bytes()
    assert store.forget("twitch", "mia-id-77")
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert [file.name for file in tmp_path.iterdir()] == ["m.sqlite"]
    assert not any(trace in left for trace in (b"hazelnuts", b"mia-id-77", b"MiaMiaMia"))
    assert store.recall("twitch", "u3").visits == 2 and not store.forget("twitch", "mia-id-77")


def test_what_is_old_expires(tmp_path: Path) -> None:
    store = Store(tmp_path / "m.sqlite")
    store.keep([viewer(1, "2026-01-01"), viewer(2, DAY)], Room("old", "2026-01-01"))
    assert store.expire("2026-06-01") == 1
    assert [v.user for v in store.export().viewers] == ["u2"] and store.export().rooms == ()
    assert b"Name1zz" not in (tmp_path / "m.sqlite").read_bytes()


def test_creators_of_one_name_have_each_their_own(tmp_path: Path) -> None:
    here, there = (tmp_path / name / "anna" for name in ("a", "b"))
    assert path_of(here, tmp_path) != path_of(there, tmp_path)


def seen(*what: tuple[Event, list[commands.Command]]) -> Notes:
    notes = Notes()
    for number, (event, wishes) in enumerate(what):
        notes.step(events.Envelope(number, number, event), wishes)
    return notes


def test_a_session_is_summed_up() -> None:
    told = Story(shop())
    told.asks("i have dry skin, how much is the ridge jacket?", user="mia")
    told.asks("return policy?", user="mia", faq="returns")
    told.asks("do you sell kayaks?", user="ben")
    told.wait(9000)
    notes = Notes()
    for envelope, wishes in told.steps:
        notes.step(envelope, wishes)
    order = ChatLine(type="order", platform="test", user=Viewer("mia", "mia"), product_id="ridge-jacket")
    gift = ChatLine(type="gift", platform="test", user=Viewer("ben", "ben"), gift=Gift("rose", 3))
    for line in (order, gift):
        notes.step(events.Envelope(99, 9000, events.ChatReceived("test", line)), [])
    by_user = {v.user: {(f.sort, f.what) for f in v.facts} for v in notes.viewers(DAY)}
    assert {("asked", "ridge-jacket price"), ("asked", "returns"), ("bought", "ridge-jacket"), ("said", "i have dry skin"),
            ("told", "You can return unworn items within 60 days.")} <= by_user["mia"]  # fmt: skip
    assert by_user["ben"] == {("gave", "rose")}
    room = notes.room("s", DAY)
    assert room.covered == {"ridge-jacket price": 1, "returns": 1} and room.unanswered == 1


# --- the core


def story(**memory: object) -> Story:
    told = Story(shop(memory={"on": True, **memory}))
    told.happens(events.PartChanged("memory", "ok"))
    return told


def checked(told: Story) -> Story:
    assert replayed(told) == [command for _, command in told.seen]
    return told


@pytest.mark.parametrize(
    "line", ["!forgetme", "forget me", "Please forget me.", "delete my data", "忘记我", "!忘了我", "请删除我的记录"]
)
def test_a_viewer_is_forgotten_by_a_chat_command(line: str) -> None:
    told = story()
    told.asks(line, user="mia")
    told.wait(10)
    assert told.all(commands.Forget) == [commands.Forget("test", "mia")]
    assert told.all(commands.Post) == [] and told.all(commands.ShowDecision) == []
    told.happens(events.Forgotten("test", "mia"))
    (post,) = told.all(commands.Post)
    assert "forgotten" in post.text and post.reply_to == "m1"
    checked(told)


def test_lines_that_only_sound_like_it_are_questions() -> None:
    told = story()
    told.asks("did you forget me? do you ship to canada?", faq="ship-canada")
    told.wait(1000)
    assert told.all(commands.Forget) == []


def test_a_moderator_forgets_a_viewer_and_trouble_is_told() -> None:
    told = story()
    told.act("forget", text="twitch 1234")
    assert told.all(commands.Forget) == [commands.Forget("twitch", "1234")]
    told.asks("forget me", user="mia")
    told.happens(events.ForgetFailed("test", "mia", "the disk is full"))
    assert "moderator" in told.all(commands.Post)[0].text
    checked(told)


def test_a_regular_is_welcomed_by_name_where_the_creator_wants_it() -> None:
    told = story(greet_regulars=True)
    told.asks("hello", user="Mia")
    assert told.all(commands.Recall) == [commands.Recall("test", "Mia")]
    told.happens(events.Recalled("test", "Mia", 5, 3))
    told.asks("hello again", user="Mia")
    told.asks("hi", user="Ben")
    told.happens(events.Recalled("test", "Ben", 9, 3))
    told.wait(6000)
    assert told.spoken() == ["Welcome back, Mia!"], "one at a time, and once"
    assert told.all(commands.Post) == [] and len(told.all(commands.Recall)) == 2
    checked(told)


@pytest.mark.parametrize(("visits", "days", "greet"), [(2, 3, True), (5, 0, True), (5, 3, False)])
def test_nobody_else_is(visits: int, days: int, greet: bool) -> None:
    told = story(greet_regulars=greet)
    told.asks("hello", user="Mia")
    told.happens(events.Recalled("test", "Mia", visits, days))
    told.wait(6000)
    assert told.spoken() == [] and bool(told.all(commands.Recall)) is greet


def test_without_memory_nothing_is_asked_of_it() -> None:
    told = Story(shop())
    told.asks("forget me", user="mia")
    told.asks("hello", user="mia")
    told.wait(1000)
    assert told.all(commands.Forget) == [] and told.all(commands.Recall) == []


# --- the whole way


def test_from_one_session_to_the_next(tmp_path: Path) -> None:
    path = tmp_path / "m.sqlite"
    came: list[Event] = []
    line = ChatLine(id="1", platform="test", user=Viewer("mia", "Mia"), text="i am vegan")

    async def session(today: date, *wishes: commands.Recall | commands.Forget) -> None:
        memory = Memory(Store(path), SessionClock(asyncio.get_running_loop()), f"s-{today}", today, 180)
        memory.step(events.Envelope(1, 0, events.ChatReceived("test", line)), [])
        for wish in wishes:
            await (memory.recall if isinstance(wish, commands.Recall) else memory.forget)(wish, came.append)  # type: ignore[arg-type]
        memory.keep()
        memory.close()

    asyncio.run(session(date(2026, 11, 1), commands.Recall("test", "mia")))
    assert came == []
    asyncio.run(session(date(2026, 11, 8), commands.Recall("test", "mia")))
    assert came == [events.Recalled("test", "mia", 1, 7)]
    asyncio.run(session(date(2026, 11, 9), commands.Forget("test", "mia")))
    assert came[-1] == events.Forgotten("test", "mia")
    assert Store(path).export().viewers == () and b"vegan" not in path.read_bytes()


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVEHOST_DATA", str(tmp_path / "data"))
    creator = tmp_path / "anna"
    creator.mkdir()
    (creator / "creator.toml").write_text('name = "Anna"', encoding="utf-8")
    Store(path_of(creator, tmp_path / "data")).keep(
        [viewer(1, DAY, Fact("asked", "returns")), viewer(2)], Room("s", DAY)
    )
    run = CliRunner().invoke
    assert "asked: returns" in run(app, ["memory", "show", str(creator), "Name1zz"]).output
    whole = msgspec.json.decode(run(app, ["memory", "export", str(creator)]).output, type=Export)
    assert [v.user for v in whole.viewers] == ["u1", "u2"] and whole.rooms == (Room("s", DAY),)
    assert "forgotten" in run(app, ["memory", "forget", str(creator), "twitch:u1"]).output
    assert "nothing" in run(app, ["memory", "show", str(creator), "Name1zz"]).output
