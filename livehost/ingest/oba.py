"""oba-live-tool (github.com/qiutongxue/oba-live-tool): `oba:HOST:PORT`, the control panels of Douyin, Buyin, WeChat Channels,
Xiaohongshu and Taobao, open in the streamer's own browser. It hands on what their pages show, orders too; nothing can be posted.

In its automatic replies the WebSocket service must be on (port 12354 where none is set).
"""

from __future__ import annotations

import re
from typing import Any

from livehost.chat import ChatLine, LineType, Viewer
from livehost.errors import BadInput
from livehost.ingest.frames import UnknownFrame
from livehost.ingest.platform import Finding, Platform, Surroundings
from livehost.ingest.posting import Limits
from livehost.ingest.raw import number, parse, text
from livehost.ingest.relay import RelayLink, examined
from livehost.ingest.room import Room

_LIMITS = Limits(open=False, instead="The tool hands lines on one way")
_WRITTEN = {
    "comment": "douyin",
    "wechat_channel_live_msg": "wechat",
    "xiaohongshu_comment": "xiaohongshu",
    "taobao_comment": "taobao",
}
_DONE: dict[str, LineType] = {
    "room_enter": "join",
    "room_like": "like",
    "room_follow": "follow",
    "ecom_fansclub_participate": "subscribe",
    "subscribe_merchant_brand_vip": "subscribe",
}
_SECONDS_BEFORE = 100_000_000_000  # a moment below this is in seconds


def decode(raw: str) -> list[ChatLine]:
    """Raises UnknownFrame for what says nothing of the room, ValueError for what is no frame."""
    frame = parse(raw)
    kind, ident = text(frame, "msg_type"), text(frame, "msg_id")
    name = text(frame, "nick_name")
    made: dict[str, Any] = {
        "platform": _WRITTEN.get(kind, "douyin"),
        "id": ident,
        "at_ms": _ms(number(frame, "time")),
        "user": Viewer("" if "***" in name else text(frame, "user_id"), name),
    }
    if kind in _WRITTEN:
        return [ChatLine(**made, text=text(frame, "content"))]
    if kind == "live_order":  # told when it is placed and again when it is paid, as "ORDER#STATUS": one order
        made |= {"id": ident.partition("#")[0], "at_ms": _ms(number(frame, "order_ts"))}
        product = text(frame, "product_id")
        return [ChatLine(**made, type="order", product_id=product, count=1, text=text(frame, "product_title"))]
    if kind in _DONE:
        return [ChatLine(**made, type=_DONE[kind], count=int(kind == "room_like"))]
    raise UnknownFrame(kind or "no msg_type")


def _ms(moment: float) -> int:
    """0 where it is no date; the tool writes the time of the day, too, which tells no day."""
    return max(0, int(moment if moment >= _SECONDS_BEFORE else moment * 1000))


def _nothing(_reply_to: str, _text: str) -> dict[str, str]:
    return {}


def open_chat(_scheme: str, rest: str, around: Surroundings) -> Room:
    address = _address(rest)
    return Room(RelayLink(f"oba:{address}", f"ws://{address}", _nothing, _LIMITS), decode, around)


async def examine(rest: str, _around: Surroundings) -> list[Finding]:
    fix = "Start oba-live-tool, listen in its automatic replies, and switch its WebSocket service on"
    return [await examined(f"oba:{rest}", f"ws://{_address(rest)}", fix)] if rest else []


def _address(rest: str) -> str:
    found = re.fullmatch(r"(?://)?([\w.-]{1,100}:\d{1,5})/?", rest.strip())
    if not found:
        raise BadInput("this is no address", where=f"oba:{rest}", fix="Write it as oba:127.0.0.1:12354")
    return found[1]


PLATFORM = Platform("oba", open_chat, examine=examine)
