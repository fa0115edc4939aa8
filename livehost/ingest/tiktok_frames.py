"""TikTok's events, as the connector keeps them (JSON with the event's name), to chat lines. Pure."""

from __future__ import annotations

from typing import Any

from livehost.chat import ChatLine, Gift, LineType, Viewer
from livehost.ingest.frames import UnknownFrame
from livehost.ingest.raw import listed, look, number, parse, text, whole

_PLAIN: dict[str, LineType] = {"follow": "follow", "join": "join"}
_USD_A_DIAMOND = 0.005
_TARGETS_MOST = 100


def decode(raw: str) -> list[ChatLine]:
    """Raises UnknownFrame for what says nothing of the room, ValueError for what is no frame."""
    frame = parse(raw)
    kind = text(frame, "event")
    roles = tuple(role for role in listed(frame, "roles") if isinstance(role, str))[:5]
    made: dict[str, Any] = {
        "platform": "tiktok",
        "id": text(frame, "id"),
        "at_ms": max(0, whole(frame, "at_ms")),
        "user": Viewer(text(frame, "user", "id"), text(frame, "user", "name"), roles),
    }
    match kind:
        case "comment":
            return [ChatLine(**made, text=text(frame, "text"))]
        case "gift":
            return [ChatLine(**made, type="gift", gift=_gift(frame))]
        case "like":
            return [ChatLine(**made, type="like", count=whole(frame, "count") or 1)]
        case "subscribe":
            return [ChatLine(**made, type="subscribe", months=whole(frame, "months") or 1)]
        case "deleted":
            return [ChatLine(platform="tiktok", type="deleted", target_id=target) for target in _targets(frame)]
        case "banned":
            return [ChatLine(platform="tiktok", type="banned", target_user=target) for target in _targets(frame)]
        case _ if kind in _PLAIN:
            return [ChatLine(**made, type=_PLAIN[kind])]
        case _:
            raise UnknownFrame(kind or "no event")


def _targets(frame: Any) -> list[str]:
    """The lines, or the viewers, that were taken out."""
    targets = listed(frame, "targets")[:_TARGETS_MOST]
    return [found for at in range(len(targets)) if (found := text(targets, at))]


def _gift(frame: Any) -> Gift:
    """Of a row of equal gifts the last event counts them all; those before are no lines."""
    if look(frame, "streaking") is True:
        raise UnknownFrame("gift within its row")
    count = max(1, whole(frame, "count"))
    worth = number(frame, "diamonds") * count * _USD_A_DIAMOND
    return Gift(text(frame, "gift"), count, worth, "USD" if worth else "")
