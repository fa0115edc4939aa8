"""What waits to be answered: one item per question, however many ask it; bounded, fading, every drop with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from livehost.chat import Scene
from livehost.commands import Origin
from livehost.decision import Decision
from livehost.meaning import Meaning
from livehost.settings import Creator

Standing = Literal["held", "waiting", "planned", "over"]
HOST = "host"  # the source of what the host asks the co-host
_ASKERS_KEPT = 200  # of one item; those beyond are counted
_ELSEWHERE_MOST = 200  # items of people who do not watch the show


@dataclass(frozen=True)
class Asker:
    """A line and who wrote it. `value` is what the viewer did for the room, in points (worth.py)."""

    source: str
    line_id: str
    user_id: str
    name: str = ""
    platform: str = ""
    value: int = 0
    private: bool = False
    account: str = ""
    scene: Scene = "room"

    @property
    def elsewhere(self) -> bool:
        """Does not watch the show: is answered in text where it was asked, and sees nothing on the table."""
        return self.scene != "room"

    @property
    def place(self) -> str:
        """Ids are told apart within it alone: two platforms may both have a viewer 5."""
        return self.platform or self.source

    @property
    def viewer(self) -> str:
        return f"{self.place} {self.user_id}" if self.user_id else f"{self.place} line {self.line_id}"

    @property
    def of_host(self) -> bool:
        """Asked aloud."""
        return self.source == HOST

    def is_of(self, gone: Gone) -> bool:
        of_place = gone.place == self.place
        return of_place and ((gone.line_id or None) == self.line_id or (gone.user_id or None) == self.user_id)


@dataclass(frozen=True)
class Gone:
    """A deleted line, or all lines of a banned viewer; `place` as an Asker's. Empty ids are nobody's."""

    place: str
    line_id: str = ""
    user_id: str = ""

    @property
    def viewer(self) -> str:
        return f"{self.place} {self.user_id}" if self.user_id else ""


@dataclass
class Item:
    """One question with its askers. `key` says which questions are the same."""

    number: int
    key: str
    decision: Decision
    first_ms: int
    last_ms: int
    standing: Standing
    origin: Origin = "chat"
    askers: list[Asker] = field(default_factory=list)
    viewers: Counter[str] = field(default_factory=Counter)  # of the askers, with their lines
    more_askers: int = 0  # beyond those that are kept
    attempts: int = 0  # times it was begun and not finished
    begun_together: int = 0  # times the host began at the same moment
    rest: tuple[str, ...] = ()  # the clauses that were not heard, when it comes back without the others
    composing: Literal["", "silent", "begun"] = ""  # a model still writes it; silent: nothing of it may be said yet
    goes_on: bool = False  # its beginning was said: only `more` is still to be said
    more: tuple[str, ...] = ()  # clauses that came after it was planned
    taken: int = 0  # clauses of its words that were planned or are in `more`
    posted: bool = False
    in_chat: bool = False  # the platform said that it took the line
    spoken_only: bool = False  # has no place in the chat
    doubted: bool = False  # held since the host said otherwise
    silent: bool = False  # to be answered in text alone
    elsewhere: bool = False  # its asker does not watch the show: it may wait for long, and takes nobody's place
    host_on_it: int = 0  # the host's utterance that seems to answer it
    pinned: bool = False  # does not grow old, and is not dropped for others
    front: int = 0  # put in front by a person; the latest is the foremost
    over_ms: int = 0

    def ask(self, asker: Asker) -> None:
        if len(self.askers) < _ASKERS_KEPT:
            self.askers.append(asker)
            self.viewers[asker.viewer] += 1
        elif asker.viewer not in self.viewers:
            self.more_askers += 1

    def withdraw(self, gone: Gone) -> bool:
        """Forgets who asked by this line, or this viewer; whether there was somebody, and now nobody asks any more."""
        kept = [asker for asker in self.askers if not asker.is_of(gone)]
        fewer = len(kept) < len(self.askers)
        self.askers, self.viewers = kept, Counter(asker.viewer for asker in kept)
        return fewer and not kept

    @property
    def in_text_alone(self) -> bool:
        """Whoever approves it: its asker hears nothing of the show, or nobody else may hear of it."""
        return self.elsewhere or any(asker.private for asker in self.askers)

    @property
    def handed_over(self) -> bool:
        return self.elsewhere and self.standing == "held"

    @property
    def asked_by(self) -> int:
        """How many viewers want to know."""
        return len(self.viewers) + self.more_askers


def key_of(meaning: Meaning) -> str:
    """Questions with the same key are one item, whatever their words."""
    if meaning.rivals:
        return f"which:{'/'.join(meaning.rivals)}:{meaning.field}"
    if meaning.faq:
        return f"faq:{meaning.faq}:{meaning.value}" if meaning.value else f"faq:{meaning.faq}"
    if meaning.field:
        return f"field:{meaning.product_id}:{meaning.field}:{meaning.value}"
    return f"text:{meaning.text.casefold()}"


Worth = Callable[[Item], tuple[int, ...]]


class WaitingList:
    """Holds at most so many items that wait or are held, and remembers those that are over for the cool-down."""

    def __init__(self, creator: Creator) -> None:
        self.bound(creator)
        self._items: dict[int, Item] = {}
        self._by_key: dict[str, Item] = {}
        self._count = 0

    def bound(self, creator: Creator) -> None:
        floor = creator.floor
        self._most = floor.waiting_max
        self._expire_ms = round(floor.expire_seconds * 1000)
        self._held_ms = round(floor.held_seconds * 1000)
        self._cooldown_ms = round(floor.cooldown_seconds * 1000)
        self._elsewhere_ms = round(creator.handover.keep_hours * 3_600_000)

    def find(self, key: str, at_ms: int) -> Item | None:
        """The live item of this key, or one that was answered within the cool-down."""
        item = self._by_key.get(key)
        if item and item.standing == "over" and at_ms - item.over_ms > self._cooldown_ms:
            self._forget(item)
            return None
        return item

    def get(self, number: int) -> Item | None:
        return self._items.get(number)

    def open(self, number: int) -> Item | None:
        """The item, if it is not over."""
        item = self._items.get(number)
        return item if item and item.standing != "over" else None

    def add(self, key: str, decision: Decision, at_ms: int, standing: Standing, origin: Origin = "chat") -> Item:
        self._count += 1
        item = Item(self._count, key, decision, first_ms=at_ms, last_ms=at_ms, standing=standing, origin=origin)
        self._items[item.number] = item
        self._by_key[key] = item
        return item

    def again(self, item: Item) -> Item:
        """What was over is held for a person."""
        self._items[item.number] = self._by_key[item.key] = item
        item.standing, item.posted = "held", False
        return item

    def best(self, worth: Worth, may_speak: Callable[[Item], bool]) -> Item | None:
        """The waiting item of most worth among those that may be spoken now."""
        waiting = (i for i in self._items.values() if i.standing == "waiting" and not i.silent and may_speak(i))
        return max(waiting, key=worth, default=None)

    def finish(self, item: Item, at_ms: int, *, remember: bool) -> None:
        """The item is over; if remembered, the same question is not answered again within the cool-down."""
        if remember:
            item.standing, item.over_ms = "over", at_ms
        else:
            self._forget(item)

    def is_old(self, item: Item, at_ms: int) -> bool:
        return 0 <= self.expires_ms(item) <= at_ms

    def overflow(self, worth: Worth) -> Item | None:
        """The item of least worth when there are too many."""
        for elsewhere, most in ((False, self._most), (True, _ELSEWHERE_MOST)):
            live = [item for item in self.live() if item.elsewhere is elsewhere]
            if len(live) > most:
                return min(live, key=lambda i: (i.pinned, *worth(i)))
        return None

    def expires_ms(self, item: Item) -> int:
        """When it is older than it is useful; -1: never."""
        if item.pinned:
            return -1
        if item.elsewhere:
            return item.last_ms + self._elsewhere_ms
        return item.last_ms + (self._held_ms if item.standing == "held" else self._expire_ms)

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
