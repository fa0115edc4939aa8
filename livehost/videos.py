"""The creator's own videos as passages that can be cited: `videos.csv`, and what is said in each as `videos/ID.srt`.

What was said of prices, offers, stock and days was true then: it is left out, since it would be told as true now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from livehost.errors import BadInput
from livehost.knowledge import Passage
from livehost.subtitles import Cue, clock, read_cues
from livehost.tables import Row, read_table, read_text

FILE, FOLDER = "videos.csv", "videos"
COLUMNS = ("id", "title", "link", "moments")
_MOMENT = re.compile(r"((?:\d+:)?\d{1,2}:\d{2})\s*(.*)")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？；])")
_PASSING = re.compile(
    r"[$€£¥%]|\d\s*(?:dollars?|bucks?|euros?|pounds?|yuan|rmb|percent|块|元|折)|[零一二两三四五六七八九十百千万半](?:块|元|折)"
    r"|\b(?:dollars?|price[ds]?|costs?|cheap\w*|discount\w*|coupons?|codes?|sale|deals?|offers?|free|gifts?|giveaway\w*|stock"
    r"|sold out|left|limited|today|tonight|tomorrow|yesterday|(?:this|next) (?:week|month|year)"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
    r"|价|优惠|折扣|打折|满减|立减|券|赠|送|包邮|福利|秒杀|库存|现货|有货|没货|卖完|抢|仅剩|限量|限时"
    r"|今天|今晚|明天|昨天|这周|下周|本月|下个?月|周[一二三四五六日末]",
    re.I,
)


class Moment(NamedTuple):
    at_ms: int
    title: str


def read_videos(creator: Path) -> Iterator[Passage]:
    """A passage for each moment; raises BadInput for a faulty row."""
    path = creator / FILE
    if not path.exists():
        return
    for number, row in read_table(path, COLUMNS[:2]):
        where = f"{path}, line {number}"
        if not re.fullmatch(r"[\w.-]+", row["id"]) or not row["title"]:
            raise BadInput("a video needs an id of letters, numbers and hyphens, and a title", where=where)
        try:
            yield from _passages(creator, row)
        except ValueError as piece:
            raise BadInput(f'{str(piece)!r} is no moment; write it as "1:35 How to wash it"', where=where) from None


def _passages(creator: Path, row: Row) -> Iterator[Passage]:
    said = creator / FOLDER / f"{row['id']}.srt"
    cues = list(read_cues(read_text(said))) if said.exists() else []
    moments = read_moments(row.get("moments", "")) or [Moment(0, "")]
    ends = [*(moment.at_ms for moment in moments[1:]), max([cue.end_ms for cue in cues], default=0) + 1]
    for moment, end_ms in zip(moments, ends, strict=True):
        words = " ".join(lasting(cue.text) for cue in cues if moment.at_ms <= cue.start_ms < end_ms).split()
        yield Passage(
            f"{FOLDER}/{row['id']}",
            clock(moment.at_ms),
            " ".join(words),
            title=row["title"],
            moment=moment.title,
            link=link_at(row.get("link", ""), moment.at_ms),
        )


def read_moments(cell: str) -> list[Moment]:
    """ "0:00 Hello|1:35 How to wash it"; raises ValueError with the piece that is none, or out of order."""
    found: list[Moment] = []
    for piece in filter(None, (part.strip() for part in cell.split("|"))):
        match = _MOMENT.fullmatch(piece)
        at_ms = _ms(match[1]) if match else -1
        if match is None or (found and at_ms <= found[-1].at_ms):
            raise ValueError(piece)
        found.append(Moment(at_ms, match[2]))
    return found


def written(moments: list[Moment]) -> str:
    return "|".join(f"{clock(moment.at_ms)} {moment.title.replace('|', '/')}".strip() for moment in moments)


def cut(cues: list[Cue], letters: int) -> list[Moment]:
    """Where a passage of about so many letters begins; a longer silence ends a shorter one. Named by its first words."""
    found: list[Moment] = []
    held, before_ms = 0, 0
    for cue in cues:
        silent = cue.start_ms - before_ms > 4_000 and held > letters / 8
        if not found or held + len(cue.text) > letters or silent:
            at_ms = cue.start_ms // 1000 * 1000
            if not found or at_ms > found[-1].at_ms:
                found.append(Moment(at_ms, _first_words(cue.text)))
                held = 0
        held += len(cue.text)
        before_ms = cue.end_ms
    return found


def lasting(text: str) -> str:
    """The sentences that are as true now as they were then."""
    return " ".join(part for part in _SENTENCE.split(text) if part and not _PASSING.search(part))


def link_at(link: str, at_ms: int) -> str:
    """The video's address at that moment: as YouTube and Bilibili have it, else as a media fragment."""
    seconds = at_ms // 1000
    if not link or not seconds:
        return link
    if re.match(r"https?://(?:[\w-]+\.)?(?:youtube\.com|youtu\.be|bilibili\.com|b23\.tv)/", link):
        return f"{link}{'&' if '?' in link else '?'}t={seconds}"
    return f"{link}#t={seconds}" if "#" not in link else link


def _first_words(text: str) -> str:
    first = re.split(r"[.!?。！？，,]", text)[0].strip() or text
    return first if len(first) <= 40 else first[:40].rsplit(" ", 1)[0].rstrip() + "…"


def _ms(written: str) -> int:
    seconds = 0
    for part in written.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds * 1000
