"""What waits to be answered: one item per question, however many ask it; bounded, fading, every drop with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from livehost.decision import Decision
from livehost.meaning import Meaning
from livehost.settings import Floor

Standing = Literal["held", "waiting", "planned", "over"]


@dataclass
class Asker:
    source: str
    line_id: str
    user_id: str

    def is_of(self, line_id: str, user_id: str) -> bool:
        """Whether it is that line, or any line of that viewer; empty: nobody's."""
        return bool(line_id and self.line_id == line_id) or bool(user_id and self.user_id == user_id)


@dataclass
class Item:
    """One question with its askers. `key` says which questions are the same."""

    number: int
    key: str
    decision: Decision
    first_ms: int
    last_ms: int
    standing: Standing
    askers: list[Asker] = field(default_factory=list)
    attempts: int = 0  # times it was begun and not finished
    posted: bool = False
    doubted: bool = False  # held since the host said otherwise
    silent: bool = False  # to be answered in text alone
    pinned: bool = False  # does not grow old, and is not dropped for others
    front: int = 0  # put in front by a person; the latest is the foremost
    over_ms: int = 0

    @property
    def worth(self) -> tuple[int, int, int]:
        """What a person put in front, then more askers, then who asked first."""
        return (self.front, len(self.askers), -self.first_ms)


def key_of(meaning: Meaning) -> str:
    """Questions with the same key are one item, whatever their words."""
    if meaning.rivals:
        return f"which:{'/'.join(meaning.rivals)}:{meaning.field}"
    if meaning.faq:
        return f"faq:{meaning.faq}"
    if meaning.field:
        return f"field:{meaning.product_id}:{meaning.field}:{meaning.value}"
    return f"text:{meaning.text.casefold()}"


class WaitingList:
    """Holds at most `most` items that still wait or are held, and remembers those that are over for the cool-down."""

    def __init__(self, floor: Floor) -> None:
        self.bound(floor)
        self._items: dict[int, Item] = {}
        self._by_key: dict[str, Item] = {}
        self._count = 0

    def bound(self, floor: Floor) -> None:
        self._most = floor.waiting_max
        self._expire_ms = round(floor.expire_seconds * 1000)
        self._cooldown_ms = round(floor.cooldown_seconds * 1000)

    def find(self, key: str, at_ms: int) -> Item | None:
        """The live item of this key, or one that was answered within the cool-down."""
        item = self._by_key.get(key)
        if item and item.standing == "over" and at_ms - item.over_ms > self._cooldown_ms:
            self._forget(item)
            return None
        return item

    def get(self, number: int) -> Item | None:
        return self._items.get(number)

    def add(self, key: str, decision: Decision, at_ms: int, standing: Standing) -> Item:
        self._count += 1
        item = Item(self._count, key, decision, first_ms=at_ms, last_ms=at_ms, standing=standing)
        self._items[item.number] = item
        self._by_key[key] = item
        return item

    def best(self) -> Item | None:
        """The waiting item of most worth."""
        return max((i for i in self._items.values() if i.standing == "waiting"), key=lambda i: i.worth, default=None)

    def finish(self, item: Item, at_ms: int, *, remember: bool) -> None:
        """The item is over; if remembered, the same question is not answered again within the cool-down."""
        if remember:
            item.standing, item.over_ms = "over", at_ms
        else:
            self._forget(item)

    def expired(self, at_ms: int) -> list[Item]:
        """Items older than they are useful; those being spoken are left alone."""
        return [item for item in self.live() if self.is_old(item, at_ms)]

    def is_old(self, item: Item, at_ms: int) -> bool:
        return not item.pinned and at_ms - item.last_ms >= self._expire_ms

    def overflow(self) -> Item | None:
        """The item of least worth when there are too many."""
        waiting = self.live()
        if len(waiting) <= self._most:
            return None
        return min(waiting, key=lambda i: (i.pinned, i.worth))

    def next_expiry_ms(self) -> int | None:
        return min((item.last_ms + self._expire_ms for item in self.live() if not item.pinned), default=None)

    def live(self) -> list[Item]:
        """Held and waiting items, in the order they came."""
        return [item for item in self._items.values() if item.standing in ("held", "waiting")]

    def forget_old(self, at_ms: int) -> None:
        """Lets go of what is over for longer than the cool-down, so that the memory of a long night stays small."""
        for item in [i for i in self._items.values() if i.standing == "over"]:
            if at_ms - item.over_ms > self._cooldown_ms:
                self._forget(item)

    def _forget(self, item: Item) -> None:
        self._items.pop(item.number, None)
        if self._by_key.get(item.key) is item:
            del self._by_key[item.key]
