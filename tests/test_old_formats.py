"""Recordings of each logic version, made by its own code (scripts/make_old_recording.py), open for ever."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from livehost.core.step import LOGIC_VERSION
from livehost.keeping.forgetting import Who, forget
from livehost.keeping.shelf import row
from livehost.record.folder import EVENTS, read_header, read_knowledge
from livehost.replay import replay
from livehost.review.captions import captions
from livehost.review.report import make_report
from livehost.review.rows import Rows
from livehost.review.timeline_reader import read_timeline
from livehost.review.transcript import transcript
from livehost.review.whatif import what_if

FORMATS = sorted((Path(__file__).parent / "formats").glob("logic-*"))


def test_no_version_is_missing() -> None:
    assert {read_header(folder).logic_version for folder in FORMATS} >= set(range(1, LOGIC_VERSION))


@pytest.fixture(params=FORMATS, ids=lambda path: path.name)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    shutil.copytree(request.param, tmp_path / "s")
    return tmp_path / "s"


def test_everything_in_it_is_understood(folder: Path) -> None:
    raw = [json.loads(line) for line in (folder / EVENTS).read_bytes().splitlines()]
    kinds = [line["event"]["type"] for line in raw if "event" in line]
    seen = read_timeline(folder)
    assert seen.unread == {} and seen.ended and not seen.torn
    assert (seen.events, len(seen.lines), len(seen.deeds)) == (
        len(kinds),
        kinds.count("ChatReceived"),
        kinds.count("Acted"),
    )
    decided = [line for line in seen.lines if line.decided_ms >= 0]
    assert len(decided) == 9 and all(seen.decision_of(folder, line) for line in decided)
    assert len(captions(seen)) >= 4 and row(folder).ended


def test_it_is_replayed_reported_shown_and_tried_otherwise(folder: Path) -> None:
    outcome = replay(folder)
    assert not outcome.failed and outcome.recorded_logic_version == read_header(folder).logic_version
    assert make_report(folder, hash).page.stat().st_size > 50_000
    seen = read_timeline(folder)
    assert Rows(seen).filtered(frozenset({"chat", "host", "said"}), "all", "")
    assert "ridge jacket" in transcript(read_header(folder), read_knowledge(folder), seen, "en")
    assert what_if(folder, read_knowledge(folder), None).differences == ()
    (forgot,) = forget(folder.parent, Who("小鱼"))
    assert forgot.lines == 1 and not replay(folder).failed
