"""Whether the show is on air, by the creator's hours; always, where none are given."""

from __future__ import annotations

from datetime import datetime, timedelta

from livehost.decide.modes import Conduct
from livehost.hours import Hours, next_change, next_show, on_air, read_hours

_MS = timedelta(milliseconds=1)


class Air:
    """`started_at` is what the clock on the wall showed at 0; None in a recording that does not tell."""

    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct
        self.started_at: datetime | None = None
        self._known: tuple[datetime | None, tuple[str, ...], int] = (None, (), 0)  # what `_on` was reckoned from
        self._hours: list[Hours] = []
        self._on = True
        self._until_ms = 0  # 0: for ever

    def wall(self, at_ms: int) -> datetime | None:
        return self.started_at + timedelta(milliseconds=at_ms) if self.started_at else None

    def on(self, at_ms: int) -> bool:
        self._reckon(at_ms)
        return self._on

    def until_ms(self, at_ms: int) -> int:
        """When that changes; 0: never."""
        self._reckon(at_ms)
        return self._until_ms

    def next_show(self, at_ms: int) -> datetime | None:
        self._reckon(at_ms)
        now = self.wall(at_ms)
        return next_show(self._hours, now) if now else None

    def _reckon(self, at_ms: int) -> None:
        """Anew when the hours are others, or over."""
        wanted = self._conduct.creator.on_air
        since, hours, from_ms = self._known
        stands = since is self.started_at and hours == wanted and at_ms >= from_ms
        if stands and not 0 < self._until_ms <= at_ms:
            return
        self._known = (self.started_at, wanted, at_ms)
        self._hours = [read_hours(text) for text in wanted]
        now = self.wall(at_ms)
        if now is None or not self._hours:
            self._on, self._until_ms = True, 0
            return
        changes = next_change(self._hours, now)
        self._on = on_air(self._hours, now)
        self._until_ms = at_ms + -(-(changes - now) // _MS) if changes else 0
