"""The products as the pages show them: at the price that counts now, which is never a guess. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from livehost.knowledge import Knowledge, Product
from livehost.sale import sale_now
from livehost.show.inert import inert
from livehost.show.seen import SeenProduct
from livehost.show.view import View

_MOST = 500


def products_of(view: View, knowledge: Knowledge) -> tuple[SeenProduct, ...]:
    now = _now(view)
    return tuple(_product(product, view, now) for product in knowledge.products[:_MOST])


def _now(view: View) -> datetime | None:
    """To the minute: a sale's end is not told to the second."""
    if not view.started_at:
        return None
    return datetime.fromisoformat(view.started_at) + timedelta(minutes=view.at_ms // 60_000)


def _product(product: Product, view: View, now: datetime | None) -> SeenProduct:
    price, before = _price(product, now)
    if product.id in view.prices:  # somebody doubted it, or told what is true
        price, before = view.prices[product.id], ""
    return SeenProduct(
        product.id,
        product.title,
        price,
        before,
        product.link,
        product.image_link,
        product.link_number or 0,
        _facts(product),
    )


def _price(product: Product, now: datetime | None) -> tuple[str, str]:
    """What it costs now, and before a sale; empty where the feed leaves it open."""
    full = str(product.price or "")
    if product.sale_price is None:
        return full, ""
    sale = sale_now(product, now)
    if sale.doubt:
        return "", ""
    return (str(product.sale_price), full) if sale.state == "on" else (full, "")


def _facts(product: Product) -> tuple[str, ...]:
    told = (
        product.availability.replace("_", " "),
        " / ".join(product.color),
        " / ".join(product.size),
        product.material,
        product.product_weight,
    )
    return tuple(inert(fact, 120) for fact in told if fact)
