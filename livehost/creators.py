"""Reads a creator's folder; every fault of a file is told at once, each with its line."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from importlib import resources
from pathlib import Path
from typing import TypeVar

import msgspec

from livehost.creator_file import read_creator
from livehost.errors import BadInput
from livehost.knowledge import Availability, CartNumber, Faq, Knowledge, Money, Passage, Product, Shipping
from livehost.settings import Creator
from livehost.tables import Row, read_table, read_text
from livehost.toolbox import read_toolbox
from livehost.videos import read_videos

CART_COLUMN = "cart_number"
_FAULTS_TOLD = 20
_PRODUCT_NEEDS = ("id", "title")
_FAQ_NEEDS = ("id", "question", "answer")
_PASSAGE_CHARACTERS = 700
_AVAILABILITY: dict[str, Availability] = {
    "": "",
    "in_stock": "in_stock",
    "out_of_stock": "out_of_stock",
    "preorder": "preorder",
    "backorder": "backorder",
}
T = TypeVar("T", Product, Faq)
Fault = Callable[[str], None]


def load(folder: Path) -> Knowledge:
    """Raises BadInput that names file, line and column of all that is wrong."""
    if not folder.is_dir():
        raise BadInput(
            "there is no such creator's folder", where=str(folder), fix="Give the folder that holds creator.toml"
        )
    creator = read_creator(folder / "creator.toml")
    products = [one.by_way_of(creator.links.redirect) for one in read_products(folder / "products.csv")]
    known = {product.id for product in products}
    _check_products(creator, known, folder / "creator.toml")
    faqs = read_faq(folder / "faq.csv", known)
    tools = read_toolbox(folder / "tools.toml").tool
    passages = (*_passages(folder / "knowledge"), *read_videos(folder))
    return Knowledge(creator, tuple(products), tuple(faqs), passages, tools=tools)


def _check_products(creator: Creator, known: set[str], path: Path) -> None:
    """Those that creator.toml names; raises BadInput."""
    named = [(f"[obs.scenes]: scene {scene!r}", product) for scene, product in creator.obs.scenes.items()]
    named += [(f"[[rundown]]: {line.text[:40]!r}", line.product_id) for line in creator.rundown if line.product_id]
    for where, product in named:
        if product not in known:
            near = difflib.get_close_matches(product, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise BadInput(
                f"{where} names a product that is not in products.csv: {product!r}{hint}",
                where=str(path),
            )


def read_products(path: Path) -> list[Product]:
    """The rows of a file that may be missing. Raises BadInput."""
    return _table(path, _PRODUCT_NEEDS, _product)


def read_faq(path: Path, products: set[str]) -> list[Faq]:
    """The entries of a file that may be missing; `products` are the ids that they may name. Raises BadInput."""
    return _table(path, _FAQ_NEEDS, lambda row, fault: _faq(row, fault, products))


def demo_creators() -> list[Path]:
    """The folders of the bundled creators."""
    folder = Path(str(resources.files("livehost"))) / "demo" / "creators"
    return sorted(path for path in folder.iterdir() if (path / "creator.toml").is_file())


def digest(knowledge: Knowledge) -> str:
    """SHA-256 of the compiled knowledge, as it is written into a session's folder."""
    return hashlib.sha256(msgspec.json.encode(knowledge, order="deterministic")).hexdigest()


def _table(path: Path, needed: Sequence[str], make: Callable[[Row, Fault], T | None]) -> list[T]:
    """The rows of a file that may be missing."""
    if not path.exists():
        return []
    faults: list[str] = []
    made: list[T] = []
    seen: dict[str, int] = {}
    for number, row in read_table(path, needed):
        before = len(faults)
        item = make(row, partial(_note, faults, number))
        if row["id"] in seen:
            faults.append(f"line {number}: the id {_shown(row['id'])} is that of line {seen[row['id']]}, too")
        seen[row["id"]] = number
        if item is not None and len(faults) == before:
            made.append(item)
    if faults:
        more = f"\n  and {len(faults) - _FAULTS_TOLD} more" if len(faults) > _FAULTS_TOLD else ""
        raise BadInput("\n  " + "\n  ".join(faults[:_FAULTS_TOLD]) + more, where=str(path))
    return made


def _note(faults: list[str], line: int, what: str) -> None:
    faults.append(f"line {line}: {what}")


def _product(row: Row, fault: Fault) -> Product | None:
    if not row["id"] or not row["title"]:
        fault("id and title must not be empty")
    availability = row.get("availability", "").lower().replace(" ", "_")
    if availability not in _AVAILABILITY:
        fault(f"availability {_shown(availability)} is none of in_stock, out_of_stock, preorder, backorder")
    number = row.get("link_number", "")
    if number and not number.isdigit():
        fault(f"link_number {_shown(number)} is no number")
    carts: tuple[CartNumber, ...] = ()
    try:
        carts = cart_numbers(row.get(CART_COLUMN, ""))
    except ValueError as piece:
        fault(f'cart_number {_shown(str(piece))} is none, or comes twice; write it as "3" or "douyin:3|tiktok:1"')
    everywhere = next((cart.number for cart in carts if not cart.platform), None)
    return Product(
        id=row["id"],
        title=row["title"],
        description=row.get("description", ""),
        link=_link(row.get("link", ""), "link", fault),
        image_link=_link(row.get("image_link", ""), "image_link", fault),
        availability=_AVAILABILITY.get(availability, ""),
        price=_money(row.get("price", ""), "price", fault),
        sale_price=_money(row.get("sale_price", ""), "sale_price", fault),
        sale_dates=row.get("sale_price_effective_date", ""),
        brand=row.get("brand", ""),
        product_type=row.get("product_type", ""),
        item_group_id=row.get("item_group_id", ""),
        color=_several(row.get("color", ""), "/"),
        size=_several(row.get("size", ""), "/"),
        material=row.get("material", ""),
        product_weight=row.get("product_weight", ""),
        link_number=int(number) if number.isdigit() else everywhere,
        cart_numbers=tuple(cart for cart in carts if cart.platform),
        also_called=_several(row.get("also_called", ""), "|"),
        shipping=tuple(_shipping(row.get("shipping", ""), fault)),
    )


def _faq(row: Row, fault: Fault, products: set[str]) -> Faq | None:
    for column in _FAQ_NEEDS:
        if not row[column]:
            fault(f"{column} must not be empty")
    product = row.get("product_id", "")
    if product and product not in products:
        near = difflib.get_close_matches(product, products, n=1)
        fault(f"there is no product {_shown(product)}" + (f"; did you mean {near[0]!r}?" if near else ""))
    also, never = (_several(row.get(column, ""), "|") for column in ("also_asked", "not_asked"))
    return Faq(row["id"], row["question"], row["answer"], product, also, never)


def _money(value: str, column: str, fault: Fault) -> Money | None:
    """ "129.00 USD", "USD 129" or "129 USD"."""
    if not value:
        return None
    found = re.fullmatch(r"(?:([A-Z]{3})\s*)?(\d+(?:\.\d+)?)\s*([A-Z]{3})?", value)
    if not found or bool(found[1]) == bool(found[3]):
        fault(f'{column} {_shown(value)} is no price; write it as "129.00 USD"')
        return None
    return Money(Decimal(found[2]), found[1] or found[3])


def _shipping(value: str, fault: Fault) -> Iterator[Shipping]:
    """ "CA::Standard:12.00 USD,GB:::15.00 USD": country, region, service and price, as in the Merchant feed."""
    for piece in _several(value, ","):
        country, region, service, price = (part.strip() for part in (piece.split(":") + [""] * 3)[:4])
        money = _money(price, "shipping", fault)
        if not re.fullmatch(r"[A-Za-z]{2}", country) or money is None:
            fault(f'shipping {_shown(piece)} is none; write it as "CA::Standard:12.00 USD"')
        elif not region:  # a price for a part of a country is not told for the whole
            yield Shipping(country.upper(), money, service)


def cart_numbers(value: str) -> tuple[CartNumber, ...]:
    """ "3" is the number everywhere (its platform is empty), "douyin:3|tiktok:1" that of each platform; both may stand
    together. Raises ValueError with the piece that is none, or comes twice."""
    found: dict[str, CartNumber] = {}
    for piece in _several(value, "|"):
        platform, colon, number = (part.strip().lower() for part in piece.rpartition(":"))
        if not re.fullmatch(r"\d{1,4}", number, re.ASCII) or bool(colon) != bool(platform) or platform in found:
            raise ValueError(piece)
        found[platform] = CartNumber(platform, int(number))
    return tuple(found.values())


def renumbered(value: str, cart: CartNumber) -> str:
    """A cell of cart_number with one number changed; 0: taken out."""
    kept = [one for one in cart_numbers(value) if one.platform != cart.platform]
    kept += [cart] if cart.number else []
    return "|".join(f"{one.platform}:{one.number}".lstrip(":") for one in kept)


def _link(value: str, column: str, fault: Fault) -> str:
    if value and not re.match(r"https?://[^\s]+$", value):
        fault(f"{column} {_shown(value)} is no web address")
        return ""
    return value


def _several(value: str, separator: str) -> tuple[str, ...]:
    return tuple(part for piece in value.split(separator) if (part := piece.strip()))


def _shown(value: str) -> str:
    return repr(value if len(value) <= 40 else value[:40] + "…")


def _passages(folder: Path) -> Iterator[Passage]:
    """Paragraphs of the text documents, short ones put together."""
    for path in sorted([*folder.glob("*.md"), *folder.glob("*.txt")]) if folder.is_dir() else []:
        kept = ""
        number = 0
        for paragraph in [*re.split(r"\n\s*\n", read_text(path)), ""]:
            if kept and (not paragraph or len(kept) + len(paragraph) > _PASSAGE_CHARACTERS):
                number += 1
                yield Passage(path.name, str(number), kept)
                kept = ""
            kept = f"{kept}\n\n{paragraph.strip()}".strip()
