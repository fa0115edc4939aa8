"""What a viewer's line gives to a tool: numbers within bounds, one of the choices, a short text at its place. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from livehost.knowledge import Tool, ToolParameter
from livehost.meaning import Meaning
from livehost.understand.normalise import plain_line
from livehost.understand.products import chinese_number

_LATIN = re.compile(r"[a-z]")
_HOLE = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"\d+(?:\.\d+)?|[一二三四五六七八九十两]{1,3}(?=[人位个天点号间])")
_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_TEXT = r"[\w .:'-]{1,40}"

Values = Mapping[str, str]


def arguments_in(text: str, tool: Tool) -> dict[str, str]:
    """The parameters' values as far as the line holds them. Every value is one of the choices, a number within its bounds,
    or a short text without signs."""
    plain = plain_line(text).plain
    found = _by_wording(plain, tool)
    for parameter in sorted(tool.parameter, key=lambda p: p.type != "pattern"):
        value = _value(found.get(parameter.name, ""), parameter) or (
            "" if parameter.type == "text" else _value(plain, parameter)
        )
        if parameter.type == "pattern" and value:
            plain = plain.replace(value, " ")  # its figures are no number of anything else
        if value or parameter.default:
            found[parameter.name] = value or parameter.default
        else:
            found.pop(parameter.name, None)
    return found


def by_words(meaning: Meaning, tools: Sequence[Tool]) -> Tool | None:
    """The tool one of whose words is in the line, with a value for every parameter."""
    if meaning.kind not in ("routine", "other_question", "statement"):
        return None
    plain = plain_line(meaning.text).plain
    spoken_of = (tool for tool in tools if any(_stands(plain_line(word).plain, plain) for word in tool.words))
    return next((tool for tool in spoken_of if missing(arguments_in(meaning.text, tool), tool) is None), None)


def missing(arguments: Values, tool: Tool) -> ToolParameter | None:
    return next((parameter for parameter in tool.parameter if parameter.name not in arguments), None)


def alone(text: str, parameter: ToolParameter) -> str:
    """The value of a line that says nothing else, such as the answer to a question back."""
    plain = plain_line(text).plain
    short = len(plain) <= 40
    return _value(plain, parameter) if short else ""


def _by_wording(plain: str, tool: Tool) -> dict[str, str]:
    """By the place that a wording gives a value: "how do i get from {start} to {goal}"."""
    names = {parameter.name for parameter in tool.parameter}
    for wording in sorted(tool.asked, key=lambda w: -len(w)):
        pattern = _pattern(wording, names)
        if pattern and (match := pattern.search(plain)):
            return {name: " ".join(value.split()) for name, value in match.groupdict().items() if value}
    return {}


def _pattern(wording: str, names: set[str]) -> re.Pattern[str] | None:
    """What stands directly around the holes, since the rest of a line is worded freely."""
    pieces = _HOLE.split(wording.casefold())
    if len(pieces) < 3:
        return None
    made = ""
    for number, piece in enumerate(pieces):
        if number % 2:
            made += rf"\s*(?P<{piece}>{_TEXT}?)\s*" if piece in names else ""
            continue
        words = piece.strip(" ?？!！。.,，、")
        if number == 0:
            words = words.split(" ")[-1] if _LATIN.search(words) else words[-2:]
        if number == len(pieces) - 1 and not words:
            made += r"(?:[?？!！。.,，]|$)"
        elif words:
            made += rf"\b{re.escape(words)}\b" if _LATIN.search(words) else re.escape(words)
    return re.compile(made)


def _value(text: str, parameter: ToolParameter) -> str:
    """The parameter's value in a text; empty: there is none, or none that is allowed."""
    match parameter.type:
        case "choice":
            found = [
                (len(name), value)
                for value, names in parameter.choices.items()
                for name in (value, *names)
                if _stands(plain_line(name).plain, text)
            ]
            return max(found)[1] if found else ""
        case "number":
            numbers = [_figure(word) for word in _NUMBER.findall(text)] + [
                Decimal(_WORDS[word]) for word in re.findall(r"[a-z]+", text) if word in _WORDS
            ]
            fitting = [n for n in numbers if parameter.least <= n <= parameter.most]
            return str(fitting[0]) if fitting else ""
        case "pattern":
            match = re.search(parameter.pattern, text, re.IGNORECASE)
            return match.group(match.lastindex or 0).strip() if match else ""
        case _:
            return text.strip() if text and re.fullmatch(_TEXT, text.strip()) else ""


def _stands(name: str, text: str) -> bool:
    if not name:
        return False
    return (
        name in text
        if re.search("[㐀-鿿]", name)
        else bool(re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text))
    )


def _figure(word: str) -> Decimal:
    if word[0].isdigit():
        return Decimal(word)
    return Decimal(2 if word == "两" else chinese_number(word.replace("两", "二")))
