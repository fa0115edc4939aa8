"""Enrolment with the real models on recordings of real readers; the search itself takes minutes and is a benchmark's affair."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

from livehost.weights import SPEAKERS, folder_of
from tests.conftest import ROOT

pytest.importorskip("torch", reason="enrolment needs PyTorch (scripts/setup enrol)")
READERS = ROOT.parent / "shared" / "data" / "speaker" / "librispeech_test-other"
pytestmark = [
    pytest.mark.models,
    pytest.mark.slow,
    pytest.mark.fixtures,
    pytest.mark.skipif(not READERS.is_dir(), reason="the shared fixtures are not here"),
    pytest.mark.skipif(not folder_of(SPEAKERS).is_dir(), reason="no speaker encoders (scripts/setup enrol)"),
]
from livehost.enrol.consent_check import used_before  # noqa: E402 - behind the skip
from livehost.speak.consent import digest  # noqa: E402

LIVEHOST = [sys.executable, "-m", "livehost"]


def recordings(reader: str) -> list[str]:
    return sorted(str(path) for path in (READERS / reader).glob("*.flac"))


def enrol(consent: str | Path) -> tuple[int, dict[str, object]]:
    files = recordings("1998")[:4]
    command = [*LIVEHOST, "voices", "enrol", "test-reader", *files, "--consent", str(consent), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    consented: dict[str, object] = json.loads(done.stdout)["consent"]
    return done.returncode, consented


def test_another_persons_words_are_no_consent() -> None:
    code, consent = enrol(recordings("2414")[0])
    assert code == 1 and not consent["accepted"]
    told = " ".join(map(str, consent["reasons"]))  # type: ignore[call-overload]
    assert "another person speaks" in told and "no sentence was given" in told


def test_a_machines_consent_is_none(tmp_path: Path) -> None:
    spoken = tmp_path / "consent.wav"
    words = "I am Anna Reed. I agree that Livehost learns my voice and speaks with it."
    subprocess.run([*LIVEHOST, "voices", "say", "heart", words, "-o", str(spoken)], check=True, capture_output=True)
    code, consent = enrol(spoken)
    assert code == 1 and "machine spoke" in " ".join(map(str, consent["reasons"]))  # type: ignore[call-overload]

    bare, rate = soundfile.read(spoken)
    soundfile.write(spoken, bare, rate)  # without the note that says so
    code, consent = enrol(spoken)
    assert code == 1 and "synthetic voice" in " ".join(map(str, consent["reasons"]))  # type: ignore[call-overload]


def test_somebodys_consent_is_given_once(tmp_path: Path) -> None:
    shelf = tmp_path / "voices"
    (shelf / "reader").mkdir(parents=True)
    recording = Path(recordings("1998")[0])
    (shelf / "reader" / "consent.toml").write_text(f'recording_sha256 = "{digest(recording)}"\n')
    assert used_before(recording, shelf, "reader") == []
    assert used_before(recording, shelf, "another") == ["this recording is the consent for the voice 'reader'"]
    assert used_before(Path(recordings("1998")[1]), shelf, "another") == []


def test_a_measurement_needs_a_licence(tmp_path: Path) -> None:
    first, second, *_ = recordings("1998")
    command = [*LIVEHOST, "voices", "measure", first, "--judge", second, "-o", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "licence" in done.stderr
