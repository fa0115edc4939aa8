"""Which product a question about a field means: the one it names, what is on the table, or several that it does not tell apart.

By name or number in the cart, by a colour or size that only one of several comes in ("the blue one"), by the table, by what
the same viewer asked about a moment ago. Rows of one item_group_id with one name are one product in variants.
"""

from __future__ import annotations

import re
from collections import defaultdict

import msgspec

from livehost.knowledge import Knowledge
from livehost.meaning import Field, Meaning
from livehost.understand.fields import VALUE_FIELDS, FieldAsk, FieldReader, is_deictic, own_values
from livehost.understand.normalise import PlainLine, plain_line
from livehost.understand.numbers import numbers_in
from livehost.understand.products import Named, ProductNames, bare_title
from livehost.understand.values import countries_in

_OTHERS = re.compile(
    r"\b(?:other|besides|except|not|don'?t|hate)\b|别的|其他|不要|不喜欢|除了"
)  # the value is not wanted
_TWO = ("price", "product_weight", "difference")  # fields that are told of two products at once


class FieldQuestions:
    """Lines that ask for a field and nothing else."""

    def __init__(self, knowledge: Knowledge, names: ProductNames, fields: FieldReader) -> None:
        self._products = knowledge.product_by_id
        self._names = names
        self._fields = fields
        self._families = _families(knowledge)
        self._numbers = {p.id: numbers_in(plain_line(" ".join((p.title, *p.size))).plain) for p in knowledge.products}
        self._every_number = frozenset[float]().union(*self._numbers.values())

    def read(self, line: PlainLine, table: str, recent: str = "") -> Meaning | None:
        """None where the line asks for no field, or for more than that, or of nothing that can be told."""
        ask = self._fields.read(line.plain)
        if ask is None or not ask.is_all:
            return None
        if ask.field in _TWO and len(ask.named.exact) == 2:
            return self._meaning(line, ask, ask.named.exact[:1], "named", against=ask.named.exact[1])
        if ask.field == "difference":
            return None
        meant, why = self._meant(line.plain, ask.named, table, recent)
        ids = self._narrowed(meant, ask, line.plain)
        return self._meaning(line, ask, ids, why) if ids else None

    def likely(self, line: PlainLine, field: Field, sure: float, table: str, recent: str) -> Meaning | None:
        """A field that the line probably asks for (`sure` 0-1); only of a product that is clear."""
        named = self._names.find(line.plain)
        unwanted = _OTHERS.search(line.plain)
        value, value_field = self._fields.value_in("" if unwanted else named.rest)
        meant, why = self._meant(line.plain, named, table, recent)
        if value and field != value_field and not any(own_values(self._products[p], value_field, value) for p in meant):
            if value_field == "color":
                return None
            value, value_field = "", ""  # "the big one, the X 700": of its price, not of a size
        ask = FieldAsk(field, value, value_field, named, "")
        ids = self._narrowed(meant, ask, line.plain)
        meaning = self._meaning(line, ask, ids, why) if ids and self.one_product(ids) else None
        if meaning is None or (field in _TWO and len(named.exact) == 2):
            return None
        return msgspec.structs.replace(meaning, confidence=min(1.0, sure), reasons=(f"field {field} {sure:.2f}", why))

    def family(self, product_id: str) -> tuple[str, ...]:
        """The variants of a product, itself among them."""
        return self._families.get(product_id, (product_id,))

    def one_product(self, ids: tuple[str, ...]) -> bool:
        return len(ids) == 1 or (len(ids) > 1 and set(ids) <= set(self.family(ids[0])))

    def _meant(self, plain: str, named: Named, table: str, recent: str) -> tuple[tuple[str, ...], str]:
        """The rows that could be meant, and why."""
        if named.exact:
            return named.exact, "named"
        pointed = self._pointed_at(named, table, recent, plain)
        if pointed:
            return pointed, "on the table" if pointed[0] in self.family(table) else "asked about before"
        return named.sort, "named by its sort"

    def _pointed_at(self, named: Named, table: str, recent: str, plain: str) -> tuple[str, ...]:
        """What is on the table; with another product that the viewer has just asked about, "it" can be either."""
        fits = [p for p in (table, recent) if p and (not named.sort or p in named.sort)]
        if len(fits) == 2 and not set(self.family(table)) & set(self.family(recent)) and is_deictic(plain):
            return (recent, table)
        return self.family(fits[0]) if fits else ()

    def _narrowed(self, ids: tuple[str, ...], ask: FieldAsk, plain: str) -> tuple[str, ...]:
        """Those of several that come in the colour or size that is named, and whose title or size has the line's number
        (1.8米的); none of them where that number is another product's."""
        if len(ids) > 1 or not ask.named.exact:
            numbers = numbers_in(plain)
            most = max((len(self._numbers[p] & numbers) for p in ids), default=0)
            if not most and numbers & self._every_number:
                return ()
            ids = tuple(p for p in ids if len(self._numbers[p] & numbers) == most)
        if len(ids) < 2 or not ask.value:
            return ids
        coming = tuple(p for p in ids if own_values(self._products[p], ask.value_field, ask.value))
        return coming or ids

    def _meaning(
        self, line: PlainLine, ask: FieldAsk, ids: tuple[str, ...], why: str, against: str = ""
    ) -> Meaning | None:
        clear = self.one_product(ids)
        product = self._products[ids[0]]
        field, value = self._asked_of(ask, ids, clear)
        if field == "shipping" and (not product.shipping or not (value := "/".join(sorted(countries_in(line.plain))))):
            return None
        return Meaning(
            text=line.text,
            language=line.language,
            kind="routine",
            confidence=0.95 if clear else 0.5,
            reasons=(f"field {field}", why),
            product_id=product.id if clear else "",
            field=field,
            value=value,
            rivals=() if clear else ids,
            variants=ids if clear and len(ids) > 1 else (),
            against=against,
        )

    def _asked_of(self, ask: FieldAsk, ids: tuple[str, ...], clear: bool) -> tuple[Field, str]:
        """The field, with the value as the product itself calls it. "Is the blue one in stock" asks for the blue one where
        the rows do not differ in it."""
        field = ask.value_field if ask.field == "availability" and ask.value and len(ids) == 1 else ask.field
        if field not in VALUE_FIELDS:
            if ask.value and clear and not any(own_values(self._products[p], ask.value_field, ask.value) for p in ids):
                return ask.value_field, ask.value  # there is none such: that comes first
            return field, ""
        if field != ask.value_field or not clear:
            return field, ask.value if field == ask.value_field else ""
        own = dict.fromkeys(v for p in ids for v in own_values(self._products[p], field, ask.value))
        return field, "/".join(own) or ask.value


def held_up(meaning: Meaning, variant: str) -> Meaning:
    """Of a product in variants the one that is held up, unless it is asked what others there are."""
    if variant not in meaning.variants or meaning.field in VALUE_FIELDS or meaning.value:
        return meaning
    reasons = (*meaning.reasons, "the variant on the table")
    return msgspec.structs.replace(meaning, product_id=variant, variants=(), reasons=reasons)


def _families(knowledge: Knowledge) -> dict[str, tuple[str, ...]]:
    grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for product in knowledge.products:
        if product.item_group_id:
            grouped[product.item_group_id, bare_title(product)].append(product.id)
    return {product: tuple(ids) for ids in grouped.values() if len(ids) > 1 for product in ids}
