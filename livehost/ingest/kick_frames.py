"""Kick's frames to chat lines: those of the web page's socket, whose `data` is JSON in a string, and webhook bodies. Pure."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from livehost.chat import ChatLine, Gift, Viewer
from livehost.ingest.frames import UnknownFrame
from livehost.ingest.raw import listed, look, moment_ms, number, parse, text, whole

_EMOTE = re.compile(r"\[emote:\d{1,20}:([^\]\[]{0,100})\]")
_ROLES = ("broadcaster", "moderator", "vip", "og", "founder", "subscriber")


def decode(raw: str) -> list[ChatLine]:
    """Raises UnknownFrame for what says nothing of the room, ValueError for what is no frame."""
    frame = parse(raw)
    kind = text(frame, "event").rpartition("\\")[2]
    data = look(frame, "data")
    if isinstance(data, str):
        data = parse(data)
    match kind:
        case "ChatMessageEvent":
            return [_message(data, "id")]
        case "MessageDeletedEvent":
            return [ChatLine(platform="kick", type="deleted", target_id=text(data, "message", "id"))]
        case "UserBannedEvent":
            return [ChatLine(platform="kick", type="banned", target_user=text(data, "user", "id"))]
        case "StreamHostEvent":
            host = Viewer(name=text(data, "host_username"))
            return [ChatLine(platform="kick", type="raid", user=host, count=whole(data, "number_viewers"))]
        case "SubscriptionEvent":
            user = Viewer(name=text(data, "username"))
            return [ChatLine(platform="kick", type="subscribe", user=user, months=whole(data, "months") or 1)]
        case "GiftedSubscriptionsEvent":
            user = Viewer(name=text(data, "gifter_username"))
            gifted = len(listed(data, "gifted_usernames"))
            return [ChatLine(platform="kick", type="subscribe", user=user, gifted=gifted)]
        case "" if isinstance(look(frame, "body"), dict):
            return [_pushed(frame)]
        case "":
            return [_webhook(frame)]
        case _:
            # The other events of a gifted subscription tell of the same one.
            raise UnknownFrame(kind)


def _pushed(frame: Any) -> ChatLine:
    """A webhook as it is kept: the body with its kind and the id of the delivery, by which a second one is known."""
    line = _webhook(look(frame, "body"))
    return line if line.id else msgspec.structs.replace(line, id=text(frame, "message_id"))


def _webhook(body: Any) -> ChatLine:
    if text(body, "message_id") and "content" in body:
        return _message(body, "message_id")
    if look(body, "banned_user"):
        return ChatLine(platform="kick", type="banned", target_user=text(body, "banned_user", "user_id"))
    if look(body, "follower"):
        return ChatLine(platform="kick", type="follow", user=_viewer(look(body, "follower")))
    if look(body, "giftees"):
        return ChatLine(
            platform="kick", type="subscribe", user=_viewer(look(body, "gifter")), gifted=len(listed(body, "giftees"))
        )
    if look(body, "subscriber"):
        user = _viewer(look(body, "subscriber"))
        return ChatLine(platform="kick", type="subscribe", user=user, months=whole(body, "duration") or 1)
    if look(body, "gift"):
        gift = Gift(text(body, "gift", "name"), 1, number(body, "gift", "amount"), "KICKS")
        said = text(body, "gift", "message")
        return ChatLine(platform="kick", type="gift", user=_viewer(look(body, "sender")), gift=gift, text=said)
    raise UnknownFrame("no event")


def _message(data: Any, ident: str) -> ChatLine:
    said = text(data, "content")
    words = " ".join(_EMOTE.sub(" ", said).split()) or _EMOTE.sub(r"\1", said)
    at_ms = moment_ms(text(data, "created_at"))
    return ChatLine(at_ms, "kick", text(data, ident), _viewer(look(data, "sender")), words)


def _viewer(who: Any) -> Viewer:
    badges = [text(badge, "type") for badge in listed(who, "identity", "badges")]
    return Viewer(
        text(who, "id") or text(who, "user_id"),
        text(who, "username"),
        tuple(role for role in _ROLES if role in badges),
    )
