"""Lines that go on from the one before: "and in red?" after "how much is the tent?", 那2号呢. They are made whole again.

What the follow-up names takes the place of what the line before named of the same sort: a product, a place, a colour, a
size. What it asks anew is asked of the product before.
"""

from __future__ import annotations

import re

from livehost.understand.fields import fields_asked, is_deictic, joined
from livehost.understand.products import ProductNames
from livehost.understand.values import COLOR, PLACE, SIZE

_GOES_ON = re.compile(
    r"^(?:(?:and|ok(?:ay)?|so|then|or)[, ]+)?(?:(?:how|what) about|and|also|what if it's) +|^(?:那么?|还有|另外|以及)+"
)
_END = re.compile(r"(?:呢|吗|嘛|么|too|as well|instead|then|though|please|[?？!！. ])+$")
_SMALL = re.compile(
    r"^(?:(?:(?:the|a|in|for|to|is|it|with|size|from) |寄|到|去|要|换))+|(?: (?:one|version|color))+$|[的色]$"
)


def whole_again(plain: str, before: str, names: ProductNames) -> str:
    """The plain line in full; empty where it does not go on from the one before, or says enough by itself."""
    led = _GOES_ON.sub("", plain)
    ends = plain.endswith(("呢", "呢?", "呢？"))
    if led == plain and not ends:
        return ""
    rest = _SMALL.sub("", _END.sub("", led).strip()).strip()
    if not rest:
        return ""
    return _swapped(rest, before, names) or _asked_of_the_same(led, rest, before, names)


def _swapped(rest: str, before: str, names: ProductNames) -> str:
    """ "the uk" after "do you ship to canada?" → "do you ship to the uk?"."""
    for pattern in (PLACE[0], COLOR[0], SIZE[0]):
        if pattern.fullmatch(rest) and pattern.search(before):
            return pattern.sub(lambda _: rest, before, count=1)
    now, then = names.find(rest), names.find(before)
    if now.exact and not now.rest.strip(" 号") and then.exact:
        return f"{rest} {joined(then.rest)}"
    return ""


def _asked_of_the_same(led: str, rest: str, before: str, names: ProductNames) -> str:
    """ "in red?" or "how heavy?" after a line about a product, with its name again."""
    then = names.find(before)
    about = names.spelled(before) if then.exact else ""
    if not about or names.find(rest).exact:
        return ""
    value = COLOR[0].fullmatch(rest) or SIZE[0].fullmatch(rest)
    if value:
        return f"{about} {rest}有吗" if rest[0] >= "㐀" else f"do you have {about} in {rest}?"
    return f"{about} {led}" if fields_asked(rest) or is_deictic(led) else ""
