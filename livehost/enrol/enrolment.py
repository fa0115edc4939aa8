"""`livehost voices enrol`: recordings and a consent to a voice that speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from livehost.clock import local_now, stopwatch
from livehost.enrol import challenge as challenges
from livehost.enrol import consent_check
from livehost.enrol.encoders import CamPlus, Resemblyzer
from livehost.enrol.fitting import Progress, fit
from livehost.enrol.intake import Piece, take_in
from livehost.enrol.judging import embed, judge, speak
from livehost.enrol.listening import write_page
from livehost.enrol.making import Made, make_voice
from livehost.enrol.results import ConsentSaid, Enrolled, Judged, Sample
from livehost.enrol.search import Course
from livehost.errors import BadInput
from livehost.sound import Samples
from livehost.speak.voices import measurements
from livehost.weights import data_dir

LANGUAGES = ("en", "zh")
_LEAST_SECONDS, _GOOD_SECONDS = 8.0, 20.0
_GOOD_LIKENESS, _MORE_ERRORS = 0.80, 0.03


@dataclass(frozen=True)
class Wish:
    """What is to be enrolled. `language` is the one that the person speaks in the recordings."""

    name: str
    files: tuple[Path, ...]
    consent: Path
    language: str = "en"
    creators: tuple[str, ...] = ()
    days: int = 365
    course: Course = field(default_factory=Course)


@dataclass(frozen=True)
class Telling:
    """Who hears how it goes on."""

    note: Callable[[str], None] = lambda what: None
    progress: Progress = lambda done, steps, left: None


def place_of(name: str) -> Path:
    """Where the challenge, the search under way and the listening page of a voice lie."""
    return data_dir() / "enrolment" / name


def enrol(wish: Wish, encoders: tuple[Resemblyzer, CamPlus], tell: Telling) -> Enrolled:
    """Makes the voice in the user's folder, unless the consent is refused: then nothing is made, and the reasons are told.

    Raises BadInput for files that can't be read, and where too little clean speech is left.
    """
    seconds = stopwatch()
    place = place_of(wish.name)
    tell.note("listening to the consent")
    recording = consent_check.read(wish.consent)
    pieces = take_in(
        wish.files, lambda sound: embed(encoders[1], sound), tell=lambda file: tell.note(f"reading {file}")
    )
    good = kept(pieces)
    challenge = challenges.kept(place / "challenge.json")
    now = local_now()
    found = consent_check.check(recording, challenge, good, encoders[1], now)
    reasons = (*found.reasons, *consent_check.used_before(wish.consent, data_dir() / "voices", wish.name))
    said = ConsentSaid(not reasons, found.heard, found.speaker_match, reasons)
    if reasons or challenge is None:
        return Enrolled(wish.name, said, table(pieces), seconds_of(pieces), round(seconds(), 1))
    need_enough(pieces)
    languages = in_order(wish.language)
    fitted = fit(good, encoders, languages, course=wish.course, resume=place / "search", progress=tell.progress)
    tell.note("judging on new sentences")
    spoken = speak(fitted.styles, languages, measurements())
    judged = judge(spoken, good, encoders)
    made = Made(wish.name, languages, fitted.styles, good, judged)
    folder = make_voice(made, wish.consent, challenge, said, now, days=wish.days, creators=wish.creators)
    page = write_page(place / "listening.html", wish.name, good, spoken, judged)
    for path in (place / "challenge.json", *place.glob("search-*.pt")):
        path.unlink(missing_ok=True)
    return Enrolled(
        wish.name,
        said,
        table(pieces),
        seconds_of(pieces),
        round(seconds(), 1),
        judged.similarity,
        judged.similarity_best_stock,
        judged,
        advice(judged, seconds_of(pieces)),
        str(folder),
        str(page),
    )


def in_order(language: str) -> tuple[str, ...]:
    if language not in LANGUAGES:
        raise BadInput(f"voices are not enrolled from {language!r}", fix=f"Known are: {', '.join(LANGUAGES)}")
    return (language, *(other for other in LANGUAGES if other != language))


def kept(pieces: list[Piece]) -> list[Samples]:
    return [piece.sound for piece in pieces if not piece.why]


def seconds_of(pieces: list[Piece]) -> float:
    """Of the kept speech."""
    return round(sum(piece.seconds for piece in pieces if not piece.why), 1)


def table(pieces: list[Piece]) -> tuple[Sample, ...]:
    return tuple(Sample(p.file, p.start_ms, p.end_ms, not p.why, p.why, p.snr_db, p.match) for p in pieces)


def need_enough(pieces: list[Piece]) -> None:
    """Raises BadInput with what was wrong with the rest."""
    if seconds_of(pieces) >= _LEAST_SECONDS:
        return
    wrong = sorted({piece.why.split(" (")[0] for piece in pieces if piece.why})
    raise BadInput(
        f"only {seconds_of(pieces):.0f} s of clean speech are left of the recordings, {_LEAST_SECONDS:.0f} are needed"
        + (f"; the rest: {', '.join(wrong)}" if wrong else ""),
        fix="Record half a minute in a quiet room, a hand's breadth from the microphone",
    )


def advice(judged: Judged, speech_seconds: float) -> tuple[str, ...]:
    """What to do where the voice came out weak."""
    found = []
    if speech_seconds < _GOOD_SECONDS:
        found.append(f"{speech_seconds:.0f} s of speech are little: with half a minute the voice comes out nearer")
    if judged.similarity < _GOOD_LIKENESS:
        found.append(f"the likeness is weak ({judged.similarity:.2f}, usual is 0.85): try other recordings")
    for language, errors in judged.word_errors.items():
        if errors > judged.word_errors_stock[language] + _MORE_ERRORS:
            found.append(f"it is harder to understand in {language} than a stock voice ({errors:.0%} of words wrong)")
    return tuple(found)
