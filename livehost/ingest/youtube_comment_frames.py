"""A thread of comments below a YouTube video, with all its replies, to lines: those that the creator has not answered. Pure."""

from __future__ import annotations

from typing import Any

from livehost.chat import ChatLine, Viewer
from livehost.ingest.comments import unanswered
from livehost.ingest.frames import UnknownFrame
from livehost.ingest.raw import listed, look, moment_ms, parse, text

_KIND = "youtube#commentThread"


def decode(raw: str) -> list[ChatLine]:
    """Raises UnknownFrame for what is no thread, ValueError for what is no frame."""
    thread = parse(raw)
    if text(thread, "kind") != _KIND:
        raise UnknownFrame(text(thread, "kind"))
    creator = text(thread, "snippet", "channelId")
    replies = sorted(listed(thread, "replies", "comments"), key=_at_ms)
    comments = [look(thread, "snippet", "topLevelComment"), *replies]
    return [_line(comment) for comment in unanswered(comments, lambda c: _author(c) == creator) if text(comment, "id")]


def thread_of(line_id: str) -> str:
    """A reply's id is its thread's, a dot, and its own."""
    return line_id.partition(".")[0]


def _line(comment: Any) -> ChatLine:
    snippet, ident = look(comment, "snippet"), text(comment, "id")
    return ChatLine(
        at_ms=_at_ms(comment),
        platform="youtube",
        id=ident,
        user=Viewer(_author(comment), text(snippet, "authorDisplayName")),
        text=text(snippet, "textOriginal") or text(snippet, "textDisplay"),
        scene="comment",
        reply_to=text(snippet, "parentId"),
    )


def _author(comment: Any) -> str:
    return text(comment, "snippet", "authorChannelId", "value")


def _at_ms(comment: Any) -> int:
    return moment_ms(text(comment, "snippet", "publishedAt"))
