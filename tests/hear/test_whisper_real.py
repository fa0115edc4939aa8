"""The real recogniser on real speech."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from livehost.hear.audio_file import read_all
from livehost.hear.transcribe import transcribe_file
from livehost.hear.vad import SileroVad
from livehost.hear.whisper import Whisper
from livehost.sound import FRAME, HEARD_RATE
from livehost.weights import whisper_dir

pytestmark = pytest.mark.models


def words(text: str) -> list[str]:
    return "".join(c if c.isalnum() or c == " " else " " for c in text.lower()).split()


@pytest.mark.fixtures
def test_english(shared_data: Path) -> None:
    heard = transcribe_file(shared_data / "speech" / "whisper_jfk.flac", None)
    said = "and so my fellow americans ask not what your country can do for you ask what you can do for your country"
    assert words(heard.text) == words(said)
    assert heard.language == "en"
    assert abs(heard.audio_seconds - 11.0) < 0.1
    assert all(u.final_after_ms >= 0 for u in heard.utterances)


@pytest.mark.fixtures
def test_mandarin_comes_out_in_simplified_characters(shared_data: Path) -> None:
    heard = transcribe_file(shared_data / "speech" / "aishell-BAC009S0724W0121.wav", "zh")
    assert "广州市" in heard.text
    assert heard.language == "zh"


@pytest.mark.parametrize("level", [0.0, 0.003])
def test_nothing_is_heard_in_silence_and_noise(level: float) -> None:
    noise = np.random.default_rng(1).normal(0, level, 4 * HEARD_RATE).astype(np.float32)
    vad = SileroVad()
    probabilities = [vad.probability(noise[at : at + FRAME]) for at in range(0, len(noise) - FRAME, FRAME)]
    assert max(probabilities) < 0.5
    assert Whisper(whisper_dir(), ("en",)).transcribe(noise, "en").text == ""


@pytest.mark.fixtures
def test_text_behind_stable_words_is_the_same_text_once(shared_data: Path) -> None:
    whisper = Whisper(whisper_dir(), ("en",))
    sound = read_all(shared_data / "speech" / "whisper_jfk.flac")
    alone = whisper.transcribe(sound, "en").text
    assert words(whisper.transcribe(sound, "en", "And so my fellow Americans").text) == words(alone)
    assert words(whisper.draft(sound, "en", "And so my fellow Americans").text) == words(alone)


@pytest.mark.fixtures
def test_chinese_behind_stable_characters_is_the_same_text_once(shared_data: Path) -> None:
    whisper = Whisper(whisper_dir(), ("zh",))
    sound = read_all(shared_data / "speech" / "aishell-BAC009S0724W0121.wav")
    assert whisper.draft(sound, "zh", "广州市").text.count("广州市") == 1


@pytest.mark.fixtures
def test_stable_words_that_were_never_said_are_given_up(shared_data: Path) -> None:
    sound = read_all(shared_data / "speech" / "whisper_jfk.flac")
    heard = Whisper(whisper_dir(), ("en",)).transcribe(sound, "en", "Seventeen purple elephants juggle bicycles")
    assert "elephants" not in heard.text and "country" in heard.text


@pytest.mark.fixtures
def test_the_final_text_goes_on_from_a_draft_of_the_same_sound(shared_data: Path) -> None:
    sound = read_all(shared_data / "speech" / "whisper_jfk.flac")
    whisper = Whisper(whisper_dir(), ("en",))
    alone = whisper.transcribe(sound, "en").text
    assert whisper.draft(sound, "en", "").text == alone
    assert whisper.transcribe(sound, "en", "And so my fellow Americans").text == alone
    assert words(whisper.transcribe(sound[: 4 * HEARD_RATE], "en").text) != words(alone), "another sound is heard anew"
