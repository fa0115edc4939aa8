"""How long a worker may hold its rooms without having been heard by the supervisor."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from livehost.clock import awake_and_asleep_ms
from livehost.commands import Command
from livehost.events import Envelope
from livehost.fleet.ledger import LEASE_SECONDS


class Lapsed(Exception):
    """The lease is over: the room may be another worker's by now."""


class Lease:
    """Counts from when the beat was sent that was answered; a machine that slept meanwhile has lost it."""

    def __init__(self, now_ms: Callable[[], int] = awake_and_asleep_ms) -> None:
        self.now_ms = now_ms
        self._until_ms = 0

    def renew(self, sent_ms: int) -> None:
        self._until_ms = max(self._until_ms, sent_ms + round(1000 * LEASE_SECONDS))

    @property
    def holds(self) -> bool:
        return self.now_ms() < self._until_ms

    def check(self, envelope: Envelope, wishes: Sequence[Command]) -> None:
        """A watcher of sessions, before the one that records; raises Lapsed."""
        if not self.holds:
            raise Lapsed
