"""The session's words as Markdown: who said what when, the questions and their answers, by product on the table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from livehost.knowledge import Knowledge
from livehost.record.folder import Header
from livehost.review.captions import captions
from livehost.review.timeline import Question, Timeline
from livehost.show.inert import inert
from livehost.subtitles import clock

Language = Literal["en", "zh"]
_WORDS = {
    "en": {
        "host": "Host",
        "cohost": "Co-host",
        "ai": "AI",
        "asked": "asked",
        "more": "and {count} more",
        "in_chat": "in the chat",
        "viewer": "a viewer",
        "open": "Open",
        "cut": "The recording has no end; what came after is not in it.",
        "lasted": "lasted",
    },
    "zh": {
        "host": "主播",
        "cohost": "副播",
        "ai": "AI",
        "asked": "问",
        "more": "等{count}人",
        "in_chat": "文字回复",
        "viewer": "一位观众",
        "open": "开场",
        "cut": "录制没有结尾，之后的内容不在其中。",
        "lasted": "时长",
    },
}
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&])")
_ADDRESS = re.compile(r"(?<=\w)(:)(?=//)|(?<=www)(\.)|(@)(?=\w)", re.IGNORECASE)


class _Entry(NamedTuple):
    at_ms: int
    order: int
    text: str


def speakers(knowledge: Knowledge, language: Language) -> dict[str, str]:
    """Who is named in captions and transcript; that the co-host is an AI is told."""
    words, creator = _WORDS[language], knowledge.creator
    return {"host": creator.name or words["host"], "cohost": f"{creator.cohost or words['cohost']} ({words['ai']})"}


def transcript(header: Header, knowledge: Knowledge, seen: Timeline, language: Language, *, names: bool = True) -> str:
    """`names`: with those of the viewers. Their words stay text: no markup, no link, no picture."""
    words, by = _WORDS[language], speakers(knowledge, language)
    entries = [
        _Entry(c.start_ms, 1, f"**{clock(c.start_ms)} {_plain(by[c.by])}:** {_plain(c.text)}") for c in captions(seen)
    ]
    for question in seen.questions.values():
        entries += _asked(seen, question, by["cohost"], language, names=names)
    titles = {product.id: product.title for product in knowledge.products}
    heads = [_Entry(at, 0, f"## {clock(at)} {_plain(titles.get(p, p))}") for at, p in seen.tables if p]
    begun = f"{header.started_at[:16].replace('T', ' ')} · {words['lasted']} {clock(seen.last_ms)}"
    lines = [f"# {_plain(knowledge.creator.name)}", "", begun, ""]
    if not seen.ended:
        lines += [f"*{words['cut']}*", ""]
    first = min((head.at_ms for head in heads), default=-1)
    if first != 0 and entries:
        lines += [f"## 0:00 {words['open']}", ""]
    for entry in sorted([*heads, *entries], key=lambda one: (one.at_ms, one.order)):
        lines += [entry.text, ""]
    return "\n".join(lines)


def _asked(seen: Timeline, question: Question, cohost: str, language: Language, *, names: bool) -> Iterator[_Entry]:
    """The question with its first asker, and its answer in the chat."""
    if not question.lines:
        return
    words, first = _WORDS[language], seen.lines[question.lines[0]]
    askers = len({seen.lines[n].user_id or n for n in question.lines})
    who = _inert(first.name or first.user_id, 40) if names else words["viewer"]
    more = words["more"].format(count=askers - 1 if language == "en" else askers) if askers > 1 else ""
    space, colon = ("", "：") if language == "zh" else (" ", ": ")
    asked = space.join(part for part in (who, more, words["asked"]) if part)
    yield _Entry(first.at_ms, 2, f"> {clock(first.at_ms)} {asked}{colon}{_inert(first.text)}")
    for reply in (seen.replies[n] for n in question.posts):
        if reply.done_ms >= 0 and not reply.problem:
            comma = "，" if language == "zh" else ", "
            said = (
                f"> {clock(reply.done_ms)} {_plain(cohost)}{comma}{words['in_chat']}{colon}{_plain(inert(reply.text))}"
            )
            yield _Entry(reply.done_ms, 3, said)
            return


def _inert(text: str, most: int = 300) -> str:
    """A viewer's words: nothing that a program makes a link of, either."""
    return _ADDRESS.sub(r"\\\g<0>", _plain(inert(text, most)))


def _plain(text: str) -> str:
    """As it is, in Markdown."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
