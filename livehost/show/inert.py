"""Text that somebody else wrote, made harmless for a page."""

from __future__ import annotations

import unicodedata


def inert(text: str, most: int = 500) -> str:
    """Viewers' text without what turns the reading direction or hides between letters; the page sets it as text alone."""
    return "".join(c for c in text[:most] if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))
