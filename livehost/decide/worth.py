"""What an item is worth, in points: the more, the sooner it is spoken; the least is dropped when the list is full."""

from __future__ import annotations

from livehost.chat import ChatLine
from livehost.decide.rations import Rations
from livehost.decide.waiting import Item

_ORIGIN = {"host": 100_000, "moderator": 10_000, "greeting": 500, "thanks": 70, "schedule": 10}
_VIEWER, _VIEWERS_MOST = 30, 10  # each viewer that asks
_GOES_ON = 50_000  # its beginning was said already
_AGE = 1  # each second
_ON_TABLE = 25
_TO_BUY = 15  # asks what a buyer asks
_TURN = -25  # each turn that even the least served of its viewers had lately
_PLATFORM_TURN = -5
_MEMBER, _GIVER = 20, 40

_MEMBERS = frozenset({"subscriber", "member", "vip", "founder", "sponsor", "guard", "fan_club"})
_BUYERS_FIELDS = frozenset({"price", "sale_price", "availability", "size", "color", "link"})


def value_of(line: ChatLine, *, gave: bool) -> int:
    """What a viewer did for the room; `gave`: a gift or an order lately."""
    return (_GIVER if gave else 0) + (_MEMBER if _MEMBERS & {role.lower() for role in line.user.roles} else 0)


def worth_of(item: Item, at_ms: int, table: str, rations: Rations) -> tuple[int, ...]:
    """What a person put in front, then points, then who asked first."""
    decision, viewers = item.decision, item.viewers
    points = _ORIGIN.get(item.origin, 0)
    points += _GOES_ON * item.goes_on
    points += _VIEWER * min(item.asked_by, _VIEWERS_MOST)
    points += _AGE * ((at_ms - item.first_ms) // 1000)
    points += max((asker.value for asker in item.askers), default=0)
    points += _ON_TABLE * (bool(table) and decision.product_id == table)
    points += _TO_BUY * any(piece.field in _BUYERS_FIELDS for piece in decision.evidence)
    points += _TURN * rations.turns_of(viewers)
    points += _PLATFORM_TURN * rations.lead_of({asker.platform for asker in item.askers})
    return (item.front, points, -item.first_ms, -item.number)
