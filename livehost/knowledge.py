"""What a creator's team prepared, as data: products, FAQ entries, passages of documents."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Literal, TypeVar
from urllib.parse import quote

import msgspec

from livehost.decision import Kind
from livehost.meaning import Field
from livehost.settings import Creator

CART_MOST = 9999  # the highest number of a product in a cart
Availability = Literal["in_stock", "out_of_stock", "preorder", "backorder", ""]


class Money(msgspec.Struct, frozen=True):
    """An amount as the feed gives it, exact; `currency` is an ISO 4217 code."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class Shipping(msgspec.Struct, frozen=True):
    """What it costs to send a product to a country (ISO 3166 code)."""

    country: str
    price: Money
    service: str = ""


class CartNumber(msgspec.Struct, frozen=True):
    """Where a product stands in a platform's cart."""

    platform: str
    number: int


class Product(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row of products.csv. `link` is the one to give, `leads_to` where it leads to when it goes by our own address.
    `link_number` is the number in the room's cart (3号链接), `cart_numbers` those of platforms that have their own."""

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
    cart_numbers: tuple[CartNumber, ...] = ()
    also_called: tuple[str, ...] = ()
    shipping: tuple[Shipping, ...] = ()
    leads_to: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.title, *self.also_called)

    @property
    def shop(self) -> str:
        """Its page in the shop."""
        return self.leads_to or self.link

    def by_way_of(self, redirect: str) -> Product:
        """With a link that goes by our own address, so that it can be counted who follows it."""
        if not redirect or not self.link or self.leads_to:
            return self
        own = f"{redirect.rstrip('/')}/go/{quote(self.id, safe='')}"
        return msgspec.structs.replace(self, link=own, leads_to=self.link)

    def on(self, platform: str) -> Product:
        """As it stands on a platform: with that platform's number and no other's."""
        own = tuple(cart for cart in self.cart_numbers if cart.platform == platform)
        number = own[0].number if own else self.link_number
        return msgspec.structs.replace(self, link_number=number, cart_numbers=own)


class Faq(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row of faq.csv: one question in all its wordings, and its one answer. `not_asked` are wordings that look like it and
    ask for something else."""

    id: str
    question: str
    answer: str
    product_id: str = ""
    also_asked: tuple[str, ...] = ()
    not_asked: tuple[str, ...] = ()

    @property
    def wordings(self) -> tuple[str, ...]:
        return (self.question, *self.also_asked)


class Passage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A piece of a document that can be cited. Of a video: `id` is the moment ("1:35"), `title` the video's, `moment` what the
    piece is about, `link` leads there."""

    source: str
    id: str
    text: str
    title: str = ""
    moment: str = ""
    link: str = ""


class ToolWording(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A sentence of the creator's with `{holes}` for values, in one language or both; `when` it is the one to say."""

    en: str = ""
    zh: str = ""
    when: str = ""


class ToolParameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a tool needs to know. `choices`: value → how viewers call it; `ask`: what is asked back where it is missing."""

    name: str
    type: Literal["text", "number", "choice", "pattern"] = "text"
    choices: dict[str, tuple[str, ...]] = {}
    pattern: str = ""
    least: int = 0
    most: int = 1000
    default: str = ""
    examples: tuple[str, ...] = ()
    ask: ToolWording = ToolWording()


class ToolField(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A value of the result: where it stands (`data.tables[0].minutes`), and what it must be to be believed."""

    path: str
    type: Literal["number", "text", "yes_no"] = "text"
    least: float = 0
    most: float = 1_000_000
    longest: int = 60  # characters of a text
    optional: bool = False


class ToolStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One call: `get` or `post` of an address, or `call` of an MCP server; left out unless `when` holds."""

    get: str = ""
    post: str = ""
    body: dict[str, str | int | float | bool] = {}
    headers: dict[str, str] = {}  # "env:NAME": out of the environment
    mcp: str = ""
    call: str = ""
    arguments: dict[str, str | int | float | bool] = {}
    when: str = ""
    writes: bool = False
    fields: dict[str, ToolField] = {}


class Tool(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`writes`: it changes something, so a moderator approves each call. `private`: only to an account over a private channel;
    elsewhere `elsewhere` is said; `{account}` is that account. `fields`: of a product, which it tells instead of the feed;
    `{product}` is its id. `words`: a line with one of them and all parameters is the tool's, however it is worded.
    `kind`: it takes all lines of this kind. `reads`: a post of it changes nothing."""

    id: str
    asked: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    kind: Kind | Literal[""] = ""
    parameter: tuple[ToolParameter, ...] = ()
    step: tuple[ToolStep, ...] = ()
    answer: tuple[ToolWording, ...] = ()
    writes: bool = False
    reads: bool = False
    confirm: ToolWording = ToolWording()
    private: bool = False
    elsewhere: ToolWording = ToolWording()
    seconds: float = 2.0
    cache_seconds: float = 0.0


class HostWord(msgspec.Struct, frozen=True):
    """A person has told that this is true of a product, whatever the feed says: the host's word (`spoken`), or their own."""

    product_id: str
    field: str
    value: str
    quote: str
    who: str
    feed: str  # what the feed says
    spoken: bool = True


class Knowledge(msgspec.Struct, frozen=True, dict=True):
    """All of it, compiled; what a session keeps in its folder."""

    creator: Creator
    products: tuple[Product, ...] = ()
    faqs: tuple[Faq, ...] = ()
    passages: tuple[Passage, ...] = ()
    words: tuple[HostWord, ...] = ()  # of this session; the products are as they say
    tools: tuple[Tool, ...] = ()  # of tools.toml
    takes: tuple[str, ...] = ()  # answers that the creator recorded in person, word for word

    @cached_property
    def word_by_field(self) -> dict[tuple[str, str], HostWord]:
        return {(word.product_id, word.field): word for word in self.words}

    @cached_property
    def product_by_id(self) -> dict[str, Product]:
        return {product.id: product for product in self.products}

    @cached_property
    def product_by_number(self) -> dict[int, Product]:
        return {p.link_number: p for p in self.products if p.link_number is not None}

    def on(self, platform: str) -> Knowledge:
        """As it stands on a platform, with the numbers of its cart; itself where no platform has numbers of its own."""
        if not self._numbered:
            return self
        name = platform if platform in self._numbered else ""
        if name not in self._on:
            products = tuple(product.on(name) for product in self.products)
            self._on[name] = msgspec.structs.replace(self, products=products)
        return self._on[name]

    @cached_property
    def _numbered(self) -> frozenset[str]:
        """The platforms with numbers of their own."""
        return frozenset(cart.platform for product in self.products for cart in product.cart_numbers)

    @cached_property
    def _on(self) -> dict[str, Knowledge]:
        return {}

    @cached_property
    def faq_by_id(self) -> dict[str, Faq]:
        return {faq.id: faq for faq in self.faqs}


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """From one state of a creator's folder to the next: the rows that are new or different, and the ids of those gone."""

    creator: Creator | None = None  # when it is another
    products: tuple[Product, ...] = ()
    products_gone: tuple[str, ...] = ()
    faqs: tuple[Faq, ...] = ()
    faqs_gone: tuple[str, ...] = ()
    passages: tuple[Passage, ...] = ()
    passages_gone: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Change()

    def __str__(self) -> str:
        """ "2 products, 1 FAQ entry gone"."""
        parts = (
            (len(self.products), "products"),
            (len(self.products_gone), "products gone"),
            (len(self.faqs), "FAQ entries"),
            (len(self.faqs_gone), "FAQ entries gone"),
            (len(self.passages), "passages"),
            (len(self.passages_gone), "passages gone"),
            (int(self.creator is not None), "creator.toml"),
        )
        return ", ".join(f"{count} {what}" if what != "creator.toml" else what for count, what in parts if count)


def difference(old: Knowledge, new: Knowledge) -> Change:
    products, products_gone = _differing(old.products, new.products)
    faqs, faqs_gone = _differing(old.faqs, new.faqs)
    passages, passages_gone = _differing(old.passages, new.passages)
    return Change(
        creator=None if new.creator == old.creator else new.creator,
        products=products,
        products_gone=products_gone,
        faqs=faqs,
        faqs_gone=faqs_gone,
        passages=passages,
        passages_gone=passages_gone,
    )


def changed(knowledge: Knowledge, change: Change) -> Knowledge:
    """The knowledge after the change: changed rows keep their place, new ones come last. A product's new row goes before
    what was said of it."""
    edited = {*(product.id for product in change.products), *change.products_gone}
    return msgspec.structs.replace(
        knowledge,
        creator=change.creator or knowledge.creator,
        products=_merged(knowledge.products, change.products, change.products_gone),
        faqs=_merged(knowledge.faqs, change.faqs, change.faqs_gone),
        passages=_merged(knowledge.passages, change.passages, change.passages_gone),
        words=tuple(word for word in knowledge.words if word.product_id not in edited),
    )


def told(knowledge: Knowledge, word: HostWord) -> Knowledge:
    """The knowledge with a confirmed word in it."""
    product = _as_told(knowledge.product_by_id[word.product_id], word)
    others = tuple(w for w in knowledge.words if (w.product_id, w.field) != (word.product_id, word.field))
    products = tuple(product if p.id == product.id else p for p in knowledge.products)
    return msgspec.structs.replace(knowledge, products=products, words=(*others, word))


def _as_told(product: Product, word: HostWord) -> Product:
    match word.field:
        case "price":
            amount, _, currency = word.value.partition(" ")
            price = Money(Decimal(amount), currency)
            return msgspec.structs.replace(product, price=price, sale_price=None, sale_dates="")
        case "availability":
            return msgspec.structs.replace(product, availability=word.value)
        case _:
            return msgspec.structs.replace(product, **{word.field: tuple(word.value.split("/"))})


Row = TypeVar("Row", Product, Faq, Passage)


def _key(row: Product | Faq | Passage) -> str:
    return f"{row.source}#{row.id}" if isinstance(row, Passage) else row.id


def _differing(old: tuple[Row, ...], new: tuple[Row, ...]) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    known = {_key(row): row for row in old}
    kept = {_key(row) for row in new}
    return tuple(row for row in new if known.get(_key(row)) != row), tuple(key for key in known if key not in kept)


def _merged(rows: tuple[Row, ...], new: tuple[Row, ...], gone: tuple[str, ...]) -> tuple[Row, ...]:
    merged = {_key(row): row for row in rows}
    merged.update({_key(row): row for row in new})
    for key in gone:
        merged.pop(key, None)
    return tuple(merged.values())
