"""Lists of ways to say a thing, one a line, as one pattern."""

from __future__ import annotations

import re


def ways(english: str = "", chinese: str = "") -> re.Pattern[str]:
    """Each line is a regular expression; English ones stand between word boundaries."""
    found = [rf"\b(?:{'|'.join(_lines(english))})\b"] if english.strip() else []
    found += _lines(chinese)
    return re.compile("|".join(found), re.IGNORECASE)


def _lines(text: str) -> list[str]:
    return [stripped for line in text.splitlines() if (stripped := line.strip())]
