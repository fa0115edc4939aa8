"""What each viewer asked last, for a while: "and in red?" goes on from it."""

from __future__ import annotations

from collections import OrderedDict

import msgspec

_WHILE_MS = 60_000
_VIEWERS_MOST = 2000


class Recent(msgspec.Struct, frozen=True):
    at_ms: int
    plain: str
    product_id: str  # that the line named; empty: none


class Viewers:
    """The viewer who asked longest ago is forgotten first."""

    def __init__(self) -> None:
        self._recent: OrderedDict[str, Recent] = OrderedDict()

    def asked(self, viewer: str, at_ms: int, plain: str, product_id: str) -> None:
        self._recent[viewer] = Recent(at_ms, plain, product_id)
        self._recent.move_to_end(viewer)
        if len(self._recent) > _VIEWERS_MOST:
            self._recent.popitem(last=False)

    def before(self, viewer: str, at_ms: int) -> Recent | None:
        recent = self._recent.get(viewer)
        return recent if recent and at_ms - recent.at_ms <= _WHILE_MS else None
