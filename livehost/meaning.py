"""What a line was understood to ask: what understanding hands to deciding."""

from __future__ import annotations

from typing import Literal

import msgspec

from livehost.decision import Kind

Field = Literal[
    "", "price", "availability", "color", "size", "material", "product_weight", "link", "shipping", "difference"
]


class Meaning(msgspec.Struct, frozen=True):
    """Of a routine line: a FAQ entry, or a field of a product with the value asked for ("in blue?").

    `rivals` are the products that it could be about when the line does not tell them apart; `variants` the rows of the one
    product (same item_group_id, same name) that it is about when it does not tell which; `against` a second product that it
    names beside the first ("how much are X and Y"). `value` may name several, separated by "/".
    `near` are FAQ entries that an unanswered line may mean, though not surely enough to be answered with.
    """

    text: str
    language: str  # "en" or "zh"
    kind: Kind
    confidence: float  # 0-1, rounded to 1e-4
    reasons: tuple[str, ...] = ()
    faq: str = ""
    product_id: str = ""
    field: Field = ""
    value: str = ""
    rivals: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    against: str = ""
    near: tuple[str, ...] = ()
