"""Douyin's pushes and a sidecar's messages to chat lines. Pure.

A push is kept as {"type": its x-msg-type, "payload": [...]}; a sidecar's message names itself in `method`.
"""

from __future__ import annotations

from typing import Any

from livehost.chat import ChatLine, Gift, LineType, Viewer
from livehost.ingest.frames import UnknownFrame
from livehost.ingest.raw import look, number, parse, text, whole

_MOST = 500
_COMBO_TYPES = (1, "1")


def decode(raw: str) -> list[ChatLine]:
    """Raises UnknownFrame for what says nothing of the room, ValueError for what is no frame."""
    frame = parse(raw)
    if method := text(frame, "method"):
        return [_message(method, frame)]
    kind = text(frame, "type")
    payload = look(frame, "payload")
    pieces = payload if isinstance(payload, list) else [payload]
    return [_pushed(kind, piece) for piece in pieces[:_MOST] if isinstance(piece, dict)]


def _pushed(kind: str, piece: Any) -> ChatLine:
    made: dict[str, Any] = {
        "platform": "douyin",
        "id": text(piece, "msg_id"),
        "at_ms": max(0, whole(piece, "timestamp")),
        "user": Viewer(text(piece, "sec_openid") or text(piece, "sec_open_id"), text(piece, "nickname")),
    }
    match kind:
        case "live_comment":
            return ChatLine(**made, text=text(piece, "content"))
        case "live_gift":
            worth = number(piece, "gift_value") / 100  # in hundredths of a yuan, of all of them
            gift = Gift(
                text(piece, "gift_name") or "礼物", whole(piece, "gift_num") or 1, worth, "CNY" if worth else ""
            )
            return ChatLine(**made, type="gift", gift=gift)
        case "live_like":
            return ChatLine(**made, type="like", count=whole(piece, "like_num") or 1)
        case "live_fansclub":
            return ChatLine(**made, type="subscribe", months=1)
        case "live_enter_room":
            return ChatLine(**made, type="join")
        case "live_follow" if whole(piece, "use_follow_action") != 2:  # 2: follows no more
            return ChatLine(**made, type="follow")
        case _:
            raise UnknownFrame(kind or "no type")


_PLAIN: dict[str, LineType] = {"WebcastMemberMessage": "join", "WebcastFansclubMessage": "subscribe"}


def _message(method: str, frame: Any) -> ChatLine:
    user = look(frame, "user")
    name = text(user, "nickname") or text(user, "nickName")
    ident = text(user, "idStr") or text(user, "secUid") or text(user, "id")
    made: dict[str, Any] = {
        "platform": "douyin",
        "id": text(frame, "common", "msgId"),
        "at_ms": _ms(number(frame, "common", "createTime") or number(frame, "eventTime")),
        "user": Viewer("" if "***" in name else ident, name),
    }
    match method:
        case "WebcastChatMessage":
            return ChatLine(**made, text=text(frame, "content"))
        case "WebcastGiftMessage":
            return _gift(frame, made)
        case "WebcastLikeMessage":
            return ChatLine(**made, type="like", count=whole(frame, "count") or 1)
        case "WebcastSocialMessage" if whole(frame, "action") in (0, 1):
            return ChatLine(**made, type="follow")
        case "WebcastMemberMessage" | "WebcastFansclubMessage":
            return ChatLine(**made, type=_PLAIN[method])
        case _:
            raise UnknownFrame(method)


def _gift(frame: Any, made: dict[str, Any]) -> ChatLine:
    """A row of equal gifts is told with each of them; the last one counts them all."""
    in_row = look(frame, "gift", "combo") is True or look(frame, "gift", "type") in _COMBO_TYPES
    if in_row and not whole(frame, "repeatEnd"):
        raise UnknownFrame("WebcastGiftMessage within its row")
    count = max(1, whole(frame, "comboCount") or whole(frame, "repeatCount"))
    worth = number(frame, "gift", "diamondCount") * count / 10  # ten diamonds are a yuan
    gift = Gift(text(frame, "gift", "name"), count, worth, "CNY" if worth else "")
    return ChatLine(**made, type="gift", gift=gift)


def _ms(moment: float) -> int:
    return max(0, int(moment if moment >= 100_000_000_000 else moment * 1000))
