"""A recording read back: whole, torn, damaged, foreign, and changed by hand."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livehost import commands, events
from livehost.core import LOGIC_VERSION
from livehost.errors import BadInput
from livehost.events import Envelope
from livehost.record.folder import EVENTS, FORMAT, Header, new_folder, write_header
from livehost.record.log import EventLog, encode
from livehost.record.reader import steps
from livehost.replay import replay
from tests.disks import small_disk
from tests.story import Story


def told_story() -> Story:
    story = Story()
    story.asks("return policy?", faq="returns")
    story.host_talks(2500, "this is the ridge jacket")
    story.asks("how much is it", user="b")
    story.wait(9000)
    return story


def record(folder: Path, story: Story, **header: object) -> Path:
    folder.mkdir(exist_ok=True)
    written: dict[str, object] = {
        "format": FORMAT,
        "logic_version": LOGIC_VERSION,
        "livehost": "0",
        "creator": "anna",
        "started_at": "2026-11-23T20:00:00+00:00",
        "seed": 1,
        "knowledge": "",
        **header,
    }
    write_header(folder, msgspec.convert(written, Header), story.knowledge)
    from livehost.core import Core

    fresh = Core(story.knowledge)
    lines = b"".join(encode(envelope, fresh.step(envelope)) for envelope in story.envelopes)
    (folder / EVENTS).write_bytes(lines)
    return folder


def test_a_recording_replays_to_the_same_bytes(tmp_path: Path) -> None:
    story = told_story()
    outcome = replay(record(tmp_path / "s", story))
    assert outcome.identical and outcome.first_difference is None
    assert outcome.events == len(story.envelopes)
    assert outcome.commands == len(story.seen)


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(1, 6000))
def test_a_torn_recording_is_identical_as_far_as_it_goes(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    folder = record(tmp_path_factory.mktemp("torn") / "s", told_story())
    whole = (folder / EVENTS).read_bytes()
    (folder / EVENTS).write_bytes(whole[: max(0, len(whole) - cut)])
    assert replay(folder).identical


def test_a_hand_made_change_is_told_with_its_place(tmp_path: Path) -> None:
    folder = record(tmp_path / "s", told_story())
    path = folder / EVENTS
    path.write_bytes(path.read_bytes().replace(b"unworn items", b"worn items", 1))
    outcome = replay(folder)
    assert not outcome.identical and outcome.failed
    assert outcome.first_difference is not None
    assert b"worn items" in bytes(outcome.first_difference.recorded or b"")


def test_differences_of_another_logic_version_are_no_failure(tmp_path: Path) -> None:
    folder = record(tmp_path / "s", told_story(), logic_version=LOGIC_VERSION + 1)
    path = folder / EVENTS
    path.write_bytes(path.read_bytes().replace(b"unworn items", b"worn items", 1))
    outcome = replay(folder)
    assert not outcome.identical and not outcome.failed


def test_a_newer_format_is_refused_with_what_to_do(tmp_path: Path) -> None:
    folder = record(tmp_path / "s", told_story(), format=FORMAT + 1)
    with pytest.raises(BadInput, match=f"format {FORMAT + 1}.*Update livehost"):
        replay(folder)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b'{"seq":2,"at_ms":5,"event":{"type":"Teleported"}}\n', "an event that this livehost does not know.*line 1"),
        (b"not json\n", "not a line of a recording.*"),
        (b'{"seq":7,"command":{"type":"OpenGate"}}\n', "a command without its event"),
        (b"\xff\xfe\n", "line 1"),
    ],
)
def test_a_bad_line_is_told_with_its_number(tmp_path: Path, line: bytes, told: str) -> None:
    folder = record(tmp_path / "s", told_story())
    path = folder / EVENTS
    path.write_bytes(line + path.read_bytes())
    with pytest.raises(BadInput) as caught:
        replay(folder)
    import re

    assert re.search(told, str(caught.value)) or re.search("line 1", str(caught.value))
    assert "line 1" in str(caught.value)


def test_no_session_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"there is no session here.*session\.toml"):
        replay(tmp_path)


def test_a_session_is_never_overwritten(tmp_path: Path) -> None:
    assert new_folder(tmp_path / "s").name == "s"
    assert new_folder(tmp_path / "s").name == "s-2"
    assert new_folder(tmp_path / "s").name == "s-3"


def test_the_log_writes_what_it_was_given(tmp_path: Path) -> None:
    told: list[str] = []
    log = EventLog(tmp_path / EVENTS, told.append)
    envelope = Envelope(1, 0, events.SessionStarted("anna", "polite", 1))
    log.write(envelope, [commands.OpenGate()])
    log.close()
    (step,) = steps(tmp_path)
    assert step.envelope == envelope
    assert step.wishes == (b'{"type":"OpenGate"}',)
    assert told == []


def test_a_refusing_disk_is_told_and_the_lines_are_kept(tmp_path: Path) -> None:
    """A folder where the file should be stands for a disk that refuses; taken away, everything is written."""
    import threading

    path = tmp_path / EVENTS
    path.mkdir()
    told: list[str] = []
    refused, well = threading.Event(), threading.Event()

    def tell(trouble: str) -> None:
        told.append(trouble)
        (well if not trouble else refused).set()

    log = EventLog(path, tell)
    log.write(Envelope(1, 0, events.SessionStarted("anna", "polite", 1)), [])
    assert refused.wait(5)
    path.rmdir()
    log.write(Envelope(2, 5, events.SessionEnded("end")), [])
    assert well.wait(5)
    log.close()
    assert [step.envelope.seq for step in steps(tmp_path)] == [1, 2]
    assert told[0].startswith("the recording can't be written") and told[-1] == ""


@pytest.mark.slow
def test_a_really_full_disk_loses_nothing_once_there_is_space() -> None:
    import threading

    with small_disk(kilobytes=256) as disk:
        (disk / "ballast").write_bytes(b"x" * 200_000)
        refused, well = threading.Event(), threading.Event()
        log = EventLog(disk / EVENTS, lambda trouble: (well if not trouble else refused).set())
        text = "y" * 1000
        for number in range(1, 101):
            log.write(Envelope(number, number, events.PartChanged("x", "ok", text)), [])
        assert refused.wait(5)
        (disk / "ballast").unlink()
        assert well.wait(5)
        log.close()
        assert [step.envelope.seq for step in steps(disk)] == list(range(1, 101))
