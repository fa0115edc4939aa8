"""Answers that the creator recorded in person: `takes/takes.csv` in the voice's folder, columns `faq,file,answer`.

`answer` is what is said in the take, word for word: a take is played only while the FAQ still gives exactly that answer,
so that an old recording never tells an old price.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from livehost.errors import BadInput
from livehost.knowledge import Faq
from livehost.sound import SPOKEN_RATE, Samples
from livehost.speak.level import voiced

TABLE = "takes.csv"
_TAIL_MS = 170


class Takes:
    """Files by the answer that is said in them."""

    def __init__(self, files: Mapping[str, Path] | None = None) -> None:
        self._files = dict(files or {})
        self._sounds: dict[str, Samples] = {}

    @property
    def answers(self) -> tuple[str, ...]:
        return tuple(self._files)

    def has(self, text: str) -> bool:
        return text in self._files

    def sound_of(self, text: str) -> Samples | None:
        """[n] at SPOKEN_RATE as it was recorded, without the silence around it; None where there is none to be had."""
        path = self._files.get(text)
        if path is None:
            return None
        if text not in self._sounds:
            try:
                self._sounds[text] = _read(path)
            except (OSError, RuntimeError):
                del self._files[text]  # it is spoken by the engine from now on
                return None
        return self._sounds[text]


def read_takes(voice: Path, faqs: Sequence[Faq]) -> tuple[Takes, list[str]]:
    """The takes that say what the FAQ says, and why others are left out; raises BadInput for a table that is wrong."""
    table = voice / "takes" / TABLE
    if not table.is_file():
        return Takes(), []
    answers = {faq.id: faq.answer for faq in faqs}
    files: dict[str, Path] = {}
    left_out: list[str] = []
    for line, row in _rows(table):
        answer, path = row["answer"].strip(), table.parent / row["file"].strip()
        if path.resolve().parent != table.parent.resolve():
            raise BadInput("a take must lie in the folder of the takes", where=f"{table}, line {line}")
        if answers.get(row["faq"].strip()) != answer:
            left_out.append(f"{row['file']}: the FAQ no longer says {answer!r} under {row['faq']!r}")
        elif not path.is_file():
            left_out.append(f"{row['file']}: the file is not there")
        else:
            files[answer] = path
    return Takes(files), left_out


def _rows(table: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = {"faq", "file", "answer"} - set(reader.fieldnames or ())
            if missing:
                raise BadInput(
                    f"columns are missing: {', '.join(sorted(missing))}",
                    where=str(table),
                    fix="Begin it with: faq,file,answer",
                )
            return [(reader.line_num, {key: value or "" for key, value in row.items() if key}) for row in reader]
    except (UnicodeDecodeError, csv.Error) as trouble:
        raise BadInput(f"it can't be read: {trouble}", where=str(table), fix="Save it as UTF-8 CSV") from None


def _read(path: Path) -> Samples:
    import soundfile
    import soxr

    audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = audio.mean(axis=1)
    if rate != SPOKEN_RATE:
        mono = soxr.resample(mono, rate, SPOKEN_RATE)
    return voiced(np.asarray(mono, dtype=np.float32), _TAIL_MS)
