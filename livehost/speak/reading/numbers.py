"""Numbers in words. English comes from num2words; Chinese is here, as people say it (两百, 两万, not 二百)."""

from __future__ import annotations

from num2words import num2words

NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_LONGEST = 12  # digits; more are said one by one
_DIGITS = "零一二三四五六七八九"
_ON_THE_PHONE = "零幺二三四五六七八九"  # 一 and 七 sound alike there


def whole_and_fraction(number: str) -> tuple[str, str]:
    """ "1,299.90" → ("1299", "90")."""
    whole, _, fraction = number.replace(",", "").partition(".")
    return whole, fraction


def _is_no_quantity(whole: str) -> bool:
    return len(whole) > _LONGEST or (len(whole) > 1 and whole[0] == "0")


# --- English


def english(number: str) -> str:
    """ "1,299.5" → "one thousand two hundred ninety-nine point five"; what begins with a nought is no quantity."""
    whole, fraction = whole_and_fraction(number)
    words = english_digits(whole) if _is_no_quantity(whole) else _plain(str(num2words(int(whole))))
    return words + (f" point {english_digits(fraction)}" if fraction else "")


def english_ordinal(number: int) -> str:
    return _plain(str(num2words(number, to="ordinal")))


def english_year(year: int) -> str:
    """2026 → "twenty twenty-six", 1905 → "nineteen oh five"."""
    return str(num2words(year, to="year")).replace("oh-", "oh ").replace(" and ", " ")


def english_digits(digits: str) -> str:
    """ "2007" → "two zero zero seven"."""
    return " ".join(str(num2words(int(digit))) for digit in digits)


def english_model(digits: str) -> str:
    """A model's number: 4090 → "forty ninety", 750 → "seven fifty", 1000 → "one thousand"."""
    number = int(digits)
    if digits[0] == "0" or len(digits) > 5:
        return english_digits(digits)
    if len(digits) < 3 or number % 1000 == 0 or (len(digits) == 3 and number % 100 == 0):
        return english(digits)
    if len(digits) == 5:
        return f"{english(digits[:2])} {english_model(digits[2:].lstrip('0') or '0')}"
    head, tail = digits[:-2], digits[-2:]
    if tail == "00":
        return f"{english(head)} hundred"
    return f"{english(head)} {'oh ' if tail[0] == '0' else ''}{english(str(int(tail)))}"


def _plain(words: str) -> str:
    """As in America: without commas and "and"."""
    return words.replace(",", "").replace(" and ", " ")


# --- Chinese


def chinese(number: str) -> str:
    """ "1,299.5" → 一千二百九十九点五; what begins with a nought is no quantity."""
    whole, fraction = whole_and_fraction(number)
    words = chinese_digits(whole) if _is_no_quantity(whole) else _cardinal(int(whole))
    return words + (f"点{chinese_digits(fraction)}" if fraction else "")


def chinese_amount(number: str) -> str:
    """Before a measure word: 2 is 两."""
    return "两" if number == "2" else chinese(number)


def chinese_digits(digits: str, *, phone: bool = False) -> str:
    """ "2107" → 二一零七, as a telephone number 二幺零七."""
    return "".join((_ON_THE_PHONE if phone else _DIGITS)[int(digit)] for digit in digits)


def chinese_model(digits: str) -> str:
    """A model's number: 14 → 十四, 200 → 二百, 4090 → 四零九零."""
    number = int(digits)
    if digits[0] != "0" and (len(digits) < 3 or number % 1000 == 0 or (len(digits) == 3 and number % 100 == 0)):
        return chinese(digits).replace("两百", "二百")
    return chinese_digits(digits)


def _cardinal(number: int) -> str:
    for scale, name in ((10**8, "亿"), (10**4, "万")):
        if number >= scale:
            head, rest = divmod(number, scale)
            gap = "零" if rest and (rest < scale // 10 or head % 10 == 0) else ""
            return f"{_pair(_cardinal(head))}{name}{gap}{_inner(rest)}"
    words = _below_ten_thousand(number)
    if 10 <= number < 20:
        return words.removeprefix("一")
    return _pair(words[0]) + words[1:] if number >= 200 and words[1] in "百千" else words


def _inner(rest: int) -> str:
    """After 万 and 亿: 一十 keeps its 一 and 二百 its 二."""
    if not rest:
        return ""
    return _below_ten_thousand(rest) if rest < 10**4 else _cardinal(rest)


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
    return words


def _pair(words: str) -> str:
    """二万, 二千 and 二百 at the front are said 两."""
    return "两" if words == "二" else words
