"""Carries out Recall and Forget, and writes the session's sums at its end."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from livehost import events
from livehost.clock import SessionClock
from livehost.commands import Command, Forget, Recall
from livehost.events import Envelope, Event
from livehost.memory.notes import Notes
from livehost.memory.store import Store
from livehost.workers import Worker

_LIMIT_MS = 5_000
_FORGET_LIMIT_MS = 60_000
PART = "memory"

Put = Callable[[Event], None]


class Memory:
    """`today` is the day of the session's start."""

    def __init__(self, store: Store, clock: SessionClock, session: str, today: date, keep_days: int) -> None:
        self._store = store
        self._worker = Worker("memory", clock)
        self._notes = Notes()
        self._session = session
        self._today = today
        self._keep_days = keep_days

    def step(self, envelope: Envelope, wishes: Sequence[Command]) -> None:
        """A watcher of the session."""
        self._notes.step(envelope, wishes)

    async def run(self, put: Put) -> None:
        """Lets go of what is too old, then waits until it is cancelled."""
        before = (self._today - timedelta(days=self._keep_days)).isoformat()
        try:
            await self._worker.run(lambda: self._store.expire(before), _FORGET_LIMIT_MS)
        except (TimeoutError, OSError, sqlite3.Error) as trouble:
            put(events.PartChanged(PART, "degraded", f"old memories are still there: {trouble}"))
        await asyncio.Event().wait()

    async def recall(self, wish: Recall, put: Put) -> None:
        try:
            found, _ = await self._worker.run(lambda: self._store.recall(wish.platform, wish.user), _LIMIT_MS)
        except (TimeoutError, OSError, sqlite3.Error):
            return  # nobody waits for it
        if found.visits:
            days = (self._today - date.fromisoformat(found.last_day)).days
            put(events.Recalled(wish.platform, wish.user, found.visits, days))

    async def forget(self, wish: Forget, put: Put) -> None:
        """Always told, so that the viewer hears of it."""
        self._notes.forget(wish.platform, wish.user)
        try:
            await self._worker.run(lambda: self._store.forget(wish.platform, wish.user), _FORGET_LIMIT_MS)
        except (TimeoutError, OSError, sqlite3.Error) as trouble:
            put(events.ForgetFailed(wish.platform, wish.user, str(trouble) or "took too long"))
        else:
            put(events.Forgotten(wish.platform, wish.user))

    def keep(self) -> None:
        """Writes what the session leaves; raises OSError or sqlite3.Error."""
        day = self._today.isoformat()
        self._store.keep(self._notes.viewers(day), self._notes.room(self._session, day))

    def close(self) -> None:
        self._worker.close()
