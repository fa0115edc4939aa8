"""The creator's own wordings: a line that is one of them is answered by its entry, whatever its words look like."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from livehost.knowledge import Faq, Knowledge
from livehost.meaning import Field, Meaning
from livehost.understand.entry_checks import EntryChecks
from livehost.understand.fields import fields_asked, is_deictic
from livehost.understand.hostile import selling_words
from livehost.understand.kinds import is_personal, telling_words
from livehost.understand.normalise import PlainLine, plain_line
from livehost.understand.products import Named

_RIVALS = 3  # products that are told of when it is not clear which is meant; what is asked back names two


class Sorts(msgspec.Struct, frozen=True):
    """Whether an entry asks about the host as a person, and for which fields."""

    personal: bool = False
    fields: frozenset[Field] = frozenset()


class OwnWordings:
    """Pure. What the creator asks in an entry is no sign of an order, a complaint or an advertisement in the room."""

    def __init__(self, knowledge: Knowledge, checks: EntryChecks) -> None:
        self._products = tuple(knowledge.product_by_id)
        self._checks = checks
        self._entries: dict[str, tuple[Faq, ...]] = defaultdict(tuple)
        for faq in knowledge.faqs:
            for wording in dict.fromkeys(same_line(plain_line(w).plain) for w in faq.wordings):
                self._entries[wording] += (faq,)
        self._sorts = {faq.id: _sorts(faq) for faq in knowledge.faqs}
        self._telling = {words for wording in self._entries for words in telling_words(wording)}
        self._selling = {words for wording in self._entries for words in selling_words(wording)}

    def entries(self, plain: str) -> tuple[Faq, ...]:
        """Those that a plain line is a wording of."""
        return self._entries.get(same_line(plain), ())

    def read(self, line: PlainLine, named: Named, shown: set[str]) -> Meaning | None:
        """`shown` are the products that a line points at. None for other lines, and where something else is shown than what
        the entry is about; where nothing is, and several products could be meant, these are the meaning's rivals."""
        entries = self.entries(line.plain)
        if named.exact or named.sort:
            meant = [faq for faq in entries if faq.product_id in named.exact] or [*entries]
        else:
            meant = [faq for faq in entries if self._is_clear(faq, line.plain, shown)]
            meant = [faq for faq in meant if faq.product_id in shown] or meant
        if not entries or (shown and not meant):
            return None
        products = tuple(dict.fromkeys(faq.product_id for faq in meant or entries))
        clear = bool(meant) and (len(products) == 1 or not products[0])
        rivals = () if clear else tuple(dict.fromkeys((*products, *(self._products if len(products) == 1 else ()))))
        faq = (meant or entries)[0]
        return Meaning(
            text=line.text,
            language=line.language,
            kind="routine",
            confidence=1.0,
            reasons=(f"faq {faq.id} 1.00", "in the creator's own words"),
            faq=faq.id if clear else "",
            product_id=faq.product_id or (named.exact[0] if len(named.exact) == 1 else "") if clear else "",
            rivals=tuple(product for product in rivals if product)[:_RIVALS],
        )

    def _is_clear(self, faq: Faq, plain: str, shown: set[str]) -> bool:
        """Whether a line that names no product is about the entry's."""
        if not faq.product_id or faq.product_id in shown:
            return True
        return not (shown and is_deictic(plain)) and self._checks.tells_of_it_alone(plain, faq.product_id)

    def sorts(self, faq_id: str) -> Sorts:
        return self._sorts.get(faq_id, Sorts())

    def are_asked(self, plain: str) -> bool:
        """Whether all words that tell an order or a complaint stand in the creator's own wordings."""
        return self._telling >= telling_words(plain)

    def is_no_sale(self, line: PlainLine) -> bool:
        """Whether all words that tell an advertisement stand there."""
        return not line.has_link and self._selling >= selling_words(line.plain)


def _sorts(faq: Faq) -> Sorts:
    wordings = [plain_line(wording).plain for wording in faq.wordings]
    return Sorts(any(map(is_personal, wordings)), frozenset(f for wording in wordings for f in fields_asked(wording)))


def same_line(plain: str) -> str:
    """A plain line without the signs at its end."""
    return plain.rstrip(" ?？!！.。~～") or plain
