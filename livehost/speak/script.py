"""From a written answer to what is said: no links, no emoji, numbers in words, cut into clauses. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from livehost.speak.numbers import chinese, chinese_digits, english, english_digits

_LINK = re.compile(r"(?:https?://|www\.)\S+", re.I)
_MARKUP = re.compile(r"[*_`#~|<>{}\[\]【】]+")
_LABEL = re.compile(r"\[AI\]|【AI】")
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SIZES = {"XXS": "double extra small", "XS": "extra small", "XL": "extra large", "XXL": "double extra large"}
_SIZES_ZH = {"XXS": "特小码", "XS": "加小码", "S": "小码", "M": "中码", "L": "大码", "XL": "加大码", "XXL": "特大码"}
_MONEY = {
    "$": ("dollar", "cent", "美元"),
    "USD": ("dollar", "cent", "美元"),
    "€": ("euro", "cent", "欧元"),
    "EUR": ("euro", "cent", "欧元"),
    "£": ("pound", "pence", "英镑"),
    "GBP": ("pound", "pence", "英镑"),
    "¥": ("yuan", "", "元"),
    "￥": ("yuan", "", "元"),
    "CNY": ("yuan", "", "元"),
    "元": ("yuan", "", "元"),
    "块": ("yuan", "", "块"),
}
_UNITS = {
    "kg": ("kilogram", "公斤"),
    "g": ("gram", "克"),
    "km": ("kilometer", "公里"),
    "m": ("meter", "米"),
    "cm": ("centimeter", "厘米"),
    "mm": ("millimeter", "毫米"),
    "ml": ("milliliter", "毫升"),
    "L": ("liter", "升"),
    "l": ("liter", "升"),
    "W": ("watt", "瓦"),
    "V": ("volt", "伏"),
    "h": ("hour", "小时"),
    "min": ("minute", "分钟"),
    "°C": ("degree", "度"),
    "℃": ("degree", "度"),
    "oz": ("ounce", "盎司"),
    "lb": ("pound", "磅"),
    "lbs": ("pound", "磅"),
}
_LEAST = 6  # a shorter first clause would leave a hole behind it
_FIRST_CLAUSE = {"en": 28, "zh": 12}  # characters; the first sound is there the sooner, the shorter it is
_PAUSES = "，。！？；：、（）"
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？；])")
_CLAUSE_END = re.compile(r"(?<=[,;:])\s+|(?<=[，、：])")

# Seconds that Kokoro takes to say it: per letter or character, and per pause.
_SECONDS = {"en": 0.066, "zh": 0.193}
_PAUSE_SECONDS = 0.22


def sayable(text: str, language: str) -> str:
    """The words to be spoken, in one line."""
    plain = _LINK.sub(" ", _LABEL.sub(" ", _narrow(text)))
    plain = _MARKUP.sub(" ", plain)
    plain = "".join(c for c in plain if unicodedata.category(c) not in ("So", "Sk", "Cn", "Co", "Cs", "Cf", "Cc"))
    for pattern, say in _READINGS[_known(language)]:
        plain = pattern.sub(say, plain)
    plain = re.sub(r"\s+", " ", plain).strip()
    return plain if _is_word(plain) else ""


def clauses(text: str, language: str) -> list[str]:
    """Sentences, the first of them cut at its first comma so that sound comes early; none is empty."""
    words = sayable(text, language)
    found = [sentence.strip() for sentence in _SENTENCE_END.split(words) if _is_word(sentence)]
    if not found:
        return []
    head = _CLAUSE_END.split(found[0], maxsplit=1)
    if len(head) == 2 and _LEAST <= len(head[0]) <= _FIRST_CLAUSE[_known(language)] and all(map(_is_word, head)):
        found[:1] = [head[0].strip(), head[1].strip()]
    return found


def clauses_within(text: str, language: str, seconds: float) -> list[str]:
    """As many whole sentences as can be said in that time, the first one in any case."""
    kept: list[str] = []
    left = seconds
    for clause in clauses(text, language):
        left -= spoken_seconds(clause, language)
        if left < 0 and any(mark in "".join(kept)[-1:] for mark in ".!?。！？"):
            break
        kept.append(clause)
    return kept


def spoken_seconds(text: str, language: str) -> float:
    """About how long it takes to say."""
    words = sayable(text, language)
    letters = sum(c.isalnum() for c in words)
    pauses = len(re.findall(r"[,;:.!?，。；：！？、](?!\d)", words))
    return round(letters * _SECONDS[_known(language)] + pauses * _PAUSE_SECONDS, 2)


def _narrow(text: str) -> str:
    """Full-width letters, digits and signs as plain ones; Chinese punctuation, which carries the pauses, stays."""
    return "".join(c if c in _PAUSES else unicodedata.normalize("NFKC", c) for c in text).replace("￥", "¥")


def _is_word(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _model_en(match: re.Match[str]) -> str:
    """GTX 4090 is spelled, PINE10 is a word and a number."""
    letters = match["letters"]
    is_word = len(letters) > 3 and set(letters) & set("AEIOU")
    return f"{letters.capitalize() if is_word else ' '.join(letters)} {_number_en(match['digits'])}"


def _known(language: str) -> str:
    return "zh" if language == "zh" else "en"


def _whole_and_fraction(number: str) -> tuple[int, str]:
    whole, _, fraction = number.replace(",", "").partition(".")
    return int(whole), fraction


def _plural(word: str, number: str) -> str:
    return word if number in ("1", "1.0") else f"{word}s"


def _number_en(number: str) -> str:
    whole, fraction = _whole_and_fraction(number)
    return english(whole) + (f" point {english_digits(fraction)}" if fraction else "")


def _number_zh(number: str) -> str:
    whole, fraction = _whole_and_fraction(number)
    return chinese(whole) + (f"点{chinese_digits(fraction)}" if fraction else "")


def _money_en(sign: str, number: str) -> str:
    unit, small, _ = _MONEY[sign]
    whole, fraction = _whole_and_fraction(number)
    cents = int(fraction.ljust(2, "0")[:2]) if fraction else 0
    if not small:
        return f"{_number_en(number.removesuffix('.00'))} {unit}"
    words = f"{english(whole)} {_plural(unit, str(whole))}"
    if not cents:
        return words
    if not whole:
        return f"{english(cents)} {small if small == 'pence' else _plural(small, str(cents))}"
    return f"{words} {english(cents)}"


def _money_zh(sign: str, number: str) -> str:
    """199.90元 → 一百九十九块九; other currencies keep their name."""
    unit = _MONEY[sign][2]
    whole, fraction = _whole_and_fraction(number)
    fraction = fraction.rstrip("0")
    if not fraction:
        return f"{_amount_zh(whole)}{unit}"
    if unit in ("元", "块") and len(fraction) <= 2:
        return f"{_amount_zh(whole)}块{chinese_digits(fraction)}"
    return f"{_number_zh(number.rstrip('0'))}{unit}"


def _amount_zh(number: int) -> str:
    return "两" if number == 2 else chinese(number)


def _unit_en(match: re.Match[str]) -> str:
    name = _UNITS[match["unit"]][0]
    return f"{_number_en(match['n'])} {_plural(name, match['n'])}"


def _unit_zh(match: re.Match[str]) -> str:
    number = "两" if match["n"] == "2" else _number_zh(match["n"])
    return number + _UNITS[match["unit"]][1]


Reading = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]
_UNIT = re.compile(
    rf"(?P<n>{_NUMBER})\s?(?P<unit>{'|'.join(sorted(map(re.escape, _UNITS), key=len, reverse=True))})(?![A-Za-z])"
)
_MONEY_BEFORE = re.compile(rf"(?P<sign>[$€£¥])\s?(?P<n>{_NUMBER})")
_MONEY_AFTER_EN = re.compile(rf"(?P<n>{_NUMBER})\s?(?P<sign>USD|EUR|GBP|CNY)\b")
_MONEY_AFTER_ZH = re.compile(rf"(?P<n>{_NUMBER})\s?(?P<sign>元|块|USD|EUR|GBP|CNY)")
_MODEL = re.compile(r"(?<![A-Za-z])(?P<letters>[A-Z]{1,5})-?(?P<digits>\d{1,5})(?![\d.])")
_LONG_DIGITS = re.compile(r"(?<![\d.,])\d{7,}(?![\d.,])")

_READINGS: dict[str, tuple[Reading, ...]] = {
    "en": (
        (_MONEY_BEFORE, lambda m: _money_en(m["sign"], m["n"])),
        (_MONEY_AFTER_EN, lambda m: _money_en(m["sign"], m["n"])),
        (
            re.compile(rf"(?<![A-Za-z\d.-])(?P<a>{_NUMBER})\s?[-–—]\s?(?P<b>{_NUMBER})"),
            lambda m: f"{m['a']} to {m['b']}",
        ),
        (re.compile(rf"(?P<n>{_NUMBER})\s?%"), lambda m: f"{_number_en(m['n'])} percent"),
        (re.compile(r"\b24/7\b"), "around the clock"),
        (re.compile(r"\b(XXS|XS|XL|XXL)\b"), lambda m: _SIZES[m[1]]),
        (_LONG_DIGITS, lambda m: english_digits(m[0])),
        (_UNIT, _unit_en),
        (_MODEL, _model_en),
        (re.compile(_NUMBER), lambda m: _number_en(m[0])),
        (re.compile(r"&"), " and "),
        (re.compile(r"\+"), " plus "),
        (re.compile(r"(?<=\w)/(?=\w)"), " or "),
        (re.compile(r"[()\"“”]"), " "),
    ),
    "zh": (
        (_MONEY_BEFORE, lambda m: _money_zh(m["sign"], m["n"])),
        (_MONEY_AFTER_ZH, lambda m: _money_zh(m["sign"], m["n"])),
        (
            re.compile(rf"(?<![A-Za-z\d.-])(?P<a>{_NUMBER})\s?[-–—~～]\s?(?P<b>{_NUMBER})"),
            lambda m: f"{m['a']}到{m['b']}",
        ),
        (re.compile(rf"(?P<n>{_NUMBER})\s?%"), lambda m: f"百分之{_number_zh(m['n'])}"),
        (_UNIT, _unit_zh),
        (re.compile(r"(?<![A-Za-z])(XXS|XS|S|M|L|XL|XXL)(?:码|号)?(?![A-Za-z])"), lambda m: _SIZES_ZH[m[1]]),
        (_LONG_DIGITS, lambda m: chinese_digits(m[0])),
        (_MODEL, lambda m: f"{m['letters']} {chinese_digits(m['digits'])}"),
        (re.compile(r"(?<!\d)2(?=[个件只把口套天款种条层位])"), "两"),
        (re.compile(_NUMBER), lambda m: _number_zh(m[0])),
        (re.compile(r"&"), "和"),
        (re.compile(r"\+"), "加"),
        (re.compile(r"[()（）\"“”「」《》]"), "，"),
        (re.compile(r"，{2,}|，(?=[。！？])"), "，"),
    ),
}
