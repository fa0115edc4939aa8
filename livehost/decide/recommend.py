"""Two or three products for what a viewer looks for, each with a reason out of the feed, or none. Pure.

Filters over price, sort and stock first; then, of what is left, those whose own words hold what is wanted, rarer words
counting more.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from livehost.decide.claims import unfounded
from livehost.decide.phrases import money_words, phrases_for
from livehost.decide.wording import forbidden
from livehost.decision import Evidence
from livehost.knowledge import Knowledge, Money, Product
from livehost.sale import sale_now

_MOST = 3
_RANKED_MOST = 30
_COVERED = 0.5  # of the wanted words' weight
_CLAUSE = re.compile(r"[.!?;。！？；]\s*|\n|(?<=[㐀-鿿])[，,]|, ")
_REASON_MOST = 90  # characters
_WORD = re.compile(r"[a-z]{2,}|[㐀-鿿]+")
_HAN = re.compile(r"[㐀-鿿]")


class Offer(msgspec.Struct, frozen=True):
    """What is said and on what evidence; empty: nothing fits."""

    spoken: str = ""
    products: tuple[str, ...] = ()
    link: str = ""
    evidence: tuple[Evidence, ...] = ()


class _Found(msgspec.Struct, frozen=True):
    product: Product
    price: Money | None
    reason: str
    field: str


class Sought(msgspec.Struct, frozen=True):
    """What is looked for: words in lower case, ids of products it must be among (empty: any), bounds of the price."""

    words: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None
    language: str = "en"


class Catalogue:
    """The feed's words by product, once, so that ten thousand products cost no more than ten."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._own = [frozenset(bit for text, _ in _texts(p) for bit in bits(text)) for p in knowledge.products]
        self._holding: dict[str, list[int]] = defaultdict(list)  # bit → places of products
        for place, own in enumerate(self._own):
            for bit in sorted(own):
                self._holding[bit].append(place)

    def recommend(self, sought: Sought, now: datetime | None) -> Offer:
        policy = self._knowledge.creator.policy
        found = self._by_words(sought, now) if sought.words else self._within_bounds(sought, now)
        return _offer(_apart(one for one in found if not forbidden(one.reason, policy)), sought)

    def _within_bounds(self, sought: Sought, now: datetime | None) -> Iterator[_Found]:
        """In the order of the feed, which is the creator's own."""
        for product in self._knowledge.products:
            if one := _fits(product, sought, now):
                yield one

    def _by_words(self, sought: Sought, now: datetime | None) -> list[_Found]:
        """Those whose words hold enough of what is wanted, most first, with the clause that says so."""
        products = self._knowledge.products
        wanted = {bit for word in sought.words for bit in bits(word)}
        weight = {bit: math.log(1 + len(products) / max(1, len(self._holding.get(bit, ())))) for bit in wanted}
        total = sum(weight[bit] for bit in sorted(wanted))
        shares: dict[int, float] = defaultdict(float)
        for bit in sorted(wanted):
            for place in self._holding.get(bit, ()):
                shares[place] += weight[bit]
        ranked: list[_Found] = []
        for place in sorted(shares, key=lambda at: (-round(shares[at], 6), at)):
            if shares[place] < _COVERED * total or len(ranked) >= _RANKED_MOST:
                break
            if one := _fits(products[place], sought, now):
                reason, field = _reason(one.product, weight)
                ranked.append(msgspec.structs.replace(one, reason=reason, field=field))
        return ranked


def _offer(chosen: Sequence[_Found], sought: Sought) -> Offer:
    say = phrases_for(sought.language)
    parts: list[str] = []
    evidence: list[Evidence] = []
    for found in chosen:
        price = money_words(found.price, say) if found.price else ""
        details = say.comma.join(part for part in (price, found.reason) if part)
        sentence = say.facts.format(title=found.product.title, facts=details)
        pieces = _evidence(found)
        if details and not unfounded(sentence, tuple(pieces)):
            parts.append(sentence)
            evidence += pieces
    products = tuple(dict.fromkeys(piece.id for piece in evidence))
    link = next((f.product.link for f in chosen if products == (f.product.id,)), "")
    return Offer(say.space.join(parts), products, link, tuple(evidence)) if parts else Offer()


def _fits(product: Product, sought: Sought, now: datetime | None) -> _Found | None:
    """A product within the bounds, of the sort, that can be had; a price that is in doubt fits no bound."""
    if product.availability == "out_of_stock" or (sought.among and product.id not in sought.among):
        return None
    price = product.price
    if product.sale_price:
        sale = sale_now(product, now)
        price = None if sale.doubt else product.sale_price if sale.state == "on" else product.price
    bounded = sought.low is not None or sought.high is not None
    if bounded and (price is None or not _between(price.amount, sought)):
        return None
    return _Found(product, price, "", "")


def _between(amount: Decimal, sought: Sought) -> bool:
    return (sought.low is None or amount >= sought.low) and (sought.high is None or amount <= sought.high)


def _reason(product: Product, weight: Mapping[str, float]) -> tuple[str, str]:
    """The short clause of its own that holds most of what is wanted."""
    clauses = [
        (round(sum(weight[bit] for bit in sorted(bits(clause) & weight.keys())), 6), clause.strip(" .。"), field)
        for text, field in _texts(product)
        if field != "title"
        for clause in _CLAUSE.split(text)
        if clause and len(clause) <= _REASON_MOST
    ]
    best = max(clauses, key=lambda c: c[0], default=(0.0, "", ""))
    return (best[1], best[2]) if best[0] else ("", "")


def _texts(product: Product) -> tuple[tuple[str, str], ...]:
    texts = (
        (product.title, "title"),
        (product.description, "description"),
        (product.product_type, "product_type"),
        (product.material, "material"),
        ("/".join(product.color), "color"),
    )
    return tuple((text, field) for text, field in texts if text)


def bits(text: str) -> set[str]:
    """Stems of words, pairs of Chinese characters."""
    found: set[str] = set()
    for word in _WORD.findall(text.casefold()):
        if _HAN.match(word):
            found |= {word[at : at + 2] for at in range(len(word) - 1)}
        else:
            found.add(word[:-1] if word.endswith("s") and len(word) > 3 else word)
    return found


def _apart(found: Iterable[_Found]) -> list[_Found]:
    """The first few, one of each group of variants."""
    kept: dict[str, _Found] = {}
    for one in found:
        kept.setdefault(one.product.item_group_id or one.product.id, one)
        if len(kept) == _MOST:
            break
    return list(kept.values())


def _evidence(found: _Found) -> list[Evidence]:
    product = found.product
    pieces = [Evidence("products.csv", product.id, "title", product.title)]
    if found.price:
        name = "sale_price" if found.price == product.sale_price else "price"
        pieces.append(Evidence("products.csv", product.id, name, str(found.price)))
    if found.reason:
        pieces.append(Evidence("products.csv", product.id, found.field, found.reason))
    return pieces
