"""Which person has an item in hand, so that no second one undoes it unknowingly. Pure."""

from __future__ import annotations

from collections import OrderedDict

from livehost.commands import ItemState
from livehost.show.view import ShownItem

_KEPT = 500
_OPEN: tuple[ItemState, ...] = ("held", "waiting", "preparing", "speaking")


class Claims:
    """`take` answers who has it in hand already; empty: you may."""

    def __init__(self) -> None:
        self._taken: OrderedDict[int, tuple[str, int]] = OrderedDict()  # item → by whom, when

    def take(self, item: ShownItem, who: str, at_ms: int) -> str:
        by, since_ms = self._taken.get(item.number, ("", 0))
        again = item.state == "held" and item.since_ms > since_ms  # it came back to be decided anew
        if by and by != who and not again:
            return f"taken by {by}"
        if item.state not in _OPEN:
            return f"it is {item.state} already" + (f", by {by}" if by else "")
        self._taken[item.number] = (who, at_ms)
        if len(self._taken) > _KEPT:
            self._taken.popitem(last=False)
        return ""
