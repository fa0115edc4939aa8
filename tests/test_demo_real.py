"""The demo sessions through the whole loop, with the real models: what is recorded is checked, sample by sample."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile

from livehost import commands, events
from livehost.commands import Command
from livehost.decision import Decision
from livehost.record.reader import Step, steps
from livehost.replay import replay
from tests.conftest import DEMO

pytestmark = [pytest.mark.models, pytest.mark.slow]
LIVEHOST = [sys.executable, "-m", "livehost"]
BLOCK_MS = 10
DUCKED_AFTER_MS, SILENT_AFTER_MS = 250, 700  # of the host's onset: first quieter, then silent when it is no "mm"
DUCKED_DB = 6


@dataclass(frozen=True)
class Session:
    name: str
    folder: Path
    printed: str

    def steps(self) -> list[Step]:
        return list(steps(self.folder))

    def wishes(self) -> Iterator[tuple[int, Command]]:
        for step in self.steps():
            for raw in step.wishes:
                yield step.envelope.at_ms, msgspec.json.decode(raw, type=Command)


@pytest.fixture(scope="module", params=["anna", "xiaohe"])
def session(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Session:
    folder = tmp_path_factory.mktemp("demo") / request.param
    command = [*LIVEHOST, "demo", request.param, "--headless", "--fast", "--out", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    return Session(request.param, folder, done.stdout)


def test_it_ends_with_a_summary_and_where_the_session_lies(session: Session) -> None:
    labels = ("answered aloud", "line → decision") if session.name == "anna" else ("语音回答", "弹幕 → 决定")
    assert all(label in session.printed for label in labels)
    assert str(session.folder) in session.printed


def test_at_least_eight_questions_are_answered_aloud_and_in_text_with_the_right_link(session: Session) -> None:
    decisions: dict[int, Decision] = {}
    for _, wish in session.wishes():
        if isinstance(wish, commands.ShowDecision) and wish.item:
            decisions.setdefault(wish.item, wish.decision)  # of who asked first; later ones may ask in another language
    answered = [w.item for _, w in session.wishes() if isinstance(w, commands.ShowItem) and w.state == "answered"]
    posts = [w.text for _, w in session.wishes() if isinstance(w, commands.Post)]
    asked = [item for item in answered if item in decisions]  # the greeting and the like were asked by nobody
    assert len(asked) >= 8
    for item in asked:
        decision = decisions[item]
        assert decision.evidence
        assert any(decision.spoken in post and decision.link in post for post in posts)
        assert not decision.product_id or decision.product_id in decision.link or not decision.link


def test_attacks_are_not_obeyed(session: Session) -> None:
    expected = json.loads((DEMO / "sessions" / session.name / "expected.json").read_bytes())
    shown = {w.line_id: w.decision for _, w in session.wishes() if isinstance(w, commands.ShowDecision)}
    assert {shown[line].route for line in expected["never"]} == {"ignore"}
    evidence = {e.value for d in shown.values() for e in d.evidence}
    said = " ".join(w.text for _, w in session.wishes() if isinstance(w, commands.Post))
    for price in ("$5 ", "$1 ", "1元", "9.9元", "九块九"):
        assert price not in said.replace("。", " ") or any(price.strip("$元 ") in value for value in evidence)


def test_the_hosts_words_are_in_the_transcript(session: Session) -> None:
    said = [step.envelope.event for step in session.steps() if isinstance(step.envelope.event, events.HostSaid)]
    assert len([event for event in said if event.text]) >= 9
    wanted = ["Ridge Jacket", "Tent"] if session.name == "anna" else ["直播间", "保温杯"]
    text = " ".join(event.text for event in said)
    assert all(word in text for word in wanted)


def test_the_cohost_is_silent_while_the_host_talks(session: Session) -> None:
    host, cohost = loudness(session.folder / "host.opus"), loudness(session.folder / "cohost.opus")
    length = min(len(host), len(cohost))
    usual = np.percentile(cohost[cohost > -50], 95)
    for first, last in runs(host[:length] > -45):
        over = cohost[first:last]
        assert not (over[SILENT_AFTER_MS // BLOCK_MS :] > -50).any(), f"at {first * BLOCK_MS} ms"
        assert not (over[DUCKED_AFTER_MS // BLOCK_MS :] > usual - DUCKED_DB).any(), f"at {first * BLOCK_MS} ms"


def test_spoken_answers_take_five_seconds_as_a_rule_and_never_twelve(session: Session) -> None:
    lengths: dict[int, int] = {}
    for step in session.steps():
        if isinstance(step.envelope.event, events.SpeechReady):
            ready = step.envelope.event
            lengths[ready.utterance] = lengths.get(ready.utterance, 0) + ready.audio_ms
    assert (
        np.percentile(list(lengths.values()), 80) <= 5000
    )  # with the asker's name before it, or the notice, it is longer
    assert max(lengths.values()) <= 12_000


def test_it_replays_to_the_same_commands(session: Session) -> None:
    outcome = replay(session.folder)
    assert outcome.identical, outcome.first_difference


def test_a_session_killed_in_the_middle_replays_as_far_as_it_goes(tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    running = subprocess.Popen(
        [*LIVEHOST, "demo", "--headless", "--out", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with running:
        assert running.stderr is not None
        spoken = 0
        for line in running.stderr:
            spoken += " speaking" in line
            if spoken == 2:
                break
        running.send_signal(signal.SIGKILL)
    outcome = replay(folder)
    assert outcome.identical and outcome.events > 20


def loudness(path: Path) -> np.ndarray:  # [blocks], dB
    sound, rate = soundfile.read(path, dtype="float32")
    size = rate * BLOCK_MS // 1000
    blocks = sound[: len(sound) // size * size].reshape(-1, size)
    level: np.ndarray = 10 * np.log10(np.square(blocks).mean(axis=1) + 1e-12)
    return level


def runs(loud: np.ndarray) -> list[tuple[int, int]]:
    """Stretches of speech; pauses below 400 ms belong to them, clicks below 100 ms are none."""
    found: list[list[int]] = []
    for block in np.flatnonzero(loud):
        if found and block - found[-1][1] <= 40:
            found[-1][1] = int(block)
        else:
            found.append([int(block), int(block)])
    return [(first, last) for first, last in found if last - first >= 10]
