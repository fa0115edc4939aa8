"""How like the person a voice sounds, and whether it is understood: on sentences that the search never had."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from livehost.enrol.encoders import Encoder
from livehost.enrol.results import Judged
from livehost.enrol.texts import JUDGE
from livehost.hear.whisper import Whisper
from livehost.sound import HEARD_RATE, SPOKEN_RATE, Samples
from livehost.speak.kokoro import Kokoro
from livehost.speak.kokoro_model import Style
from livehost.speak.phonemes import Phonemes
from livehost.speak.stock import Stock
from livehost.speak.voices import find, shelves
from livehost.weights import kokoro_file, whisper_dir


@dataclass(frozen=True)
class Spoken:
    """A test sentence as a voice says it: [n] at 24 kHz."""

    language: str
    text: str
    sound: Samples

    @property
    def heard(self) -> Samples:
        import soxr

        sound: Samples = soxr.resample(self.sound, SPOKEN_RATE, HEARD_RATE).astype(np.float32)
        return sound


def speak(styles: Mapping[str, Style], languages: Sequence[str], kept: Path | None = None) -> list[Spoken]:
    """The test sentences in the languages that the voice has, by the engine that speaks in a session; `kept` as its own."""
    engine = Kokoro(kokoro_file(), dict(styles), Phonemes(), kept=kept)
    return [
        Spoken(language, text, np.concatenate(list(engine.speak(text, language))))
        for language in languages
        if language in styles
        for text in JUDGE[language]
    ]


def embed(encoder: Encoder, sound: Samples) -> NDArray[np.float32]:
    """[size], of length one, of [n] at 16 kHz."""
    with torch.no_grad():
        found: NDArray[np.float32] = encoder.embed(torch.from_numpy(np.ascontiguousarray(sound))[None])[0].numpy()
    return found


def centre(encoder: Encoder, sounds: Sequence[Samples]) -> NDArray[np.float32]:
    """What the recordings have in common, of length one."""
    mean = np.mean([embed(encoder, sound) for sound in sounds], axis=0)
    unit: NDArray[np.float32] = (mean / np.linalg.norm(mean)).astype(np.float32)
    return unit


def likeness(encoder: Encoder, spoken: Sequence[Spoken], person: NDArray[np.float32]) -> float:
    """The mean over sentences of the cosine to the person."""
    return float(np.mean([embed(encoder, sentence.heard) @ person for sentence in spoken]))


def best_stock(encoder: Encoder, person: NDArray[np.float32]) -> tuple[str, float]:
    """The published voice that is most like the person, and how much."""
    stock = Stock()
    cosines = stock.embeddings[encoder.name] @ person
    return stock.names[int(cosines.argmax())], float(cosines.max())


def judge(spoken: Sequence[Spoken], recordings: Sequence[Samples], encoders: Sequence[Encoder]) -> Judged:
    """`spoken` begins with the person's own language; `encoders` are Resemblyzer and CAM++."""
    person, person_cam = (centre(encoder, recordings) for encoder in encoders)
    stock, stock_likeness = best_stock(encoders[0], person)
    errors = WordErrors()
    by_language = {s.language: [other for other in spoken if other.language == s.language] for s in spoken}
    similarities = {name: round(likeness(encoders[0], said, person), 3) for name, said in by_language.items()}
    return Judged(
        similarity=similarities[spoken[0].language],
        similarities=similarities,
        similarities_cam={
            name: round(likeness(encoders[1], said, person_cam), 3) for name, said in by_language.items()
        },
        similarity_best_stock=round(stock_likeness, 3),
        best_stock=stock,
        word_errors=errors.of(spoken),
        word_errors_stock=errors.of(speak(_plain_styles(), list(by_language))),
    )


def _plain_styles() -> dict[str, Style]:
    """A packaged voice for each language."""
    styles: dict[str, Style] = {}
    for language, name in (("en", "heart"), ("zh", "xiaoxiao")):
        folder, voice = find(name, shelves())
        styles[language] = np.load(folder / voice.style, allow_pickle=False)
    return styles


class WordErrors:
    """Errors of a recogniser that reads back what was said: words in English, characters in Chinese."""

    def __init__(self) -> None:
        self._whisper = Whisper(whisper_dir(), ("en", "zh"))

    def of(self, spoken: Sequence[Spoken]) -> dict[str, float]:
        """Language → errors ÷ units of all its sentences."""
        wrong: dict[str, int] = {}
        units: dict[str, int] = {}
        for sentence in spoken:
            wanted = units_of(sentence.text, sentence.language)
            heard = units_of(self._whisper.transcribe(sentence.heard, sentence.language).text, sentence.language)
            wrong[sentence.language] = wrong.get(sentence.language, 0) + distance(wanted, heard)
            units[sentence.language] = units.get(sentence.language, 0) + len(wanted)
        return {language: round(wrong[language] / units[language], 4) for language in units}


def units_of(text: str, language: str) -> list[str]:
    if language == "zh":
        return re.findall(r"\w", text)
    return re.findall(r"[\w']+", text.lower().replace("’", "'"))


def distance(wanted: Sequence[Any], found: Sequence[Any]) -> int:
    """Levenshtein's."""
    row = list(range(len(found) + 1))
    for i, a in enumerate(wanted, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(found, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]
