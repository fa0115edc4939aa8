"""Traces reach a collector over HTTP; one that refuses or hangs costs spans and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from livehost import events
from livehost.creators import digest
from livehost.observe.otlp import are_wanted
from livehost.plan import Begun
from livehost.record.folder import FORMAT, Header
from livehost.settings import Creator, Log, Traces
from livehost.watching import send_traces, traces_of, watching
from tests.observe.collecting import Collector, collecting
from tests.running import session, until
from tests.story import Story
from tests.test_recordings import KEPT


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as found:
        yield found


def begun(story: Story, folder: Path) -> Begun:
    started_at, models = "2026-11-23T20:00:00.000+01:00", {"voice": "kokoro"}
    return Begun(folder, Header(FORMAT, 1, "0", "anna", started_at, 1, digest(story.knowledge), models))


def told_of(told: list[events.Event], part: str) -> list[tuple[str, str]]:
    return [(e.state, e.detail) for e in told if isinstance(e, events.PartChanged) and e.part == part]


def lived(story: Story, folder: Path, creator: Creator, told: list[events.Event], environment: dict[str, str]) -> None:
    with watching(begun(story, folder), creator, told.append, environment) as found:
        for envelope, wishes in story.steps:
            for watcher in found:
                watcher(envelope, wishes)


def a_story(lines: int = 1) -> Story:
    story = Story()
    for number in range(lines):
        story.asks("do you ship to Canada?", f"u{number}", faq="ship-canada")
    story.wait(9000)
    return story


@pytest.mark.parametrize(
    ("endpoint", "environment", "wanted"),
    [
        ("", {}, False),
        ("http://127.0.0.1:4318", {}, True),
        ("", {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"}, True),
        ("", {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c:4318/v1/traces"}, True),
        ("", {"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ("http://127.0.0.1:4318", {"OTEL_SDK_DISABLED": "true"}, False),
        ("http://127.0.0.1:4318", {"OTEL_TRACES_EXPORTER": "none"}, False),
    ],
)
def test_they_are_made_only_for_somebody_who_named_a_collector(
    endpoint: str, environment: dict[str, str], wanted: bool
) -> None:
    assert are_wanted(endpoint, environment) is wanted


def test_a_collector_gets_the_trace_at_its_moment_and_nobodys_words(collector: Collector, tmp_path: Path) -> None:
    told: list[events.Event] = []
    creator = Creator("Anna", traces=Traces(collector.url), log=Log(on=False))
    lived(a_story(), tmp_path, creator, told, {})
    assert collector.paths == ["/v1/traces"] and told == []
    assert collector.resources[0]["service.name"] == "livehost"
    assert collector.resources[0]["livehost.creator"] == "anna"
    root = next(span for span in collector.spans if span.name == "chat line")
    assert root.start_time_unix_nano == 1_795_460_400_000 * 1_000_000
    stages = [span for span in collector.spans if span.parent_span_id == root.span_id]
    assert {"matching", "decision", "synthesis", "playing", "post"} <= {span.name for span in stages}
    assert {span.trace_id for span in collector.spans} == {root.trace_id}
    assert "Canada" not in repr(collector.spans)


def test_one_that_refuses_is_told_and_taken_off_when_it_takes_them_again(collector: Collector, tmp_path: Path) -> None:
    told: list[events.Event] = []
    story = a_story()
    creator = Creator("Anna", traces=Traces(collector.url), log=Log(on=False))
    collector.answers = 400
    with watching(begun(story, tmp_path), creator, told.append, {}) as [watcher]:
        for envelope, wishes in story.steps:
            watcher(envelope, wishes)
        until(lambda: told_of(told, "traces"))
        collector.answers = 200
        story.asks("what is your return policy?", "bo", faq="returns")
        done = len(story.steps)
        story.wait(12_000)
        for envelope, wishes in story.steps[done - 1 :]:
            watcher(envelope, wishes)
        until(lambda: len(told_of(told, "traces")) == 2)
    assert told_of(told, "traces") == [("degraded", "it was not taken: what comes is dropped"), ("ok", "")]


def test_one_that_hangs_holds_nobody_up_and_what_is_too_much_is_dropped(collector: Collector, tmp_path: Path) -> None:
    told: list[events.Event] = []
    collector.answers = 0
    creator = Creator("Anna", traces=Traces(collector.url), log=Log(on=False))
    story = a_story(lines=2500)
    lived(story, tmp_path, creator, told, {})
    assert told_of(told, "traces") == [("degraded", "it is too slow: what comes is dropped")]


def test_a_recording_is_sent_as_it_was(collector: Collector) -> None:
    sent = send_traces(KEPT[0], collector.url, words=False)
    assert sent == len(collector.spans) == len([*traces_of(KEPT[0], words=False)]) > 300


def test_the_command_prints_a_span_a_line() -> None:
    command = [sys.executable, "-m", "livehost", "traces", str(KEPT[0])]
    found = subprocess.run(command, capture_output=True, check=True, text=True, encoding="utf-8").stdout.splitlines()
    assert {"trace", "span", "parent", "name", "start_ms", "end_ms"} <= {*json.loads(found[0])}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    refused = subprocess.run([*command, "--send"], check=False, capture_output=True, text=True, env=environment)
    assert refused.returncode == 2 and "no collector is named" in refused.stderr


@pytest.mark.models
def test_a_real_session_tells_a_collector_and_its_log(collector: Collector, tmp_path: Path) -> None:
    toml = f'[traces]\nendpoint = "{collector.url}"\n'
    held = session(tmp_path, settings=toml)
    running = next(held)
    try:
        running.write("how much is the ridge jacket?", name="mia")
        item = until(lambda: running.state()["items"])[0]
        running.post("/api/approve", {"item": item["item"]})
        until(lambda: [span for span in collector.spans if span.name == "playing"], 120)
    finally:
        held.close()  # type: ignore[attr-defined]
    names = {span.name for span in collector.spans}
    assert {"chat line", "ingest", "first look", "matching", "decision", "held", "synthesis", "post"} <= names
    entries = [json.loads(line) for line in (tmp_path / "s" / "log.jsonl").read_text("utf-8").splitlines()]
    messages = [entry["message"] for entry in entries]
    assert (
        messages[:2] == ["process started", "session started"]
        and messages[-1] == "session ended"
        and "person acted" in messages
    )
    assert "mia" not in json.dumps(entries) and "jacket" not in json.dumps(entries)
