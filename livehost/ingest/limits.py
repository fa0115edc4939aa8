"""How much one viewer may write before lines are passed over. Pure: time is an argument."""

from __future__ import annotations

from collections import OrderedDict

from livehost.chat import ChatLine

_VIEWERS_MOST = 20_000


class ViewerLimit:
    """A token bucket per viewer; only messages count, and who has neither id nor a name of their own is never limited."""

    def __init__(self, burst: int = 6, per_second: float = 1.0) -> None:
        self._burst = burst
        self._per_second = per_second
        self._buckets: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def allows(self, line: ChatLine, at_ms: int) -> bool:
        key = line.user.id or line.user.name
        if line.type != "message" or not key or (not line.user.id and "***" in key):  # masked: shared by many
            return True
        key = f"{line.platform}/{key}"
        tokens, since_ms = self._buckets.pop(key, (float(self._burst), at_ms))
        tokens = min(self._burst, tokens + (at_ms - since_ms) / 1000 * self._per_second)
        allowed = tokens >= 1
        self._buckets[key] = (tokens - allowed, at_ms)
        if len(self._buckets) > _VIEWERS_MOST:
            self._buckets.popitem(last=False)
        return allowed


class Seen:
    """Ids of lines that came already, the latest of them."""

    def __init__(self, most: int = 20_000) -> None:
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._most = most

    def is_new(self, line: ChatLine) -> bool:
        if not line.id or line.type == "deleted":
            return True
        key = f"{line.platform}/{line.type}/{line.id}"
        if key in self._ids:
            return False
        self._ids[key] = None
        if len(self._ids) > self._most:
            self._ids.popitem(last=False)
        return True


class Gone:
    """Lines that were deleted and viewers who were banned, the latest of them: what a platform delivers late, behind its own
    deletion, is no question any more."""

    def __init__(self, most: int = 2_000, banned_ms: int = 5_000) -> None:
        self._lines: OrderedDict[str, None] = OrderedDict()
        self._banned: OrderedDict[str, int] = OrderedDict()  # viewer → when; who may come back writes again afterwards
        self._most = most
        self._banned_ms = banned_ms

    def note(self, line: ChatLine, at_ms: int) -> None:
        if line.type == "deleted" and line.target_id:
            self._lines[f"{line.platform}/{line.target_id}"] = None
        elif line.type == "banned" and line.target_user:
            self._banned[f"{line.platform}/{line.target_user}"] = at_ms
        for kept in (self._lines, self._banned):
            if len(kept) > self._most:
                kept.popitem(last=False)

    def has(self, line: ChatLine, at_ms: int) -> bool:
        if line.id and f"{line.platform}/{line.id}" in self._lines:
            return True
        banned_ms = self._banned.get(f"{line.platform}/{line.user.id}") if line.user.id else None
        return banned_ms is not None and at_ms - banned_ms < self._banned_ms
