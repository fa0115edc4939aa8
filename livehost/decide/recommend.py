"""Two or three products for what a viewer looks for, each with a reason out of the feed, or none. Pure.

Filters over price, sort and stock first; then, of what is left, those whose own words hold what is wanted, rarer words
counting more.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
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
    weight: float
    reason: str
    field: str


class Sought(msgspec.Struct, frozen=True):
    """What is looked for: words in lower case, ids of products it must be among (empty: any), bounds of the price."""

    words: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None
    language: str = "en"


def recommend(sought: Sought, knowledge: Knowledge, now: datetime | None) -> Offer:
    fitting = [found for product in knowledge.products if (found := _fits(product, sought, now))]
    if sought.words:
        fitting = _by_words(fitting, sought, knowledge.products)
    chosen = _apart(found for found in fitting if not forbidden(found.reason, knowledge.creator.policy))[:_MOST]
    if not chosen:
        return Offer()
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
    link = (
        next((f.product.link for f in chosen if f.product.id in products and f.product.link), "")
        if len(products) == 1
        else ""
    )
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
    return _Found(product, price, 0.0, "", "")


def _between(amount: Decimal, sought: Sought) -> bool:
    return (sought.low is None or amount >= sought.low) and (sought.high is None or amount <= sought.high)


def _by_words(fitting: Sequence[_Found], sought: Sought, all_of_them: Sequence[Product]) -> list[_Found]:
    """Those whose words hold enough of what is wanted, most first, with the clause that says so."""
    bits = [bit for word in sought.words for bit in _bits(word)]
    seen_in = Counter(bit for product in all_of_them for bit in {b for text, _ in _texts(product) for b in _bits(text)})
    weight = {
        bit: math.log(1 + len(all_of_them) / seen_in[bit]) if seen_in[bit] else math.log(1 + len(all_of_them))
        for bit in bits
    }
    total = sum(weight.values())
    ranked = []
    for found in fitting:
        own = {b for text, _ in _texts(found.product) for b in _bits(text)}
        share = round(sum(w for bit, w in weight.items() if bit in own) / total, 6) if total else 0.0
        if share >= _COVERED:
            reason, field = _reason(found.product, weight)
            ranked.append(msgspec.structs.replace(found, weight=share, reason=reason, field=field))
    return sorted(ranked, key=lambda found: -found.weight)


def _reason(product: Product, weight: dict[str, float]) -> tuple[str, str]:
    """The short clause of its own that holds most of what is wanted."""
    clauses = [
        (round(sum(w for bit, w in weight.items() if bit in _bits(clause)), 6), clause.strip(" .。"), field)
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


def _bits(text: str) -> set[str]:
    """Stems of words, pairs of Chinese characters."""
    bits: set[str] = set()
    for word in _WORD.findall(text.casefold()):
        if _HAN.match(word):
            bits |= {word[at : at + 2] for at in range(len(word) - 1)}
        else:
            bits.add(word[:-1] if word.endswith("s") and len(word) > 3 else word)
    return bits


def _apart(found: Iterable[_Found]) -> list[_Found]:
    """One of each group of variants."""
    kept: dict[str, _Found] = {}
    for one in found:
        kept.setdefault(one.product.item_group_id or one.product.id, one)
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
