"""The report's words in both languages: English is the key, so that the page reads as itself."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@cache
def _chinese() -> dict[str, str]:
    text = (resources.files("livehost") / "review" / "web" / "chinese.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(text)
    return found


def in_language(words: str, language: Language) -> str:
    """Raises KeyError for words without a translation, so that none is forgotten."""
    return words if language == "en" else _chinese()[words]


def if_known(words: str, language: Language) -> str:
    """For words out of a recording: a reason or state that has no translation stays as it is."""
    return _chinese().get(words, words) if language == "zh" else words
