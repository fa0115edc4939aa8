"""The one door into the core: events in the order they came, each stamped, chat bounded."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from dataclasses import dataclass

from livehost.clock import SessionClock
from livehost.events import ChatDropped, ChatReceived, Envelope, Event

_CHAT_MOST = 5000  # chat lines that may wait; what else happens always gets in


@dataclass
class InboxStatistics:
    taken: int = 0
    dropped: int = 0
    longest: int = 0


class Inbox:
    """`put` belongs to the loop's thread. Chat beyond the bound is dropped, newest first, and told as ChatDropped."""

    def __init__(self, clock: SessionClock) -> None:
        self.statistics = InboxStatistics()
        self._clock = clock
        self._waiting: deque[Envelope] = deque()
        self._chat_waiting = 0
        self._dropped: Counter[str] = Counter()
        self._arrived = asyncio.Event()
        self._drained = asyncio.Event()
        self._seq = 0

    def put(self, event: Event) -> None:
        if isinstance(event, ChatReceived):
            if self._chat_waiting >= _CHAT_MOST:
                self._dropped[event.source] += 1
                self.statistics.dropped += 1
                return
            self._chat_waiting += 1
        self._stamp(event)

    async def get(self) -> Envelope:
        while not self._waiting:
            self._arrived.clear()
            self._drained.set()
            await self._arrived.wait()
        envelope = self._waiting.popleft()
        if isinstance(envelope.event, ChatReceived):
            self._chat_waiting -= 1
        if self._dropped and self._chat_waiting < _CHAT_MOST // 2:
            self._tell_dropped()
        self.statistics.taken += 1
        return envelope

    @property
    def empty(self) -> bool:
        return not self._waiting

    async def drained(self) -> None:
        """Returns when all that was put so far has gone through the core."""
        await self._drained.wait()

    def _stamp(self, event: Event) -> None:
        self._seq += 1
        self._drained.clear()
        self._waiting.append(Envelope(self._seq, self._clock.now_ms(), event))
        self.statistics.longest = max(self.statistics.longest, len(self._waiting))
        self._arrived.set()

    def _tell_dropped(self) -> None:
        dropped, self._dropped = self._dropped, Counter()
        for source, count in dropped.items():
            self._stamp(ChatDropped(source, count, "more lines than could be read"))
