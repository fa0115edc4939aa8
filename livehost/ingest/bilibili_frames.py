"""Bilibili's room commands to chat lines: those of the web page and those of the open platform. Pure."""

from __future__ import annotations

from typing import Any

from livehost.chat import ChatLine, Gift, Viewer
from livehost.ingest.frames import UnknownFrame
from livehost.ingest.raw import listed, look, number, parse, text, whole

_OPEN = "LIVE_OPEN_PLATFORM_"
_SECONDS_BEFORE = 100_000_000_000  # a moment below this is in seconds


def decode(raw: str) -> list[ChatLine]:
    """Raises UnknownFrame for what says nothing of the room, ValueError for what is no frame."""
    frame = parse(raw)
    command = text(frame, "cmd").partition(":")[0]
    data = look(frame, "data")
    match command.removeprefix(_OPEN):
        case "DANMU_MSG":
            return [_danmaku(look(frame, "info"))]
        case "DM":
            return [_made(data, text(data, "msg_id"), text=text(data, "msg"))]
        case "SEND_GIFT" | "SEND_GIFT_V2":
            return [_gift(data)]
        case "GUARD_BUY" | "GUARD":
            return [_guard(data)]
        case "SUPER_CHAT_MESSAGE" | "SUPER_CHAT":
            return [_super_chat(data)]
        case "SUPER_CHAT_MESSAGE_DELETE" | "SUPER_CHAT_DEL":
            ids = (
                text(ids, at)
                for ids in (listed(data, "ids") or listed(data, "message_ids"),)
                for at in range(len(ids[:50]))
            )
            return [ChatLine(platform="bilibili", type="deleted", target_id=f"sc-{number}") for number in ids if number]
        case "ROOM_BLOCK_MSG":
            return [ChatLine(platform="bilibili", type="banned", target_user=text(frame, "uid") or text(data, "uid"))]
        case "WELCOME" | "LIVE_ROOM_ENTER":
            return [_made(data, "", type="join")]
        case "INTERACT_WORD" if whole(data, "msg_type") in (1, 2):
            return [_made(data, "", type="join" if whole(data, "msg_type") == 1 else "follow")]
        case "LIKE_INFO_V3_CLICK" | "LIKE":
            return [_made(data, text(data, "msg_id"), type="like", count=whole(data, "like_count") or 1)]
        case _:
            raise UnknownFrame(command or "no command")


def _danmaku(info: Any) -> ChatLine:
    """`info`: [0] how it is drawn and when, [1] the words, [2] who, [3] the fan medal, [7] the guard's rank."""
    extra = text(info, 0, 15, "extra")
    try:
        ident = text(parse(extra), "id_str") if extra else ""
    except ValueError:
        ident = ""
    roles = ("moderator",) * (whole(info, 2, 2) == 1) + ("member",) * (whole(info, 7) > 0)
    user = _viewer(text(info, 2, 0), text(info, 2, 1), roles)
    return ChatLine(_ms(number(info, 0, 4)), "bilibili", ident, user, text(info, 1))


def _gift(data: Any) -> ChatLine:
    count = whole(data, "num") or whole(data, "gift_num") or 1
    coins = number(data, "total_coin") or number(data, "price") * count
    if text(data, "coin_type") == "silver" or look(data, "paid") is False:
        coins = 0.0  # silver coins are free
    name = text(data, "giftName") or text(data, "gift_name")
    gift = Gift(name, count, coins / 1000, "CNY" if coins else "")
    return _made(data, text(data, "tid") or text(data, "msg_id"), type="gift", gift=gift)


def _guard(data: Any) -> ChatLine:
    """A month's membership of one of three ranks. USER_TOAST_MSG tells of the same and is left aside."""
    months = whole(data, "num") or whole(data, "guard_num") or 1
    name = text(data, "gift_name") or {1: "总督", 2: "提督", 3: "舰长"}.get(whole(data, "guard_level"), "")
    gift = Gift(name, months, number(data, "price") * months / 1000, "CNY")
    return _made(data, text(data, "msg_id"), type="subscribe", months=months, gift=gift)


def _super_chat(data: Any) -> ChatLine:
    ident = text(data, "id") or text(data, "message_id")
    gift = Gift("super chat", 1, number(data, "price") or number(data, "rmb"), "CNY")
    return _made(data, f"sc-{ident}" if ident else "", type="gift", gift=gift, text=text(data, "message"))


def _made(data: Any, ident: str, **fields: Any) -> ChatLine:
    who = look(data, "user_info") if isinstance(look(data, "user_info"), dict) else data
    name = text(who, "uname") or text(who, "username") or text(data, "uname")
    uid = text(data, "uid") or text(who, "uid") or text(data, "open_id")
    when = next((found for key in ("timestamp", "ts", "start_time", "send_time") if (found := number(data, key))), 0.0)
    roles = ("member",) * (whole(data, "guard_level") > 0 and fields.get("type") != "subscribe")
    made = {"platform": "bilibili", "id": ident, "at_ms": _ms(when), "user": _viewer(uid, name, roles), **fields}
    return ChatLine(**made)


def _viewer(uid: str, name: str, roles: tuple[str, ...]) -> Viewer:
    """Without a sign-in names come masked and everyone is number 0: such a viewer has no id."""
    return Viewer("" if uid == "0" or "***" in name else uid, name, roles)


def _ms(moment: float) -> int:
    return max(0, int(moment if moment >= _SECONDS_BEFORE else moment * 1000))
