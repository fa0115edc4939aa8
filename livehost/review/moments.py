"""Moments of a session that are worth a clip: what many asked and was answered aloud, with the host's words to it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from livehost.errors import BadInput
from livehost.review.captions import Caption, Chapter, captions
from livehost.review.timeline import Question, Timeline
from livehost.show.inert import inert

_BEFORE_MS, _AFTER_MS = 600, 900
_LEADS_MS = 2500  # words of the host that end so shortly before lead to the answer
_FOLLOWS_MS = 2000
_HOST_WORDS_MOST_MS = 15_000
_SPAN = re.compile(r"\s*(?:(\d+):)?(\d+):(\d{2}(?:\.\d+)?)\s*-\s*(?:(\d+):)?(\d+):(\d{2}(?:\.\d+)?)\s*")


class Moment(NamedTuple):
    """`worth`: how many asked; a moment that a person chose has none."""

    start_ms: int
    end_ms: int
    title: str
    item: int
    worth: float


def moments(seen: Timeline) -> list[Moment]:
    """A moment for each question that was answered aloud, in order of time."""
    said = captions(seen)
    found = [moment for question in seen.questions.values() if (moment := _moment(seen, question, said))]
    return sorted(found)


def best(found: Iterable[Moment], count: int) -> list[Moment]:
    """The most asked, in order of time; those that overlap become one."""
    chosen = sorted(sorted(found, key=lambda m: (-m.worth, m.start_ms))[:count])
    joined: list[Moment] = []
    for moment in chosen:
        if joined and moment.start_ms < joined[-1].end_ms:
            last = joined[-1]
            joined[-1] = last._replace(end_ms=max(last.end_ms, moment.end_ms), title=f"{last.title} · {moment.title}")
        else:
            joined.append(moment)
    return joined


def chosen(texts: Sequence[str], seen: Timeline) -> list[Moment]:
    """ "12:30-13:05" or "1:02:30-1:03:00", as they are given. Raises BadInput."""
    found = []
    for text in texts:
        parts = _SPAN.fullmatch(text)
        if parts is None:
            raise BadInput(f"{text!r} is no span of time", fix="Such as 12:30-13:05")
        start_ms, end_ms = (_ms(*parts.groups()[at : at + 3]) for at in (0, 3))
        if not start_ms < end_ms <= seen.last_ms + 1000:
            raise BadInput(f"{text!r} is no part of the session", fix=f"It is {seen.last_ms // 1000} s long")
        asked = [q for q in seen.questions.values() if any(_overlaps(seen, q, start_ms, end_ms))]
        title = _title(seen, asked[0]) if asked else text.strip()
        found.append(Moment(start_ms, end_ms, title, asked[0].item if asked else 0, 0))
    return found


def of_items(numbers: Sequence[int], seen: Timeline) -> list[Moment]:
    """Of questions by their number. Raises BadInput where one was not answered aloud."""
    by_item = {moment.item: moment for moment in moments(seen)}
    missing = [str(number) for number in numbers if number not in by_item]
    if missing:
        raise BadInput(
            f"question {', '.join(missing)} was not answered aloud",
            fix="`livehost clips SESSION --list` shows which were",
        )
    return [by_item[number] for number in numbers]


def chapters(found: Sequence[Moment]) -> list[Chapter]:
    """One behind the other."""
    at, listed = 0, []
    for moment in found:
        length = moment.end_ms - moment.start_ms
        listed.append(Chapter(at, at + length, moment.title))
        at += length
    return listed


def _moment(seen: Timeline, question: Question, said: Sequence[Caption]) -> Moment | None:
    said_to_it = [seen.utterances[n] for n in question.spoken]
    whole = [utterance for utterance in said_to_it if utterance.sounding and not utterance.cut]
    spans = [span for utterance in (whole[-1:] or said_to_it) for span in utterance.sounding]
    if not spans or question.state != "answered" or not question.lines:
        return None
    start, end = spans[0][0], max(end for _, end in spans)
    start -= next((start - c.start_ms for c in said if _leads(c, start)), 0)
    end += next((c.end_ms - end for c in said if _follows(c, end)), 0)
    worth = len({seen.lines[n].user_id for n in question.lines})
    return Moment(
        max(0, start - _BEFORE_MS), min(end + _AFTER_MS, seen.last_ms), _title(seen, question), question.item, worth
    )


def _leads(one: Caption, start_ms: int) -> bool:
    is_near = 0 <= start_ms - one.end_ms <= _LEADS_MS
    return one.by == "host" and is_near and one.end_ms - one.start_ms <= _HOST_WORDS_MOST_MS


def _follows(one: Caption, end_ms: int) -> bool:
    is_near = 0 <= one.start_ms - end_ms <= _FOLLOWS_MS
    return one.by == "host" and is_near and one.end_ms - one.start_ms <= _HOST_WORDS_MOST_MS


def _title(seen: Timeline, question: Question) -> str:
    return inert(seen.lines[question.lines[0]].text, 100) if question.lines else inert(question.text, 100)


def _overlaps(seen: Timeline, question: Question, start_ms: int, end_ms: int) -> Iterable[bool]:
    for n in question.spoken:
        for start, end in seen.utterances[n].sounding:
            yield start < end_ms and end > start_ms


def _ms(hours: str | None, minutes: str, seconds: str) -> int:
    return round((int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)) * 1000)
