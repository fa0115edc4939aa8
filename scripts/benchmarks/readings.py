"""What is read out: against expected readings, and whether a recogniser hears the same prices."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import soxr
from common import Row
from pypinyin import Style, lazy_pinyin

from livehost.hear.whisper import Whisper
from livehost.sound import HEARD_RATE, SPOKEN_RATE, Samples
from livehost.speak.reading.aloud import read_aloud
from livehost.speak.script import clauses
from livehost.speak.speech import Speech
from livehost.speak.voices import open_voice
from livehost.understand.spoken_numbers import in_digits
from livehost.weights import whisper_dir

DATA = Path(__file__).parents[2] / "tests" / "speak" / "data"
_AMOUNTS = (
    "9.9", "12", "19.9", "29", "35.5", "49.9", "58", "69.9", "79", "88", "99", "109", "119.9", "128", "159", "168.8",
    "199", "219.9", "299", "388", "459", "599.9", "888", "999", "1099", "1299", "1999", "2580", "3699", "12800",
)  # fmt: skip
_WITHIN = {"en": "It is ${} in the shop today.", "zh": "今天直播间的价格是{}元。"}
_SOUNDS = {
    sound: str(n) for n, sound in enumerate(["yi1", "er4", "san1", "si4", "wu3", "liu4", "qi1", "ba1", "jiu3"], 1)
}
_VOICES = {"en": ("heart", "bella"), "zh": ("xiaoxiao", "xiaoyi")}


def readings() -> Row:
    """Lines read as expected (the kept list, and one written after the rules); prices that whisper base hears with the same
    value, in two voices a language."""
    return {language: {**lines(language), "prices": prices(language)} for language in ("en", "zh")}


def lines(language: str) -> Row:
    found: Row = {}
    for name in ("readings", "unseen"):
        pairs = [line.split("\t") for line in (DATA / f"{name}_{language}.tsv").read_text("utf-8").splitlines()]
        between = "" if language == "zh" else " "
        said = [between.join(read_aloud(c, language) for c in clauses(text, language)) for text, _ in pairs]
        right = sum(mine == expected for mine, (_, expected) in zip(said, pairs, strict=True))
        found[name] = {"lines": len(pairs), "right": right, "percent": round(100 * right / len(pairs), 1)}
    return found


def prices(language: str) -> Row:
    whisper = Whisper(whisper_dir(), (language,))
    wrong = []
    for name in _VOICES[language]:
        speech = open_voice(name)
        for amount in _AMOUNTS:
            heard = whisper.transcribe(spoken(speech, _WITHIN[language].format(amount), language), language).text
            if float(amount) not in values(heard):
                wrong.append(f"{name} {amount}: {heard}")
    asked = len(_AMOUNTS) * len(_VOICES[language])
    return {
        "asked": asked,
        "same": asked - len(wrong),
        "percent": round(100 - 100 * len(wrong) / asked, 1),
        "wrong": wrong,
    }


def spoken(speech: Speech, text: str, language: str) -> Samples:
    """[n] at HEARD_RATE, a little silence around it."""
    quiet = np.zeros(SPOKEN_RATE // 4, dtype=np.float32)
    sound = np.concatenate([quiet, *(piece.samples for piece in speech.speak(text, language)), quiet])
    heard: Samples = soxr.resample(sound, SPOKEN_RATE, HEARD_RATE).astype(np.float32)
    return heard


def values(heard: str) -> set[float]:
    """Amounts in a transcript, in digits or in words: 9块9, 119块9, $1,299.00, twelve dollars and fifty cents, $12 and 50
    cents. What sounds as nine does is one: 块酒 is how whisper writes 块九."""
    plain = in_digits(heard.lower().replace(",", "").replace("，", "").replace("塊", "块"))
    plain = re.sub(r"(\d+)(?: ?dollars?)? and (\d+) ?cents?", lambda m: f"{m[1]}.{int(m[2]):02}", plain)
    plain = re.sub(
        r"块([\u4e00-\u9fff])", lambda m: f"块{_SOUNDS.get(lazy_pinyin(m[1], style=Style.TONE3)[0], m[1])}", plain
    )
    plain = re.sub(r"(\d+)块(\d)(?!\d)", r"\1.\2", plain)
    return {float(number) for number in re.findall(r"\d+(?:\.\d+)?", plain)}
