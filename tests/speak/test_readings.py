"""Lines in English and Chinese against the reading that a person would give; `unseen` was written after the rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from livehost.speak.pronunciation import Pronunciation, read_pronunciation
from livehost.speak.reading.aloud import read_aloud
from livehost.speak.script import clauses

DATA = Path(__file__).parent / "data"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("name", "least"), [("readings", 200), ("unseen", 60)])
def test_lines_are_read_as_expected(name: str, least: int, language: str) -> None:
    lines = (DATA / f"{name}_{language}.tsv").read_text(encoding="utf-8").splitlines()
    wrong = []
    for line in lines:
        written, expected = line.split("\t")
        between = "" if language == "zh" else " "
        said = between.join(read_aloud(clause, language) for clause in clauses(written, language))
        if said != expected:
            wrong.append(f"{written} → {said}, not {expected}")
    assert len(lines) >= least and len(wrong) <= 0.02 * len(lines), "\n".join(wrong)


def test_a_creators_own_pronunciations(tmp_path: Path) -> None:
    (tmp_path / "pronunciation.csv").write_text(
        "word,say\nXiaomi,show me\n重楼,chong2 lou2\nGhia,/ˈɡiːə/\n", encoding="utf-8"
    )
    own = read_pronunciation(tmp_path)
    assert own.respelled("the xiaomi and Xiaomis") == "the show me and Xiaomis"
    assert own.phonemes == {"重楼": "chong2 lou2", "Ghia": "ˈɡiːə"}
    assert Pronunciation().respelled("as it is") == "as it is"
