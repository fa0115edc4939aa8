"""The last look at an answer: every number in it must stand in its evidence."""

from __future__ import annotations

import re
from decimal import Decimal

from livehost.decision import Evidence

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def unfounded(spoken: str, evidence: tuple[Evidence, ...]) -> tuple[str, ...]:
    """Numbers of the answer that stand in no piece of evidence, as they are written in the answer."""
    known = frozenset().union(*(numbers(piece.value) for piece in evidence))
    return tuple(number for number in _NUMBER.findall(spoken) if _value(number) not in known)


def numbers(text: str) -> frozenset[Decimal]:
    """The numbers in a text, as values."""
    return frozenset(_value(number) for number in _NUMBER.findall(text))


def _value(number: str) -> Decimal:
    """1,299.00, 1299 and 1299.0 are one value; a comma before three digits groups, else it is a decimal sign."""
    grouped = re.sub(r",(?=\d{3}(?:\D|$))", "", number).replace(",", ".")
    whole, _, fraction = grouped.partition(".")
    return Decimal(f"{whole}.{fraction.replace('.', '') or '0'}").normalize()
