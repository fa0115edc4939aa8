"""How long to wait before the next try. Pure: the jitter comes from the session's seed.

failures   1     2     3     4  …          the server said "in 30 s"
wait      ~1 s  ~2 s  ~4 s  ~8 s … 60 s    30-33 s
"""

from __future__ import annotations

from zlib import crc32

_FIRST_MS, _LONGEST_MS = 1_000, 60_000
_STEADY_MS = 10_000  # a connection that lasted so long begins the row anew
_MOST_FAILURES = 30


class BackOff:
    """Doubles with every failure, half of it by chance, so that many clients do not come back at one moment."""

    def __init__(self, seed: int, name: str, first_ms: int = _FIRST_MS, longest_ms: int = _LONGEST_MS) -> None:
        self._key = f"{seed}/{name}"
        self._first_ms = first_ms
        self._longest_ms = longest_ms
        self._failures = 0
        self._drawn = 0

    def lasted(self, ms: int) -> None:
        """A connection was there for so long."""
        if ms >= _STEADY_MS:
            self._failures = 0

    def next_ms(self, server_says_ms: int = 0) -> int:
        """`server_says_ms`: its own time for a retry, which is never undercut."""
        self._failures = min(self._failures + 1, _MOST_FAILURES)
        by_chance = self._chance()
        if server_says_ms:
            return round(server_says_ms * (1 + by_chance / 10))
        whole = min(self._longest_ms, self._first_ms << (self._failures - 1))
        return round(whole / 2 + whole / 2 * by_chance)

    def _chance(self) -> float:
        """0-1, the same row for the same seed and name."""
        self._drawn += 1
        return crc32(f"{self._key}/{self._drawn}".encode()) / 2**32
