"""What a model may cost, and when it is left alone: tokens by hour and session, and a circuit breaker. Pure."""

from __future__ import annotations

from collections import deque

_HOUR_MS, _MINUTE_MS = 3_600_000, 60_000
_FAILURES = 3  # in a row, before an endpoint is left alone
_REST_FIRST_MS, _REST_LONGEST_MS = 15_000, 300_000


class Budget:
    """Tokens; 0: no bound."""

    def __init__(self, per_hour: int, per_session: int) -> None:
        self._per_hour, self._per_session = per_hour, per_session
        self._spent: deque[tuple[int, int]] = deque()
        self.session = 0

    def spend(self, at_ms: int, tokens: int) -> None:
        """By the minute, so that a stream of small pieces stays small."""
        minute_ms = at_ms - at_ms % _MINUTE_MS
        if self._spent and self._spent[-1][0] == minute_ms:
            tokens_before = self._spent.pop()[1]
            self._spent.append((minute_ms, tokens_before + tokens))
        else:
            self._spent.append((minute_ms, tokens))
        self.session += tokens

    def hour(self, at_ms: int) -> int:
        while self._spent and at_ms - self._spent[0][0] >= _HOUR_MS:
            self._spent.popleft()
        return sum(tokens for _, tokens in self._spent)

    def used_up(self, at_ms: int) -> str:
        """Which bound is reached, in words; empty: none."""
        if self._per_session and self.session >= self._per_session:
            return f"the session's {self._per_session} tokens are used up"
        if self._per_hour and self.hour(at_ms) >= self._per_hour:
            return f"the hour's {self._per_hour} tokens are used up"
        return ""


class Breaker:
    """CLOSED ──failures in a row──▶ OPEN ──rest over──▶ HALF-OPEN (one try) ──▶ CLOSED or, for twice as long, OPEN."""

    def __init__(self) -> None:
        self._failures = 0
        self._rest_ms = _REST_FIRST_MS
        self._open_until_ms = -1

    def lets(self, at_ms: int) -> bool:
        return at_ms >= self._open_until_ms

    def succeeded(self) -> None:
        self._failures, self._rest_ms, self._open_until_ms = 0, _REST_FIRST_MS, -1

    def failed(self, at_ms: int) -> None:
        self._failures += 1
        if self._failures >= _FAILURES or self._rest_ms > _REST_FIRST_MS:
            self._open_until_ms = at_ms + self._rest_ms
            self._rest_ms = min(2 * self._rest_ms, _REST_LONGEST_MS)
            self._failures = 0
