"""Whether an entry of the creator's can be what a line asks for: its product, its place, and what it tells of.

Being near is not enough. But each check is of what the line asks beyond the entry: what the creator's own wordings of it ask
for, too, speaks for the entry and never against it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property

from livehost.events import Candidate
from livehost.knowledge import Faq, Knowledge, Product
from livehost.understand.content import content
from livehost.understand.fields import fields_asked
from livehost.understand.normalise import plain_line
from livehost.understand.numbers import measures_in, numbers_in
from livehost.understand.products import Named, ProductNames
from livehost.understand.slots import Slots, slots_of

_PLAIN_FIELDS = frozenset({"price", "color"})  # who asks for one of these wants no other entry about the product
_READ_SURE = 0.99  # an entry that was read with the line and is this sure is not ruled out by the words of its answer
_MONEY = re.compile(r"[$€£¥]\s*\d|\d\s*(?:元|块|usd|eur|gbp|cny|dollars?)|\bfree\b|免费|包邮|免运费", re.IGNORECASE)
_ORIGIN = re.compile(r"\b(?:made|from|produced|grown|sewn|where)\b|产|哪里|哪儿", re.IGNORECASE)
_ANYWHERE = re.compile(
    r"\b(?:everywhere|elsewhere|anywhere|worldwide|international\w*|abroad|overseas"
    r"|(?:all|other|every|which|what) (?:countr\w+|states?))\b"
    r"|全国|全球|海外|国外|国际|各地|(?:其他|哪些)(?:国家|地区)",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:seconds?|minutes?|mins?|hours?|days?|weeks?|months?|years?|a\.?m\.?|p\.?m\.?|noon|midnight|tonight|today|tomorrow|daily"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|jan\w*|feb\w*|mar(?:ch)?|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*"
    r"|dec\w*|spring|summer|autumn|fall|winter|soon|never|always|lifetime|forever|once|immediately|20\d\d)\b"
    r"|\d+ ?(?:h|hrs?|pm|am)\b|[天日月年周号点时分秒]|星期|礼拜|小时|马上|随时|永久|终身|今晚|立即",
    re.IGNORECASE,
)


class EntryChecks:
    """Pure; what it finds out about an entry it remembers."""

    def __init__(self, knowledge: Knowledge, names: ProductNames) -> None:
        self._knowledge = knowledge
        self._names = names
        self._asked_of: dict[str, Slots] = {}
        self._told_by: dict[str, Slots] = {}
        self._products_of: dict[str, set[str]] = {}
        self._numbers: dict[str, tuple[frozenset[float], Mapping[str, frozenset[float]]]] = {}

    def may_answer(self, faq_id: str, plain: str) -> bool:
        """Whether an entry is not ruled out by the product, place, time or price that a plain line names."""
        faq = self._knowledge.faq_by_id.get(faq_id)
        return self.fits(faq, self._names.find(plain)) and self.answers(faq_id, slots_of(plain))

    def fits(self, faq: Faq | None, named: Named) -> bool:
        """Whether an entry is about a product that the line does not exclude by naming another."""
        if faq is None:
            return False
        about = self.about(faq)
        if not about or not (named.exact or named.sort):
            return True
        return bool(about & set(named.exact or named.sort))

    def about(self, faq: Faq) -> set[str]:
        """The products that an entry is about: its own, or those that its question names."""
        if faq.product_id:
            return {faq.product_id}
        if faq.id not in self._products_of:
            named = self._names.find(plain_line(faq.question).plain)
            self._products_of[faq.id] = set(named.exact or named.sort)
        return self._products_of[faq.id]

    def places_of(self, faq_id: str) -> frozenset[str]:
        """The places that its question names."""
        question = plain_line(self._knowledge.faq_by_id[faq_id].question).plain
        return slots_of(question).get("place", frozenset())

    def of_its_numbers(self, found: list[Candidate], plain: str) -> list[Candidate]:
        """Those that are not of another measure than the line's (1.5米 for 1.8米); and where some name a number of the
        line's, none that name only others (1.56 of "1.60 lenses")."""
        measures, numbers = measures_in(plain), numbers_in(plain)
        if not numbers:
            return found
        own = {c.faq: self._numbers_of(c.faq) for c in found}
        found = [c for c in found if all(not (of := own[c.faq][1].get(u)) or of & measures[u] for u in measures)]
        if any(own[c.faq][0] & numbers for c in found):
            return [c for c in found if not own[c.faq][0] or own[c.faq][0] & numbers]
        return found

    def answers(self, faq_id: str, asked: Slots, sure: float = 0.0) -> bool:
        """Whether an entry speaks of what the line asks for: a price, a place, a time. `sure`: its chance by the matcher."""
        faq = self._knowledge.faq_by_id[faq_id]
        if not faq.answer:  # a tool's entry: what it will say is not known yet
            return True
        own, told = self._slots(faq)
        if not self._of_the_place(faq, asked, told):
            return False
        wanted = asked.get("asked", frozenset()) - own.get("asked", frozenset())
        if "fee" in wanted and not _MONEY.search(faq.answer):
            return False
        if sure >= _READ_SURE:
            return True
        if "time" in wanted and not _TIME.search(faq.answer):
            return False
        wanted = wanted & _PLAIN_FIELDS - told.get("asked", frozenset())
        return not wanted or (wanted == {"price"} and bool(_MONEY.search(faq.answer)))

    def tells_of_it_alone(self, plain: str, product_id: str) -> bool:
        """Whether a line that names no product can only be about this one: a word of it is said of no other, and it asks
        for nothing that each product has."""
        if len(self._knowledge.products) == 1:
            return True
        if fields_asked(plain) - {"link"}:
            return False
        return any(
            self._said_of.get(word) == {_group(self._knowledge.product_by_id[product_id])} for word in content(plain)
        )

    @cached_property
    def _said_of(self) -> dict[str, set[str]]:
        """Word → the products whose rows in the feed or entries hold it; variants of one are one."""
        said: dict[str, set[str]] = defaultdict(set)
        for product in self._knowledge.products:
            texts = [*product.names, product.description, product.product_type, product.material]
            texts += [t for faq in self._own_entries.get(product.id, ()) for t in (*faq.wordings, faq.answer)]
            for word in content(plain_line(" | ".join(texts)).plain):
                said[word].add(_group(product))
        return said

    @cached_property
    def _own_entries(self) -> dict[str, list[Faq]]:
        found: dict[str, list[Faq]] = defaultdict(list)
        for faq in self._knowledge.faqs:
            found[faq.product_id].append(faq)
        return found

    def _of_the_place(self, faq: Faq, asked: Slots, told: Slots) -> bool:
        places = asked.get("place", frozenset())
        return (
            not places
            or bool(places & told.get("place", frozenset()))
            or bool(_ORIGIN.search(faq.question))
            or any(_ANYWHERE.search(text) for text in (*faq.wordings, faq.answer))
        )

    def _numbers_of(self, faq_id: str) -> tuple[frozenset[float], Mapping[str, frozenset[float]]]:
        """Of its wordings."""
        if faq_id not in self._numbers:
            plain = plain_line(" | ".join(self._knowledge.faq_by_id[faq_id].wordings)).plain
            self._numbers[faq_id] = numbers_in(plain), measures_in(plain)
        return self._numbers[faq_id]

    def _slots(self, faq: Faq) -> tuple[Slots, Slots]:
        """Of its wordings, and of these and the answer."""
        if faq.id not in self._told_by:
            self._asked_of[faq.id] = slots_of(plain_line(" | ".join(faq.wordings)).plain)
            self._told_by[faq.id] = slots_of(plain_line(" | ".join((*faq.wordings, faq.answer))).plain)
        return self._asked_of[faq.id], self._told_by[faq.id]


def _group(product: Product) -> str:
    """What the variants of one product have in common."""
    return product.item_group_id or product.id
