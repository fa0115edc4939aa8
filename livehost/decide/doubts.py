"""Where the host's word and the feed differ: the product's answers are held until a person tells which is true."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

import msgspec

from livehost import commands
from livehost.commands import Command, DoubtState
from livehost.knowledge import HostWord, Knowledge, Product

_DOUBTS_MOST = 100
_GIFT = re.compile(r"free|gift|bonus|[送赠]", re.I)
Field = Literal["price", "availability", "color", "size", "gift"]


class Doubt(msgspec.Struct, frozen=True):
    """What the host said of a product's field, what the feed says, and the words that were heard."""

    number: int
    product_id: str
    field: Field
    said: str
    feed: str
    quote: str


class Doubts:
    """Pure. `held` are the products in doubt."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], Doubt] = {}
        self._told: set[tuple[str, str, str]] = set()  # product, field, value that a person has ruled out
        self._count = 0

    @property
    def held(self) -> dict[str, Doubt]:
        return {doubt.product_id: doubt for doubt in self._open.values()}

    def said(self, product: Product, field: str, value: str, quote: str, knowledge: Knowledge) -> list[Command]:
        """The host said `value`; a doubt where the feed says otherwise and no person has ruled it out."""
        found = _compared(product, field, value, knowledge)
        if found is None:
            return []
        about, said, feed = found
        before = self._open.get((product.id, about))
        if (product.id, about, said) in self._told or (before and before.said == said):
            return []
        if before is None and len(self._open) >= _DOUBTS_MOST:
            return []
        number = before.number if before else self._next()
        doubt = Doubt(number, product.id, about, said, feed, quote)
        self._open[product.id, about] = doubt
        return [_shown(doubt, "open")]

    def settle(self, number: int, who: str, *, confirmed: bool, value: str) -> tuple[list[Command], HostWord | None]:
        """A person has told; the word that counts from now on beside the feed, None: the feed alone. Raises ValueError
        with what is wrong with `value`."""
        doubt = next((d for d in self._open.values() if d.number == number), None)
        if doubt is None:
            return [], None
        said = doubt.said if confirmed else _read(doubt, value)
        del self._open[doubt.product_id, doubt.field]
        if not confirmed:
            self._told.add((doubt.product_id, doubt.field, doubt.said))
        true = msgspec.structs.replace(doubt, said=said or doubt.feed)
        shown = _shown(true, "confirmed" if confirmed else "corrected")
        if not said or doubt.field == "gift":
            return [shown], None
        quote = doubt.quote if confirmed else value
        return [shown], HostWord(doubt.product_id, doubt.field, said, quote, who, doubt.feed, spoken=confirmed)

    def forget(self, product_ids: frozenset[str]) -> list[Command]:
        """The feed of these products was edited: what was in doubt before is looked at anew."""
        gone = [doubt for doubt in self._open.values() if doubt.product_id in product_ids]
        for doubt in gone:
            del self._open[doubt.product_id, doubt.field]
        return [_shown(doubt, "corrected") for doubt in gone]

    def _next(self) -> int:
        self._count += 1
        return self._count


def _compared(product: Product, field: str, value: str, knowledge: Knowledge) -> tuple[Field, str, str] | None:
    """The field with both values, None where they agree."""
    match field:
        case "price":
            feed = [money for money in (product.price, product.sale_price) if money]
            if any(money.amount == Decimal(value) for money in feed):
                return None
            currency = feed[0].currency if feed else _currency(knowledge)
            return "price", f"{value} {currency}".strip(), str(feed[-1]) if feed else ""
        case "availability":
            if not product.availability and value == "in_stock":
                return None
            return None if product.availability == value else ("availability", value, product.availability)
        case "sold_out_value":
            return _without(product, value)
        case _:
            texts = [product.description, *(f.answer for f in knowledge.faqs if f.product_id in ("", product.id))]
            return None if any(_GIFT.search(text) for text in texts) else ("gift", value, "")


def _without(product: Product, value: str) -> tuple[Field, str, str] | None:
    """A colour or size that is gone: the ones that are left."""
    for field in ("color", "size"):
        values: tuple[str, ...] = getattr(product, field)
        left = tuple(v for v in values if v.casefold() != value.casefold())
        if left and left != values:
            return ("color" if field == "color" else "size"), "/".join(left), "/".join(values)
    return None


def _currency(knowledge: Knowledge) -> str:
    return next((p.price.currency for p in knowledge.products if p.price), "")


def _read(doubt: Doubt, value: str) -> str:
    """A person's value in the form of the feed; empty: the feed is right."""
    if not value:
        return ""
    if doubt.field == "availability":
        named = value.strip().lower().replace(" ", "_")
        if named not in ("in_stock", "out_of_stock", "preorder", "backorder"):
            raise ValueError(f"{value!r} is none of in_stock, out_of_stock, preorder, backorder")
        return named
    if doubt.field == "price":
        amount = re.search(r"\d+(?:\.\d+)?", value)
        if not amount:
            raise ValueError(f"{value!r} is no price")
        return f"{amount.group()} {doubt.said.partition(' ')[2]}".strip()
    return value.strip()


def _shown(doubt: Doubt, state: DoubtState) -> Command:
    return commands.ShowDoubt(doubt.number, doubt.product_id, doubt.field, doubt.said, doubt.feed, doubt.quote, state)
