"""A viewer asks for a video, or where the creator said or showed something: "which video shows how to wash it?", 哪期讲过清洗."""

from __future__ import annotations

import re

import msgspec

from livehost.understand.normalise import plain_line
from livehost.understand.wants import words_beside

_VIDEO = re.compile(
    r"\b(?:videos?|clips?|tutorials?|vlogs?|episodes?|replays?|vods?)\b|视频|录像|教程|回放|短片|哪一?[期集]|往期"
)
_ASKS = re.compile(
    r"\b(?:any|which|what|where|how|is there|are there|do you have|have you|did you|got|show|link|recommend|find|watch"
    r"|looking for)\b"
    r"|吗|哪|有没有|什么|怎么|推荐|求|链接|想看|在哪"
)
_SAID = re.compile(
    r"\b(?:where|when|which)\b.{0,30}\b(?:say|said|show|showed|shown|explain|explained|talk|talked|mention|mentioned|demonstrate\w*)\b"
    r"|(?:在?哪(?:儿|里|一?期|一?集|个视频)?|什么时候)[^,，。]{0,8}(?:讲|说|演示|展示|提|介绍)"
)
_EMPTY = re.compile(
    r"\b(?:videos?|clips?|tutorials?|vlogs?|episodes?|replays?|vods?|say|said|shows?|showed|shown|showing|explain\w*|talk\w*|mention\w*"
    r"|demonstrate\w*|about|how|where|when|watch\w*|see|link|find|old|past|previous|last|minute|part|made|make|made|your|was|were|just)\b"
    r"|视频|录像|教程|回放|短片|哪一?[期集]|往期|讲过?|说过?|演示过?|展示过?|提过?|提到过?|介绍过?|怎么|在哪(?:儿|里)?|什么时候|关于|链接|想?看|求"
)


class VideoWants(msgspec.Struct, frozen=True):
    """What it is to be about; no words: which videos there are."""

    words: tuple[str, ...] = ()


def video_wanted(text: str) -> VideoWants | None:
    plain = plain_line(text).plain
    if not (_SAID.search(plain) or (_VIDEO.search(plain) and _ASKS.search(plain))):
        return None
    return VideoWants(words_beside(plain, _EMPTY))
