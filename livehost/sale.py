"""Whether a sale price counts now: sale_price_effective_date of the Merchant feed, "start/end" in ISO 8601."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Literal

import msgspec

from livehost.knowledge import Product

State = Literal["on", "over", "to come"]


class Sale(msgspec.Struct, frozen=True):
    """`last_day`: of a sale that ends soon, as the feed writes it; `doubt`: why its price can't be said unseen."""

    state: State
    last_day: date | None = None
    doubt: str = ""


_SOON = timedelta(days=60)


def sale_now(product: Product, now: datetime | None) -> Sale:
    """Of a product with a sale price. `now` None: the moment is not known."""
    assert product.sale_price is not None
    price, sale = product.price, product.sale_price
    if price is None or sale.currency != price.currency or sale.amount >= price.amount:
        return Sale("on", doubt="the sale price is not below the price")
    if not product.sale_dates:
        return Sale("on")
    period = _period(product.sale_dates, now)
    if now is None or period is None:
        return Sale("on", doubt="the sale has dates")
    begins, ends = period
    if ends and now >= ends:
        return Sale("over")
    if begins and now < begins:
        return Sale("to come")
    last = (ends - timedelta(microseconds=1)).date() if ends and ends - now <= _SOON else None
    return Sale("on", last)


def _period(written: str, now: datetime | None) -> tuple[datetime | None, datetime | None] | None:
    """Either end may be left out; an end without a time of day is that whole day. None: it can't be read."""
    first, slash, last = (part.strip() for part in written.partition("/"))
    if not slash or now is None:
        return None
    try:
        begins = _moment(first, now, time.min) if first else None
        ends = _moment(last, now, time.max) if last else None
    except ValueError:
        return None
    return begins, ends


def _moment(written: str, now: datetime, of_day: time) -> datetime:
    """A moment without a zone is one of where the session runs."""
    if len(written) == 10:
        return datetime.combine(date.fromisoformat(written), of_day, now.tzinfo)
    found = datetime.fromisoformat(written)
    return found if found.tzinfo else found.replace(tzinfo=now.tzinfo)
