"""A viewer taken out of all sessions: nothing of them is left, the rest stays, and the recording says what it is."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from livehost import commands, events
from livehost.chat import ChatLine, Viewer
from livehost.decide.names import spoken_name
from livehost.errors import BadInput
from livehost.keeping.archive import archive, restore
from livehost.keeping.forgetting import Who, forget, matches
from livehost.keeping.people import Aliases
from livehost.keeping.removal import delete
from livehost.record.folder import EVENTS, read_header
from livehost.record.raw_frames import FOLDER as RAW
from livehost.replay import replay
from livehost.review.timeline_reader import read_timeline
from tests.story import Story, shop
from tests.test_replay import record

EVE = Who("Evelyn")


def told() -> Story:
    """Evelyn asks twice, once in the same words as Ben; the host and the co-host say her name, Ben writes to her."""
    story = Story(shop(manners={"names": True}))
    story.happens(events.HostStarted(9, 0))
    story.asks("return policy?", user="Evelyn", faq="returns")
    story.wait(800)
    story.happens(events.HostStopped(9, 800))
    story.wait(9000)
    story.asks("my order 4711 has not come, I live in 5 Elm Street", user="Evelyn")
    story.host_talks(2500, "hello Evelyn, nice to see you")
    story.asks("@Evelyn it took a week for me", user="Ben")
    story.asks("return policy?", user="Ben", faq="returns")
    story.wait(9000)
    story.happens(events.SessionEnded("ended"))
    return story


def test_nothing_of_them_is_left_and_the_header_tells_it(tmp_path: Path) -> None:
    folder = record(tmp_path / "s", told())
    before = read_timeline(folder)
    assert "Evelyn" in " ".join(u.text for u in before.utterances)
    (match,) = matches(tmp_path, EVE)
    assert (match.user_id, match.lines, match.sessions) == ("Evelyn", 2, 1)
    (done,) = forget(tmp_path, EVE)
    text = (folder / EVENTS).read_text(encoding="utf-8")
    assert "evelyn" not in text.lower() and "4711" not in text and "Elm" not in text
    assert done.lines == 2 and not done.verifies
    changed = read_header(folder).changed
    assert changed and (changed.viewers, changed.lines, changed.verified) == (1, 2, True)
    outcome = replay(folder)
    assert not outcome.identical and not outcome.failed and outcome.differences == changed.differing
    assert forget(tmp_path, EVE) == []


def test_what_was_handed_over_to_a_person_goes_too(tmp_path: Path) -> None:
    story = Story(shop(handover={"to": "telegram:7"}))
    story.happens(events.SessionStarted("anna", "polite", 1, "2026-11-27T12:00:00+01:00", ("telegram:direct", "test")))
    story.asks("do you ship to canada?", "Evelyn", "ship-canada", scene="comment")
    story.asks("could you sew 4711 onto it for 5 Elm Street?", "Evelyn", scene="comment")
    story.wait(2000)
    (handed,) = story.all(commands.HandOver)
    story.replies("Yes, we can.", f"line-{handed.post}", "telegram:7")
    story.wait(2000)
    story.happens(events.SessionEnded("ended"))
    folder = record(tmp_path / "s", story)
    assert "4711" in (folder / EVENTS).read_text(encoding="utf-8")
    forget(tmp_path, EVE)
    text = (folder / EVENTS).read_text(encoding="utf-8")
    assert "evelyn" not in text.lower() and "4711" not in text and "Elm" not in text
    assert "Yes, we can." in text


def test_what_others_wrote_and_what_was_decided_stays(tmp_path: Path) -> None:
    folder = record(tmp_path / "s", told())
    before = read_timeline(folder)
    forget(tmp_path, EVE)
    after = read_timeline(folder)
    assert [line.text for line in after.lines] == [
        "…",
        "…",
        f"@{after.lines[0].name} it took a week for me",
        "return policy?",
    ]
    for name in ("at_ms", "kind", "route", "item", "faq", "decided_ms"):
        assert [getattr(line, name) for line in before.lines] == [getattr(line, name) for line in after.lines], name
    assert [q.state for q in before.questions.values()] == [q.state for q in after.questions.values()]
    assert [u.started_ms for u in before.utterances] == [u.started_ms for u in after.utterances]


def test_a_change_by_hand_after_that_is_still_found(tmp_path: Path) -> None:
    story = Story()
    story.asks("hello all", user="Evelyn")
    story.asks("return policy?", user="Ben", faq="returns")
    story.wait(9000)
    story.happens(events.SessionEnded("ended"))
    folder = record(tmp_path / "s", story)
    forget(tmp_path, EVE)
    assert not replay(folder).failed
    path = folder / EVENTS
    path.write_bytes(path.read_bytes().replace(b"unworn items", b"worn items"))
    assert replay(folder).failed


def test_only_who_it_was_can_go_and_then_it_replays(tmp_path: Path) -> None:
    folder = record(tmp_path / "s", told())
    (done,) = forget(tmp_path, EVE, keep_words=True)
    text = (folder / EVENTS).read_text(encoding="utf-8")
    assert done.verifies and "evelyn" not in text.lower() and "4711" in text
    assert replay(folder).identical


def test_a_name_that_is_a_word_of_the_show_stays_where_it_is_one(tmp_path: Path) -> None:
    story = Story()
    story.asks("is the hood removable?", user="Blue", faq="hood")
    story.asks("does the ridge jacket come in blue?", user="Ben")
    story.wait(9000)
    folder = record(tmp_path / "s", story)
    old(folder)
    forget(tmp_path, Who("blue"))
    seen = read_timeline(folder)
    assert seen.lines[1].text == "does the ridge jacket come in blue?" and seen.lines[0].user_id != "Blue"
    assert any("blue" in question.text for question in seen.questions.values())


def test_sound_that_says_the_name_is_silent(tmp_path: Path) -> None:
    folder = record(tmp_path / "s", told())
    seen = read_timeline(folder)
    tone = np.sin(np.arange(24000 * 30) * 0.1).astype(np.float32) / 2
    for track in ("host", "cohost"):
        soundfile.write(folder / f"{track}.opus", tone, 24000, format="OGG", subtype="OPUS")
    (done,) = forget(tmp_path, EVE)
    assert done.silenced_ms >= 2500
    for track, spans in (
        ("host", [(w.start_ms, w.end_ms) for w in seen.host]),
        ("cohost", [(u.started_ms, u.ended_ms) for u in seen.utterances if "Evelyn" in u.text]),
    ):
        sound, rate = soundfile.read(folder / f"{track}.opus")
        assert spans
        for start_ms, end_ms in spans:
            assert np.abs(sound[start_ms * rate // 1000 : end_ms * rate // 1000]).max() < 0.02
        assert np.abs(sound[-rate:]).max() > 0.3


def test_archives_raw_frames_and_accepted_cases_are_cleaned_too(tmp_path: Path) -> None:
    folder = record(tmp_path / "s", told())
    (folder / RAW).mkdir()
    (folder / RAW / "test.frames").write_text('{"user":"Evelyn"}\n{"user":"Ben"}\n', encoding="utf-8")
    (folder / "transcript.md").write_text("Evelyn said", encoding="utf-8")
    (folder / "log.jsonl").write_text('{"personal":{"who":"Evelyn"}}\n', encoding="utf-8")
    (folder / "clips").mkdir()
    (folder / "clips" / "01.srt").write_text("Evelyn asks", encoding="utf-8")
    cases = [
        {"text": text, "expect": {"kind": "routine"}}
        for text in ("my order 4711 has not come, I live in 5 Elm Street", "is it warm?")
    ]
    (folder / "accepted-cases.jsonl").write_bytes(b"".join(msgspec.json.encode(case) + b"\n" for case in cases))
    place = archive(folder)
    (done,) = forget(tmp_path, EVE)
    assert done.session == "s" and done.deleted == ("transcript.md", "clips", "log.jsonl") and place.is_file()
    folder = restore(place)
    whole = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"velyn" not in whole and b"4711" not in whole and b"is it warm?" in whole and b'"Ben"' in whole
    assert sorted(path.name for path in (tmp_path).iterdir()) == ["archive", "s"]


def test_a_moderator_in_the_chat_is_forgotten_as_one(tmp_path: Path) -> None:
    story = Story()
    line = ChatLine(id="x1", platform="twitch", user=Viewer("77", "Evelyn", ("moderator",)), text="!mute 5")
    story.happens(events.ChatReceived("twitch", line))
    story.wait(1000)
    folder = record(tmp_path / "s", story)
    old(folder)
    assert "Evelyn (twitch)" in (folder / EVENTS).read_text(encoding="utf-8")
    forget(tmp_path, EVE)
    assert "Evelyn" not in (folder / EVENTS).read_text(encoding="utf-8")


@settings(max_examples=40, deadline=None)
@given(name=st.text(min_size=1, max_size=12), text=st.text(min_size=1, max_size=40))
def test_whatever_they_are_called_and_wrote_it_goes_and_the_rest_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, name: str, text: str
) -> None:
    story = Story()
    story.asks(text, user=name)
    story.asks("is the hood removable?", user="Ben", faq="hood")
    story.wait(2000)
    folder = record(tmp_path_factory.mktemp("any") / "s", story)
    old(folder)
    before = read_timeline(folder)
    forget(folder.parent, Who(name))
    after = read_timeline(folder)
    assert after.lines[0].name not in (name,) and after.lines[0].text == "…"
    assert after.lines[1].text == before.lines[1].text or name.casefold() == "ben"
    assert len(after.lines) == len(before.lines) and not after.unread and not replay(folder).failed


def test_aliases_can_be_said_where_names_could() -> None:
    aliases = Aliases(["Kaka"])
    for name in ("Mia", "小鱼干", "xX_123", "Mia Rose", "user77", "狗蛋"):
        alias = aliases.like(name)
        assert alias != "Kaka" and bool(spoken_name(alias)) == bool(spoken_name(name))
        assert len(spoken_name(alias).split()) == len(spoken_name(name).split())


def test_one_that_cannot_be_read_keeps_none_of_the_others_from_being_done(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        record(tmp_path / name, told())
    (tmp_path / "b" / "session.toml").write_text("format = 99", encoding="utf-8")
    broken, first, last = sorted(forget(tmp_path, EVE), key=lambda one: one.problem, reverse=True)
    assert (broken.session, first.session, last.session) == ("b", "a", "c") and "format 99" in broken.problem
    assert "Evelyn" in (tmp_path / "b" / EVENTS).read_text(encoding="utf-8")


def test_a_running_session_is_left_alone(tmp_path: Path) -> None:
    story = Story()
    story.asks("hello", user="Evelyn")
    folder = record(tmp_path / "s", story)
    (done,) = forget(tmp_path, EVE)
    assert "still running" in done.problem
    with pytest.raises(BadInput, match="still running"):
        archive(folder)
    with pytest.raises(BadInput, match="still running"):
        delete(folder)
    old(folder)
    assert not forget(tmp_path, EVE)[0].problem and delete(folder) == []


def old(folder: Path) -> None:
    """As if it had been written an hour ago."""
    at = (folder / EVENTS).stat().st_mtime - 3600
    os.utime(folder / EVENTS, (at, at))
