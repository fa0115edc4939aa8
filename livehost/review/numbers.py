"""Many evenings of one creator in numbers: what was asked, which products, which sales were missed, when it pays. Pure.

    each session's timeline ─▶ add ─▶ sums by product, by question, by hour of the week ─▶ numbers

A viewer counts once over all sessions of a platform, but for a question without an answer once in each. Moments are those of
the wall clock where the session ran.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from livehost.knowledge import Knowledge
from livehost.record.folder import Header
from livehost.review.drafts import Draft, draft_for
from livehost.review.fates import ANSWERED, fate_of
from livehost.review.timeline import Line, Timeline
from livehost.review.unanswered import Group, unanswered

Why = Literal["not answered", "sold out"]
Viewer = tuple[str, str]  # platform, id
Hour = tuple[int, int]  # of the week: Monday is 0
_SEGMENTS_MOST, _MISSED_MOST = 5, 100
_ON_AIR_LEAST_MS = 600_000  # of an hour of the week, before it is compared with others


class ProductSum(msgspec.Struct, frozen=True):
    """`wanted`: viewers who asked and did not order; what a platform does not tell of orders stays 0."""

    product_id: str
    title: str
    asked: int
    viewers: int
    answered: int
    clicked: int
    ordered: int
    wanted: int


class Missed(msgspec.Struct, frozen=True):
    """A question that got no answer, or a product that was asked for while there was none; in how many sessions."""

    what: str
    why: Why
    product_id: str
    asked: int
    viewers: int
    sessions: int


class Slot(msgspec.Struct, frozen=True):
    """An hour of the week. `per_hour`: questions in an hour on air; None where it was on air too shortly to tell."""

    weekday: int
    hour: int
    on_air_ms: int
    questions: int
    orders: int
    per_hour: float | None


class Segment(msgspec.Struct, frozen=True):
    """Viewers who asked about a product and did not order it, what they asked most, and a post for them."""

    product_id: str
    title: str
    viewers: int
    asked: tuple[str, ...]
    draft: Draft | None


class Numbers(msgspec.Struct, frozen=True):
    creator: str
    sessions: int
    first: str
    last: str
    on_air_ms: int
    lines: int
    viewers: int
    asked: int
    answered: int
    coverage: float | None
    ordered: int
    products: tuple[ProductSum, ...]
    missed: tuple[Missed, ...]
    hours: tuple[Slot, ...]  # the best first
    segments: tuple[Segment, ...]


@dataclass
class _Product:
    asked: int = 0
    answered: int = 0
    clicked: int = 0
    ordered: int = 0
    askers: set[Viewer] = field(default_factory=set)
    buyers: set[Viewer] = field(default_factory=set)
    stock_askers: set[Viewer] = field(default_factory=set)
    stock_asked: int = 0
    stock_sessions: set[str] = field(default_factory=set)
    entries: Counter[str] = field(default_factory=Counter)  # FAQ entries that answered them


@dataclass
class _Open:
    what: str
    product_id: str
    asked: int
    viewers: int
    sessions: int


class Sums:
    """`knowledge` is the creator's of now; `group` puts the same questions together."""

    def __init__(self, knowledge: Knowledge, group: Group) -> None:
        self._knowledge = knowledge
        self._group = group
        self._began: list[datetime] = []
        self._on_air_ms = self._lines = self._asked = self._answered = self._sessions = 0
        self._viewers: set[Viewer] = set()
        self._products: dict[str, _Product] = {}
        self._open: dict[int, _Open] = {}
        self._hours: dict[Hour, list[int]] = {}  # ms on air, questions, orders

    def add(self, session: str, header: Header, seen: Timeline) -> None:
        """One session more."""
        messages = [line for line in seen.lines if line.type == "message"]
        done = [fate_of(seen, line) in (*ANSWERED, "asked back", "answered by the host") for line in messages]
        asked = [ok for line, ok in zip(messages, done, strict=True) if _is_question(line)]
        self._sessions += 1
        self._on_air_ms += seen.last_ms
        self._lines += len(messages)
        self._asked += len(asked)
        self._answered += sum(asked)
        self._viewers |= {_viewer(line) for line in messages}
        for line, ok in zip(messages, done, strict=True):
            self._about_product(line, ok, session)
        for line in (line for line in seen.lines if line.type == "order" and line.text):
            row = self._products.setdefault(line.text, _Product())
            row.ordered += max(1, line.count)
            row.buyers.add(_viewer(line))
        for _, product_id in seen.opened:
            self._products.setdefault(product_id, _Product()).clicked += 1
        for one in unanswered(seen, self._knowledge, done, messages, self._group):
            kept = self._open.setdefault(self._group(one.question), _Open(one.question, one.product_id, 0, 0, 0))
            kept.asked += one.asked
            kept.viewers += one.viewers
            kept.sessions += 1
        if header.started_at:
            self._along_the_week(datetime.fromisoformat(header.started_at), seen)

    def _about_product(self, line: Line, ok: bool, session: str) -> None:
        if line.kind != "routine" or line.product_id not in self._knowledge.product_by_id:
            return
        row = self._products.setdefault(line.product_id, _Product())
        row.asked += 1
        row.answered += ok
        row.askers.add(_viewer(line))
        row.entries.update([line.faq] if line.faq in self._knowledge.faq_by_id else [])
        if self._knowledge.product_by_id[line.product_id].availability == "out_of_stock":
            row.stock_asked += 1
            row.stock_askers.add(_viewer(line))
            row.stock_sessions.add(session)

    def _along_the_week(self, began: datetime, seen: Timeline) -> None:
        self._began.append(began)
        at, end = began, began + timedelta(milliseconds=seen.last_ms)
        while at < end:
            next_hour = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
            self._hour(at)[0] += round((min(next_hour, end) - at).total_seconds() * 1000)
            at = next_hour
        for line in seen.lines:
            slot = self._hour(began + timedelta(milliseconds=line.at_ms))
            slot[1] += line.type == "message" and _is_question(line)
            slot[2] += max(1, line.count) if line.type == "order" else 0

    def _hour(self, at: datetime) -> list[int]:
        return self._hours.setdefault((at.weekday(), at.hour), [0, 0, 0])

    def numbers(self, now: datetime) -> Numbers:
        """`now` tells which sale counts in a draft."""
        days = [f"{began:%Y-%m-%d}" for began in sorted(self._began)] or [""]
        products = sorted(self._product_sums(), key=lambda p: (-p.asked, -p.ordered, p.product_id))
        missed = sorted([*self._unanswered(), *self._sold_out()], key=lambda m: (-m.viewers, -m.asked, m.what))
        return Numbers(
            creator=self._knowledge.creator.name,
            sessions=self._sessions,
            first=days[0],
            last=days[-1],
            on_air_ms=self._on_air_ms,
            lines=self._lines,
            viewers=len(self._viewers),
            asked=self._asked,
            answered=self._answered,
            coverage=round(self._answered / self._asked, 4) if self._asked else None,
            ordered=sum(row.ordered for row in self._products.values()),
            products=tuple(products),
            missed=tuple(missed[:_MISSED_MOST]),
            hours=tuple(sorted(self._slots(), key=lambda s: (-(s.per_hour or 0), s.weekday, s.hour))),
            segments=tuple(self._segments(products, now)),
        )

    def _product_sums(self) -> Iterator[ProductSum]:
        for product_id, row in self._products.items():
            product = self._knowledge.product_by_id.get(product_id)
            title = product.title if product else product_id
            wanted = len(row.askers - row.buyers)
            yield ProductSum(
                product_id, title, row.asked, len(row.askers), row.answered, row.clicked, row.ordered, wanted
            )

    def _unanswered(self) -> Iterator[Missed]:
        for one in self._open.values():
            yield Missed(one.what, "not answered", one.product_id, one.asked, one.viewers, one.sessions)

    def _sold_out(self) -> Iterator[Missed]:
        for product_id, row in self._products.items():
            if row.stock_asked:
                title = self._knowledge.product_by_id[product_id].title
                askers = len(row.stock_askers)
                yield Missed(title, "sold out", product_id, row.stock_asked, askers, len(row.stock_sessions))

    def _slots(self) -> Iterator[Slot]:
        for (weekday, hour), (on_air_ms, questions, orders) in self._hours.items():
            told = on_air_ms >= _ON_AIR_LEAST_MS
            per_hour = round(questions * 3_600_000 / on_air_ms, 1) if told else None
            yield Slot(weekday, hour, on_air_ms, questions, orders, per_hour)

    def _segments(self, products: Iterable[ProductSum], now: datetime) -> Iterator[Segment]:
        """Of the products that can be had, those that most viewers want."""
        known = self._knowledge.product_by_id
        can_be_had = [p for p in products if p.wanted and known[p.product_id].availability != "out_of_stock"]
        for one in sorted(can_be_had, key=lambda p: (-p.wanted, p.product_id))[:_SEGMENTS_MOST]:
            entries = [entry for entry, _ in self._products[one.product_id].entries.most_common(3)]
            asked = tuple(self._knowledge.faq_by_id[entry].question for entry in entries)
            draft = draft_for(known[one.product_id], entries, self._knowledge, now)
            yield Segment(one.product_id, one.title, one.wanted, asked, draft)


def _is_question(line: Line) -> bool:
    return line.kind in ("routine", "other_question")


def _viewer(line: Line) -> Viewer:
    return line.platform, line.user_id or line.id
