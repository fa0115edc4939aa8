"""Discord's gateway events to chat lines: messages of a channel or to the bot alone, and deletions. Pure."""

from __future__ import annotations

import re
from typing import Any

from livehost.chat import ChatLine, Viewer
from livehost.ingest.frames import UnknownFrame
from livehost.ingest.raw import listed, look, moment_ms, parse, text, whole

_MARKS = re.compile(r"<(?:@[!&]?|#)\d{1,20}>|<a?:\w{1,32}:\d{1,20}>")
_WRITTEN = (0, 19)  # kinds of messages: plain, and in reply; the others are the platform's own


def decode(raw: str) -> list[ChatLine]:
    """Raises UnknownFrame for what says nothing of the room, ValueError for what is no frame."""
    frame = parse(raw)
    data = look(frame, "d")
    match text(frame, "t"):
        case "MESSAGE_CREATE" if whole(data, "type") in _WRITTEN and text(data, "content").strip():
            return [_message(data)]
        case "MESSAGE_DELETE":
            return [_deleted(data, text(data, "id"))]
        case "MESSAGE_DELETE_BULK":
            return [_deleted(data, str(ident)) for ident in listed(data, "ids")[:200]]
        case kind:
            raise UnknownFrame(kind)


def line_id(channel: str, message: str) -> str:
    """With the channel, where an answer goes."""
    return f"{channel}:{message}"


def channel_of(line: str) -> tuple[str, str]:
    """Channel and message of a line's id."""
    channel, _, message = line.rpartition(":")
    return channel, message


def _message(data: Any) -> ChatLine:
    author = look(data, "author")
    name = text(data, "member", "nick") or text(author, "global_name") or text(author, "username")
    automatic = look(author, "bot") is True or bool(text(data, "webhook_id"))
    private = not text(data, "guild_id")
    said = text(data, "content")
    return ChatLine(
        at_ms=moment_ms(text(data, "timestamp")),
        platform="discord",
        id=line_id(text(data, "channel_id"), text(data, "id")),
        user=Viewer(text(author, "id"), name, ("bot",) if automatic else ()),
        text=" ".join(_MARKS.sub(" ", said).split()) or said,
        private=private,
        scene="direct" if private else "group",
        reply_to=_replied_to(data),
        account=f"discord:{text(author, 'id')}" if private else "",
    )


def _replied_to(data: Any) -> str:
    earlier = text(data, "message_reference", "message_id")
    return line_id(text(data, "channel_id"), earlier) if earlier else ""


def _deleted(data: Any, message: str) -> ChatLine:
    return ChatLine(platform="discord", type="deleted", target_id=line_id(text(data, "channel_id"), message))
