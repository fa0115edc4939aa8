"""Comments below videos, as all platforms have them: threads that are asked for now and then, and grow.

  newest threads ─▶ those that are new or have grown ─▶ so many at once as may be answered ─▶ frames ─▶ wait ─▶ newest threads …

A thread's comments up to the creator's last own one are answered already: what runs on several evenings answers none twice.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Annotated, Any, NamedTuple, Protocol, TypeVar

import msgspec

from livehost.clock import SessionClock
from livehost.ingest.room import Room

T = TypeVar("T")
_KNOWN_MOST = 5000


class Thread(NamedTuple):
    """As the platform lists it: how many comments it has, when the latest that is shown was written, and what else it says."""

    id: str
    size: int
    latest_ms: int
    shown: Any


class Grown:
    """Which threads have comments that were not read yet. Pure."""

    def __init__(self) -> None:
        self._sizes: OrderedDict[str, int] = OrderedDict()

    def of(self, threads: Iterable[Thread], most: int, since_ms: int) -> list[Thread]:
        """The oldest first, `most` of them; the others are new the next time, too. Where one is met that was silent since
        `since_ms`, only what comes later counts."""
        new: list[Thread] = []
        for thread in threads:
            known = self._sizes.get(thread.id)
            if known is None and thread.latest_ms < since_ms:
                self._note(thread)
            elif thread.size > (known or 0):
                new.append(thread)
        taken = new[::-1][:most]
        for thread in taken:
            self._note(thread)
        return taken

    def _note(self, thread: Thread) -> None:
        self._sizes[thread.id] = thread.size
        self._sizes.move_to_end(thread.id)
        if len(self._sizes) > _KNOWN_MOST:
            self._sizes.popitem(last=False)


class Listing(Protocol):
    """Where the threads are."""

    async def newest(self) -> list[Thread]:
        """The latest first."""
        ...

    async def whole(self, thread: Thread) -> str:
        """A frame with all comments of a thread."""
        ...


class Every(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`hours`: comments that old are still answered when it starts."""

    hours: Annotated[float, msgspec.Meta(ge=0)] = 24.0
    every_seconds: Annotated[float, msgspec.Meta(ge=15)] = 60.0

    @property
    def ms(self) -> int:
        return round(self.every_seconds * 1000)

    @property
    def history_ms(self) -> int:
        return round(self.hours * 3_600_000)


async def watch(room: Room, clock: SessionClock, listing: Listing, grown: Grown, every: Every) -> None:
    """For ever. At most as many threads are read a minute as may be answered."""
    room.silent_ms = 2 * every.ms + 60_000
    most = max(1, room.per_minute * every.ms // 60_000)
    while True:
        since_ms = clock.epoch_ms() - every.history_ms
        for thread in grown.of(await listing.newest(), most, since_ms):
            room.frame(await listing.whole(thread))
        room.alive()
        await clock.sleep_until_ms(clock.now_ms() + every.ms)


def unanswered(comments: Iterable[T], is_creators: Callable[[T], bool]) -> list[T]:
    """Those behind the creator's last own word, in the order of their times."""
    left: list[T] = []
    for comment in comments:
        if is_creators(comment):
            left.clear()
        else:
            left.append(comment)
    return left
