"""From a person's pieces of speech to styles, with progress, an estimate, and a place to go on from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from livehost.clock import stopwatch
from livehost.enrol.encoders import Encoder
from livehost.enrol.kokoro_torch import KokoroTorch
from livehost.enrol.search import Course, Search, Sentence, measure
from livehost.enrol.texts import SEARCH
from livehost.sound import HEARD_RATE, Samples
from livehost.speak.kokoro_model import Style
from livehost.speak.phonemes import Phonemes
from livehost.weights import kokoro_file

_SAVE_EVERY = 10
_MOST_SECONDS = 90.0  # of speech: more changes the mean no more

# Is told steps done, steps in all, and seconds left.
Progress = Callable[[int, int, float], None]


@dataclass(frozen=True)
class Fitting:
    styles: dict[str, Style]
    seconds: float


def fit(  # noqa: PLR0913 - two of them only say how it is told and kept
    pieces: Sequence[Samples],
    encoders: Sequence[Encoder],
    languages: Sequence[str],
    *,
    course: Course | None = None,
    resume: Path | None = None,
    progress: Progress = lambda done, steps, left: None,
) -> Fitting:
    """`languages`: the person's own first. `resume` is a file that the search is kept in; with the same pieces and course
    it goes on from there."""
    course = course or Course()
    seconds = stopwatch()
    chosen = _enough(pieces)
    search = _search(chosen, encoders, languages, course)
    kept = resume.with_name(f"{resume.name}-{_key(chosen, languages, course)}.pt") if resume else None
    try:
        if kept and kept.is_file():
            search.load(kept)
        first = search.at
        began = stopwatch()
        while not search.done:
            search.step()
            progress(search.at, course.steps, began() / (search.at - first) * (course.steps - search.at))
            if kept and search.at % _SAVE_EVERY == 0:
                kept.parent.mkdir(parents=True, exist_ok=True)
                search.save(kept)
        return Fitting(search.styles(), seconds())
    finally:
        search.close()


def _search(pieces: Sequence[Samples], encoders: Sequence[Encoder], languages: Sequence[str], course: Course) -> Search:
    kokoro, phonemes = KokoroTorch(kokoro_file(), threads=1), Phonemes()
    sentences = [
        Sentence(language, kokoro.text(phonemes.tokens(text, language)[0]))
        for language in languages
        for text in SEARCH[language]
    ]
    return Search(kokoro, encoders, measure(pieces, encoders), sentences, course)


def _enough(pieces: Sequence[Samples]) -> list[Samples]:
    """The longest pieces up to a minute and a half."""
    chosen: list[Samples] = []
    for piece in sorted(pieces, key=len, reverse=True):
        if sum(map(len, chosen)) < _MOST_SECONDS * HEARD_RATE:
            chosen.append(piece)
    return chosen


def _key(pieces: Sequence[Samples], languages: Sequence[str], course: Course) -> str:
    digest = hashlib.sha256(f"{course} {languages} {torch.__version__.split('+')[0]}".encode())
    for piece in pieces:
        digest.update(piece.tobytes())
    return digest.hexdigest()[:16]
