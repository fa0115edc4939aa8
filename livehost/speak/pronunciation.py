"""How a creator's own words are said: `pronunciation.csv` in the creator's folder, columns `word,say`.

`say` is another spelling ("Xiaomi,show me"), pinyin with tones ("重楼,chong2 lou2") or phonemes between slashes
("Ghia,/ˈɡiːə/"). Other spellings work with every engine, the two others with Kokoro.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path

from livehost.errors import BadInput

FILE = "pronunciation.csv"
_PINYIN = re.compile(r"(?:[a-zü]+[1-5])(?:\s+[a-zü]+[1-5])*")


class Pronunciation:
    def __init__(self, entries: Mapping[str, str] | None = None) -> None:
        said = dict(entries or {})
        self.phonemes = {word: say.strip("/") for word, say in said.items() if _is_sound(say)}
        self._spellings = {word.casefold(): say for word, say in said.items() if not _is_sound(say)}
        words = "|".join(_bounded(word) for word in sorted(self._spellings, key=len, reverse=True))
        self._words = re.compile(words, re.I) if words else None

    def respelled(self, text: str) -> str:
        """The text with the creator's words spelled as they are said; longest first, English ones as whole words."""
        if self._words is None:
            return text
        return self._words.sub(lambda match: self._spellings[match[0].casefold()], text)


def read_pronunciation(creator: Path | None) -> Pronunciation:
    """Empty when there is no file; raises BadInput with file and line."""
    path = creator / FILE if creator else None
    if path is None or not path.is_file():
        return Pronunciation()
    entries: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not {"word", "say"} <= set(reader.fieldnames or ()):
                raise BadInput("the columns word and say are needed", where=str(path), fix="Begin it with: word,say")
            for row in reader:
                word, say = (row["word"] or "").strip(), (row["say"] or "").strip()
                if not word or not say:
                    raise BadInput("a word or how it is said is missing", where=f"{path}, line {reader.line_num}")
                entries[word] = say
    except (UnicodeDecodeError, csv.Error) as trouble:
        raise BadInput(f"it can't be read: {trouble}", where=str(path), fix="Save it as UTF-8 CSV") from None
    return Pronunciation(entries)


def _is_sound(say: str) -> bool:
    return bool(_PINYIN.fullmatch(say)) or (len(say) > 2 and say.startswith("/") and say.endswith("/"))


def _bounded(word: str) -> str:
    before = r"(?<![A-Za-z0-9])" if word[0].isascii() and word[0].isalnum() else ""
    after = r"(?![A-Za-z0-9])" if word[-1].isascii() and word[-1].isalnum() else ""
    return before + re.escape(word) + after
