"""How much was spoken lately, and to whom: the budget of seconds a minute, the viewers' cool-down, the turns each had."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection

from livehost.settings import Floor

_MINUTE_MS = 60_000
_TURNS_MS = 300_000  # how long a turn counts against the next one
_MANY = 1000


class Rations:
    def __init__(self, floor: Floor) -> None:
        self.bound(floor)
        self._spent: deque[tuple[int, int]] = deque()  # at_ms, heard_ms
        self._turns: deque[tuple[int, tuple[str, ...], tuple[str, ...]]] = deque()  # at_ms, viewers, platforms
        self._had: Counter[str] = Counter()  # viewer → turns
        self._last_ms: dict[str, int] = {}  # viewer → the latest turn
        self._of_platform: Counter[str] = Counter()

    def bound(self, floor: Floor) -> None:
        self._budget_ms = round(floor.spoken_per_minute * 1000)
        self._cooldown_ms = round(floor.viewer_cooldown_seconds * 1000)

    def spend(self, at_ms: int, heard_ms: int) -> None:
        while self._spent and at_ms - self._spent[0][0] >= _MINUTE_MS:
            self._spent.popleft()
        self._spent.append((at_ms, heard_ms))

    def serve(self, at_ms: int, viewers: Collection[str], platforms: Collection[str]) -> None:
        """These viewers have their answer."""
        while self._turns and at_ms - self._turns[0][0] > _TURNS_MS:
            self._forget(*self._turns.popleft()[1:])
        self._turns.append((at_ms, tuple(viewers), tuple(platforms)))
        self._had.update(viewers)
        self._of_platform.update(platforms)
        self._last_ms.update(dict.fromkeys(viewers, at_ms))

    def opens_at_ms(self, at_ms: int) -> int:
        """When there is time again; `at_ms` itself, or before, while there is."""
        if not self._budget_ms:
            return at_ms
        recent = [(spent_at_ms, heard_ms) for spent_at_ms, heard_ms in self._spent if at_ms - spent_at_ms < _MINUTE_MS]
        left_ms = self._budget_ms - sum(heard_ms for _, heard_ms in recent)
        for spent_at_ms, heard_ms in recent:
            if left_ms > 0:
                break
            left_ms += heard_ms
            at_ms = spent_at_ms + _MINUTE_MS
        return at_ms

    def cooled_at_ms(self, viewers: Collection[str]) -> int:
        """When at least one of them may be answered aloud again; 0: now."""
        soonest_ms = -1
        for viewer in viewers:
            last_ms = self._last_ms.get(viewer)
            if last_ms is None:
                return 0
            soonest_ms = last_ms if soonest_ms < 0 else min(soonest_ms, last_ms)
        return 0 if soonest_ms < 0 else soonest_ms + self._cooldown_ms

    def turns_of(self, viewers: Collection[str]) -> int:
        """Of the one among them who had the fewest."""
        fewest = _MANY
        for viewer in viewers:
            fewest = min(fewest, self._had.get(viewer, 0))
            if not fewest:
                return 0
        return fewest if viewers else 0

    def lead_of(self, platforms: Collection[str]) -> int:
        """How many more turns the best served of these platforms had than the one that had the fewest of all."""
        fewest = min(self._of_platform.values(), default=0)
        return max((self._of_platform.get(platform, 0) for platform in platforms), default=0) - fewest

    def _forget(self, viewers: tuple[str, ...], platforms: tuple[str, ...]) -> None:
        for viewer in viewers:
            self._had[viewer] -= 1
            if not self._had[viewer]:
                del self._had[viewer], self._last_ms[viewer]
        for platform in platforms:
            self._of_platform[platform] -= 1
            if not self._of_platform[platform]:
                del self._of_platform[platform]
