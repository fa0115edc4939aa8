"""What the pages show, made out of the view: plain data in the order a moderator reads it. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence, Set
from typing import get_args

import msgspec

from livehost import commands
from livehost.knowledge import Knowledge, Product
from livehost.settings import Mode
from livehost.show.view import ShownItem, ShownLine, View

_OPEN = ("held", "speaking", "preparing", "waiting")
_OVER_SHOWN, _UNANSWERED_SHOWN, _DEEDS_SHOWN, _LINES_AT_ONCE = 30, 30, 30, 300


class SeenItem(msgspec.Struct, frozen=True):
    """A question and what becomes of it. `source` says where the answer stands."""

    item: int
    state: str
    question: str
    asker: str
    text: str  # the answer or its draft; empty: there is none yet
    askers: int
    age_ms: int
    reason: str
    kind: str
    confidence: float
    source: str
    link: str
    product_id: str
    pinned: bool


class SeenLine(msgspec.Struct, frozen=True):
    """A chat line; `number` counts all lines of the session."""

    number: int
    at_ms: int
    platform: str
    name: str
    roles: tuple[str, ...]
    type: str
    text: str
    kind: str
    route: str
    item: int
    why: str


class SeenPart(msgspec.Struct, frozen=True):
    name: str
    state: str
    detail: str


class SeenProduct(msgspec.Struct, frozen=True):
    id: str
    title: str
    price: str
    link: str
    image: str
    number: int
    facts: tuple[str, ...]  # for the host's eye: the feed's own words


class SeenWanted(msgspec.Struct, frozen=True):
    """A question that nobody prepared; `proposed`: the host has spoken of it, see the proposals."""

    question: int
    text: str
    askers: int
    proposed: bool


class SeenProposal(msgspec.Struct, frozen=True):
    """What the host said to a question, as an entry for the FAQ: accept (in other words) or decline."""

    proposal: int
    question: str
    answer: str
    source: str


class SeenDoubt(msgspec.Struct, frozen=True):
    """The host said otherwise than the feed: confirm (the host is right) or correct (the feed is, or another value)."""

    doubt: int
    product_id: str
    title: str
    field: str
    said: str
    feed: str
    quote: str


class Saying(msgspec.Struct, frozen=True):
    """What is being said; `since_ms` ago."""

    item: int
    text: str
    since_ms: int
    question: str
    asker: str
    product_id: str
    link: str


class State(msgspec.Struct, frozen=True):
    at_ms: int
    creator: str
    language: str
    mode: str
    modes: tuple[str, ...]  # that may be chosen
    muted: bool
    paused: bool
    panic: bool
    private: str  # why nothing is heard, recorded or said; empty: it is
    host_speaks: bool
    saying: Saying | None
    items: tuple[SeenItem, ...]  # held first, then what is spoken, made ready, waits
    over: tuple[SeenItem, ...]  # the latest first
    host: tuple[str, ...]
    host_saying: str  # the words so far of what is being said; they stay
    parts: tuple[SeenPart, ...]
    unanswered: tuple[tuple[str, int], ...]
    wanted: tuple[SeenWanted, ...]  # the same with their numbers, most askers first
    proposals: tuple[SeenProposal, ...]
    doubts: tuple[SeenDoubt, ...]
    deeds: tuple[tuple[int, str, str, str], ...]  # at_ms, who, what, on what; the latest first
    counts: dict[str, int]
    decided_ms: tuple[int, int]  # median and p95
    spoken_ms: tuple[int, int]
    table: str
    products: tuple[SeenProduct, ...]


def state_of(view: View, knowledge: Knowledge) -> State:
    creator = knowledge.creator
    items = sorted(view.waiting(*_OPEN), key=lambda i: (_OPEN.index(i.state), -i.front, -i.askers, i.first_ms))
    over = sorted((i for i in view.items.values() if i.state not in _OPEN), key=lambda i: -i.since_ms)
    wanted = _wanted(view)
    return State(
        at_ms=view.at_ms,
        creator=creator.name,
        language=creator.languages[0],
        mode=view.mode,
        modes=tuple(mode for mode in get_args(Mode) if mode != "solo" or creator.floor.solo),
        muted=view.muted,
        paused=view.paused,
        panic=view.panic,
        private=inert(view.private),
        host_speaks=view.host_speaks,
        saying=_saying(view),
        items=tuple(_item(view, item, item.first_ms) for item in items),
        over=tuple(_item(view, item, item.since_ms) for item in over[:_OVER_SHOWN]),
        host=tuple(inert(text, 300) for _, text in list(view.host)[-8:]),
        host_saying=inert(view.host_saying[1], 300),
        parts=tuple(SeenPart(inert(name), part.state, inert(part.detail)) for name, part in view.parts.items()),
        unanswered=tuple((w.text, w.askers) for w in wanted),
        wanted=wanted,
        proposals=tuple(
            SeenProposal(p.proposal, inert(p.question, 300), inert(p.answer), inert(p.source))
            for p in view.proposals.values()
        ),
        doubts=tuple(_doubt(doubt, knowledge) for doubt in view.doubts.values()),
        deeds=tuple(
            (at_ms, inert(act.who, 40), act.action, inert(act.text or str(act.target or ""), 80))
            for at_ms, act in list(view.deeds)[: -_DEEDS_SHOWN - 1 : -1]
        ),
        counts={name: count for name, count in view.counts.items() if ":" not in name or name.startswith("dropped")},
        decided_ms=_middle_and_high(view.decided_ms),
        spoken_ms=_middle_and_high(view.spoken_ms),
        table=view.table,
        products=tuple(_product(p, view) for p in knowledge.products[:500]),
    )


def _product(product: Product, view: View) -> SeenProduct:
    price = view.prices.get(product.id, str(product.price or ""))
    number = product.link_number or 0
    return SeenProduct(product.id, product.title, price, product.link, product.image_link, number, _facts(product))


def _facts(product: Product) -> tuple[str, ...]:
    sale = f"{product.sale_price} ({product.sale_dates})" if product.sale_price and product.sale_dates else ""
    told = (
        sale or str(product.sale_price or ""),
        product.availability.replace("_", " "),
        " / ".join(product.color),
        " / ".join(product.size),
        product.material,
        product.product_weight,
    )
    return tuple(inert(fact, 120) for fact in told if fact)


def lines_after(view: View, number: int) -> tuple[SeenLine, ...]:
    """The lines with a greater number, as far as they are kept; at most the latest few hundred."""
    newest = view.counts["lines"]
    wanted = min(newest - number, len(view.lines), _LINES_AT_ONCE)
    if wanted <= 0:
        return ()
    first = newest - wanted + 1
    return tuple(_line(first + i, shown) for i, shown in enumerate(list(view.lines)[-wanted:]))


def lines_numbered(view: View, numbers: Set[int]) -> tuple[SeenLine, ...]:
    """Those of the lines that are still kept."""
    oldest = view.counts["lines"] - len(view.lines) + 1
    return tuple(_line(number, view.lines[number - oldest]) for number in sorted(numbers) if number >= oldest)


def inert(text: str, most: int = 500) -> str:
    """Viewers' text without what turns the reading direction or hides between letters; the page sets it as text alone."""
    return "".join(c for c in text[:most] if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))


def _line(number: int, shown: ShownLine) -> SeenLine:
    line, decision = shown.line, shown.decision
    text = line.text
    if line.gift:
        text = f"{line.gift.name} ×{line.gift.count} {text}".strip()
    return SeenLine(
        number=number,
        at_ms=shown.at_ms,
        platform=inert(line.platform, 20),
        name=inert(line.user.name, 40),
        roles=line.user.roles[:4],
        type=line.type,
        text=inert(text),
        kind=decision.kind if decision else "",
        route=decision.route if decision else "",
        item=shown.item,
        why=inert("; ".join(decision.reasons), 300) if decision else "",
    )


def _item(view: View, item: ShownItem, since_ms: int) -> SeenItem:
    decision = item.decision
    has_answer = decision is None or bool(decision.spoken) or item.text != decision.text
    return SeenItem(
        item=item.number,
        state=item.state,
        question=inert(item.question, 300),
        asker=inert(item.asker, 40),
        text=inert(item.text) if has_answer else "",
        askers=item.askers,
        age_ms=view.at_ms - since_ms,
        reason=item.reason,
        kind=decision.kind if decision else "statement",
        confidence=decision.confidence if decision else 1.0,
        source=", ".join(f"{e.source} {e.id} {e.field}".strip() for e in decision.evidence)
        if decision
        else "moderator",
        link=decision.link if decision else "",
        product_id=decision.product_id if decision else "",
        pinned=item.pinned,
    )


def _wanted(view: View) -> tuple[SeenWanted, ...]:
    most = sorted(view.wanted.values(), key=lambda w: (-w.askers, w.question))
    return tuple(
        SeenWanted(w.question, inert(w.text, 300), w.askers, w.state == "proposed") for w in most[:_UNANSWERED_SHOWN]
    )


def _doubt(doubt: commands.ShowDoubt, knowledge: Knowledge) -> SeenDoubt:
    product = knowledge.product_by_id.get(doubt.product_id)
    title = product.title if product else ""
    return SeenDoubt(doubt.doubt, doubt.product_id, title, doubt.field, doubt.said, doubt.feed, inert(doubt.quote))


def _saying(view: View) -> Saying | None:
    item = view.items.get(view.saying)
    if item is None:
        return None
    decision = item.decision
    return Saying(
        item=item.number,
        text=inert(view.speaking),
        since_ms=view.at_ms - view.saying_since_ms,
        question=inert(item.question, 300),
        asker=inert(item.asker, 40),
        product_id=decision.product_id if decision else "",
        link=decision.link if decision else "",
    )


def _middle_and_high(values: Sequence[int]) -> tuple[int, int]:
    if not values:
        return (0, 0)
    ordered = sorted(values)
    return (ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))])
