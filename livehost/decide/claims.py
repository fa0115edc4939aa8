"""The last look at an answer: what it claims must stand in its evidence, number for number and word for word."""

from __future__ import annotations

import re
from decimal import Decimal

from livehost.decision import Evidence

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SPELLED = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
    r"|hundred|thousand|half|double|twice)\b|[一二两三四五六七八九十百千万半]+(?=[天日月年号个小时分钟元块折倍件只寸度层斤克米%])",
    re.I,
)
_DAY = re.compile(
    r"\b(?:today|tonight|tomorrow|yesterday|mon|tues|wednes|thurs|fri|satur|sun)(?:day)?s?\b|\b(?:january|february|march|april|june"
    r"|july|august|september|october|november|december)\b|今天|今晚|明天|后天|下?周[一二三四五六日末]|星期[一二三四五六日]|月底|年底",
    re.I,
)
_PROMISE = re.compile(
    r"\b(?:guarantee\w*|promise\w*|always|never|forever|lifetime|free|refund\w*|warranty|best|cheapest|lowest|fastest|lightest"
    r"|strongest|safest|most \w+|only \w+ left|last chance|everyone|100%)(?!\w)"
    r"|保证|承诺|终身|终生|免费|赠送|包邮|包退|包换|包赔|假一赔|无条件|质保|退款|全额|限时|仅剩|最后\d|最[低高大强快轻好]|第一|唯一",
    re.I,
)
_CURRENCIES = {
    "$": ("USD", "CAD", "AUD", "SGD", "NZD", "HKD", "$"),
    "€": ("EUR", "€"),
    "£": ("GBP", "£"),
    "¥": ("CNY", "JPY", "¥", "元"),
    "元": ("CNY", "元", "块", "¥", "USD", "EUR", "JPY", "GBP"),
}
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"
)  # fmt: skip


def unfounded(spoken: str, evidence: tuple[Evidence, ...]) -> tuple[str, ...]:
    """What the answer says that stands in no piece of evidence, as it is written there: numbers, also spelled ones, days,
    currencies, superlatives and promises."""
    told = " ".join(piece.value for piece in evidence)
    lowered = told.casefold()
    known = numbers(told)
    loose = [number for number in _NUMBER.findall(spoken) if _value(number) not in known]
    for pattern in (_SPELLED, _DAY, _PROMISE):
        loose += [m.group() for m in pattern.finditer(spoken) if not _stands(m.group().casefold(), lowered)]
    loose += [sign for sign, names in _CURRENCIES.items() if sign in spoken and not any(name in told for name in names)]
    return tuple(dict.fromkeys(loose))


def numbers(text: str) -> frozenset[Decimal]:
    """The numbers in a text, as values."""
    return frozenset(_value(number) for number in _NUMBER.findall(text))


def _stands(word: str, told: str) -> bool:
    """The word itself, or for a month its number in a date of the feed."""
    if word in told:
        return True
    return word in _MONTHS and bool(re.search(rf"-{_MONTHS.index(word) + 1:02d}-", told))


def _value(number: str) -> Decimal:
    """1,299.00, 1299 and 1299.0 are one value; a comma before three digits groups, else it is a decimal sign."""
    grouped = re.sub(r",(?=\d{3}(?:\D|$))", "", number).replace(",", ".")
    whole, _, fraction = grouped.partition(".")
    return Decimal(f"{whole}.{fraction.replace('.', '') or '0'}").normalize()
