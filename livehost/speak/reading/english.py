"""English, as an American host says it."""

from __future__ import annotations

import re

from livehost.speak.reading.english_words import (
    CODE,
    FRACTIONS,
    IRREGULAR,
    MONEY,
    MONTH,
    MONTHS,
    NO_NOUNS,
    NO_PLURAL,
    PER,
    SCALES,
    SIGN,
    UNIT,
    UNITS,
)
from livehost.speak.reading.numbers import (
    NUMBER,
    english,
    english_digits,
    english_model,
    english_ordinal,
    english_year,
    whole_and_fraction,
)
from livehost.speak.reading.rules import Rule, apply, is_spelled, rule, sayable_name, spelled

_TO = r"\s?[-–—~]\s?"
_NUMBERED = "order|tracking|code|number|no|id|sku|ref|reference|zip|pin|ext|extension|flight|room|ticket|invoice|case"
_YEAR_BEFORE = "in|since|until|till|year|before|after|summer|winter|spring|fall|autumn|early|late|mid|copyright"


def read(text: str) -> str:
    return apply(_RULES, text)


def _plural(unit: str, number: str) -> str:
    """ "3 feet", "1 foot", "5 degrees Celsius"."""
    if number in ("1", "1.0"):
        return unit
    if unit in IRREGULAR:
        return IRREGULAR[unit]
    head, _, tail = unit.partition(" per ")
    if tail:
        return f"{head}s per {tail}"
    if unit.startswith("degree "):
        return "degrees " + unit.removeprefix("degree ")
    return unit if unit in NO_PLURAL else f"{unit}s"


def _amount(sign: str, number: str) -> str:
    """ "$1,299.90" → "one thousand two hundred ninety-nine dollars and ninety cents"."""
    unit, small = MONEY[sign]
    whole, fraction = whole_and_fraction(number)
    if not small or len(fraction) > 2:
        return f"{english(whole + ('.' + fraction.rstrip('0') if fraction.strip('0') else ''))} {_plural(unit, '2')}"
    cents = str(int(fraction.ljust(2, "0"))) if fraction else "0"
    coins = f"{english(cents)} {_plural(small, cents)}"
    if int(whole) == 0 and cents != "0":
        return coins
    words = f"{english(whole)} {_plural(unit, whole)}"
    return words if cents == "0" else f"{words} and {coins}"


def _money(match: re.Match[str]) -> str:
    sign = match["sign"]
    per = f" per {PER.get(match['per'], match['per'])}" if match["per"] else ""
    if match["scale"]:
        scale = match["scale"].strip()
        return f"{english(match['n'])} {SCALES.get(scale, scale)} {_plural(MONEY[sign][0], '2')}{per}"
    if match["m"]:
        low, high = match["n"], match["m"]
        if "." in low + high:
            return f"{_amount(sign, low)} to {_amount(sign, high)}{per}"
        return f"{english(low)} to {_amount(sign, high)}{per}"
    return _amount(sign, match["n"]) + per


def _money_after(match: re.Match[str]) -> str:
    return _amount(match["code"], match["n"])


def _phone(match: re.Match[str]) -> str:
    """Digit by digit, with a breath where the groups end."""
    groups = re.findall(r"\d+", match[0])
    return ("plus " if match[0].startswith("+") else "") + ", ".join(map(english_digits, groups))


def _date(month: int, day: int, year: str = "") -> str:
    if year and len(year) == 2:
        year = f"20{year}"
    return f"{MONTHS[month - 1]} {english_ordinal(day)}" + (f", {english_year(int(year))}" if year else "")


def _named_date(match: re.Match[str]) -> str:
    month = next(n for n, name in enumerate(MONTHS, 1) if name.startswith(match["month"][:3]))
    return _date(month, int(match["day"]), match["year"] or "")


def _numeric_date(match: re.Match[str]) -> str:
    return _date(int(match["m"]), int(match["d"]), match["y"])


def _short_date(match: re.Match[str]) -> str:
    return FRACTIONS.get(match[0]) or _date(int(match["m"]), int(match["d"]))


def _clock(match: re.Match[str]) -> str:
    hour, minute, half = match["h"], match["min"] or "", (match["half"] or "").replace(".", "").upper()
    words = english(str(int(hour)))
    if minute and minute != "00":
        words += f" oh {english(minute[1])}" if minute[0] == "0" else f" {english(minute)}"
    elif minute and not half:
        words += " o'clock" if 1 <= int(hour) <= 12 else " hundred hours"
    return words + (f" {spelled(half)}" if half else "")


def _quantity(match: re.Match[str]) -> str:
    """A number or a range of numbers with its unit or percent sign."""
    number, high, unit = match["n"], match["m"], match["unit"]
    words = ("minus " if match["minus"] else "") + english(number) + (f" to {english(high)}" if high else "")
    if match["p"]:
        return f"{words} percent"
    if unit == '"' and match.string[: match.start()].count('"') % 2:
        return words  # the end of a quotation
    name = UNITS[unit]
    return f"{words} {name if _before_a_noun(match) else _plural(name, high or number)}"


def _before_a_noun(match: re.Match[str]) -> bool:
    """ "a 65W charger" and "a 10-foot cable", not "480g and"."""
    following = re.match(r"[ -]([a-z]{3,})", match.string[match.end() :])
    return bool(following) and following[1] not in NO_NOUNS if following else False


def _by(match: re.Match[str]) -> str:
    """ "10x20 cm" → "ten by twenty centimeters"."""
    numbers = re.findall(NUMBER, match["all"])
    words = " by ".join(map(english, numbers))
    return f"{words} {_plural(UNITS[match['unit']], numbers[-1])}" if match["unit"] else words


def _range(match: re.Match[str]) -> str:
    return f"{english(match['n'])} to {english(match['m'])}"


def _counted(match: re.Match[str]) -> str:
    """4K is a picture, 10k ten thousand."""
    number = match["n"]
    if match["scale"] == "K" and number in ("2", "4", "5", "6", "8"):
        return f"{english(number)} K"
    return f"{english(number)} {SCALES[match['scale']]}"


def _numbered(match: re.Match[str]) -> str:
    return f"{match['what']} {english_digits(match['d'])}"


def _hash(match: re.Match[str]) -> str:
    digits = match["d"]
    return f"number {english_digits(digits) if len(digits) > 4 else english(digits)}"


def _decade(match: re.Match[str]) -> str:
    century, tens = match["c"] or "", match["t"]
    words = english(f"{tens}0").removesuffix("y") + "ies"
    return f"{english(century)} {words}" if century else words


def _model(match: re.Match[str]) -> str:
    """A3-200 → "A three two hundred", WH-1000XM5 → "W H one thousand X M five", 3-pack → "three pack"."""
    words: list[str] = []
    for part in match[0].split("-"):
        runs = re.findall(r"[A-Za-z]+|\d+(?:\.\d+)?", part)
        if len(runs) == 1 and runs[0].isdigit() and re.search(r"-[a-z]{3,}", match[0]):
            words.append(english(runs[0]))
            continue
        for run in runs:
            if run[0].isdigit():
                words.append(english(run) if "." in run else english_model(run))
            elif is_spelled(run) or len(run) == 1 or (run.isupper() and len(run) < 3):
                words.append(spelled(run))
            else:
                words.append(run.capitalize() if run.isupper() else run)
    return " ".join(words)


def _graphics(match: re.Match[str]) -> str:
    return f"{spelled(match['letters'])} {english_model(match['d'])}" + (" T I" if match["ti"] else "")


def _size(match: re.Match[str]) -> str:
    many = ("", "double ", "triple ", "four ")[len(match["x"]) - 1]
    return f"{many}X {match['end']}"


def _capitals(match: re.Match[str]) -> str:
    letters = match["letters"]
    return spelled(letters) + ("s" if match["s"] else "") if is_spelled(letters) else match[0]


_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s(?P<year>(?:19|20)\d\d))?"
_RULES: list[Rule] = [
    rule(r"(?<!\w)@?\w*[A-Za-z]\w*_\w*|(?<![\w.])@\w+", lambda m: sayable_name(m[0])),  # a viewer's
    rule(r"\b24/7\b", "twenty-four seven"),
    rule(r"\b50/50\b", "fifty fifty"),
    rule(r"(?<![\w.])'?(?P<c>19|20)?(?P<t>[2-9])0s\b", _decade),
    rule(r"(?i)(?<=[\dm])\s?[-–—]\s?(?=\d{1,2}(?::\d\d)?\s?[ap]\.?m\b)", " to "),
    rule(
        rf"{SIGN}\s?(?P<n>{NUMBER})(?P<scale>[kKMB](?!\w)|bn\b|\s(?:thousand|million|billion)\b)?"
        rf"(?:{_TO}[$€£¥]?(?P<m>{NUMBER}))?(?:/(?P<per>[a-z]+))?",
        _money,
    ),
    rule(rf"(?<![\d.])(?P<n>{NUMBER})\s?{CODE}", _money_after),
    rule(rf"(?<![\d.])(?P<n>{NUMBER})\s?¢", lambda m: f"{english(m['n'])} {_plural('cent', m['n'])}"),
    rule(r"\+\d[\d\s-]{7,}\d|(?<![\w-])(?:1[ -])?\(?\d{3}\)?[ -]\d{3}[ -]\d{4}(?!\d)|(?<![\w-])\d{3}-\d{4}(?![\d-])", _phone),
    rule(r"(?<![\d/-])(?P<y>(?:19|20)\d\d)[-/.](?P<m>1[0-2]|0?[1-9])[-/.](?P<d>3[01]|[12]\d|0?[1-9])(?!\d)", _numeric_date),
    rule(r"(?<![\d/])(?P<m>1[0-2]|0?[1-9])/(?P<d>3[01]|[12]\d|0?[1-9])/(?P<y>(?:20)?\d\d)(?!\d)", _numeric_date),
    rule(rf"\b{MONTH}\s{_DAY}(?![\d:%]){_YEAR}", _named_date),
    rule(rf"\b{_DAY}\s(?:of\s)?{MONTH}\b{_YEAR}", _named_date),
    rule(
        r"(?<![\d:.])(?P<h>2[0-3]|[01]?\d)(?::(?P<min>[0-5]\d))?\s?(?P<half>[ap]\.m\.(?=\s+[a-z])|[ap]\.?m\b)", _clock, re.I
    ),
    rule(r"(?<![\d:.])(?P<h>2[0-3]|[01]?\d):(?P<min>[0-5]\d)(?!\d)(?P<half>)", _clock),
    rule(r"(?<![\d:.])(?P<n>\d+):(?P<m>\d+)(?![\d:])", _range),
    rule(r"(?<![\d/])(?P<w>\d+) (?P<f>1/2|1/3|2/3|1/4|3/4)(?![\d/])", lambda m: f"{english(m['w'])} and {_mixed(m['f'])}"),
    rule(r"(?<![\w/])(?P<m>1[0-2]|[1-9])/(?P<d>3[01]|[12]\d|[1-9])(?![\d/])", _short_date),
    rule(r"(?<![\w.])(?P<ft>[3-8])'\s?(?P<in>1[01]|\d)\"?(?!\d)", lambda m: f"{english(m['ft'])} foot {english(m['in'])}"),
    rule(
        rf"(?<![\w.])(?P<all>{NUMBER}\s?(?:cm|mm|m|in|ft|\")?(?:\s?[x×*]\s?{NUMBER}(?:cm|mm|in|ft)?)+)(?:\s?{UNIT})?(?!\w)", _by
    ),
    rule(
        rf"(?P<minus>(?<![\w.])[-−])?(?<![\d.])(?P<n>{NUMBER})(?:{_TO}(?P<m>{NUMBER}))?[\s-]?(?:(?P<p>%)|{UNIT})",
        _quantity,
    ),
    rule(r"(?<![\w.])(?P<n>\d+)(?:st|nd|rd|th)\b", lambda m: english_ordinal(int(m["n"]))),
    rule(r"(?<![\w.])(?P<d>480|720|1080|1440|2160)(?P<p>[pi])\b", lambda m: f"{english_model(m['d'])} {m['p'].upper()}"),
    rule(rf"(?<![\w.])(?P<n>{NUMBER})(?P<scale>[kKMB])(?!\w)", _counted),
    rule(rf"(?<![\w.])(?P<n>{NUMBER})[x×](?!\w)", lambda m: f"{english(m['n'])} times"),
    rule(r"(?<!\w)[x×](?P<n>\d+)(?!\w)", lambda m: f"times {english(m['n'])}"),
    rule(r"(?<!\w)#\s?(?P<d>\d+)", _hash),
    rule(r"\bNo\.\s?(?P<d>\d+)", _hash),
    rule(rf"\b(?P<what>(?i:{_NUMBERED})(?:\s(?:is|number|no\.))?)[\s:#]+(?P<d>\d{{4,}})(?![\d,.]\d)", _numbered),
    rule(rf"\b(?P<what>(?i:{_YEAR_BEFORE})|{MONTH})\s(?P<y>(?:19|20)\d\d)(?![\d%]|[,.]\d)",
         lambda m: f"{m['what']} {english_year(int(m['y']))}"),
    rule(r"(?<![\d.,])\d{7,}(?![\d.,]\d)", lambda m: english_digits(m[0])),
    rule(r"\b(?P<letters>GTX|RTX|RX|GT|HD)\s?(?P<d>\d{3,4})(?P<ti>\s?Ti)?(?![\w.])", _graphics),
    rule(r"(?<![\w.])(?P<x>X{1,4})(?P<end>[SL])(?!\w)", _size),
    rule(r"(?<![\w.])(?P<n>[2-6])X(?P<end>[SL])(?!\w)", lambda m: f"{english(m['n'])} X {m['end']}"),
    rule(rf"(?<![\w.])(?P<n>{NUMBER}){_TO}(?P<m>{NUMBER})(?![\w-])", _range),
    rule(r"(?<![\w.])(?=[A-Za-z\d-]*[A-Za-z])(?=[A-Za-z-]*\d)[A-Za-z\d]+(?:\.\d+)?(?:-[A-Za-z\d]+)*(?!\w)", _model),
    rule(r"(?<![A-Za-z'])(?P<letters>[A-Z]{2,5})(?P<s>s?)(?![A-Za-z])", _capitals),
    rule(rf"(?<![\w.])[-−](?P<n>{NUMBER})", lambda m: f"minus {english(m['n'])}"),
    rule(rf"[~≈]\s?(?={NUMBER})", "about "),
    rule(NUMBER, lambda m: english(m[0])),
    rule(r"\bw/o\b", "without"),
    rule(r"\bw/(?=[\s\w])", "with "),
    rule(r"\bvs\b\.?", "versus"),
    rule(r"\be\.g\.", "for example"),
    rule(r"\bi\.e\.", "that is"),
    rule(r"\b[Aa]pprox\.", "approximately"),
    rule(r"\betc\.", "et cetera"),
    rule(r"\bincl\.", "including"),
    rule(r"\s?&\s?", " and "),
    rule(r"\s?\+\s?", " plus "),
    rule(r"\s?±\s?", " plus or minus "),
    rule(r"\s?≥\s?", " at least "),
    rule(r"\s?≤\s?", " at most "),
    rule(r"\s=\s", " equals "),
    rule(r"(?<=[A-Za-z])/(?=[A-Za-z])", " or "),
    rule(r"\s?[(（]\s*", ", "),
    rule(r"\s*[)）](?=[.,;:!?])", ""),
    rule(r"\s*[)）]\s?", ", "),
    rule(r"#(?=\w)|[\"“”°^=]|[:;]-?[)(DPp](?!\w)", ""),
]  # fmt: skip


def _mixed(fraction: str) -> str:
    """ "one half" → "a half" behind a whole number."""
    return re.sub(r"^one ", "a ", FRACTIONS[fraction])
