"""Subtitles, SRT and WebVTT: what was said, and when. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_SPAN = re.compile(r"^((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}) --> ((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})")
_TAG = re.compile(r"<[^>]*>|\{\\[^}]*\}")


class Cue(NamedTuple):
    start_ms: int
    end_ms: int
    text: str


def read_cues(text: str) -> Iterator[Cue]:
    """In the order of the file; what is none is passed over."""
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        lines = block.strip().split("\n")
        for number, line in enumerate(lines):
            if span := _SPAN.match(line.strip()):
                words = " ".join(_TAG.sub("", " ".join(lines[number + 1 :])).split())
                if words:
                    yield Cue(_ms(span[1]), _ms(span[2]), words)
                break


def as_srt(cues: Iterable[Cue]) -> str:
    return "\n".join(
        f"{number}\n{stamp(cue.start_ms, ',')} --> {stamp(cue.end_ms, ',')}\n{one_line(cue.text)}\n"
        for number, cue in enumerate(cues, 1)
    )


def stamp(ms: int, point: str) -> str:
    """ "00:01:35,250"."""
    hours, rest = divmod(max(0, ms), 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{point}{rest % 1000:03}"


def clock(ms: int) -> str:
    """0:05, 12:30, 3:04:00"""
    hours, rest = divmod(ms // 1000, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def one_line(text: str) -> str:
    """No arrow and no empty line: they would end the caption."""
    return " ".join(text.replace("-->", "→").split())


def _ms(written: str) -> int:
    clock, fraction = re.split(r"[.,]", written)
    seconds = 0
    for part in clock.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds * 1000 + int(fraction.ljust(3, "0"))
