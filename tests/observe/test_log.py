"""The log tells what a team wants to know, as the recording has it, and nobody's words outside what is marked personal."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livehost import events
from livehost.observe.entries import Entries, Entry
from livehost.observe.journal import LOG, LOG_BEFORE, Journal, line_of
from livehost.observe.outbox import Outbox
from livehost.observe.traces import Tracer
from livehost.watching import log_of
from tests.running import until
from tests.story import ScriptedHands, Story, shop
from tests.test_recordings import KEPT

BEGAN = datetime(2026, 11, 23, 20, tzinfo=UTC)
MARKED = st.text(st.sampled_from("qxz"), min_size=4, max_size=8).map(lambda text: f"Ω{text}Ω")


def entries_of(story: Story) -> list[Entry]:
    tracer, entries = Tracer(), Entries()
    return [one for step in story.steps for one in entries.step(*step, tracer.step(*step))]


def test_parts_that_change_are_told_with_how_long_it_lasted() -> None:
    story = Story()
    for at_ms, state, detail in ((0, "ok", ""), (0, "ok", ""), (5000, "lost", "no space left"), (2000, "ok", "")):
        story.wait(at_ms)
        story.happens(events.PartChanged("recorder", state, detail))  # type: ignore[arg-type]
    told = [(e.at_ms, e.level, e.fields) for e in entries_of(story) if e.message == "part changed"]
    assert told == [
        (0, "info", {"part": "recorder", "state": "ok"}),
        (5000, "error", {"part": "recorder", "state": "lost", "after_ms": 5000, "detail": "no space left"}),
        (7000, "info", {"part": "recorder", "state": "ok", "after_ms": 2000}),
    ]


def test_what_takes_long_and_what_people_do_is_told() -> None:
    story = Story(shop("ask-first"), ScriptedHands(match_ms=2500))
    story.asks("do you ship to Canada?", faq="ship-canada")
    story.wait(3000)
    story.act("drop", 1)
    story.wait(1000)
    story.happens(events.SessionResumed(700), events.ChatDropped("twitch:anna", 3, "came twice"))
    told = [(e.message, e.fields) for e in entries_of(story)]
    assert ("person acted", {"action": "drop", "target": 1}) in told
    assert ("session goes on", {"away_ms": 700}) in told
    assert ("chat lines dropped", {"chat": "twitch:anna", "count": 3, "reason": "came twice"}) in told
    [slow] = [fields for message, fields in told if message == "slow stage"]
    assert (slow["stage"], slow["took_ms"]) == ("matching", 2500)


def test_what_fails_again_and_again_is_told_now_and_then_with_how_often() -> None:
    story = Story()
    for number in range(30):
        story.happens(events.MatchFailed(1000 + number, "took too long"))
        story.wait(1000)
    told = [e.fields for e in entries_of(story) if e.message == "matching failed"]
    assert told == [{"query": 1000}, {"query": 1010, "untold": 9}, {"query": 1020, "untold": 9}]


TROUBLES = st.sampled_from(
    [
        lambda words: events.PartChanged("twitch:anna", "degraded", f"not a chat line: {words}"),
        lambda words: events.PartChanged("matching", "degraded", f"can't read {words}"),
        lambda words: events.PartChanged("synthesis", "degraded", f"can't say {words}"),
        lambda words: events.PartChanged("knowledge", "degraded", f"line 3: {words}"),
        lambda words: events.PartChanged("llm", "off", words),
        lambda words: events.PartChanged("tools", "degraded", words),
        lambda words: events.PartChanged("obs", "lost", words),
        lambda words: events.PostFailed(1, words),
        lambda words: events.UnpostFailed(1, words),
        lambda words: events.MatchFailed(1, words),
        lambda words: events.ComposeFailed(1, words),
        lambda words: events.ToolFailed(1, words),
        lambda words: events.SpeechFailed(1, 0, words),
        lambda words: events.Acted("say", words, text=words),
        lambda words: events.Acted("teach", words, text=words, question=words),
        lambda words: events.HostSaid(1, words, "en", 0, 0, 0),
        lambda words: events.HostPartial(1, words, "en"),
        lambda words: events.Forgotten("test", words),
        lambda words: events.ForgetFailed("test", words, words),
        events.ProgramChanged,
        lambda words: events.PrivacyChanged(False, words),
        events.SceneShown,
        lambda words: events.GuestStarted("guest", 0),
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(MARKED, MARKED, TROUBLES, st.integers(0, 4000)), min_size=1, max_size=10))
def test_nobodys_words_stand_outside_what_is_marked_personal(steps: list[tuple[str, str, object, int]]) -> None:
    story = Story(hands=ScriptedHands(match_ms=2600, post_problem="Ωno linksΩ"))
    for text, user, trouble, pause in steps:
        story.asks(f"{text} do you ship to Canada?", user, faq="ship-canada")
        story.asks(f"!say {text}", user)
        story.happens(trouble(text))  # type: ignore[operator]
        story.wait(pause)
    told = entries_of(story)
    bare = b"".join(line_of(entry, BEGAN, personal=False) for entry in told).decode()
    assert "Ω" not in bare and "personal" not in bare
    whole = [json.loads(line_of(entry, BEGAN, personal=True)) for entry in told]
    assert all("Ω" not in json.dumps({**line, "personal": ""}, ensure_ascii=False) for line in whole)


@pytest.mark.parametrize("folder", KEPT, ids=lambda path: path.name)
def test_a_recording_has_its_log_and_no_line_of_it_holds_what_was_written(folder: Path) -> None:
    lines = [json.loads(line) for line in log_of(folder, personal=False)]
    assert [lines[0]["message"], lines[-1]["message"]] == ["session started", "session ended"]
    assert all({"at", "at_ms", "seq", "level", "message"} <= {*line} for line in lines)
    assert len(lines) < 500


def test_the_file_does_not_grow_without_end(tmp_path: Path) -> None:
    journal = Journal(tmp_path, BEGAN, personal=False, most_bytes=10_000)
    for number in range(1000):
        journal.write([Entry(number, number, "info", "mode", {"mode": "polite"})])
    sizes = [(tmp_path / name).stat().st_size for name in (LOG, LOG_BEFORE)]
    assert all(size <= 10_000 for size in sizes)
    last = (tmp_path / LOG).read_bytes().splitlines()[-1]
    assert json.loads(last)["seq"] == 999


def test_a_disk_that_refuses_is_told_and_that_it_takes_them_again(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    told: list[str] = []
    journal = Journal(folder, BEGAN, personal=False, most_bytes=10_000)
    box = Outbox(journal.write, told.append)
    box.put([Entry(1, 1, "info", "mode")])
    until(lambda: told)
    folder.mkdir()
    box.put([Entry(2, 2, "info", "mode")])
    until(lambda: len(told) == 2)
    box.close()
    assert told == ["No such file or directory: what comes is dropped", ""]
    assert (box.sent, box.dropped) == (1, 1)
    assert [json.loads(line)["seq"] for line in (folder / LOG).read_bytes().splitlines()] == [2]


def test_what_is_too_much_at_once_is_dropped_and_counted() -> None:
    import threading

    let, told = threading.Event(), list[str]()

    def slow(batch: object) -> bool:
        let.wait(30)
        return True

    box: Outbox[Entry] = Outbox(slow, told.append, waiting_most=10)
    for number in range(100):
        box.put([Entry(number, 0, "info", "mode")])
    assert box.dropped >= 80 and told == ["it is too slow: what comes is dropped"]
    let.set()
    box.close()
    assert box.sent + box.dropped == 100
