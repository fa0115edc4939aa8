"""Product feeds and shop exports → rows of products.csv. What an export can't tell for sure is left empty."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree

import msgspec

from livehost.errors import BadInput

Row = dict[str, str]
COLUMNS = (
    "id",
    "title",
    "description",
    "link",
    "image_link",
    "availability",
    "price",
    "sale_price",
    "sale_price_effective_date",
    "brand",
    "product_type",
    "item_group_id",
    "color",
    "size",
    "material",
    "product_weight",
    "link_number",
    "cart_number",
    "also_called",
)
_TAG = re.compile(r"<[^>]*>")
_DESCRIPTION_CHARACTERS = 1000
_STOCK = {"in stock": "in_stock", "instock": "in_stock", "out of stock": "out_of_stock", "outofstock": "out_of_stock"}


class Shop(msgspec.Struct, frozen=True):
    """What shop exports leave out: the currency of their prices, and where the shop is."""

    currency: str = ""
    address: str = ""


def google_rows(table: Iterable[Row]) -> list[Row]:
    """A Google Merchant feed as a table; variants that differ in nothing but colour and size become one product."""
    rows = [{name.removeprefix("g:").replace(" ", "_"): value for name, value in row.items()} for row in table]
    for row in rows:
        row["availability"] = _STOCK.get(
            row.get("availability", "").lower().replace("_", " "), row.get("availability", "")
        )
        row["description"] = plain_text(row.get("description", ""))
    return _folded(rows)


def google_xml(text: str, where: str) -> list[Row]:
    """The same as RSS 2.0 or Atom with the g: namespace."""
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - expat bounds entities, and it runs apart
    except ElementTree.ParseError as trouble:
        raise BadInput(f"not valid XML: {trouble}", where=where) from None
    items = [node for node in root.iter() if _local(node.tag) in ("item", "entry")]
    if not items:
        raise BadInput("there is no <item> or <entry> in it", where=where, fix="Give a Google Merchant feed")
    return google_rows({_local(node.tag): _content(node) for node in item} for item in items)


def shopify_rows(table: Iterable[Row], shop: Shop, where: str) -> list[Row]:
    """Shopify's product export: the first row of a handle holds the product, the others more variants and pictures."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in table:
        groups[row["handle"]].append(row)
    made: list[Row] = []
    for handle, rows in groups.items():
        head = rows[0]
        if head.get("status", "active").lower() not in ("active", ""):
            continue
        common = {
            "title": head["title"],
            "description": plain_text(head.get("body (html)", "")),
            "link": f"{shop.address.rstrip('/')}/products/{handle}" if shop.address else "",
            "image_link": head.get("image src", ""),
            "brand": head.get("vendor", ""),
            "product_type": head.get("type", "") or head.get("product category", ""),
            "item_group_id": handle,
        }
        names = [head.get(f"option{n} name", "") for n in (1, 2, 3)]
        variants = [row for row in rows if row.get("variant price")]
        for number, row in enumerate(variants, 1):
            price, sale = _two_prices(row["variant price"], row.get("variant compare at price", ""), shop, where)
            options = {name: row.get(f"option{n} value", "") for n, name in enumerate(names, 1) if name}
            stock = {"availability": _shopify_stock(row), "price": price, "sale_price": sale}
            identity = handle if len(variants) == 1 else row.get("variant sku", "") or f"{handle}-{number}"
            made.append({**common, **stock, "id": identity, **_options(options)})
    return _folded(made)


def woocommerce_rows(table: Iterable[Row], shop: Shop, where: str) -> list[Row]:
    """WooCommerce's product export: simple products, and variable ones with their variations."""
    rows = list(table)
    parents = {key: row for row in rows for key in (f"id:{row['id']}", row.get("sku", "")) if key}
    made: list[Row] = []
    for row in rows:
        kind = row.get("type", "simple").split(",")[0].strip()
        parent = parents.get(row.get("parent", ""), {}) if kind == "variation" else {}
        if kind == "variable" or "0" in (row.get("published", "1"), parent.get("published", "1")):
            continue
        names = [n for n in range(1, 10) if row.get(f"attribute {n} name")]
        options = {row[f"attribute {n} name"]: row.get(f"attribute {n} value(s)", "") for n in names}
        full, sale = row.get("regular price", ""), row.get("sale price", "")
        source = parent or row
        made.append(
            {
                "id": row.get("sku", "") or row["id"],
                "title": source["name"],
                "description": plain_text(source.get("short description", "") or source.get("description", "")),
                "image_link": (row.get("images", "") or source.get("images", "")).split(",")[0].strip(),
                "brand": source.get("brands", ""),
                "product_type": source.get("categories", ""),
                "item_group_id": row.get("parent", "").removeprefix("id:"),
                "availability": {"1": "in_stock", "0": "out_of_stock", "backorder": "backorder"}.get(
                    row.get("in stock?", ""), ""
                ),
                "price": _money(full, shop, where),
                "sale_price": _money(sale, shop, where),
                "sale_price_effective_date": _dates(row),
                **_options(options),
            }
        )
    return _folded(made)


def plain_text(markup: str) -> str:
    """The words of a description that may hold HTML."""
    words = " ".join(html.unescape(_TAG.sub(" ", markup)).split())
    return words if len(words) <= _DESCRIPTION_CHARACTERS else words[:_DESCRIPTION_CHARACTERS].rsplit(" ", 1)[0] + " …"


def _folded(rows: Sequence[Row]) -> list[Row]:
    """Variants as one product where title and prices agree; a variant with a price of its own keeps its own row, told
    apart by its options. Stock that differs between variants is left empty: a person must look."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.get("item_group_id") or row["id"], row["title"]].append(row)
    made: list[Row] = []
    for (group, title), variants in groups.items():
        same_price = len({(row.get("price"), row.get("sale_price")) for row in variants}) == 1
        if len(variants) == 1 or not same_price:
            several = len(variants) > 1
            made += [{**row, "title": _told_apart(title, row)} if several else row for row in variants]
            continue
        stock = {row.get("availability", "") for row in variants}
        joined = {name: "/".join(dict.fromkeys(v for row in variants if (v := row.get(name, "")))) for name in _VARIED}
        made.append({**variants[0], **joined, "id": group, "availability": stock.pop() if len(stock) == 1 else ""})
    return made


_VARIED = ("color", "size", "material")


def _told_apart(title: str, row: Row) -> str:
    """ "Serum" of 50 ml → "Serum 50 ml"."""
    options = [value for name in (*_VARIED, "other") if (value := row.get(name, "")) and value not in title]
    return " ".join((title, *options))


def _options(options: dict[str, str]) -> Row:
    """Options by the name that the shop gave them, into the feed's columns; "Default Title" is Shopify's for none."""
    row: Row = {}
    for name, value in options.items():
        if value in ("", "Default Title"):
            continue
        several = "/".join(part.strip() for part in value.split(","))
        row[_column_of(name.lower())] = several
    return row


def _column_of(option: str) -> str:
    for column, names in (
        ("color", ("color", "colour", "颜色", "farbe", "couleur")),
        ("size", ("size", "尺码", "尺寸", "规格", "größe", "taille", "volume", "length")),
        ("material", ("material", "fabric", "材质", "面料")),
    ):
        if any(name in option for name in names):
            return column
    return "other"


def _shopify_stock(row: Row) -> str:
    quantity = row.get("variant inventory qty", "")
    if not row.get("variant inventory tracker") and not quantity:
        return ""
    if not row.get("variant inventory tracker"):
        return "in_stock"
    if re.fullmatch(r"-?\d+", quantity) and int(quantity) > 0:
        return "in_stock"
    return "backorder" if row.get("variant inventory policy") == "continue" else "out_of_stock"


def _two_prices(price: str, compare_at: str, shop: Shop, where: str) -> tuple[str, str]:
    """Shopify keeps the price now, and the crossed-out one where there is a sale."""
    now, before = _amount(price, where), _amount(compare_at, where)
    if now is not None and before is not None and before > now:
        return _money(compare_at, shop, where), _money(price, shop, where)
    return _money(price, shop, where), ""


def _money(amount: str, shop: Shop, where: str) -> str:
    value = _amount(amount, where)
    if value is None:
        return ""
    if not shop.currency:
        raise BadInput("the export does not say its currency", where=where, fix="Add --currency USD (or your own)")
    return f"{value} {shop.currency}"


def _amount(written: str, where: str) -> Decimal | None:
    """ "1299.00", "1,299.00" and "129,90"."""
    if not written:
        return None
    plain = re.sub(r",(?=\d{3}(?:\D|$))", "", written.strip("'$€£¥ ")).replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise BadInput(f"{written!r} is no amount", where=where) from None
    if not value.is_finite() or value < 0:
        raise BadInput(f"{written!r} is no amount", where=where)
    return value


def _dates(row: Row) -> str:
    start, end = row.get("date sale price starts", ""), row.get("date sale price ends", "")
    return f"{start}/{end}" if start or end else ""


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _content(node: ElementTree.Element) -> str:
    return (node.text or node.get("href") or "").strip()


Reading = Callable[[Iterable[Row], Shop, str], list[Row]]
# What an export is known by: columns that only it has.
SHOP_EXPORTS: tuple[tuple[str, frozenset[str], Reading], ...] = (
    ("Shopify", frozenset({"handle", "variant price"}), shopify_rows),
    ("WooCommerce", frozenset({"regular price", "name", "id"}), woocommerce_rows),
    ("Google Merchant", frozenset({"id", "title"}), lambda table, _shop, _where: google_rows(table)),
)
