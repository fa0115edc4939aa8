"""Products that tests make up."""

from __future__ import annotations

from decimal import Decimal

from livehost.knowledge import Money, Product


def product(identity: str, title: str, price: str, sale: str = "", sale_dates: str = "") -> Product:
    """Prices as "129.00 USD"."""
    return Product(
        identity,
        title,
        link=f"https://shop.example/p/{identity}",
        price=money(price),
        sale_price=money(sale) if sale else None,
        sale_dates=sale_dates,
        color=("black", "blue"),
        size=("S", "M"),
    )


def money(written: str) -> Money:
    amount, currency = written.split()
    return Money(Decimal(amount), currency)
