"""`livehost cluster`: what a room asked, once each, with its askers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from livehost.asking import Asker
from livehost.decide.waiting import key_of
from livehost.errors import BadInput
from livehost.understand.clusters import QuestionClusters
from livehost.understand.kinds import is_question
from livehost.understand.normalise import plain_line

_NO_QUESTIONS = ("smalltalk", "hostile")


class Line(msgspec.Struct, frozen=True):
    """A line of `livehost cluster`'s input; `user` is an id, or an object with one."""

    id: str | int
    text: str
    at_ms: int = 0
    user: str | dict[str, object] = ""

    @property
    def asker(self) -> str:
        return self.user if isinstance(self.user, str) else str(self.user.get("id", ""))


class QuestionItem(msgspec.Struct, frozen=True):
    """One question: its lines, the first of them that reads as a question, and how many viewers asked it."""

    item: int
    ids: tuple[str | int, ...]
    text: str
    askers: int
    first_ms: int
    last_ms: int
    faq: str = ""
    product_id: str = ""


@dataclass
class _Gathered:
    lines: list[Line] = field(default_factory=list)
    text: str = ""
    faq: str = ""
    product_id: str = ""


def gather(lines: Iterable[bytes], asker: Asker, clusters: QuestionClusters) -> Iterator[QuestionItem]:
    """Items in the order in which they were first asked; those of statements alone are left out. Raises BadInput with
    the number of a line that is none."""
    gathered: dict[int, _Gathered] = {}
    for line in _lines(lines):
        meaning = asker.meaning(line.text)
        if meaning.kind in _NO_QUESTIONS:
            continue
        known = meaning.kind == "routine"
        plain = plain_line(line.text).plain
        found = gathered.setdefault(clusters.add(plain, key_of(meaning) if known else ""), _Gathered())
        found.lines.append(line)
        if known or is_question(plain):
            found.text = found.text or line.text
        if known:
            found.faq, found.product_id = meaning.faq, meaning.product_id
    for number, found in gathered.items():
        if found.text:
            yield QuestionItem(
                item=number,
                ids=tuple(line.id for line in found.lines),
                text=found.text,
                askers=len({line.asker or f"line {line.id}" for line in found.lines}),
                first_ms=min(line.at_ms for line in found.lines),
                last_ms=max(line.at_ms for line in found.lines),
                faq=found.faq,
                product_id=found.product_id,
            )


def _lines(lines: Iterable[bytes]) -> Iterator[Line]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield msgspec.json.decode(line, type=Line)
        except (msgspec.DecodeError, UnicodeDecodeError) as trouble:
            raise BadInput(
                f"not a chat line: {trouble}",
                where=f"line {number}",
                fix='Each line is {"id": …, "at_ms": …, "user": "…", "text": "…"}',
            ) from None
