"""From a chat line to its meaning: a first look by words alone, a second one with the nearest FAQ entries at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from livehost.decision import Kind
from livehost.events import Candidate
from livehost.knowledge import Knowledge
from livehost.meaning import Field, Meaning
from livehost.settings import Thresholds
from livehost.understand.entry_checks import EntryChecks
from livehost.understand.fields import VALUE_FIELDS, FieldReader, field_values, fields_asked, is_deictic, joined
from livehost.understand.followups import whole_again
from livehost.understand.host_claims import Claim, HostClaims
from livehost.understand.hostile import SPAM, hostile_reason
from livehost.understand.kinds import is_complaint, is_personal, is_question, kind_by_words, tells_of_oneself
from livehost.understand.normalise import PlainLine, plain_line
from livehost.understand.own_wordings import OwnWordings
from livehost.understand.products import Named, ProductNames
from livehost.understand.questions import questions_in
from livehost.understand.slots import Slots, slots_of
from livehost.understand.which import FieldQuestions

_HELD: tuple[Kind, ...] = ("order", "complaint")
_READ_MOST = 2000  # characters; nobody asks at such length
_RIVAL = 0.4
_LEAST_DOUBT = 1e-6
_SURE_OF_ITS_OWN = 0.75  # of an entry that names the place or the product that the line names
_HANDLE_LEAST, _HANDLE_LEAST_CHINESE = 4, 2  # characters of a name that a mention must keep
_NO_LETTER = re.compile(r"[^a-z0-9㐀-鿿]")
_HANDLE_ENDS = re.compile(r"\d*|live|tv|official|shop|store|直播间?|官方|旗舰店?")
_BOT_COMMAND = re.compile(r"![a-z][a-z0-9_]*\b")  # other programs' commands are left to them


class Reader:
    """Pure: the same line, candidates and table give the same meaning on any machine."""

    def __init__(self, knowledge: Knowledge, thresholds: Thresholds | None = None) -> None:
        self._knowledge = knowledge
        self._at = thresholds or knowledge.creator.matching
        self._names = ProductNames(knowledge)
        self._ours = {name.lower() for name in (knowledge.creator.name, knowledge.creator.cohost) if name}
        self._our_letters = tuple(filter(None, (_NO_LETTER.sub("", name) for name in self._ours)))
        self._address = _address(self._ours)
        self._fields = FieldReader(knowledge, self._names)
        values = {v for p in knowledge.products for f in VALUE_FIELDS for v in field_values(p, f)}
        self._field_questions = FieldQuestions(knowledge, self._names, self._fields)
        self._host_claims = HostClaims(self._names, frozenset(values))
        self._checks = EntryChecks(knowledge, self._names)
        self._own = OwnWordings(knowledge, self._checks)

    def first_look(self, text: str) -> Meaning | PlainLine:
        """The meaning where words alone settle it; else the plain line, to be matched with the knowledge."""
        line = msgspec.structs.replace(plain_line(text[:_READ_MOST]), text=text)
        if _BOT_COMMAND.match(line.plain):
            return Meaning(text, line.language, "statement", 0.9, ("a command for a bot",))
        hostile = hostile_reason(line)
        if hostile and not (hostile == SPAM and self._own.is_no_sale(line)):
            return Meaning(text, line.language, "hostile", 1.0, (hostile,))
        if not all(self._is_ours(name) for name in line.mentions):
            return Meaning(text, line.language, "statement", 0.9, ("to another viewer",))
        if not self._own.entries(line.plain):
            line = msgspec.structs.replace(line, plain=self._address.sub("", line.plain) or line.plain)
        kind = kind_by_words(line.plain)
        if kind and not self._own.entries(line.plain) and not (kind in _HELD and self._own.are_asked(line.plain)):
            return Meaning(text, line.language, kind, 0.9, ("words",))
        return line

    def _is_ours(self, mention: str) -> bool:
        """Whether a mention calls the host or the co-host, by the whole name or the part of it that a handle keeps."""
        handle = _NO_LETTER.sub("", mention)
        least = _HANDLE_LEAST if handle.isascii() else _HANDLE_LEAST_CHINESE
        return mention in self._ours or (
            len(handle) >= least
            and any(
                name.startswith(handle) or (handle.startswith(name) and _HANDLE_ENDS.fullmatch(handle[len(name) :]))
                for name in self._our_letters
            )
        )

    def questions(self, line: PlainLine, before: str = "") -> tuple[PlainLine, ...]:
        """Each question of the line by itself, whole again where it goes on from `before`, what the same viewer asked last."""
        whole = whole_again(line.plain, before, self._names) if before else ""
        parts = (whole,) if whole else self._parts(line.plain)
        if len(parts) == 1:
            return (msgspec.structs.replace(line, plain=parts[0]),)
        return tuple(msgspec.structs.replace(line, text=part, plain=part) for part in parts)

    def _parts(self, plain: str) -> tuple[str, ...]:
        return (plain,) if self._own.entries(plain) else questions_in(plain, self._names, self._fields)

    def second_look(self, line: PlainLine, candidates: tuple[Candidate, ...], table: str, recent: str = "") -> Meaning:
        """`table` is the id of the product that is shown now, `recent` of the one that the same viewer asked about a moment
        ago; or empty."""
        named = self._names.find(line.plain)
        shown = self._shown(table, recent)
        if own := self._own.read(line, named, shown):
            return own
        asked = slots_of(line.plain)
        fitting = [
            c
            for c in candidates
            if c.faq
            and self._checks.fits(self._knowledge.faq_by_id.get(c.faq), named)
            and self._checks.answers(c.faq, asked, c.score)
        ]
        fitting = self._checks.of_its_numbers(fitting, line.plain)
        fitting = self._of_the_place(self._of_what_is_shown(fitting, named, line, shown), asked)
        best = fitting[0].score if fitting else 0.0
        if (named.exact or named.sort) and not re.search(r"\w", named.rest) and not is_question(line.plain):
            return Meaning(line.text, line.language, "statement", 0.9, ("a product's name alone",))
        kind = next((c for c in candidates if c.kind), Candidate("", 0.0))
        by_words = self._field_questions.read(line, table, recent)
        if by_words and best < self._at.same_words:
            return by_words
        if len(fields_asked(joined(named.rest)) - {"shipping"}) > 1:  # of shipping, the price is asked
            return self._unanswered(line, best, kind)
        about = set(named.exact or named.sort) or shown
        field = next((c for c in candidates if c.field and self._is_told(c.field, about)), Candidate("", 0.0))
        if field.score > best:
            return self._by_likely_field(line, field, best, table, recent) or self._unanswered(line, best, kind)
        return self._by_faq(line, named, fitting, field.score, shown) or self._unanswered(line, best, kind)

    def _is_told(self, field: Field, about: set[str]) -> bool:
        """Whether the feed tells this field of a product that is meant; one that it never tells is no rival to an entry."""
        products = [self._knowledge.product_by_id[p] for p in about] if about else self._knowledge.products
        return any(getattr(product, field, "") for product in products)

    def products_named(self, text: str) -> tuple[str, ...]:
        """Products that are named in full in running text, such as the host's words; of one in variants the first."""
        named = self._names.find(plain_line(text).plain)
        alike = named.named_alike if self._field_questions.one_product(named.named_alike) else ()
        return named.exact or alike[:1]

    def is_whole(self, text: str) -> bool:
        """Whether running text names a product in all its variants."""
        return not self._names.find(plain_line(text).plain).exact

    def one_product(self, ids: tuple[str, ...]) -> bool:
        """Whether these are variants of one."""
        return self._field_questions.one_product(ids)

    def named(self, plain: str) -> str:
        """The one product that a plain line names, or the first variant of it; empty: none or several."""
        named = self._names.find(plain)
        ids = named.exact or named.named_alike
        return ids[0] if ids and self._field_questions.one_product(ids) else ""

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
        second = candidates[1].score if len(candidates) > 1 else 0.0
        stands_out = candidates and min(candidates[0].score, 2 * candidates[0].score - second) >= self._at.host_answer
        return (candidates[0].faq,) if stands_out else ()

    def _shown(self, table: str, recent: str) -> set[str]:
        """The products that a line can point at, in all their variants."""
        return {variant for product in (table, recent) if product for variant in self._field_questions.family(product)}

    def _of_what_is_shown(
        self, fitting: list[Candidate], named: Named, line: PlainLine, shown: set[str]
    ) -> list[Candidate]:
        """Where a line points ("is it …") and names no product, entries about others than what is shown are no answer. Of a
        product that is named, its own entry has rivals only among its own."""
        if named.exact or named.sort:
            if (
                fitting
                and fitting[0].score >= _SURE_OF_ITS_OWN
                and self._checks.about(self._knowledge.faq_by_id[fitting[0].faq])
            ):
                return [c for c in fitting if self._checks.about(self._knowledge.faq_by_id[c.faq])]
            return fitting
        if not shown or not is_deictic(line.plain):
            return fitting
        about = [(c, self._checks.about(self._knowledge.faq_by_id[c.faq])) for c in fitting]
        return [c for c, products in about if not products or products & shown]

    def may_answer(self, faq_id: str, plain: str) -> bool:
        """Whether an entry is not ruled out by the product, place, time or price that a plain line names."""
        return self._checks.may_answer(faq_id, plain)

    def _of_the_place(self, fitting: list[Candidate], asked: Slots) -> list[Candidate]:
        """Of entries that are as near as each other, the one whose question names the line's own place goes first."""
        places = asked.get("place", frozenset())
        if not places or len(fitting) < 2:
            return fitting
        near = [c for c in fitting if fitting[0].score - c.score < self._at.as_near]
        own = [c for c in near if places & self._checks.places_of(c.faq)]
        if len(own) != 1:
            return fitting
        if (
            own[0] is fitting[0] and own[0].score >= _SURE_OF_ITS_OWN
        ):  # those that tell of no place, or of another, are no rivals
            return own
        rivals = [c for c in near if c not in own]
        return [*own, *(c for c in fitting if c not in own and c not in rivals)]

    def _by_likely_field(
        self, line: PlainLine, field: Candidate, next_best: float, table: str, recent: str
    ) -> Meaning | None:
        """A field that is asked for in other words than the known ones; only of a product that is clear."""
        strength = _sure(field.score, next_best)
        if not field.field or field.field == "link" or strength < self._needed(line):
            return None  # a link is given to who asks for it in plain words
        return self._field_questions.likely(line, field.field, strength, table, recent)

    def _by_faq(
        self, line: PlainLine, named: Named, fitting: list[Candidate], next_best: float, shown: set[str]
    ) -> Meaning | None:
        reasons = tuple(f"faq {c.faq} {c.score:.2f}" for c in fitting[:2])
        fitting, rivals = self._told_apart(fitting, named, shown)
        strength = min(_strength(fitting), _strength([*fitting[:1], Candidate("", next_best)]))
        if (
            not fitting
            or strength < self._needed(line, fitting[0].faq)
            or (tells_of_oneself(line.plain) and strength < 1)
        ):
            return None
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
        self, fitting: list[Candidate], named: Named, shown: set[str]
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
        chosen = next((c for c in near if product_of[c.faq] in shown), near[0])
        others = [c for c in near if product_of[c.faq] != product_of[chosen.faq]]
        rest = [c for c in fitting if c not in others and c is not chosen]
        return [chosen, *rest], () if product_of[chosen.faq] in shown else products

    def _needed(self, line: PlainLine, entry: str = "") -> float:
        """What an answer's strength must be; an entry that is itself asked in words of these sorts needs no more than others."""
        own = self._own.sorts(entry)
        if is_personal(line.plain) and not own.personal:
            return self._at.personal
        ask = self._fields.read(line.plain)
        if ask and ask.field not in ("shipping", "difference") and not own.fields & {ask.field}:
            return self._at.field_asked
        return self._at.question if is_question(line.plain) else self._at.no_question

    def _unanswered(self, line: PlainLine, best: float, likely: Candidate) -> Meaning:
        kind: Kind = "statement"
        if is_complaint(line.plain):
            kind = "complaint"
        elif is_personal(line.plain):
            kind = "personal"
        elif likely.kind and likely.kind != "statement" and likely.score >= self._at.kind:
            kind = likely.kind
        elif is_question(line.plain):
            kind = "other_question"
        reasons = (
            (f"best {best:.2f}", f"like {likely.kind} {likely.score:.2f}") if likely.kind else (f"best {best:.2f}",)
        )
        return Meaning(line.text, line.language, kind, round(max(0.0, 1 - best), 4), reasons)


def _address(names: set[str]) -> re.Pattern[str]:
    """Our own names where they only call somebody ("pip, is it …", "ty pip"), not where they are asked about."""
    name = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(
        rf"^(?:(?:hey|hi|hello|yo|ok) )?(?:{name})(?![a-z0-9])[,，:：!！ ]+"
        rf"|(?<!\bis)(?<!\bare)(?<!\bs)(?<!\bthe)(?<!\bas)(?:[,，] ?| |(?<=[㐀-鿿]))@?(?:{name})(?=[?？!！. ]*$)",
        re.IGNORECASE,
    )


def _strength(candidates: Sequence[Candidate]) -> float:
    """The best score, less where the next one is near."""
    if not candidates:
        return 0.0
    second = candidates[1].score if len(candidates) > 1 else 0.0
    return _sure(candidates[0].score, second)


def _sure(best: float, second: float) -> float:
    """Both are chances, each by itself. From `_RIVAL` on the next one could be meant as well: then the best one's counts
    times its share of the two's odds."""
    if second <= _RIVAL:
        return round(best, 4)
    odds, others = (chance / max(1 - chance, _LEAST_DOUBT) for chance in (best, second))
    return round(best * odds / (odds + others), 4)
