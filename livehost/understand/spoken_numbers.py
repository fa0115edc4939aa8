"""Numbers that are written as they are spoken, in digits: "ninety-nine dollars", 九十九块九, 两百五."""

from __future__ import annotations

import re

_ONE_WORDS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""
_ONES = {word: number for number, word in enumerate(_ONE_WORDS.split())}
_TENS = dict(
    zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True)
)
_WORD = "|".join((*_TENS, *sorted(_ONES, key=len, reverse=True), "hundred", "thousand"))
_ENGLISH = re.compile(rf"\b(?:{_WORD})(?:(?:[ -]|,? and )(?:{_WORD}))*\b")
_CHINESE = re.compile(r"[零〇一二两三四五六七八九十百千万]+(?:点[零〇一二三四五六七八九]+)?")
_CHINESE_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_JIAO = re.compile(r"(\d+)块(\d)(?!\d)")  # 九块九 is 9.9
_IN_WORDS = re.compile(
    r"一[个件条只双套瓶份起下些样直定共点会]|[一二三四五六七八九十]+号|第[一二三四五六七八九十]+|万一|千万|十分|一百分"
)


def in_digits(plain: str) -> str:
    """The plain line with its numbers in digits; words such as 一个 stay, and "one" alone is none."""
    kept: list[str] = []
    at = 0
    for word in _IN_WORDS.finditer(plain):
        kept += [_CHINESE.sub(_from_chinese, plain[at : word.start()]), word.group()]
        at = word.end()
    kept.append(_CHINESE.sub(_from_chinese, plain[at:]))
    return _JIAO.sub(r"\1.\2元", _ENGLISH.sub(_from_english, "".join(kept)))


def _from_english(match: re.Match[str]) -> str:
    total = part = 0
    words = [word for word in re.split(r"[ -]|, | and ", match.group()) if word]
    if words == ["one"]:
        return "one"
    for word in words:
        if word == "thousand":
            total, part = total + max(part, 1) * 1000, 0
        elif word == "hundred":
            part = max(part, 1) * 100
        else:
            part += _ONES.get(word, _TENS.get(word, 0))
    return str(total + part)


def _from_chinese(match: re.Match[str]) -> str:
    whole, _, fraction = match.group().partition("点")
    value = _whole(whole)
    return str(value) + ("." + "".join(str(_CHINESE_DIGITS[c]) for c in fraction) if fraction else "")


def _whole(characters: str) -> int:
    """一百二十九 → 129, 两百五 → 250, 二零二六 → 2026, 三万 → 30000."""
    if not set(characters) & {*_UNITS, "万"}:
        return int("".join(str(_CHINESE_DIGITS[c]) for c in characters))
    thousands, ten_thousand, rest = characters.partition("万")
    if ten_thousand:
        return _whole(thousands or "一") * 10_000 + (_whole(rest) if rest else 0)
    total, digit, unit = 0, 0, 1
    for character in characters:
        if character in _UNITS:
            unit = _UNITS[character]
            total, digit = total + (digit or 1) * unit, 0
        else:
            digit = _CHINESE_DIGITS[character]
    short = characters[-2:-1] in ("百", "千")  # 两百五 is 250
    return total + digit * (unit // 10 if short and digit else 1)
