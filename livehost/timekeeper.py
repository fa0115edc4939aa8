"""Tells when this computer stood still, slept, or had its clock or its time zone set.

The session's own clock runs on whatever the wall clock does. It stands while the computer sleeps, and is put forward by as much
afterwards, so that what was asked before is known to be old.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from livehost.clock import Reading, SessionClock, reading
from livehost.events import PartChanged
from livehost.hands import Put

_LOOK_MS = 500
_STILL_MS = 3_000  # a look that comes so late is told
_SET_MS = 2_000
_TOLD_MS = 20_000  # it stays on the list of what works for so long


@dataclass(frozen=True)
class Found:
    """`part` is what it is listed under."""

    part: Literal["computer", "clock"]
    detail: str
    slept_ms: int = 0


def compare(before: Reading, now: Reading) -> list[Found]:
    """What happened between two looks that should be `_LOOK_MS` apart."""
    found = []
    ran, slept = now.running_ms - before.running_ms, 0
    if now.awake_and_asleep_ms is not None and before.awake_and_asleep_ms is not None:
        slept = now.awake_and_asleep_ms - before.awake_and_asleep_ms - ran
    if slept > _STILL_MS:
        found.append(Found("computer", f"it slept for {_seconds(slept)} s", slept))
    elif ran - _LOOK_MS > _STILL_MS:
        found.append(Found("computer", f"the session stood still for {_seconds(ran - _LOOK_MS)} s"))
    set_by = now.wall_ms - before.wall_ms - ran - max(0, slept)
    if abs(set_by) > _SET_MS:
        way = "forward" if set_by > 0 else "back"
        found.append(Found("clock", f"it was set {_seconds(abs(set_by))} s {way}; the session counts on as before"))
    if now.zone_seconds != before.zone_seconds:
        zones = f"{_zone(before.zone_seconds)} to {_zone(now.zone_seconds)}"
        found.append(Found("clock", f"the time zone went from {zones}; the session counts on as before"))
    return found


class Timekeeper:
    def __init__(self, clock: SessionClock) -> None:
        self._clock = clock
        self._until_ms: dict[str, int] = {}

    async def run(self, put: Put) -> None:
        """Until it is cancelled."""
        before = reading()
        while True:
            await self._clock.sleep_until_ms(self._clock.now_ms() + _LOOK_MS)
            now = reading()
            self.look(compare(before, now), put)
            before = now

    def look(self, found: list[Found], put: Put) -> None:
        for one in found:
            self._clock.put_forward(one.slept_ms)
            self._until_ms[one.part] = self._clock.now_ms() + _TOLD_MS
            put(PartChanged(one.part, "degraded", one.detail))
        for part in [part for part, until_ms in self._until_ms.items() if self._clock.now_ms() >= until_ms]:
            del self._until_ms[part]
            put(PartChanged(part, "ok"))


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.0f}"


def _zone(seconds: int) -> str:
    sign, minutes = "-" if seconds < 0 else "+", abs(seconds) // 60
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}"
