"""A clean clause in the words to be spoken, with the creator's own pronunciations."""

from __future__ import annotations

import re

from livehost.speak.reading import chinese, english


def read_aloud(text: str, language: str) -> str:
    """In one line, without figures; empty when there is nothing to say."""
    words = (chinese if language == "zh" else english).read(text)
    words = re.sub(r"\s+", " ", words).strip().lstrip(" ,，、;；:：")
    words = re.sub(r"\s+(?=[,.;:!?，。！？；：、])", "", words)
    words = re.sub(r",(?=[,.;:!?])", "", words)
    if language == "zh":
        words = re.sub(r"(?<=[㐀-鿿])\s+|\s+(?=[㐀-鿿])", "", words)
    return words if any(character.isalnum() for character in words) else ""
