"""What a platform takes: how long a line may be, how many of them, and whether links may be in them. Pure."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

_LINK = re.compile(r"https?://\S+")
_END = re.compile(r"[.!?。！？…](?=\s|$|[一-鿿])")


@dataclass(frozen=True)
class Limits:
    """`per_window` lines in any `window_ms`, `least_apart_ms` between two; `characters` as the platform counts them."""

    characters: int = 500
    per_window: int = 20
    window_ms: int = 30_000
    least_apart_ms: int = 0
    links: bool = True
    open: bool = True  # whether anybody may post at all
    instead: str = ""  # what can be done where nobody may


class Window:
    """A sliding window: when a platform refills its bucket is not known, so no moment of a full one is trusted."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._at_ms: deque[int] = deque(maxlen=limits.per_window)

    def wait_ms(self, now_ms: int) -> int:
        """0 when a line may go out now."""
        if not self._at_ms:
            return 0
        wait_ms = self._at_ms[-1] + self._limits.least_apart_ms - now_ms
        if len(self._at_ms) == self._limits.per_window:
            wait_ms = max(wait_ms, self._at_ms[0] + self._limits.window_ms - now_ms)
        return max(0, wait_ms)

    def take(self, now_ms: int) -> None:
        self._at_ms.append(now_ms)


def fitted(text: str, limits: Limits) -> str:
    """The line as the platform takes it: whole sentences and the whole link where they fit, cut at a word where not."""
    text = " ".join(text.split())
    if not limits.links:
        text = " ".join(_LINK.sub(" ", text).split())
    if len(text) <= limits.characters:
        return text
    link = found[-1] if (found := _LINK.findall(text)) and len(found[-1]) < limits.characters else ""
    words = " ".join(_LINK.sub(" ", text).split())
    room = limits.characters - (len(link) + 1 if link else 0)
    return f"{_shortened(words, room)} {link}".strip()


def same_link(text: str, said: str) -> bool:
    """Whether the last link of a line is still in what was made of it."""
    found = _LINK.findall(text)
    return not found or found[-1] in said


def _shortened(words: str, room: int) -> str:
    if len(words) <= room:
        return words
    ends = [found.end() for found in _END.finditer(words[:room])]
    if ends and ends[-1] > room // 3:
        return words[: ends[-1]]
    cut = words[: max(0, room - 1)]
    return (cut[: cut.rfind(" ")] if " " in cut[room // 2 :] else cut) + "…" * (room > 0)
