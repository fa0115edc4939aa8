"""What was said, by whom and when, as captions: SRT, WebVTT, and chapters as video sites read them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from livehost.review.timeline import Timeline, Utterance
from livehost.show.inert import inert
from livehost.subtitles import clock, one_line, stamp

_LETTERS_MOST = {"en": 84, "zh": 36}  # of one caption: two lines
_BREAKS = re.compile(r"(?<=[.!?。！？；])\s*|(?<=[,，;、])\s+|(?<=[，；、])")


class Caption(NamedTuple):
    """In ms since the session (or the clip) began. `by` is "host" or "cohost"."""

    start_ms: int
    end_ms: int
    by: str
    text: str


class Chapter(NamedTuple):
    start_ms: int
    end_ms: int
    title: str


def captions(seen: Timeline) -> list[Caption]:
    """Everything that was heard of host and co-host, in order; `short` breaks it up to be read."""
    found = [Caption(w.start_ms, w.end_ms, "host", inert(w.text)) for w in seen.host]
    for utterance in seen.utterances:
        if (text := heard(utterance)) and utterance.sounding:
            spans = utterance.sounding
            found.append(Caption(spans[0][0], spans[-1][1], "cohost", inert(text)))
    return sorted(found)


def heard(utterance: Utterance) -> str:
    """The words that were heard of it; all, where it was not cut off."""
    text = utterance.text
    if not utterance.cut and utterance.heard_share < 0:
        return text
    share = utterance.heard_share
    if share < 0:
        letter_ms = 230 if utterance.language == "zh" else 62
        share = min(1.0, utterance.heard_ms / letter_ms / max(1, len(text)))
    if share >= 1:
        return text
    words = list(text) if utterance.language == "zh" else text.split()
    kept = round(share * len(words))
    return ("" if utterance.language == "zh" else " ").join(words[:kept]) + ("…" if kept else "")


def within(found: Iterable[Caption], start_ms: int, end_ms: int, at_ms: int = 0) -> Iterator[Caption]:
    """The captions of a span, cut to it, as if it began at `at_ms`; what is mostly outside of it is left out."""
    for one in found:
        start, end = max(one.start_ms, start_ms), min(one.end_ms, end_ms)
        if end > start and 2 * (end - start) >= one.end_ms - one.start_ms:
            yield one._replace(start_ms=start - start_ms + at_ms, end_ms=end - start_ms + at_ms)


def short(found: Iterable[Caption]) -> Iterator[Caption]:
    """None longer than can be read at once: broken at sentences and clauses, each as long as its share of the letters."""
    for one in found:
        pieces = _pieces(one.text)
        letters = sum(map(len, pieces)) or 1
        at = float(one.start_ms)
        for piece in pieces:
            until = at + (one.end_ms - one.start_ms) * len(piece) / letters
            yield one._replace(start_ms=round(at), end_ms=round(until), text=piece)
            at = until


def _pieces(text: str) -> list[str]:
    most = _LETTERS_MOST["zh" if re.search(r"[㐀-鿿]", text) else "en"]
    joined: list[str] = []
    for part in (part for whole in _BREAKS.split(text) if (part := whole.strip())):
        for piece in _hard(part, most):
            space = "" if most == _LETTERS_MOST["zh"] else " "
            if joined and len(joined[-1]) + len(piece) < most:
                joined[-1] += space + piece
            else:
                joined.append(piece)
    return joined or [text]


def _hard(part: str, most: int) -> Iterator[str]:
    """A clause without a break in it, between words."""
    while len(part) > most:
        at = part.rfind(" ", 0, most) if " " in part[:most] else most
        yield part[:at].strip()
        part = part[at:].strip()
    if part:
        yield part


def srt(found: Sequence[Caption], names: dict[str, str]) -> str:
    lines = []
    for number, one in enumerate(found, 1):
        lines += [str(number), f"{stamp(one.start_ms, ',')} --> {stamp(one.end_ms, ',')}"]
        lines += [f"{names[one.by]}: {one_line(one.text)}", ""]
    return "\n".join(lines)


def vtt(found: Sequence[Caption], names: dict[str, str]) -> str:
    lines = ["WEBVTT", ""]
    for one in found:
        lines += [f"{stamp(one.start_ms, '.')} --> {stamp(one.end_ms, '.')}"]
        lines += [f"<v {_escaped(names[one.by])}>{_escaped(one_line(one.text))}</v>", ""]
    return "\n".join(lines)


def chapter_list(chapters: Sequence[Chapter]) -> str:
    """ "0:00 How much is it?", a line each."""
    return "".join(f"{clock(chapter.start_ms)} {one_line(chapter.title)}\n" for chapter in chapters)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
