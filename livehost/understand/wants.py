"""What a viewer looks for without naming it: "what suits dry skin", "a jacket under 200", 有没有两百以内适合干皮的."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import msgspec

from livehost.understand.fields import fields_asked
from livehost.understand.normalise import plain_line
from livehost.understand.products import Named

_ASKS = re.compile(
    r"\b(?:recommend\w*|suggest\w*|suits?|suitable for|(?:good|best|great|works?|right|ideal) for|looking for"
    r"|(?:anything|something|gift|present|one|ones|which|what|any \w+) (?:\w+ )?(?:for|under|below|less than|within|between|up to"
    r"|around)"
    r"|(?:have|got|sell) (?:a|an|any|some)\b.{1,40}\b(?:for|under|below|less than|within|up to))\b"
    r"|推荐|适合|送(?:人|礼|给)?(?:妈妈|爸爸|老人|朋友|女朋友|男朋友|孩子|老师|长辈)?(?:什么|哪)|买(?:哪|什么)|选哪|哪(?:个|款)(?:合适|适合)"
    r"|有(?:没有|什么).{0,14}(?:以内|以下|之内|左右|的)|(?:以内|以下|之内)的?(?:有|推荐|哪)"
)
_COMPARES = re.compile(r"\b(?:vs|versus|better|compared?|difference|than (?!\$?\d))\b|比(?!较)|跟|区别|不同")
_ADVISE = re.compile(r"\b(?:recommend|suggest)|推荐")
_NUMBER = r"[$€£¥]?\s*(\d+(?:\.\d+)?)\s*(?:dollars?|bucks?|usd|euros?|元|块钱?|刀)?"
_BETWEEN = re.compile(
    rf"\b(?:between|from)\s+{_NUMBER}\s+(?:and|to)\s+{_NUMBER}|{_NUMBER}\s*[到至-]\s*{_NUMBER}(?:之间)?"
)
_UNDER = re.compile(
    rf"\b(?:under|below|less than|cheaper than|up to|within|at most|max(?:imum)?)\s+{_NUMBER}"
    rf"|(?:不超过|低于|少于|最多)\s*{_NUMBER}"
    rf"|{_NUMBER}\s*(?:以内|以下|之内|内)"
)
_OVER = re.compile(rf"\b(?:over|above|more than|at least)\s+{_NUMBER}|(?:超过|高于|至少)\s*{_NUMBER}|{_NUMBER}\s*以上")
_HUNDREDS = re.compile(r"([一二两三四五六七八九])百(?:([一二三四五六七八九])十?)?")
_DIGIT = {character: number for number, character in enumerate("一二三四五六七八九", 1)} | {"两": 2}
_EMPTY = re.compile(
    r"\b(?:what|which|who|do|does|did|you|u|have|got|sell|is|are|can|could|would|should|will|i|me|my|we|our|a|an|the|any|anything|some|something"
    r"|one|ones|for|of|in|on|to|with|and|or|good|best|great|nice|right|ideal|suitable|suits?|works?|recommend\w*|suggest\w*|please|looking|need"
    r"|want|wants|buy|get|take|there|that|this|it|under|below|less|than|between|up|within|around|over|above|more|at|least|most|someone|somebody"
    r"|people|gift|present|hi|hey|hello|pls|thing|things|product|products|stuff|here|shop|like)\b"
    r"|推荐|适合|一下|什么|有没有|有|哪个|哪款|哪些|哪|请问|想|买|选|要|的|吗|呢|吧|啊|呀|我|你们|你|主播|给|个|款|好|合适|比较|人|用|以内|以下|之内|之间|左右|元|块钱?|钱|不超过"
)
_LONGEST, _LONGEST_ZH = 90, 30  # characters; what is longer tells a story
_WORD = re.compile(r"[a-z]{2,}|[㐀-鿿]{2,}")


class Wants(msgspec.Struct, frozen=True):
    """`words`: what it is to be good for; `among`: products of the sort that is named; `low` and `high` bound the price."""

    words: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None


def wants_in(text: str, find: Callable[[str], Named]) -> Wants | None:
    """`find` gives the products that a plain line names. None where the line looks for nothing, or asks for a field."""
    plain = _HUNDREDS.sub(_in_figures, plain_line(text).plain)
    if len(plain) > (_LONGEST_ZH if re.search("[㐀-鿿]", plain) else _LONGEST):
        return None
    low, high, rest = _bounds(plain)
    if _COMPARES.search(rest):
        return None
    if not (
        _ASKS.search(plain) or ((low or high) and re.search(r"\b(?:any|some|what|which|have|show)\w*|有|推荐", plain))
    ):
        return None
    named = find(rest)
    if named.exact or fields_asked(rest) - {"price", "color"}:
        return None
    words = words_beside(named.rest if named.sort else rest)
    if not (words or low or high or (named.sort and _ADVISE.search(plain))):
        return None
    return Wants(words, named.sort, low, high)


def words_beside(plain: str, *empty: re.Pattern[str]) -> tuple[str, ...]:
    """A line's words without those that only ask, and without `empty` ones."""
    for pattern in (*empty, _EMPTY):
        plain = pattern.sub(" ", plain)
    return tuple(dict.fromkeys(_WORD.findall(plain)))


def _bounds(plain: str) -> tuple[Decimal | None, Decimal | None, str]:
    """Lowest, highest, and the line without them."""
    if match := _BETWEEN.search(plain):
        ends = sorted(Decimal(found) for found in match.groups() if found)
        return ends[0], ends[-1], _BETWEEN.sub(" ", plain)
    low, high = (_first(pattern, plain) for pattern in (_OVER, _UNDER))
    return low, high, _OVER.sub(" ", _UNDER.sub(" ", plain))


def _first(pattern: re.Pattern[str], plain: str) -> Decimal | None:
    match = pattern.search(plain)
    return next((Decimal(found) for found in match.groups() if found), None) if match else None


def _in_figures(match: re.Match[str]) -> str:
    return str(100 * _DIGIT[match[1]] + 10 * _DIGIT.get(match[2] or "", 0))
