"""What the host says about a product: its price, its stock, a gift. Only what is said plainly; a number alone is none.

Numbers that are something else are left out: crossed-out prices, savings, shipping, minimum orders, measures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

import msgspec

from livehost.understand.normalise import plain_line
from livehost.understand.patterns import ways
from livehost.understand.products import ProductNames
from livehost.understand.spoken_numbers import in_digits

ClaimField = Literal["price", "availability", "gift", "sold_out_value"]

_CLAUSE = re.compile(r"[^,，.。!！?？;；\n]+(?:(?<=\d)[.,](?=\d)[^,，.。!！?？;；\n]+)*[,，.。!！?？;；]*")
_NUMBER = r"(\d+(?:\.\d{1,2})?)"
_MONEY = re.compile(
    rf"[$€£¥] ?{_NUMBER}|{_NUMBER} ?(?:dollars?|bucks?|euros?|pounds?|usd|eur|gbp|yuan|rmb|块钱?|元|美元|美金)(?![a-z])"
)
_BARE = re.compile(
    r"(?:today|now|only|just|price(?: is|'s)?|costs?|it's|its|is|for|今天|现在|今晚|只要|只卖|仅需|价格?是?|到手价?|直播价)"
    rf"(?: (?:only|just|it's|its|is|at|for))? ?(?:只要|只卖|是|就)?{_NUMBER}"
    r"(?=[.!。！~～ ]*$| (?:today|now|only|each|tonight)\b|(?:一件|一个|一套|一双|一瓶|一份|带走|到手|包邮|今天))"
)
_OTHER_NUMBER = ways(
    english=r"""
    shipping|postage|delivery|off|discount|save|saving|was|were|used to be|instead of|usually|normally|regular|original
    over|orders?|at least|minimum|two|three|pair of|not|isn't|someone (?:says?|said)|people (?:say|said)|if
    """,
    chinese=r"""
    运费|邮费|立减|减|优惠|便宜|省|原价|平时|日常|之前|以前|专柜|满|不是|不止|有人说|如果|要是|第二件|两件|三件|两个|三个
    """,
)
_SOLD_OUT = ways(
    english="sold out|out of stock|all gone|none left|no more left|we(?:'re| are) out of",
    chinese=r"(?:卖|抢|拍)(?:完|光|没)了|没(?:有)?货了|售罄|断货了?|没有库存了|库存没了",
)
_NOT_YET = re.compile(r"\bnot\b|n't|还没|没有?(?:卖|抢)完|almost|nearly|about to|快(?:要)?")
_SOLD_OUT_VALUE = ways(
    english=r"sold out|out of stock|all gone|none left|no more left|gone", chinese=r"没(?:有)?了|没货|断码"
)
_BACK = ways(english=r"back in stock|restocked|in stock again", chinese=r"(?:补|来|到)货了|又有货了?|重新上架")
_GIFT = ways(
    english=r"""
    free gift|comes? with a free|(?:get|gets|getting) a free|throw(?:ing)? in (?:a|an|one)|buy one,? get one|bogo
    """,
    chinese=r"买[一1二2两]送[一1]|(?:再|加|还|额外)送|赠送|送(?:你|大家)?(?:一|两|1|2)[个只件条瓶包份套]",
)


class Claim(msgspec.Struct, frozen=True):
    """`value`: an amount, "out_of_stock", "in_stock", the colour or size that is gone, or what is given."""

    product_id: str
    field: ClaimField
    value: str
    quote: str


class HostClaims:
    """Reads the host's words clause by clause: a clause is about the product that it names, or the one named before it,
    or what is on the table."""

    def __init__(self, names: ProductNames, values: frozenset[str]) -> None:
        """`values`: the colours and sizes that products come in, as plain text."""
        self._names = names
        ordered = sorted(values, key=len, reverse=True)
        self._value = re.compile("|".join(_whole_word(value) for value in ordered)) if ordered else None

    def read(self, text: str, table: str) -> Iterator[Claim]:
        about = table
        for clause in _CLAUSE.findall(text):
            named = self._names.find(plain_line(clause).plain)
            if ids := named.exact or named.named_alike[:1]:
                about = ids[0] if len(ids) == 1 else ""
            if about and not re.search(r"[?？]\s*$|[吗呢]$", clause.strip()):
                yield from self._claims(clause.strip(), named.rest if ids else "", about, text)

    def _claims(self, clause: str, rest: str, product: str, text: str) -> Iterator[Claim]:
        plain = in_digits(plain_line(clause).plain)
        amounts = list(_amounts(in_digits(_joined(rest)) if rest else plain)) or list(_amounts(plain))
        if len(amounts) == 1:
            yield Claim(product, "price", str(amounts[0]), text.strip())
        value = self._value.search(plain) if self._value else None
        if value and _SOLD_OUT_VALUE.search(plain):
            yield Claim(product, "sold_out_value", value.group(), text.strip())
        elif _SOLD_OUT.search(plain) and not _NOT_YET.search(plain):
            yield Claim(product, "availability", "out_of_stock", text.strip())
        elif _BACK.search(plain):
            yield Claim(product, "availability", "in_stock", text.strip())
        if _GIFT.search(plain_line(clause).plain):
            yield Claim(product, "gift", clause.rstrip("，,.。!！?？;； "), text.strip())


def _amounts(plain: str) -> Iterator[Decimal]:
    if _OTHER_NUMBER.search(plain):
        return
    found = _MONEY.findall(plain) or [(number, "") for number in _BARE.findall(plain)]
    for groups in found:
        yield Decimal(next(group for group in groups if group))


def _whole_word(value: str) -> str:
    quoted = re.escape(value)
    return rf"(?<![a-z0-9]){quoted}(?![a-z0-9])" if value.isascii() else quoted


def _joined(words: str) -> str:
    return re.sub(r"(?<=[㐀-鿿]) (?=[㐀-鿿])|(?<=\d) (?=[㐀-鿿])|(?<=[㐀-鿿]) (?=\d)", "", words)
