"""Reads a text by rules: at each place the first rule that fits says it; what no rule fits stays as it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

Say = Callable[[re.Match[str]], str]
Rule = tuple[re.Pattern[str], str | Say]

# Spelled although they could be read as a word.
SPELLED = frozenset(
    [
        "AI",
        "APP",
        "CEO",
        "CPU",
        "DIY",
        "EDT",
        "EQ",
        "EST",
        "ETA",
        "EU",
        "FAQ",
        "GPU",
        "HDMI",
        "ID",
        "IOS",
        "IP",
        "IPX",
        "IQ",
        "LCD",
        "LED",
        "NFC",
        "OEM",
        "OLED",
        "PU",
        "RAM",
        "ROM",
        "SKU",
        "SUV",
        "TI",
        "TPU",
        "UHD",
        "UK",
        "UPS",
        "URL",
        "US",
        "USA",
        "USB",
        "UTC",
        "UV",
        "VIP",
        "VR",
        "AR",
        "XL",
    ]
)
_VOWELS = set("AEIOUY")


def rule(pattern: str, say: str | Say, flags: int = 0) -> Rule:
    return re.compile(pattern, flags), say


def apply(rules: Sequence[Rule], text: str) -> str:
    """One pass from left to right: what a rule said is not read again."""
    said: list[str] = []
    at = 0
    coming = [pattern.search(text) for pattern, _ in rules]
    while True:
        for number, (pattern, _) in enumerate(rules):
            ahead = coming[number]
            if ahead is not None and ahead.start() < at:
                coming[number] = pattern.search(text, at)
        found, say = min(
            ((match, say) for match, (_, say) in zip(coming, rules, strict=True) if match is not None),
            key=lambda pair: pair[0].start(),
            default=(None, ""),
        )
        if found is None:
            return "".join([*said, text[at:]])
        said += [text[at : found.start()], say if isinstance(say, str) else say(found)]
        at = found.end()


def is_spelled(letters: str) -> bool:
    """Capitals that are said letter by letter: GTX, USB; not NASA, SALE or Pro."""
    return letters.isupper() and (letters in SPELLED or len(letters) == 1 or not _VOWELS & set(letters))


def spelled(letters: str) -> str:
    return " ".join(letters.upper())


def sayable_name(name: str) -> str:
    """A viewer's name without digits and underscores; empty when nothing readable is left."""
    words = re.sub(r"[\W\d_]+", " ", unicodedata.normalize("NFKC", name)).strip()
    is_han = any("㐀" <= c <= "鿿" for c in words)
    return words if 2 <= len(words) <= 24 or is_han else ""
