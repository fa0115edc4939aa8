"""From a chat line to its meaning: a first look by words alone, a second one with the nearest FAQ entries at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from livehost.decision import Kind
from livehost.events import Candidate
from livehost.knowledge import Faq, Knowledge
from livehost.meaning import Meaning
from livehost.settings import Thresholds
from livehost.understand.fields import VALUE_FIELDS, FieldAsk, FieldReader, field_values, is_deictic
from livehost.understand.host_claims import Claim, HostClaims
from livehost.understand.hostile import hostile_reason
from livehost.understand.kinds import is_personal, is_question, kind_by_words
from livehost.understand.normalise import PlainLine, plain_line
from livehost.understand.products import Named, ProductNames
from livehost.understand.slots import Slots, slots_of

_BOT_COMMAND = re.compile(r"![a-z][a-z0-9_]*\b")  # other programs' commands are left to them


_PLAIN_FIELDS = frozenset({"price", "color"})  # who asks for one of these wants no other entry about the product
_MONEY = re.compile(r"[$€£¥]\s*\d|\d\s*(?:元|块|usd|eur|gbp|cny|dollars?)|\bfree\b|免费|包邮|免运费", re.IGNORECASE)


class Reader:
    """Pure: the same line, candidates and table give the same meaning on any machine."""

    def __init__(self, knowledge: Knowledge, thresholds: Thresholds | None = None) -> None:
        self._knowledge = knowledge
        self._at = thresholds or knowledge.creator.matching
        self._names = ProductNames(knowledge)
        self._ours = {name.lower() for name in (knowledge.creator.name, knowledge.creator.cohost) if name}
        self._address = _address(self._ours)
        self._fields = FieldReader(knowledge, self._names)
        values = {v for p in knowledge.products for f in VALUE_FIELDS for v in field_values(p, f)}
        self._host_claims = HostClaims(self._names, frozenset(values))
        self._told: dict[str, Slots] = {}

    def first_look(self, text: str) -> Meaning | PlainLine:
        """The meaning where words alone settle it; else the plain line, to be matched with the knowledge."""
        line = plain_line(text)
        if _BOT_COMMAND.match(line.plain):
            return Meaning(text, line.language, "statement", 0.9, ("a command for a bot",))
        hostile = hostile_reason(line)
        if hostile:
            return Meaning(text, line.language, "hostile", 1.0, (hostile,))
        if any(name not in self._ours for name in line.mentions):
            return Meaning(text, line.language, "statement", 0.9, ("to another viewer",))
        line = msgspec.structs.replace(line, plain=self._address.sub("", line.plain) or line.plain)
        kind = kind_by_words(line.plain)
        if kind:
            return Meaning(text, line.language, kind, 0.9, ("words",))
        return line

    def second_look(self, line: PlainLine, candidates: tuple[Candidate, ...], table: str) -> Meaning:
        """`table` is the id of the product that is shown now, or empty."""
        named = self._names.find(line.plain)
        asked = slots_of(line.plain)
        fitting = [
            c
            for c in candidates
            if self._fits(self._knowledge.faq_by_id.get(c.faq), named) and self._answers(c.faq, asked)
        ]
        by_field = self._by_field(line, table)
        if by_field and not (fitting and fitting[0].score >= self._at.same_words):
            return by_field
        return self._by_faq(line, named, fitting, table)

    def products_named(self, text: str) -> tuple[str, ...]:
        """Products that are named in full in running text, such as the host's words."""
        return self._names.find(plain_line(text).plain).exact

    def product_of(self, text: str, table: str) -> str:
        """The product that a question is about: the one it names, or what is on the table where it points there."""
        plain = plain_line(text).plain
        named = self._names.find(plain)
        if named.exact:
            return named.exact[0] if len(named.exact) == 1 else ""
        return table if table and (table in named.sort or (not named.sort and is_deictic(plain))) else ""

    def claims(self, text: str, table: str) -> Iterator[Claim]:
        """What the host's words say of products' prices, stock and gifts."""
        return self._host_claims.read(text, table)

    def said_by_host(self, candidates: tuple[Candidate, ...]) -> tuple[str, ...]:
        """The FAQ entry whose answer the host's words were, if one stands out."""
        stands_out = candidates and _strength(candidates) >= self._at.host_answer
        return (candidates[0].faq,) if stands_out else ()

    def _fits(self, faq: Faq | None, named: Named) -> bool:
        """Whether an entry is about a product that the line does not exclude by naming another."""
        if faq is None:
            return False
        if not faq.product_id:
            return True
        if named.exact:
            return faq.product_id in named.exact
        return not named.sort or faq.product_id in named.sort

    def _answers(self, faq_id: str, asked: Slots) -> bool:
        """Whether an entry speaks of what the line asks for: a price, a place. Being near is not enough."""
        faq = self._knowledge.faq_by_id[faq_id]
        if faq_id not in self._told:
            self._told[faq_id] = slots_of(plain_line(" | ".join((*faq.wordings, faq.answer))).plain)
        told = self._told[faq_id]
        places, told_places = asked.get("place"), told.get("place")
        if places and told_places and not places & told_places:
            return False
        wanted = asked.get("asked", frozenset()) & _PLAIN_FIELDS
        if not wanted or wanted & told.get("asked", frozenset()):
            return True
        return wanted == {"price"} and bool(_MONEY.search(faq.answer))

    def _by_field(self, line: PlainLine, table: str) -> Meaning | None:
        ask = self._fields.read(line.plain)
        if ask is None or len(ask.left_over.replace(" ", "")) > 1:
            return None
        product, rivals = self._product_meant(ask, table)
        if not product and not rivals:
            return None
        reasons = (f"field {ask.field}", "named" if ask.named.exact else "on the table")
        return Meaning(
            text=line.text,
            language=line.language,
            kind="routine",
            confidence=0.95 if product else 0.5,
            reasons=reasons,
            product_id=product,
            field=ask.field,
            value=ask.value,
            rivals=rivals,
        )

    def _product_meant(self, ask: FieldAsk, table: str) -> tuple[str, tuple[str, ...]]:
        """The one product that is meant, or those between which the line does not decide."""
        named = ask.named
        if len(named.exact) == 1:
            return named.exact[0], ()
        if named.exact:
            return "", named.exact
        if table and (not named.sort or table in named.sort):
            return table, ()
        if len(named.sort) == 1:
            return named.sort[0], ()
        return "", named.sort

    def _by_faq(self, line: PlainLine, named: Named, fitting: list[Candidate], table: str) -> Meaning:
        reasons = tuple(f"faq {c.faq} {c.score:.2f}" for c in fitting[:2])
        fitting, rivals = self._told_apart(fitting, named, table)
        strength = _strength(fitting)
        if strength < self._needed(line):
            return self._unanswered(line, strength, reasons)
        faq = self._knowledge.faq_by_id[fitting[0].faq]
        return Meaning(
            text=line.text,
            language=line.language,
            kind="routine",
            confidence=min(1.0, strength),
            reasons=reasons,
            faq="" if rivals else faq.id,
            product_id="" if rivals else faq.product_id or (named.exact[0] if len(named.exact) == 1 else ""),
            rivals=rivals,
        )

    def _told_apart(
        self, fitting: list[Candidate], named: Named, table: str
    ) -> tuple[list[Candidate], tuple[str, ...]]:
        """The entries without those of other products that are as near as the best one: the named product's entry is
        meant, or that of the product on the table; else the products between which the line does not decide."""
        product_of = {c.faq: self._knowledge.faq_by_id[c.faq].product_id for c in fitting}
        if not fitting or not product_of[fitting[0].faq]:
            return fitting, ()
        near = [c for c in fitting if product_of[c.faq] and fitting[0].score - c.score < self._at.as_near]
        products = tuple(dict.fromkeys(product_of[c.faq] for c in near))
        if len(products) == 1 or products[0] in named.exact:
            return fitting, ()
        chosen = next((c for c in near if product_of[c.faq] == table), near[0])
        others = [c for c in near if product_of[c.faq] != product_of[chosen.faq]]
        rest = [c for c in fitting if c not in others and c is not chosen]
        return [chosen, *rest], () if product_of[chosen.faq] == table else products

    def _needed(self, line: PlainLine) -> float:
        if is_personal(line.plain):
            return self._at.personal
        if self._fields.read(line.plain):
            return self._at.field_asked
        return self._at.question if is_question(line.plain) else self._at.no_question

    def _unanswered(self, line: PlainLine, score: float, reasons: tuple[str, ...]) -> Meaning:
        kind: Kind = "statement"
        if is_personal(line.plain):
            kind = "personal"
        elif is_question(line.plain):
            kind = "other_question"
        return Meaning(line.text, line.language, kind, round(max(0.0, 1 - score), 4), reasons)


def _address(names: set[str]) -> re.Pattern[str]:
    """Our own names where they only call somebody ("pip, is it …", "ty pip"), not where they are asked about."""
    name = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(
        rf"^(?:(?:hey|hi|hello|yo|ok) )?(?:{name})(?![a-z0-9])[,，:：!！ ]+"
        rf"|(?<!\bis)(?<!\bare)(?<!\bs)(?<!\bthe)(?<!\bas)(?:[,，] ?| |(?<=[㐀-鿿]))@?(?:{name})(?=[?？!！. ]*$)",
        re.IGNORECASE,
    )


def _strength(candidates: Sequence[Candidate]) -> float:
    """The best score, and how far the next one stays behind."""
    if not candidates:
        return 0.0
    second = candidates[1].score if len(candidates) > 1 else 0.0
    return round(2 * candidates[0].score - second, 4)
