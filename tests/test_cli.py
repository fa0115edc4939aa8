"""The commands as scripts and checks call them: fields, order, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

from livehost.labelling import AI_LABEL
from tests.conftest import DEMO, ROOT

pytestmark = pytest.mark.models
ANNA = str(DEMO / "creators" / "anna")
DECISION = {
    "text",
    "language",
    "kind",
    "route",
    "confidence",
    "answer",
    "spoken",
    "asks_back",
    "product_id",
    "link",
    "faq",
}


def livehost(*words: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "livehost", *words],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **environment},
    )


def test_ask() -> None:
    done = livehost("ask", ANNA, "does the ridge jacket come in blue?", "--json")
    decision = json.loads(done.stdout)
    assert DECISION | {"evidence", "reasons"} <= set(decision)
    assert (decision["kind"], decision["route"], decision["product_id"]) == ("routine", "answer", "ridge-jacket")
    assert {"source": "products.csv", "id": "ridge-jacket", "field": "color", "value": "black/blue/moss"} in decision[
        "evidence"
    ]


def test_classify_keeps_the_order_and_tells_a_bad_line() -> None:
    lines = [{"id": "a", "text": "shipping to canada?"}, {"id": 7, "text": "lol"}, {"id": "c", "text": "包邮吗"}]
    done = livehost("classify", ANNA, stdin="\n".join(map(json.dumps, lines)))
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a", 7, "c"]
    bad = livehost("classify", ANNA, stdin='{"id": 1, "text": "hi"}\n{"id": 2}\n')
    assert bad.returncode == 2 and "line 2" in bad.stderr and len(bad.stdout.splitlines()) == 1


def test_voices(tmp_path: Path) -> None:
    listed = json.loads(livehost("voices", "list", "--json").stdout)
    assert {"heart", "bella", "xiaoxiao", "xiaoyi"} <= {voice["name"] for voice in listed}
    out = tmp_path / "said.wav"
    said = json.loads(livehost("voices", "say", "heart", "It is $129.", "-o", str(out), "--json").stdout)
    assert set(said) == {"audio_seconds", "first_audio_ms", "compute_seconds", "words"}
    with soundfile.SoundFile(out) as file:
        label, _, field = file.comment.partition(" AIGC=")
        assert label == AI_LABEL and json.loads(field)["Label"] == "1"
        assert abs(file.frames / file.samplerate - said["audio_seconds"]) < 0.01
    heard = json.loads(livehost("transcribe", str(out), "--language", "en", "--json").stdout)
    assert "129" in heard["text"]
    assert {"text", "language", "segments", "audio_seconds", "compute_seconds", "utterances"} == set(heard)
    unknown = livehost("voices", "say", "hart", "hi", "-o", str(out))
    assert unknown.returncode == 2 and "did you mean 'heart'?" in unknown.stderr
    assert livehost("voices", "say", "../../etc", "hi", "-o", str(out)).returncode == 2


def test_doctor() -> None:
    done = livehost("doctor", ANNA, "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0 and report["ok"]
    assert {"whisper-base", "kokoro-v1.0-int8", "creator", "voice", "sound input"} <= {
        c["name"] for c in report["checks"]
    }


def test_without_weights_it_says_how_to_get_them(tmp_path: Path) -> None:
    done = livehost("voices", "say", "heart", "hi", "-o", str(tmp_path / "x.wav"), LIVEHOST_DATA=str(tmp_path))
    assert done.returncode == 3 and "Run: livehost setup" in done.stderr
    assert livehost("doctor", "--json", LIVEHOST_DATA=str(tmp_path)).returncode == 3


def test_replay_of_the_kept_recording_and_of_a_changed_one(tmp_path: Path) -> None:
    kept = ROOT / "tests" / "recordings" / "anna"
    whole = json.loads(livehost("replay", str(kept), "--json").stdout)
    assert whole["identical"] and whole["first_difference"] is None
    for part in ("session.toml", "events.jsonl", "knowledge/knowledge.json"):
        (tmp_path / part).parent.mkdir(exist_ok=True)
        (tmp_path / part).write_bytes((kept / part).read_bytes().replace(b'"pause_ms":1000', b'"pause_ms":1700'))
    changed = livehost("replay", str(tmp_path), "--json")
    assert changed.returncode == 1
    assert {"seq", "event", "recorded", "replayed"} <= set(json.loads(changed.stdout)["first_difference"])


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["run", "nowhere", "--mic", "none"], 2, "there is no such creator's folder"),
        (["run", ANNA, "--fast", "--mic", "default"], 2, "--fast has no device"),
        (["run", ANNA, "--mic", "README.md", "--speaker", "none"], 2, "no sound"),
        (["run", ANNA, "--mic", "none", "--speaker", "none", "--chat", "icq:1"], 2, "is no chat"),
        (["transcribe", "nowhere.wav"], 2, "there is no such file"),
        (["replay", "nowhere"], 2, "there is no session here"),
        (["sing"], 2, "No such command"),
    ],
)
def test_wrong_use_is_told(words: list[str], code: int, told: str, tmp_path: Path) -> None:
    session = ["--session", str(tmp_path / "s"), "--headless"] if words[0] == "run" else []
    done = livehost(*words, *session)
    assert done.returncode == code and told in done.stderr
    assert "Traceback" not in done.stderr


def test_cluster_puts_the_same_questions_together() -> None:
    texts = [
        "do you ship to canada?",
        "shipping to toronto possible?",
        "寄加拿大吗",
        "lol",
        "can kids sit in it?",
        "how much is shipping?",
    ]
    lines = [{"id": n, "at_ms": n * 1000, "user": f"u{n % 2}", "text": text} for n, text in enumerate(texts)]
    done = livehost("cluster", ANNA, stdin="\n".join(map(json.dumps, lines)))
    items = [json.loads(line) for line in done.stdout.splitlines()]
    assert (items[0]["ids"], items[0]["askers"], items[0]["faq"]) == ([0, 1, 2], 2, "ship-canada")
    assert [item["ids"] for item in items[1:]] == [[4], [5]]
    assert livehost("cluster", ANNA, stdin="{}").returncode == 2


def test_evaluate(tmp_path: Path) -> None:
    cases = [
        {
            "text": "how much is the ridge jacket?",
            "expect": {"kind": "routine", "product_id": "ridge-jacket", "say": ["129"]},
        },
        {"text": "do you ship to canada?", "expect": {"kind": "routine", "faq": "ship-canada", "route": "answer"}},
        {"text": "are you single?", "expect": {"kind": "personal", "route": "host"}},
    ]
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(map(json.dumps, cases)), encoding="utf-8")
    found = json.loads(livehost("evaluate", ANNA, str(path), "--json").stdout)
    assert (found["cases"], found["coverage"], found["precision"]) == (3, 1.0, 1.0)
    path.write_text("not json", encoding="utf-8")
    bad = livehost("evaluate", ANNA, str(path))
    assert bad.returncode == 2
    assert "line 1" in bad.stderr
