"""`livehost voices check` and `livehost voices measure`: how like a person a voice is, without making one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from livehost.clock import stopwatch
from livehost.enrol import consent_check
from livehost.enrol.consent_check import by_another
from livehost.enrol.encoders import CamPlus, Resemblyzer
from livehost.enrol.enrolment import Telling, in_order, kept, need_enough, seconds_of, table
from livehost.enrol.fitting import fit
from livehost.enrol.intake import Piece, take_in
from livehost.enrol.judging import Spoken, best_stock, centre, embed, judge, likeness, speak
from livehost.enrol.results import Checked, Measured
from livehost.enrol.search import Course
from livehost.enrol.texts import JUDGE
from livehost.errors import BadInput
from livehost.labelling import sound_comment
from livehost.sound import SPOKEN_RATE
from livehost.speak.consent import Refused
from livehost.speak.voices import open_voice


@dataclass(frozen=True)
class Measurement:
    """`judges` are recordings of the same person that the search does not see; `licence` is written into the files."""

    files: tuple[Path, ...]
    judges: tuple[Path, ...]
    out: Path
    licence: str
    consent: Path | None = None
    language: str = "en"
    course: Course = field(default_factory=Course)


def measure(wish: Measurement, encoders: tuple[Resemblyzer, CamPlus], tell: Telling) -> Measured:
    """Enrols in memory alone and speaks the test sentences into `out`; the style is forgotten."""
    seconds = stopwatch()

    def taken(paths: Sequence[Path]) -> list[Piece]:
        return take_in(paths, lambda sound: embed(encoders[1], sound), tell=lambda file: tell.note(f"reading {file}"))

    pieces = taken(wish.files)
    need_enough(pieces)
    if wish.consent and (reasons := by_another(consent_check.read(wish.consent), kept(pieces), encoders[1])):
        raise Refused(
            f"this is not the consent of the person in the recordings: {'; '.join(reasons)}", where=str(wish.consent)
        )
    unseen = kept(taken(wish.judges))
    if not unseen:
        raise BadInput("there is no clean speech in the recordings to judge by", where=", ".join(map(str, wish.judges)))
    languages = in_order(wish.language)
    styles = fit(kept(pieces), encoders, languages, course=wish.course, progress=tell.progress).styles
    took = seconds()
    spoken = speak(styles, languages)
    judged = judge(spoken, unseen, encoders)
    return Measured(
        similarity=judged.similarity,
        similarity_best_stock=judged.similarity_best_stock,
        best_stock=judged.best_stock,
        seconds=round(took, 1),
        files=tuple(_written(spoken, wish.out, wish.licence)),
        judged=judged,
        samples=table(pieces),
    )


def check(voice: str, files: Sequence[Path], encoders: tuple[Resemblyzer, CamPlus], tell: Telling) -> Checked:
    """How like the recordings the voice speaks now; raises Refused where it must not speak."""
    engine = open_voice(voice)
    pieces = take_in(files, lambda sound: embed(encoders[1], sound), tell=lambda file: tell.note(f"reading {file}"))
    recordings = kept(pieces)
    if not recordings:
        raise BadInput("there is no clean speech in these recordings", where=", ".join(map(str, files)))
    spoken = [
        Spoken("en", text, np.concatenate([piece.samples for piece in engine.speak(text, "en")]))
        for text in JUDGE["en"]
    ]
    person, person_cam = (centre(encoder, recordings) for encoder in encoders)
    stock, stock_likeness = best_stock(encoders[0], person)
    return Checked(
        voice,
        round(likeness(encoders[0], spoken, person), 3),
        round(likeness(encoders[1], spoken, person_cam), 3),
        round(stock_likeness, 3),
        stock,
        seconds_of(pieces),
        table(pieces),
    )


def _written(spoken: Sequence[Spoken], out: Path, licence: str) -> list[str]:
    import soundfile

    out.mkdir(parents=True, exist_ok=True)
    names = []
    for number, sentence in enumerate(spoken, 1):
        path = out / f"{sentence.language}-{number:02}.wav"
        with soundfile.SoundFile(path, "w", SPOKEN_RATE, 1) as file:
            file.comment = f"{sound_comment(path.stem)} Licence of the recordings: {licence}. Text: {sentence.text}"
            file.copyright = licence
            file.write(np.clip(sentence.sound, -1, 1))
        names.append(str(path))
    return names
