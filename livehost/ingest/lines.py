"""JSON to chat lines, whatever it holds: text from chat is hostile. Pure."""

from __future__ import annotations

import unicodedata

import msgspec

from livehost.chat import ChatLine, Viewer

MOST_BYTES = 64 * 1024
_MOST_TEXT, _MOST_NAME, _MOST_ID = 500, 60, 200


class BadLine(ValueError):
    """Why a line was not taken."""


def decode(raw: bytes | str) -> list[ChatLine]:
    """The line, or the lines of an array; raises BadLine."""
    data = raw if isinstance(raw, bytes) else raw.encode("utf-8", "replace")
    if len(data) > MOST_BYTES:
        raise BadLine(f"{len(data)} bytes, {MOST_BYTES} at most")
    text = data.decode("utf-8", "replace").strip()
    if not text:
        return []
    try:
        found = msgspec.json.decode(text, type=list[ChatLine] | ChatLine)
    except (msgspec.DecodeError, RecursionError) as trouble:
        raise BadLine(str(trouble)) from None
    return [cleaned(line) for line in (found if isinstance(found, list) else [found])]


def cleaned(line: ChatLine) -> ChatLine:
    """Bounded, and without control characters: what a decoder made of a frame is as hostile as the frame."""
    user = Viewer(_plain(line.user.id, _MOST_ID), _plain(line.user.name, _MOST_NAME), line.user.roles[:20])
    return msgspec.structs.replace(
        line,
        at_ms=max(0, line.at_ms),
        platform=_plain(line.platform, 40),
        id=_plain(line.id, _MOST_ID),
        user=user,
        text=_plain(line.text, _MOST_TEXT),
        target_id=_plain(line.target_id, _MOST_ID),
        target_user=_plain(line.target_user, _MOST_ID),
        product_id=_plain(line.product_id, _MOST_ID),
        reply_to=_plain(line.reply_to, _MOST_ID),
    )


def _plain(text: str, most: int) -> str:
    """Without control characters and halves of characters; what the eye does not see stays, since it tells of tricks."""
    return "".join(c for c in text[: 4 * most] if unicodedata.category(c) not in ("Cc", "Cs"))[:most]
