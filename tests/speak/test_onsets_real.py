"""What Kokoro says is heard from its first word on."""

from __future__ import annotations

import numpy as np
import pytest
import soxr

from livehost.hear.whisper import Whisper
from livehost.sound import HEARD_RATE, SPOKEN_RATE
from livehost.speak.voices import open_voice
from livehost.weights import whisper_dir

pytestmark = pytest.mark.models


@pytest.mark.parametrize(
    ("voice", "language", "text", "heard"),
    [
        ("heart", "en", "Yes, we ship to Australia in 8 to 12 working days.", "yes we ship"),
        ("heart", "en", "Wash it cold and hang it dry.", "wash it cold"),
        ("bella", "en", "The Ridge Jacket is one hundred and twenty nine dollars.", "the ridge"),
        ("xiaoxiao", "zh", "四十八小时之内发货。", "48小时"),
        ("xiaoyi", "zh", "新疆西藏满一百九十九包邮。", "新疆"),
    ],
)
def test_the_first_words_are_heard(voice: str, language: str, text: str, heard: str) -> None:
    sound = np.concatenate([piece.samples for piece in open_voice(voice).speak(text, language)])
    quiet = np.zeros(SPOKEN_RATE // 4, dtype=np.float32)
    wave = soxr.resample(np.concatenate([quiet, sound, quiet]), SPOKEN_RATE, HEARD_RATE).astype(np.float32)
    text_heard = Whisper(whisper_dir(), (language,)).transcribe(wave, language).text
    assert text_heard.lower().replace(",", "").startswith(heard)
