"""A post about a product out of the creator's own words: price, what it is, what viewers asked most, link. Pure.

Nothing is added: a piece that says what stands in no evidence, or holds a word that must not be said, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from livehost.decide.claims import unfounded
from livehost.decide.phrases import Phrases, money_words, phrases_for
from livehost.decide.wording import forbidden
from livehost.decision import Evidence
from livehost.knowledge import Knowledge, Product
from livehost.language import language_of
from livehost.sale import sale_now

_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")
_CHARACTERS_MOST = 280  # without the link
_OPENINGS = {"en": "You asked about the {title}.", "zh": "大家问到了{title}。"}


class Draft(msgspec.Struct, frozen=True):
    """`spoken` is `text` without the link. A person reads it before it goes out."""

    language: str
    text: str
    spoken: str
    evidence: tuple[Evidence, ...]


def draft_for(product: Product, entries: Sequence[str], knowledge: Knowledge, now: datetime) -> Draft | None:
    """In the creator's first language. `entries`: FAQ entries that its askers were answered with, the most wanted first. None
    where nothing can be said of it."""
    own = "zh" if knowledge.creator.languages[0] == "zh" else "en"
    say = phrases_for(own)
    policy = knowledge.creator.policy
    pieces: list[str] = []
    evidence: list[Evidence] = []
    for sentence, out_of in _sentences(product, entries, knowledge, say, now):
        length = sum(map(len, pieces)) + len(sentence)
        fits = language_of(sentence) == own and length <= _CHARACTERS_MOST
        if fits and not unfounded(sentence, tuple(out_of)) and not forbidden(sentence, policy):
            pieces.append(sentence)
            evidence += [piece for piece in out_of if piece not in evidence]
    if not pieces:
        return None
    spoken = say.space.join([_OPENINGS[own].format(title=product.title), *pieces])
    return Draft(own, f"{spoken} {product.link}".strip(), spoken, tuple(evidence))


def _sentences(
    product: Product, entries: Sequence[str], knowledge: Knowledge, say: Phrases, now: datetime
) -> Iterator[tuple[str, list[Evidence]]]:
    title = Evidence("products.csv", product.id, "title", product.title)
    if price := _price(product, say, now):
        yield price[0], [title, *price[1]]
    for sentence in _SENTENCE.split(product.description)[:2]:
        if sentence.strip():
            yield sentence.strip(), [title, Evidence("products.csv", product.id, "description", product.description)]
    for entry in entries:
        faq = knowledge.faq_by_id[entry]
        if faq.product_id == product.id:
            yield faq.answer, [Evidence("faq.csv", faq.id, "answer", faq.answer)]


def _price(product: Product, say: Phrases, now: datetime) -> tuple[str, list[Evidence]] | None:
    """A sale that is in doubt is not written of, nor the price without it."""
    if product.price is None:
        return None
    pieces = [Evidence("products.csv", product.id, "price", str(product.price))]
    price = money_words(product.price, say)
    if product.sale_price:
        sale = sale_now(product, now)
        if sale.doubt:
            return None
        if sale.state == "on":
            pieces.append(Evidence("products.csv", product.id, "sale_price", str(product.sale_price)))
            words = money_words(product.sale_price, say)
            return say.about(say.sale, product.title, price=price, sale=words), pieces
    return say.about(say.price, product.title, price=price), pieces
