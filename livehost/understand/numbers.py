"""The numbers and measures that a line names: 1米8 is 1.8, 两百 is 200."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from livehost.understand.spoken_numbers import in_digits

_NUMBER = re.compile(r"(?<![a-z0-9.])\d+(?:\.\d+)?(?![\d.%])")
_METRES = re.compile(r"([1-9一二两])\s?米\s?([1-9一二三四五六七八九])(?!\d)")
_DIGITS = str.maketrans("一二三四五六七八九两", "1234567892")
# Of goods; money and time are left out: a delivery in 3 days answers who needs it in 5.
_MEASURE = re.compile(
    r"(?<![a-z0-9.])(\d+(?:\.\d+)?)\s?(米|寸|度|斤|码|升|瓦|cm|mm|ml|kg|l|m|inch|inches|ft|gb|tb|w|hz)(?![a-z])"
)


def numbers_in(plain: str) -> frozenset[float]:
    """Of a plain line."""
    return frozenset(float(number) for number in _NUMBER.findall(in_digits(_METRES.sub(_decimal, plain))))


def measures_in(plain: str) -> Mapping[str, frozenset[float]]:
    """Of a plain line, by their unit: its size is 1.8米 and 40cm."""
    found: dict[str, set[float]] = defaultdict(set)
    for number, unit in _MEASURE.findall(in_digits(_METRES.sub(lambda metres: f"{_decimal(metres)}米", plain))):
        found[unit].add(float(number))
    return {unit: frozenset(values) for unit, values in found.items()}


def _decimal(metres: re.Match[str]) -> str:
    return f" {metres[1]}.{metres[2]} ".translate(_DIGITS)
