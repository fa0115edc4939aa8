"""What a creator's team prepared, as data: products, FAQ entries, passages of documents."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Literal

import msgspec

from livehost.settings import Creator

Availability = Literal["in_stock", "out_of_stock", "preorder", "backorder", ""]


class Money(msgspec.Struct, frozen=True):
    """An amount as the feed gives it, exact; `currency` is an ISO 4217 code."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class Product(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row of products.csv. `link_number` is the number in the room's cart (3号链接)."""

    id: str
    title: str
    description: str = ""
    link: str = ""
    image_link: str = ""
    availability: Availability = ""
    price: Money | None = None
    sale_price: Money | None = None
    sale_dates: str = ""  # sale_price_effective_date as the feed writes it
    brand: str = ""
    product_type: str = ""
    item_group_id: str = ""
    color: tuple[str, ...] = ()
    size: tuple[str, ...] = ()
    material: str = ""
    product_weight: str = ""
    link_number: int | None = None
    also_called: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.title, *self.also_called)


class Faq(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row of faq.csv: one question in all its wordings, and its one answer."""

    id: str
    question: str
    answer: str
    product_id: str = ""
    also_asked: tuple[str, ...] = ()

    @property
    def wordings(self) -> tuple[str, ...]:
        return (self.question, *self.also_asked)


class Passage(msgspec.Struct, frozen=True):
    """A piece of a document that can be cited."""

    source: str
    id: str
    text: str


class Knowledge(msgspec.Struct, frozen=True, dict=True):
    """All of it, compiled; what a session keeps in its folder."""

    creator: Creator
    products: tuple[Product, ...] = ()
    faqs: tuple[Faq, ...] = ()
    passages: tuple[Passage, ...] = ()

    @cached_property
    def product_by_id(self) -> dict[str, Product]:
        return {product.id: product for product in self.products}

    @cached_property
    def product_by_number(self) -> dict[int, Product]:
        return {p.link_number: p for p in self.products if p.link_number is not None}

    @cached_property
    def faq_by_id(self) -> dict[str, Faq]:
        return {faq.id: faq for faq in self.faqs}
