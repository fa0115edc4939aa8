"""What keeps look-alike questions apart: sizes, numbers, colours, places and what is asked for, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from livehost.understand.fields import fields_asked
from livehost.understand.products import NUMBERED, chinese_number
from livehost.understand.values import COLOR, PLACE, SIZE, finder, values_in

Slots = Mapping[str, frozenset[str]]  # slot → the values a line gives it; slots without a value are left out

_ASKED_FOR = {
    "time": r"how (?:long|soon|fast|many days)|when|what time|delivery time|多久|几天|什么时候|啥时候|几点|多长时间",
    "place": r"where|哪里|哪儿|在哪|哪个城市",
    "fee": r"(?:shipping|delivery|postage|shipment) (?:cost|fee|charge|price)s?"
    r"|cost of (?:shipping|delivery)|邮费|运费(?!险)|快递费|配送费",
    "who": r"who pays?|谁(?:出|付|承担)",
}
_DIGITS = re.compile(r"(?<![a-z0-9.])\d+(?:\.\d+)?(?![a-z])|(?<![a-z0-9.])\d+(?=cm|kg|ml|g|l|w|gb|v)")
_TO = re.compile(r"\b(ship|send|deliver|post|go)(s|ing)? 2 ")  # "ship 2 germany"
_WRITTEN_OUT = re.compile(
    r"([一二两三四五六七八九]?)百(?:([一二三四五六七八九])十?)?([一二三四五六七八九])?(?=斤|码|块|元|的|身高|米|克)"
)


_FINDERS = {
    "size": SIZE,
    "color": COLOR,
    "place": PLACE,
    "asked": finder(_ASKED_FOR),
}


@lru_cache(8192)
def slots_of(plain: str) -> Slots:
    """The values that a plain line gives to each slot."""
    found: dict[str, frozenset[str]] = {}
    for slot, of in _FINDERS.items():
        if values := values_in(plain, of):
            found[slot] = values
    fields = fields_asked(plain) - {"size"} if "size" in found else fields_asked(plain)
    asked = found.get("asked", frozenset()) | fields
    if asked:
        found["asked"] = asked
    numbers = {str(float(digits)) for digits in _DIGITS.findall(_TO.sub(r"\1\2 to ", plain))}
    numbers |= {str(float(_hundreds(match))) for match in _WRITTEN_OUT.finditer(plain)}
    numbers |= {str(float(chinese_number(m.group(3)))) for m in NUMBERED.finditer(plain) if m.group(3)}
    if numbers:
        found["number"] = frozenset(numbers)
    return found


def _hundreds(match: re.Match[str]) -> int:
    """一百二十 → 120, 两百五 → 250."""
    hundreds, tens, ones = match.groups()
    values = {c: n for n, c in enumerate("一二三四五六七八九", 1)} | {"两": 2, "": 1}
    return values[hundreds] * 100 + (values[tens] * 10 if tens else 0) + (values[ones] if ones else 0)


def apart(one: Slots, other: Slots) -> bool:
    """Whether two lines ask for different things, however alike their words are."""
    if any(one.get(slot) != other.get(slot) for slot in ("size", "color", "place", "number")):
        return True
    asked, also = one.get("asked"), other.get("asked")
    return bool(asked and also and not asked & also)
