"""Kokoro made window by window: as loud and as whole as in one piece, soon there, soon silent."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from livehost.sound import SPOKEN_RATE
from livehost.speak.kokoro import Kokoro
from livehost.speak.level import loudness
from livehost.speak.phonemes import Phonemes
from livehost.speak.speech import Speech
from livehost.speak.voices import find, open_voice, shelves
from livehost.weights import kokoro_file
from livehost.workers import Cancelled

pytestmark = pytest.mark.models
SAID = {
    "en": "Yes, we ship to Canada, and it takes five to eight working days.",
    "zh": "全国包邮，一般三到五天就能收到，不喜欢可以退换。",
}


@pytest.fixture(scope="module")
def voice() -> Speech:
    return open_voice("heart")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_sentence_comes_in_pieces_that_fit(voice: Speech, language: str) -> None:
    pieces = [piece.samples for piece in voice.speak(SAID[language], language)]
    whole = np.concatenate(pieces)
    assert len(pieces) > 1 and len(whole) > 3 * SPOKEN_RATE
    assert -18 < loudness(whole) < -14
    inside = abs(np.diff(whole)).max()
    at = 0
    for piece in pieces[:-1]:
        at += len(piece)
        assert abs(whole[at] - whole[at - 1]) <= inside / 2  # no click where two of them meet
    quiet = np.convolve(abs(whole[: -SPOKEN_RATE // 4]) < 0.004, np.ones(SPOKEN_RATE // 2), mode="valid")
    assert quiet.max() < SPOKEN_RATE // 2  # no gap of half a second


@pytest.mark.parametrize(
    ("text", "language"), [("Hi there!", "en"), ("Yes.", "en"), ("你好！", "zh"), ("有的。", "zh")]
)
def test_a_few_words_are_as_loud_as_many(voice: Speech, text: str, language: str) -> None:
    assert -18 < loudness(np.concatenate([piece.samples for piece in voice.speak(text, language)])) < -14


def test_it_can_be_cancelled_at_any_time(voice: Speech) -> None:
    unheard = (
        "Nothing of this was ever spoken before, so that none of it is kept. It has to be made, which takes its time."
    )
    pieces = voice.speak(unheard, "en")
    next(pieces)
    threading.Timer(0.05, voice.cancel).start()
    with pytest.raises(Cancelled):
        list(pieces)
    assert [*voice.speak("Hi.", "en")]


def test_what_was_measured_of_a_voice_is_kept(tmp_path: Path) -> None:
    folder, heart = find("heart", shelves())
    styles = {"en": np.load(folder / heart.style) * np.float32(0.999)}  # none of the packaged ones
    loud = Kokoro(kokoro_file(), styles, Phonemes(), kept=tmp_path).loudness("en")
    (path,) = tmp_path.iterdir()
    before = path.stat().st_mtime_ns
    assert Kokoro(kokoro_file(), styles, Phonemes(), kept=tmp_path).loudness("en") == pytest.approx(loud)
    assert path.stat().st_mtime_ns == before
    path.write_bytes(b"PK half")
    assert Kokoro(kokoro_file(), styles, Phonemes(), kept=tmp_path).loudness("en") == pytest.approx(loud, abs=0.01)
