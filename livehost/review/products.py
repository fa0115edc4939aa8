"""A product's way through the evening: asked, answered, its link shown, clicked, ordered, and the time each step took."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import msgspec

from livehost.knowledge import Knowledge
from livehost.review.timeline import Line, Timeline


class ProductRow(msgspec.Struct, frozen=True):
    """`clicked` is None where links do not go by our own address: no platform tells it. Times are medians in ms; None: it
    never happened."""

    product_id: str
    title: str
    asked: int
    viewers: int
    answered: int
    link_shown: int
    clicked: int | None
    ordered: int
    on_table_ms: int
    ask_to_link_ms: int | None
    link_to_click_ms: int | None
    link_to_order_ms: int | None


@dataclass
class _Seen:
    viewers: set[str] = field(default_factory=set)
    asked: int = 0
    answered: int = 0
    ordered: int = 0
    orders_at: list[int] = field(default_factory=list)
    clicks_at: list[int] = field(default_factory=list)
    links_at: list[int] = field(default_factory=list)
    waits: list[int] = field(default_factory=list)
    on_table_ms: int = 0


def product_rows(seen: Timeline, knowledge: Knowledge, is_answered: Callable[[Line], bool]) -> tuple[ProductRow, ...]:
    """The most asked first; products that nobody asked about, ordered or showed are left out."""
    found: dict[str, _Seen] = {}
    for line in seen.lines:
        if line.type == "order" and line.text:
            row = found.setdefault(line.text, _Seen())
            row.ordered += max(1, line.count)
            row.orders_at.append(line.at_ms)
        elif line.type == "message" and line.product_id and line.kind == "routine":
            row = found.setdefault(line.product_id, _Seen())
            row.asked += 1
            row.viewers.add(line.user_id)
            row.answered += is_answered(line)
    _links(seen, knowledge, found)
    for at_ms, product_id in seen.opened:
        found.setdefault(product_id, _Seen()).clicks_at.append(at_ms)
    for product_id, shown_ms in _on_table(seen):
        found.setdefault(product_id, _Seen()).on_table_ms += shown_ms
    rows = (_row(product_id, row, knowledge) for product_id, row in found.items())
    return tuple(sorted(rows, key=lambda r: (-r.asked, -r.ordered, -r.on_table_ms)))


def _links(seen: Timeline, knowledge: Knowledge, found: dict[str, _Seen]) -> None:
    """Replies in the chat that hold the product's link, and how long after the first ask they were there."""
    for question in seen.questions.values():
        if not question.lines:
            continue
        first = seen.lines[question.lines[0]]
        product = knowledge.product_by_id.get(first.product_id)
        for reply in (seen.replies[n] for n in question.posts):
            if product and product.link and product.link in reply.text and reply.done_ms >= 0 and not reply.problem:
                row = found.setdefault(product.id, _Seen())
                row.links_at.append(reply.done_ms)
                row.waits.append(reply.done_ms - first.at_ms)


def _on_table(seen: Timeline) -> Iterable[tuple[str, int]]:
    ends = [at_ms for at_ms, _ in seen.tables[1:]] + [seen.last_ms]
    for (at_ms, product_id), end_ms in zip(seen.tables, ends, strict=False):
        if product_id:
            yield product_id, end_ms - at_ms


def _row(product_id: str, row: _Seen, knowledge: Knowledge) -> ProductRow:
    product = knowledge.product_by_id.get(product_id)
    links = sorted(row.links_at)
    return ProductRow(
        product_id=product_id,
        title=product.title if product else product_id,
        asked=row.asked,
        viewers=len(row.viewers),
        answered=row.answered,
        link_shown=len(links),
        clicked=len(row.clicks_at) if knowledge.creator.links.redirect else None,
        ordered=row.ordered,
        on_table_ms=row.on_table_ms,
        ask_to_link_ms=_median(row.waits),
        link_to_click_ms=_median(_since(links, row.clicks_at)),
        link_to_order_ms=_median(_since(links, row.orders_at)),
    )


def _since(links: list[int], moments: list[int]) -> list[int]:
    """From the last link before each moment; of a moment without one, nothing."""
    return [at - links[n - 1] for at in moments if (n := bisect_left(links, at))]


def _median(values: list[int]) -> int | None:
    return sorted(values)[len(values) // 2] if values else None
