"""A session laid out in time: it agrees with the recording, takes what it does not know calmly, and opens when torn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest

from livehost import events
from livehost.record.folder import EVENTS
from livehost.record.reader import told
from livehost.replay import replay
from livehost.review.timeline_reader import read_timeline
from tests.story import Story
from tests.test_replay import record

RECORDED = Path(__file__).parent.parent / "recordings"


def evening() -> Story:
    story = Story()
    story.asks("return policy?", faq="returns")
    story.host_talks(2500, "this is the ridge jacket")
    story.asks("return policy pls", user="b", faq="returns")
    story.asks("how much is it", user="b")
    story.wait(4000)
    story.asks("where is my order 4711", user="c")
    story.act("drop", target=3)
    story.happens(events.PartChanged("chat", "lost", "gone"))
    story.wait(9000)
    story.happens(events.SessionEnded("ended", 4200))
    return story


def test_it_agrees_with_the_recording(demo_name: str) -> None:
    folder = RECORDED / demo_name
    raw = [msgspec.json.decode(line) for line in (folder / EVENTS).read_bytes().splitlines()]
    kinds = Counter((line.get("event") or line.get("command"))["type"] for line in raw)
    seen = read_timeline(folder)
    assert len(seen.lines) == kinds["ChatReceived"]
    decided = {line["command"]["line_id"] for line in raw if line.get("command", {}).get("type") == "ShowDecision"}
    assert {line.id for line in seen.lines if line.decided_ms >= 0} == decided
    assert sum(u.started_ms >= 0 for u in seen.utterances) == kinds["PlaybackStarted"]
    assert len(seen.replies) == kinds["Post"] == sum(r.done_ms >= 0 for r in seen.replies)
    assert seen.events == sum("event" in line for line in raw)
    assert seen.ended and not seen.torn and not seen.unread
    line = next(line for line in seen.lines if line.route == "answer")
    decision = seen.decision_of(folder, line)
    assert decision is not None and decision.text == line.text and decision.evidence


def test_a_question_knows_its_askers_its_speech_and_its_reply(tmp_path: Path) -> None:
    seen = read_timeline(record(tmp_path / "s", evening()))
    question = seen.questions[1]
    assert [seen.lines[n].user_id for n in question.lines] == ["mia", "b"]
    assert [stand.state for stand in question.stands][-1] == "answered"
    (spoken,) = (seen.utterances[n] for n in question.spoken)
    assert spoken.text == "You can return unworn items within 60 days."
    assert spoken.ended_ms > spoken.started_ms >= 2500
    assert [seen.replies[n].reply_to for n in question.posts] == ["m1"]
    assert seen.host_spans == [(0, 2500)] and seen.cpu_ms == 4200
    assert [(act.action, act.target) for _, act in seen.deeds] == [("drop", 3)]


def test_unknown_kinds_and_damaged_lines_are_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    folder = record(tmp_path / "s", evening())
    before = read_timeline(folder)
    lines = (folder / EVENTS).read_bytes().splitlines(keepends=True)
    strange = [
        b'{"seq":3,"at_ms":9,"event":{"type":"LinkTeleported","to":1}}\n',
        b'{"seq":3,"command":{"type":"ShowDream","x":[]}}\n',
        b'{"seq":3,"command":{"type":"ShowItem","item":1,"state":"levitating","text":"","askers":1}}\n',
        b"\x00\x00\xff\n",
        b"{}\n",
    ]
    (folder / EVENTS).write_bytes(b"".join(lines[:5] + strange + lines[5:]))
    seen = read_timeline(folder)
    assert seen.unread == {"LinkTeleported": 1, "ShowDream": 1, "ShowItem": 1, "damaged": 2}
    assert (seen.events, len(seen.lines), len(seen.questions)) == (
        before.events,
        len(before.lines),
        len(before.questions),
    )


def _opens_to_the_cut(folder: Path, whole: bytes, places: Sequence[int]) -> None:
    """Everything before the cut is there, the torn rest is told in bytes, and what is there verifies."""
    ends = [n + 1 for n, byte in enumerate(whole) if byte == 0x0A]
    everything = [line for _, line in told(folder)]
    for place in places:
        (folder / EVENTS).write_bytes(whole[:place])
        kept = sum(end <= place for end in ends)
        assert [line for _, line in told(folder)] == everything[:kept]
        seen = read_timeline(folder)
        assert seen.torn == place - (ends[kept - 1] if kept else 0)
        assert seen.ended == (place == len(whole))
        assert replay(folder).identical


@pytest.mark.slow
def test_cut_at_every_byte_of_the_last_4_kb(tmp_path: Path) -> None:
    folder = record(tmp_path / "s", evening())
    whole = (folder / EVENTS).read_bytes()
    assert len(whole) > 5000
    _opens_to_the_cut(folder, whole, range(len(whole) - 4096, len(whole) + 1))


@pytest.mark.slow
def test_cut_at_a_thousand_places(tmp_path: Path) -> None:
    folder = record(tmp_path / "s", evening())
    whole = (folder / EVENTS).read_bytes()
    places = np.random.default_rng(11).integers(0, len(whole), 1000).tolist()
    _opens_to_the_cut(folder, whole, places)


def test_a_demo_session_cut_anywhere_opens(tmp_path: Path, demo_name: str) -> None:
    folder = tmp_path / "s"
    (folder / "knowledge").mkdir(parents=True)
    for part in ("session.toml", "knowledge/knowledge.json", EVENTS):
        (folder / part).write_bytes((RECORDED / demo_name / part).read_bytes())
    whole = (folder / EVENTS).read_bytes()
    _opens_to_the_cut(folder, whole, [0, 1, *np.random.default_rng(5).integers(0, len(whole), 6).tolist(), len(whole)])
