"""The items and what becomes of each: made ready, said, cut and put back, dropped. A dropped item is never spoken.

Here the waiting list and the mouth meet. Whoever decides something about an item (cohost.py, people.py) does it through
these few moves, so that each end of an item is shown with its reason.
"""

from __future__ import annotations

from collections.abc import Callable

from livehost import commands
from livehost.commands import Command, CutReason, ItemState
from livehost.decide.given import Given
from livehost.decide.mouth import Mouth
from livehost.decide.posts import Posts
from livehost.decide.rations import Rations
from livehost.decide.utterance import Heard, Utterance
from livehost.decide.waiting import Item, WaitingList
from livehost.decide.worth import worth_of
from livehost.settings import Creator

_HEARD_ENOUGH = 0.8  # of the words; the rest is not said again
_TRIES = 2
_TOGETHER_MOST = 5  # times that host and co-host may begin together before it counts as a try
_CLEARLY_BETTER = 60  # points that make it worth to make another item ready instead
_FOR_GOOD: tuple[CutReason, ...] = ("skip", "stop", "withdrawn", "answered", "taken", "expired")


class Turns:
    def __init__(self, creator: Creator, wish: Callable[[Command], None]) -> None:
        self.list = WaitingList(creator)
        self.mouth = Mouth(creator.floor.interrupted, wish)
        self.rations = Rations(creator.floor)
        self.given = Given()
        self.posts = Posts(creator.languages[0], self.given, wish)
        self.table = self.variant = ""  # `variant`: that very row is shown, not its product as a whole
        self.wish = wish

    def adopt(self, creator: Creator) -> None:
        """Other settings."""
        self.list.bound(creator)
        self.rations.bound(creator.floor)
        self.mouth.yield_how(creator.floor.interrupted)
        self.posts.language = creator.languages[0]

    def put_on_table(self, product_id: str, *, whole: bool = False) -> None:
        """`whole`: the product in all its variants, of which this is one."""
        self.variant = "" if whole else product_id
        if product_id != self.table:
            self.table = product_id
            self.wish(commands.ShowTable(product_id))

    def show(self, item: Item, state: ItemState, reason: str = "") -> None:
        text = item.decision.spoken or item.decision.text
        asker = item.askers[0].name if item.askers else ""
        self.wish(commands.ShowItem(item.number, state, text, item.asked_by, reason, item.pinned, item.origin, asker))

    def state_of(self, item: Item) -> ItemState:
        if item.standing == "planned":
            return "speaking" if self.mouth.is_saying(item.number) else "preparing"
        return "held" if item.standing == "held" else "waiting"

    # --- which one

    def best(self, at_ms: int) -> Item | None:
        """The item to be said next: of most worth, its viewers' cool-down over, and not just answered by the host."""
        return self.list.best(
            lambda item: worth_of(item, at_ms, self.table, self.rations),
            lambda item: self._may_be_said(item) and self.rations.cooled_at_ms(item.viewers) <= at_ms,
        )

    @staticmethod
    def _may_be_said(item: Item) -> bool:
        """Not what the host seems to be saying, and not that a link is in the chat before it is there."""
        if item.host_on_it or item.composing == "silent" or (item.goes_on and not item.more):
            return False
        return item.in_chat or not item.decision.says_it_is_posted

    def make_way(self, at_ms: int, better: Item) -> bool:
        """Whether what was made ready gives way to another item."""
        ready = self.mouth.next
        if ready is None or (current := self.list.get(ready.item)) is None:
            return True
        new, old = (worth_of(item, at_ms, self.table, self.rations) for item in (better, current))
        if new[0] <= old[0] and new[1] < old[1] + _CLEARLY_BETTER:
            return False
        self.put_off("another one goes first")
        return True

    def put_off(self, why: str) -> None:
        """What was made ready goes back to the others."""
        ready = self.mouth.next
        self.mouth.cut_next("skip")
        if ready and (item := self.list.open(ready.item)):
            item.more = (*ready.clauses, *item.more) if item.goes_on else ()
            item.standing = "waiting"
            self.show(item, "waiting", why)

    def least(self, at_ms: int) -> Item | None:
        """The item that goes when there are too many."""
        return self.list.overflow(lambda item: worth_of(item, at_ms, self.table, self.rations))

    def moments(self) -> list[int]:
        """When an item grows too old, or one of its viewers may be answered aloud again."""
        cooled = [self.rations.cooled_at_ms(item.viewers) for item in self.list.live()]
        return [*cooled, *(self.list.expires_ms(item) for item in self.not_begun())]

    # --- its end

    def not_begun(self) -> list[Item]:
        """All items that are held, wait, or are made ready."""
        ready = self.list.get(self.mouth.next.item) if self.mouth.next else None
        return [*self.list.live(), *([ready] if ready else [])]

    def everything(self) -> list[Item]:
        """… and the one that is being said."""
        said = self.list.get(self.mouth.now.item) if self.mouth.now else None
        return [*self.not_begun(), *([said] if said and said.standing == "planned" else [])]

    def drop(self, at_ms: int, item: Item, reason: CutReason, shown: str, state: ItemState = "dropped") -> None:
        """The item goes, with whatever of it is being made ready or said."""
        now = self.mouth.now
        if now and now.item == item.number:
            self.mouth.cut_now(reason)
            if reason in _FOR_GOOD:
                now.reason, now.end_state, now.end_shown = reason, state, shown  # whatever cut it before
            return  # its end is told when it is silent
        if self.mouth.next and self.mouth.next.item == item.number:
            self.mouth.cut_next(reason)
        self.list.finish(item, at_ms, remember=reason in ("skip", "answered", "taken") or item.posted)
        self.show(item, state, shown)

    def withhold(self, item: Item, why: str) -> None:
        """A person has to decide on it first, whatever was begun of it."""
        now = self.mouth.now
        if now and now.item == item.number:
            self.mouth.cut_now("host")
            return  # it is held when it is silent
        if self.mouth.next and self.mouth.next.item == item.number:
            self.mouth.cut_next("host")
        item.standing = "held"
        self.show(item, "held", why)

    def ended(self, at_ms: int, spoken: Utterance, *, cut: bool) -> None:
        """An utterance is over; what was heard of it decides what becomes of its item."""
        heard = spoken.heard()
        self.wish(
            commands.Spoke(
                spoken.item, spoken.number, heard.text, heard.words, heard.planned, spoken.reason if cut else ""
            )
        )
        self.rations.spend(at_ms, spoken.heard_ms)
        item = self.list.get(spoken.item)
        if item is None:
            return
        if heard.words:
            self.given.heard(item)
        enough = not cut or heard.words >= _HEARD_ENOUGH * heard.planned
        unfinished = bool(item.more or item.composing or (item.goes_on and not enough))
        if unfinished and not (cut and spoken.reason in _FOR_GOOD):
            item.more = item.more if enough else (*spoken.clauses[heard.clauses :], *item.more)
            item.goes_on = True
            self.put_back(at_ms, item, "the rest follows", tried=not enough)
        elif enough:
            self._finish(item, at_ms, "answered", f"cut: {spoken.reason}" if cut else "")
        elif spoken.reason in _FOR_GOOD:
            self._finish(item, at_ms, spoken.end_state, spoken.end_shown or spoken.reason)
        elif spoken.reason == "host" and not item.doubted:
            self._interrupted(at_ms, item, spoken, heard)
        else:
            self.put_back(at_ms, item, f"cut: {spoken.reason}", tried=spoken.reason not in ("mute", "private"))

    def put_back(self, at_ms: int, item: Item, why: str, *, tried: bool = True) -> None:
        """It waits again; tried too often, its text has to do."""
        item.attempts += tried
        if item.attempts >= _TRIES:
            self._finish(item, at_ms, "posted" if item.posted else "dropped", why)
            return
        item.standing = "held" if item.doubted else "waiting"
        self.show(item, item.standing, why)

    def _interrupted(self, at_ms: int, item: Item, spoken: Utterance, heard: Heard) -> None:
        """The host spoke over it: it comes back whole, or the rest of it, or its text has to do, by its worth."""
        if spoken.began_together and item.begun_together < _TOGETHER_MOST:
            item.begun_together += 1
            self.put_back(at_ms, item, "the host began as well", tried=False)
            return
        dear = item.asked_by > 1 or item.front or item.pinned or item.origin != "chat"
        dear = dear or any(asker.value for asker in item.askers)
        if item.posted and not dear and 2 * heard.words >= heard.planned:
            self._finish(item, at_ms, "posted", "cut: host; the text stands")
            return
        item.rest = spoken.clauses[heard.clauses :] if heard.clauses else ()
        self.put_back(at_ms, item, "cut: host; the rest comes later" if item.rest else "cut: host")

    def _finish(self, item: Item, at_ms: int, state: ItemState, why: str) -> None:
        if state == "answered":
            self.rations.serve(at_ms, item.viewers, sorted({asker.platform for asker in item.askers}))
        self.list.finish(item, at_ms, remember=True)
        self.show(item, state, why)
