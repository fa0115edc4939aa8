"""Which of the two languages a text is in."""

from __future__ import annotations

import re

_HAN = re.compile(r"[㐀-鿿]")
_LATIN_WORD = re.compile(r"[a-z]+", re.I)


def language_of(text: str) -> str:
    """ "zh" when Chinese characters carry the text, else "en"."""
    han = len(_HAN.findall(text))
    latin = len(_LATIN_WORD.findall(text))
    return "zh" if han and han >= latin else "en"
