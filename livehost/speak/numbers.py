"""Numbers in words, English and Chinese."""

from __future__ import annotations

_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_ONES = f"zero one two three four five six seven eight nine {_TEENS}".split()
_TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"))
_DIGITS = "零一二三四五六七八九"


def english(number: int) -> str:
    """129 → "one hundred twenty-nine"; up to 10^12, beyond that digit by digit."""
    if number >= 10**12:
        return english_digits(str(number))
    for scale, name in _SCALES:
        if number >= scale:
            rest = number % scale
            return f"{english(number // scale)} {name}" + (f" {english(rest)}" if rest else "")
    if number >= 100:
        rest = number % 100
        return f"{_ONES[number // 100]} hundred" + (f" {english(rest)}" if rest else "")
    if number >= 20:
        return _TENS[number // 10] + (f"-{_ONES[number % 10]}" if number % 10 else "")
    return _ONES[number]


def english_digits(digits: str) -> str:
    """ "2007" → "two zero zero seven"."""
    return " ".join(_ONES[int(digit)] for digit in digits)


def chinese(number: int) -> str:
    """129 → 一百二十九; up to 10^12, beyond that digit by digit."""
    if number >= 10**12:
        return chinese_digits(str(number))
    for scale, name in ((10**8, "亿"), (10**4, "万")):
        if number >= scale:
            rest = number % scale
            gap = "零" if rest and rest < scale // 10 else ""
            return f"{_liang(chinese(number // scale))}{name}{gap}{chinese(rest) if rest else ''}"
    return _below_ten_thousand(number)


def chinese_digits(digits: str) -> str:
    """ "2007" → 二零零七."""
    return "".join(_DIGITS[int(digit)] for digit in digits)


def _below_ten_thousand(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    words = ""
    gap = False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // scale % 10
        if digit == 0:
            gap = bool(words)
            continue
        words += ("零" if gap else "") + _DIGITS[digit] + name
        gap = False
    return words.removeprefix("一") if 10 <= number < 20 else words.replace("二千", "两千")


def _liang(words: str) -> str:
    """二万 is said 两万."""
    return "两" if words == "二" else words
