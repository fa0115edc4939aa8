"""A voice's folder, made beside and then moved to its place in one go."""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from livehost.enrol.challenge import Challenge
from livehost.enrol.results import ConsentSaid, Judged
from livehost.sound import HEARD_RATE, Samples
from livehost.speak import consent as consents
from livehost.speak.kokoro_model import Style
from livehost.weights import data_dir

_REFERENCE_SECONDS = 25.0


@dataclass(frozen=True)
class Made:
    name: str
    languages: Sequence[str]
    styles: Mapping[str, Style]
    recordings: Sequence[Samples]
    judged: Judged


def make_voice(  # noqa: PLR0913 - the parts of a record
    made: Made,
    recording: Path,
    challenge: Challenge,
    said: ConsentSaid,
    now: datetime.datetime,
    *,
    days: int,
    creators: tuple[str, ...],
) -> Path:
    """The folder, in place of one of the same name that was there before."""
    shelf = data_dir() / "voices"
    new = shelf / f".{made.name}.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    files = _write_files(made, new)
    spoken = f"consent{recording.suffix.lower()}"
    shutil.copyfile(recording, new / spoken)
    record = consents.Consent(
        person=challenge.person,
        given_at=now.isoformat(timespec="seconds"),
        asked=challenge.sentence,
        heard=said.heard,
        speaker_match=said.speaker_match,
        recording=spoken,
        recording_sha256=consents.digest(new / spoken),
        files_sha256={name: consents.digest(new / name) for name in files},
        until=(now.date() + datetime.timedelta(days=days)).isoformat(),
        creators=creators,
    )
    consents.write(record, new)
    folder = shelf / made.name
    old = shelf / f".{made.name}.old"
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    return folder


def _write_files(made: Made, folder: Path) -> list[str]:
    """The styles and a reference for other engines; the names of what belongs to the person."""
    import soundfile

    names = {language: f"style-{language}.npy" for language in made.languages}
    for language, name in names.items():
        np.save(folder / name, made.styles[language])
    soundfile.write(folder / "reference.flac", _reference(made.recordings), HEARD_RATE)
    main = made.languages[0]
    settings = {
        "engine": "kokoro",
        "kind": "cloned",
        "languages": list(made.languages),
        "style": names[main],
        "consent": consents.RECORD,
        "similarity": made.judged.similarity,
        "similarity_best_stock": made.judged.similarity_best_stock,
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    lines += ["", "[styles]", *(f"{language} = {json.dumps(name)}" for language, name in names.items())]
    lines += ["", "[word_errors]", *(f"{language} = {errors}" for language, errors in made.judged.word_errors.items())]
    (folder / "voice.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [*names.values(), "reference.flac"]


def _reference(recordings: Sequence[Samples]) -> Samples:
    """Whole pieces, a short pause between them."""
    pause = np.zeros(HEARD_RATE // 4, dtype=np.float32)
    chosen: list[Samples] = []
    for piece in recordings:
        if sum(map(len, chosen)) < _REFERENCE_SECONDS * HEARD_RATE:
            chosen += [piece, pause]
    return np.concatenate(chosen)
