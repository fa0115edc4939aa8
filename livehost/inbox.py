"""The one door into the core: each event stamped, chat bounded and behind whatever else happens.

people, host, sound, results ─▶ ▤            stamped when they come ─┐
chat                         ─▶ ▤▤▤▤▤▤▤ …  stamped when their turn comes ─┴▶ core
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass

from livehost.clock import SessionClock
from livehost.events import ChatDropped, ChatReceived, Envelope, Event, SessionEnded

_CHAT_MOST = 5000  # chat lines that may wait; what else happens always gets in


@dataclass
class InboxStatistics:
    taken: int = 0
    dropped: int = 0
    longest: int = 0
    chat_waited_ms: int = 0  # the longest that a line waited for its turn


class Inbox:
    """Numbers go on `behind` the ones that are recorded; a line that `came` before is passed over.

    `put` belongs to the loop's thread. Chat beyond the bound is dropped, newest first, and told as ChatDropped.

    A flood of chat delays nothing but chat. Stamps never go back: what is not chat leaves before any chat that waits.
    """

    def __init__(
        self, clock: SessionClock, behind: int = 0, came: Callable[[ChatReceived], bool] = lambda _: False
    ) -> None:
        self.statistics = InboxStatistics()
        self._clock = clock
        self._came = came
        self._waiting: deque[tuple[int, Event]] = deque()
        self._chat: deque[tuple[int, Event]] = deque()
        self._dropped: Counter[str] = Counter()
        self._arrived = asyncio.Event()
        self._drained = asyncio.Event()
        self._seq = behind

    def put(self, event: Event) -> None:
        if isinstance(event, ChatReceived) and self._came(event):
            return
        if isinstance(event, ChatReceived) and len(self._chat) >= _CHAT_MOST:
            self._dropped[event.source] += 1
            self.statistics.dropped += 1
            return
        # The end comes behind the lines that came before it.
        lane = self._chat if isinstance(event, ChatReceived | SessionEnded) else self._waiting
        lane.append((self._clock.now_ms(), event))
        self._drained.clear()
        self.statistics.longest = max(self.statistics.longest, len(self._waiting) + len(self._chat))
        self._arrived.set()

    async def get(self) -> Envelope:
        while self.empty:
            self._arrived.clear()
            self._drained.set()
            await self._arrived.wait()
        envelope = self._urgent() if self._waiting else self._line()
        self.statistics.taken += 1
        return envelope

    @property
    def empty(self) -> bool:
        return not self._waiting and not self._chat

    async def drained(self) -> None:
        """Returns when all that was put so far has gone through the core."""
        await self._drained.wait()

    def _urgent(self) -> Envelope:
        at_ms, event = self._waiting.popleft()
        return self._stamped(at_ms, event)

    def _line(self) -> Envelope:
        came_ms, event = self._chat.popleft()
        at_ms = self._clock.now_ms()
        self.statistics.chat_waited_ms = max(self.statistics.chat_waited_ms, at_ms - came_ms)
        if self._dropped and len(self._chat) < _CHAT_MOST // 2:
            self._tell_dropped()
        return self._stamped(at_ms, event)

    def _stamped(self, at_ms: int, event: Event) -> Envelope:
        self._seq += 1
        return Envelope(self._seq, at_ms, event)

    def _tell_dropped(self) -> None:
        dropped, self._dropped = self._dropped, Counter()
        for source, count in dropped.items():
            self.put(ChatDropped(source, count, "more lines than could be read"))
