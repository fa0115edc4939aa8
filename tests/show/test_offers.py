"""What a product costs on the pages: never another price than the one that counts now."""

from __future__ import annotations

from livehost import commands, events
from livehost.events import Envelope
from livehost.knowledge import Knowledge, Product
from livehost.settings import Creator
from livehost.show.offers import products_of
from livehost.show.view import View
from tests.shops import product


def _shown(item: Product, *wishes: commands.Command, at_ms: int = 0) -> tuple[str, str]:
    view = View()
    view.apply(Envelope(1, 0, events.SessionStarted("x", "polite", 1, "2026-11-25T20:00:00+01:00")), wishes)
    view.apply(Envelope(2, at_ms, events.Woke("x", 0)), [])
    seen = products_of(view, Knowledge(Creator("x"), (item,)))[0]
    return seen.price, seen.before


def test_a_sale_is_the_price_and_the_full_price_stands_behind_it() -> None:
    assert _shown(product("wok", "Wok", "259.00 CNY", "199.00 CNY")) == ("199.00 CNY", "259.00 CNY")
    assert _shown(product("wok", "Wok", "259.00 CNY")) == ("259.00 CNY", "")


def test_a_sale_counts_until_its_minute() -> None:
    item = product("wok", "Wok", "259.00 CNY", "199.00 CNY", "2026-11-01T00:00+01:00/2026-11-25T21:00+01:00")
    assert _shown(item) == ("199.00 CNY", "259.00 CNY")
    assert _shown(item, at_ms=60 * 60_000) == ("259.00 CNY", "")


def test_a_sale_that_makes_no_sense_shows_no_price() -> None:
    assert _shown(product("wok", "Wok", "259.00 CNY", "299.00 CNY")) == ("", "")
    assert _shown(product("wok", "Wok", "259.00 CNY", "199.00 CNY", "soon")) == ("", "")


def test_a_doubted_price_is_not_shown_until_a_person_told_which_is_true() -> None:
    item = product("wok", "Wok", "259.00 CNY", "199.00 CNY")
    doubt = commands.ShowDoubt(1, "wok", "price", "189 CNY", "199.00 CNY", "一百八十九")
    assert _shown(item, doubt) == ("", "")
    settled = commands.ShowDoubt(1, "wok", "price", "189 CNY", "199.00 CNY", "一百八十九", "confirmed")
    assert _shown(item, doubt, settled) == ("189 CNY", "")
