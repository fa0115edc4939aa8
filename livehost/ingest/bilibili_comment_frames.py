"""A thread of comments below a Bilibili video, with all its replies, to lines: those that the creator has not answered. Pure.

A frame is ours: {"creators": [who answers for the video], "thread": the comment as Bilibili lists it, "replies": all of them}.
"""

from __future__ import annotations

import re
from typing import Any

from livehost.chat import ChatLine, Viewer
from livehost.ingest.comments import unanswered
from livehost.ingest.frames import UnknownFrame
from livehost.ingest.raw import listed, look, parse, text, whole

_TO = re.compile(r"^回复 ?@[^ :：]{1,40} ?[:：] ?")
_FACE = re.compile(r"\[[^\[\]\s]{1,20}\]")


def decode(raw: str) -> list[ChatLine]:
    """Raises UnknownFrame for what is no thread, ValueError for what is no frame."""
    frame = parse(raw)
    thread = look(frame, "thread")
    if not text(thread, "rpid"):
        raise UnknownFrame("no thread")
    creators = {str(uid) for uid in listed(frame, "creators")}
    replies = sorted(listed(frame, "replies"), key=lambda reply: whole(reply, "ctime"))
    left = unanswered([thread, *replies], lambda comment: text(comment, "mid") in creators)
    return [_line(comment) for comment in left if text(comment, "rpid")]


def line_id(comment: Any) -> str:
    """Video, thread, comment: what a reply to it needs."""
    own = text(comment, "rpid")
    root = text(comment, "root")
    return f"{text(comment, 'oid')}:{own if root in ('', '0') else root}:{own}"


def parts_of(line: str) -> tuple[str, str, str]:
    """Video, thread and comment of a line's id; empty where it is none."""
    video, _, rest = line.partition(":")
    root, _, own = rest.partition(":")
    return video, root, own


def _line(comment: Any) -> ChatLine:
    parent = text(comment, "parent")
    said = text(comment, "content", "message")
    return ChatLine(
        at_ms=whole(comment, "ctime") * 1000,
        platform="bilibili",
        id=line_id(comment),
        user=Viewer(text(comment, "mid"), text(comment, "member", "uname")),
        text=" ".join(_FACE.sub(" ", _TO.sub("", said)).split()) or said,
        scene="comment",
        reply_to="" if parent in ("", "0") else f"{text(comment, 'oid')}:{text(comment, 'root')}:{parent}",
    )
