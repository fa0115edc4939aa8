"""What every connector does with a raw line: decode it, drop what came twice or too often, and tell of what was dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from livehost import events
from livehost.chat import ChatLine
from livehost.clock import SessionClock
from livehost.events import Event
from livehost.ingest.limits import Seen, ViewerLimit
from livehost.ingest.lines import BadLine, cleaned, decode

Put = Callable[[Event], None]
_TELL_EVERY_MS = 1000


class Door:
    def __init__(self, source: str, clock: SessionClock, put: Put) -> None:
        self._source = source
        self._clock = clock
        self._put = put
        self._limit = ViewerLimit()
        self._seen = Seen()
        self._dropped: Counter[str] = Counter()
        self._told_ms = -_TELL_EVERY_MS
        self._bad_told = False

    def take(self, raw: bytes | str, where: str = "") -> None:
        """One raw line, wherever it came from; a bad one is counted, and the first one is told with its place."""
        try:
            lines = decode(raw)
        except BadLine as trouble:
            self._drop("not a chat line")
            if not self._bad_told:
                self._bad_told = True
                self._put(events.PartChanged(self._source, "degraded", f"{where}not a chat line: {trouble}"))
            return
        self.give(lines)

    def give(self, lines: Iterable[ChatLine]) -> None:
        """Lines that a platform's decoder made of a frame."""
        for line in map(cleaned, lines):
            if not self._seen.is_new(line):
                self._drop("came twice")
            elif not self._limit.allows(line, self._clock.now_ms()):
                self._drop("one viewer wrote too much")
            else:
                self._put(events.ChatReceived(self._source, line))

    def close(self) -> None:
        self._tell()

    def _drop(self, reason: str) -> None:
        self._dropped[reason] += 1
        if self._clock.now_ms() - self._told_ms >= _TELL_EVERY_MS:
            self._tell()

    def _tell(self) -> None:
        self._told_ms = self._clock.now_ms()
        dropped, self._dropped = self._dropped, Counter()
        for reason, count in dropped.items():
            self._put(events.ChatDropped(self._source, count, reason))
