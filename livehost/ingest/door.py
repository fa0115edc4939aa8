"""What every connector does with a raw line: decode it, drop what came twice or too often, and tell of what was dropped."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable

from livehost import events
from livehost.chat import ChatLine
from livehost.clock import SessionClock
from livehost.events import Event
from livehost.ingest.limits import Gone, Seen, ViewerLimit
from livehost.ingest.lines import BadLine, cleaned, decode

Put = Callable[[Event], None]
_TELL_EVERY_MS = 1000
_DATES_MS = 100_000_000_000  # milliseconds since 1970 are more
EARLY_MS = 3_000  # a line from just before the start is still worth an answer
_WRONG_MS = 120_000  # so much off, this computer's clock or its time zone is wrong
_SAID_MOST, _SAME = 50, 150  # posts that are known again, by so many characters
_BOTS = frozenset({
    "nightbot", "streamelements", "streamlabs", "moobot", "fossabot", "wizebot", "soundalerts", "stay_hydrated_bot",
    "botrix", "commanderroot", "sery_bot", "kofistreambot", "streamlootsbot", "restreambot", "tangiabot",
    "pokemoncommunitygame", "官方小助手",
})  # fmt: skip


class Door:
    """`history_ms`: what a platform says to be older than the session by more is left aside; None: nothing is."""

    def __init__(
        self, source: str, clock: SessionClock, put: Put, *, ignore: Iterable[str] = (), history_ms: int | None = None
    ) -> None:
        self._source = source
        self._clock = clock
        self._put = put
        self._limit = ViewerLimit()
        self._seen = Seen()
        self._gone = Gone()
        self._dropped: Counter[str] = Counter()
        self._told_ms = -_TELL_EVERY_MS
        self._bad_told = False
        self._ignored = _BOTS | {name.lower() for name in ignore}
        self._own: set[str] = set()
        self._said: deque[str] = deque(maxlen=_SAID_MOST)
        self._history_ms = history_ms
        self._skew_ms = 0
        self._clock_told = False

    def leave_out(self, *own: str) -> None:
        """Ids and names that are the co-host's own."""
        self._own |= {name.lower() for name in own if name}

    def said(self, text: str) -> None:
        """What the co-host is about to post: where it posts as the host, only the words tell it from the host."""
        self._said.append(text[:_SAME])

    def server_says(self, epoch_ms: int) -> None:
        """The platform's own time now: its clock and ours may differ."""
        self._skew_ms = epoch_ms - self._clock.epoch_ms()
        wrong = abs(self._skew_ms) > _WRONG_MS
        if wrong != self._clock_told:
            self._clock_told = wrong
            way = "ahead of" if self._skew_ms < 0 else "behind"
            words = f"this computer's clock is {abs(self._skew_ms) / 60_000:.0f} minutes {way} the platform's"
            state: events.PartState = "degraded" if wrong else "ok"
            self._put(events.PartChanged(f"clock by {self._source}", state, words if wrong else ""))

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
            if reason := self._unwanted(line):
                self._drop(reason)
            elif not self._seen.is_new(line):
                self._drop("came twice")
            elif not self._limit.allows(line, self._clock.now_ms()):
                self._drop("one viewer wrote too much")
            else:
                self._put(events.ChatReceived(self._source, line))

    def unknown(self) -> None:
        """A frame that no line was made of, though it is no frame of the platform's own housekeeping."""
        self._drop("not understood")

    def close(self) -> None:
        self._tell()

    def _unwanted(self, line: ChatLine) -> str:
        """Why a line is left aside, or nothing. What was deleted and who was banned always counts."""
        if line.type in ("deleted", "banned"):
            self._gone.note(line, self._clock.now_ms())
            return ""
        name = line.user.name.lower()
        if line.type != "message":
            return "from before the start" if self._is_history(line) else ""
        if name in self._own or line.user.id.lower() in self._own or line.text[:_SAME] in self._said:
            return "its own words"
        if name in self._ignored or "bot" in line.user.roles:
            return "a bot's line"
        if self._gone.has(line, self._clock.now_ms()):
            return "deleted before it came"
        return "from before the start" if self._is_history(line) else ""

    def _is_history(self, line: ChatLine) -> bool:
        """A moment that is no date (a relay's own count, or none) says nothing of that."""
        if self._history_ms is None:
            return False
        return _DATES_MS < line.at_ms < self._clock.began_epoch_ms + self._skew_ms - self._history_ms

    def _drop(self, reason: str) -> None:
        self._dropped[reason] += 1
        if self._clock.now_ms() - self._told_ms >= _TELL_EVERY_MS:
            self._tell()

    def _tell(self) -> None:
        self._told_ms = self._clock.now_ms()
        dropped, self._dropped = self._dropped, Counter()
        for reason, count in dropped.items():
            self._put(events.ChatDropped(self._source, count, reason))
