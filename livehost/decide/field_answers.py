"""Answers out of the product feed: one field of one product, of its variants together, or of two products side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from livehost.decide.phrases import Phrases, availability_words, day_words, money_words
from livehost.decision import Evidence
from livehost.knowledge import Knowledge, Money, Product
from livehost.meaning import Meaning
from livehost.sale import sale_now


class Drafted(msgspec.Struct, frozen=True):
    """What could be said, and where each fact of it stands. No evidence: it must not be said."""

    spoken: str = ""
    link: str = ""
    evidence: tuple[Evidence, ...] = ()
    asks_back: bool = False
    problem: str = ""  # why a person must look, though there is a draft


class _Ask(msgspec.Struct, frozen=True):
    """What an answer is made for."""

    knowledge: Knowledge
    say: Phrases
    now: datetime | None


def drafted_field(meaning: Meaning, knowledge: Knowledge, say: Phrases, now: datetime | None) -> Drafted:
    """Nothing where the feed does not hold it."""
    ask = _Ask(knowledge, say, now)
    product = knowledge.product_by_id[meaning.product_id]
    if meaning.against:
        return _side_by_side(product, knowledge.product_by_id[meaning.against], meaning, ask)
    if meaning.variants:
        return _of_variants([knowledge.product_by_id[v] for v in meaning.variants], meaning, ask)
    return _of_one(product, meaning, ask)


def _of_one(product: Product, meaning: Meaning, ask: _Ask) -> Drafted:
    match meaning.field:
        case "price":
            return _price(product, ask)
        case "availability":
            return _availability(product, ask)
        case "color" | "size":
            return _choice(product, meaning, ask)
        case "link":
            return _link(product, ask)
        case "shipping":
            return _shipping(product, meaning, ask)
        case _:
            return _plain_field(product, meaning.field, ask)


def _price(product: Product, ask: _Ask) -> Drafted:
    if product.price is None:
        return Drafted()
    evidence = [*_stands(product, "price", str(product.price), ask)]
    price = money_words(product.price, ask.say)
    if product.sale_price is None:
        return _about(product, ask.say.about(ask.say.price, product.title, price=price), evidence)
    sale = sale_now(product, ask.now)
    evidence.append(Evidence("products.csv", product.id, "sale_price", str(product.sale_price)))
    if product.sale_dates:
        evidence.append(Evidence("products.csv", product.id, "sale_price_effective_date", product.sale_dates))
    if sale.state != "on":
        return _about(product, ask.say.about(ask.say.price, product.title, price=price), evidence)
    sentence = ask.say.sale_until if sale.last_day else ask.say.sale
    until = day_words(sale.last_day, ask.say) if sale.last_day else ""
    lower = money_words(product.sale_price, ask.say)
    spoken = ask.say.about(sentence, product.title, price=price, sale=lower, until=until)
    return _about(product, spoken, evidence, sale.doubt)


def _availability(product: Product, ask: _Ask) -> Drafted:
    if not product.availability:
        return Drafted()
    evidence = _stands(product, "availability", product.availability, ask)
    return _about(product, availability_words(product, ask.say), evidence)


def _choice(product: Product, meaning: Meaning, ask: _Ask) -> Drafted:
    """What colours or sizes there are, or whether the one asked for is among them. What is out of stock comes in none."""
    field = meaning.field
    values: tuple[str, ...] = product.color if field == "color" else product.size
    if not values:
        return Drafted()
    if meaning.value and product.availability == "out_of_stock":
        return _availability(product, ask)
    return _about(
        product, _choice_words(values, product.title, meaning, ask.say), _stands(product, field, "/".join(values), ask)
    )


def _choice_words(values: Sequence[str], title: str, meaning: Meaning, say: Phrases) -> str:
    listed = say.joined(tuple(values))
    if not meaning.value:
        return say.about(say.comes_in, title, values=listed)
    wanted = {part.casefold() for part in meaning.value.split("/")}
    if found := tuple(value for value in values if value.casefold() in wanted):
        return say.about(say.yes_comes_in, title, value=say.joined(found))
    return say.about(say.no_comes_in, title, values=listed)


def _link(product: Product, ask: _Ask) -> Drafted:
    if not product.link:
        return Drafted()
    evidence = [Evidence("products.csv", product.id, "link", product.link)]
    spoken = ask.say.about(ask.say.link, product.title)
    carts = [cart for cart in product.cart_numbers if cart.number == product.link_number]
    if len(carts) == 1:  # who watches elsewhere hears it, too: it is said whose number it is
        cart = carts[0]
        evidence.append(Evidence("products.csv", product.id, "cart_number", f"{cart.platform}:{cart.number}"))
        place = ask.say.platforms.get(cart.platform, cart.platform.capitalize())
        spoken = ask.say.about(ask.say.cart_number, product.title, number=str(cart.number), place=place)
    elif product.link_number is not None:
        evidence.append(Evidence("products.csv", product.id, "link_number", str(product.link_number)))
        spoken = ask.say.about(ask.say.numbered_link, product.title, number=str(product.link_number))
    return _about(product, spoken, evidence)


def _shipping(product: Product, meaning: Meaning, ask: _Ask) -> Drafted:
    """To the one country that is named; two prices to it, or two countries, are a person's."""
    found = [shipping for shipping in product.shipping if shipping.country in meaning.value.split("/")]
    if len(found) != 1:
        return Drafted()
    place = ask.say.countries.get(found[0].country, found[0].country)
    price = money_words(found[0].price, ask.say)
    sentence = ask.say.shipping if found[0].price.amount else ask.say.free_shipping
    spoken = ask.say.about(
        sentence,
        product.title,
        place=place,
        price=price,
    )
    free = "" if found[0].price.amount else " (free, 包邮)"
    value = f"{found[0].country}: {found[0].price}{free}"
    return _about(product, spoken, [Evidence("products.csv", product.id, "shipping", value)])


def _plain_field(product: Product, field: str, ask: _Ask) -> Drafted:
    value: str = getattr(product, field, "") if field else ""
    if not value:
        return Drafted()
    spoken = ask.say.about(getattr(ask.say, field), product.title, value=value)
    return _about(product, spoken, [Evidence("products.csv", product.id, field, value)])


# --- two products


def _side_by_side(first: Product, second: Product, meaning: Meaning, ask: _Ask) -> Drafted:
    """Price, weight or what differs, both named; nothing where one of them lacks it."""
    if meaning.field != "difference":
        parts = [_of_one(product, msgspec.structs.replace(meaning, against=""), ask) for product in (first, second)]
        if not all(part.evidence for part in parts):
            return Drafted()
        spoken = ask.say.space.join(part.spoken for part in parts)
        evidence = tuple(piece for part in parts for piece in part.evidence)
        return Drafted(spoken, first.link, evidence, problem=parts[0].problem or parts[1].problem)
    drafts = [_differing(product, other, ask) for product, other in ((first, second), (second, first))]
    if not all(draft.evidence for draft in drafts):
        return Drafted()
    return Drafted(
        ask.say.space.join(draft.spoken for draft in drafts), first.link, drafts[0].evidence + drafts[1].evidence
    )


def _differing(product: Product, other: Product, ask: _Ask) -> Drafted:
    """Price, material and weight of a product as far as both have them and they differ."""
    facts: list[str] = []
    evidence: list[Evidence] = []
    if product.price and other.price and not (product.sale_price or other.sale_price):
        facts.append(money_words(product.price, ask.say))
        evidence += _stands(product, "price", str(product.price), ask)
    for field in ("material", "product_weight"):
        mine: str = getattr(product, field)
        if mine and getattr(other, field) not in ("", mine):
            facts.append(mine)
            evidence.append(Evidence("products.csv", product.id, field, mine))
    if not facts:
        return Drafted()
    return _about(product, ask.say.facts.format(title=product.title, facts=ask.say.comma.join(facts)), evidence)


# --- one product in variants


def _of_variants(rows: Sequence[Product], meaning: Meaning, ask: _Ask) -> Drafted:
    """What all rows say alike is said once; prices that differ as a range, stock row by row, colours and sizes together."""
    title = _common_title(rows)
    alike = {_of_one(msgspec.structs.replace(row, title=title), meaning, ask).spoken for row in rows}
    if len(alike) == 1 and meaning.field != "link":
        parts = [_of_one(msgspec.structs.replace(row, title=title), meaning, ask) for row in rows]
        return Drafted(
            parts[0].spoken, rows[0].link, tuple(e for part in parts for e in part.evidence), problem=parts[0].problem
        )
    match meaning.field:
        case "price":
            return _price_range(rows, title, ask)
        case "color" | "size":
            return _choice_of_variants(rows, title, meaning, ask)
        case "availability":
            return _stock_of_variants(rows, title, ask)
        case "link":
            return _link(msgspec.structs.replace(rows[0], title=title), ask)
        case _:
            return Drafted()


def _price_range(rows: Sequence[Product], title: str, ask: _Ask) -> Drafted:
    prices: list[tuple[Money, Product]] = []
    for row in rows:
        sale = sale_now(row, ask.now) if row.sale_price else None
        money = row.sale_price if sale and sale.state == "on" else row.price
        if money is None or (sale and sale.doubt):
            return Drafted()
        prices.append((money, row))
    if len({money.currency for money, _ in prices}) != 1:
        return Drafted()
    low, high = min(prices, key=lambda p: p[0].amount), max(prices, key=lambda p: p[0].amount)
    spoken = ask.say.about(
        ask.say.price_range, title, low=money_words(low[0], ask.say), high=money_words(high[0], ask.say)
    )
    evidence = [Evidence("products.csv", row.id, "price", str(money)) for money, row in (low, high)]
    return _about(rows[0], spoken, evidence)


def _choice_of_variants(rows: Sequence[Product], title: str, meaning: Meaning, ask: _Ask) -> Drafted:
    """Only what can be had is told as had."""
    had = [row for row in rows if row.availability != "out_of_stock"]
    values = tuple(dict.fromkeys(value for row in had for value in getattr(row, meaning.field)))
    if not values:
        return Drafted()
    evidence = [
        piece for row in had for piece in _stands(row, meaning.field, "/".join(getattr(row, meaning.field)), ask)
    ]
    return _about(rows[0], _choice_words(values, title, meaning, ask.say), evidence)


def _stock_of_variants(rows: Sequence[Product], title: str, ask: _Ask) -> Drafted:
    had = [row for row in rows if row.availability == "in_stock"]
    if not all(row.availability for row in rows) or not had:
        return Drafted()
    named = tuple(" ".join((*row.color, *row.size)) for row in had)
    if not all(named):
        return Drafted()
    evidence = [
        piece for row in had for piece in (*_stands(row, "availability", row.availability, ask), *_named_by(row))
    ]
    return _about(rows[0], ask.say.about(ask.say.in_stock_in, title, values=ask.say.joined(named)), evidence)


def _named_by(row: Product) -> list[Evidence]:
    fields: tuple[tuple[str, tuple[str, ...]], ...] = (("color", row.color), ("size", row.size))
    return [Evidence("products.csv", row.id, field, "/".join(values)) for field, values in fields if values]


def _common_title(rows: Sequence[Product]) -> str:
    """What the titles begin with alike, without a loose end."""
    words = [row.title.split(" ") for row in rows]
    common: list[str] = []
    for column in zip(*words, strict=False):
        if len(set(column)) > 1:
            break
        common.append(column[0])
    return " ".join(word for word in common if word.strip("-–/(,，、")) or rows[0].title


# --- evidence


def _stands(product: Product, field: str, value: str, ask: _Ask) -> tuple[Evidence, ...]:
    """Where a value stands: in the feed, or in what a person told since."""
    word = ask.knowledge.word_by_field.get((product.id, field))
    if word is None:
        return (Evidence("products.csv", product.id, field, value),)
    who = Evidence("moderator", word.who, "confirm" if word.spoken else "correct", value)
    return (Evidence("host", product.id, field, word.quote), who) if word.spoken else (who,)


def _about(product: Product, spoken: str, evidence: Sequence[Evidence], problem: str = "") -> Drafted:
    """An answer about a product, its title being evidence too."""
    title = Evidence("products.csv", product.id, "title", product.title)
    return Drafted(spoken, product.link, (*evidence, title), problem=problem)
