"""Several questions in one line, each by itself: "how much is the tent and do you ship to Canada?"."""

from __future__ import annotations

import re

from livehost.understand.fields import FieldReader, is_deictic
from livehost.understand.kinds import is_question
from livehost.understand.products import ProductNames

_ASKS_ANEW = r"(?:how|what|whats|when|where|which|who|do|does|did|is|are|can|could|will|would|any|price|got|have you)\b"
_STRONG = re.compile(
    rf"(?<=[?？])\s*|\s*[,;&+/]*\s*\b(?:and|also|plus)\b\s*(?:also )?(?={_ASKS_ANEW})"
    r"|[ ，,、。;；]+(?:还有就?是?|另外|以及|顺便问)"
)
_COMMA = re.compile(rf"\s*[,;/]\s*(?={_ASKS_ANEW})|\s*[，；、。,;]\s*(?:然后)?(?=[㐀-鿿])")
_SPACE = re.compile(r"(?<=[㐀-鿿]) (?=[㐀-鿿])")
_MOST = 3
_SHORTEST = 2  # words, or characters in Chinese


def questions_in(plain: str, names: ProductNames, fields: FieldReader) -> tuple[str, ...]:
    """The questions of a plain line, in order; one when it is one. A product that is named before and pointed at after it
    is named in each. A comma parts them only where one of them asks for a field and nothing else, a space between Chinese
    words only where each does."""
    if parts := _apart(plain, _STRONG, names, fields):
        return parts
    if (parts := _apart(plain, _COMMA, names, fields)) and any(_asks_a_field(part, fields) for part in parts):
        return parts
    if (parts := _apart(plain, _SPACE, names, fields)) and all(_asks_a_field(part, fields) for part in parts):
        return parts
    return (plain,)


def _apart(plain: str, boundary: re.Pattern[str], names: ProductNames, fields: FieldReader) -> tuple[str, ...]:
    """The parts, where each of them asks something."""
    parts = [part.strip() for part in boundary.split(plain) if part and part.strip()]
    if not 2 <= len(parts) <= _MOST or not all(_is_one(part, fields) for part in parts):
        return ()
    about = ""
    made: list[str] = []
    for part in parts:
        named = names.find(part).exact
        about = names.spelled(part) if named else about
        points_back = is_deictic(part) or fields.read(part) is not None
        made.append(f"{about} {part}" if about and not named and points_back else part)
    return tuple(made)


def _is_one(part: str, fields: FieldReader) -> bool:
    words = len(part) if re.search("[㐀-鿿]", part) else len(part.split())
    return words >= _SHORTEST and (is_question(part) or _asks_a_field(part, fields))


def _asks_a_field(part: str, fields: FieldReader) -> bool:
    ask = fields.read(part)
    return ask is not None and ask.is_all
