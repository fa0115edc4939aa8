"""Telegram's updates to chat lines: a message of a group, or one to the bot alone. Pure."""

from __future__ import annotations

import re
from typing import Any

from livehost.chat import ChatLine, Viewer
from livehost.ingest.frames import UnknownFrame
from livehost.ingest.raw import look, parse, text, whole

_COMMAND = re.compile(r"^/\w{1,32}(?:@\w+)?\s*")


def decode(raw: str) -> list[ChatLine]:
    """Raises UnknownFrame for what says nothing of the room, ValueError for what is no frame."""
    update = parse(raw)
    message = look(update, "message")
    said = text(message, "text") or text(message, "caption")
    words = _COMMAND.sub("", said)
    if not words:  # a picture, somebody who joined, /start
        raise UnknownFrame(next((key for key in update if key != "update_id"), "") if isinstance(update, dict) else "")
    who = look(message, "from")
    private = text(message, "chat", "type") == "private"
    return [
        ChatLine(
            at_ms=whole(message, "date") * 1000,
            platform="telegram",
            id=line_id(text(message, "chat", "id"), text(message, "message_id")),
            user=_viewer(message, who),
            text=words,
            private=private,
            scene="direct" if private else "group",
            reply_to=_replied_to(message),
            account=f"telegram:{text(who, 'id')}" if private else "",
        )
    ]


def line_id(chat: str, message: str) -> str:
    """Numbers of messages count within their chat alone."""
    return f"{chat}:{message}"


def chat_of(line: str) -> tuple[str, str]:
    """Chat and message of a line's id."""
    chat, _, message = line.rpartition(":")
    return chat, message


def _replied_to(message: Any) -> str:
    earlier = text(message, "reply_to_message", "message_id")
    return line_id(text(message, "chat", "id"), earlier) if earlier else ""


def _viewer(message: Any, who: Any) -> Viewer:
    group = text(message, "chat", "id")
    if text(message, "sender_chat", "id") == group and group:  # an admin who hides behind the group
        return Viewer(group, text(message, "sender_chat", "title"), ("moderator",))
    name = f"{text(who, 'first_name')} {text(who, 'last_name')}".strip() or text(who, "username")
    return Viewer(text(who, "id"), name, ("bot",) if look(who, "is_bot") is True else ())
