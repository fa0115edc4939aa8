"""A decision: what one line was taken for, what is answered, and on what evidence. Public format."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["routine", "order", "complaint", "personal", "smalltalk", "other_question", "statement", "hostile"]
Route = Literal["answer", "hold", "host", "ignore"]


class Evidence(msgspec.Struct, frozen=True):
    """Where a spoken fact stands: a row and field of the creator's knowledge, and its value there."""

    source: str
    id: str
    field: str
    value: str


class Decision(msgspec.Struct, frozen=True):
    """See CONTRACTS.md: `answer` is the written form, `spoken` what is said."""

    text: str
    language: str
    kind: Kind
    route: Route
    confidence: float  # 0-1, rounded to 1e-4
    answer: str = ""
    spoken: str = ""
    spoken_language: str = ""  # of `spoken`, which need not be the language of the question
    asks_back: bool = False
    product_id: str = ""
    link: str = ""
    faq: str = ""
    evidence: tuple[Evidence, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def says_it_is_posted(self) -> bool:
        """The spoken words say that the link stands in the chat; where a shop number does, that number is said instead."""
        fields = {piece.field for piece in self.evidence}
        return "link" in fields and not fields & {"link_number", "cart_number", "edit"}

    @property
    def of_one_platform(self) -> bool:
        """The spoken words name a number that counts on the asker's platform alone."""
        return any(piece.field == "cart_number" for piece in self.evidence)

    @property
    def products(self) -> frozenset[str]:
        """The products that the answer speaks of."""
        named = {piece.id for piece in self.evidence if piece.source == "products.csv"}
        return frozenset({*named, self.product_id} - {""})
