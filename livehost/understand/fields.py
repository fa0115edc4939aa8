"""Questions that a product's own fields answer: "how much is …", "does it come in blue", 有货吗."""

from __future__ import annotations

import re

import msgspec

from livehost.knowledge import Knowledge, Product
from livehost.meaning import Field
from livehost.understand.normalise import plain_line
from livehost.understand.patterns import ways
from livehost.understand.products import Named, ProductNames
from livehost.understand.values import COLOR, PLACE, SIZE, values_in

# "How much vitamin c is in it", "how much can it hold" ask for no price.
_OF_WHAT = (
    r"(?:(?:more|longer|of) )?(?:time|space|room|longer|weight|water|sugar|salt|caffeine|protein|fat|vitamin|retinol|acid|product"
    r"|power|light|noise|storage|fabric|cotton|wool|down|protection|should|can"
    r"|(?:do|would|will) (?:i|you|we) (?:need|use|put|eat|feed)"
    r"|(?:does|can|will) (?:it|this|that|the \w+) (?:hold|fit|weigh|last|take))"
)

# Each pattern takes what asks for the field out of the line; what is left over decides whether that was all.
_ASKS: tuple[tuple[Field, re.Pattern[str]], ...] = (
    (
        "shipping",
        ways(
            english=r"""
            how much (?:is|for|does|would|will) (?:the )?(?:shipping|postage|delivery)(?: cost| be)?
            (?:what(?:'s| is|s)? )?(?:the )?(?:shipping|postage|delivery) (?:cost|costs|fee|fees|price|charge)s?
            """,
            chinese=r"""
            (?:运费|邮费|快递费)(?:是|要)?(?:多少钱?|怎么算|几块)?
            """,
        ),
    ),
    (
        "difference",
        ways(
            english=r"""
            (?:what(?:'s| is|s)? )?(?:the )?differences?(?: between)?
            how (?:is|are|do|does) .{0,60} (?:different|differ)
            compare[ds]?|vs\.?|versus
            """,
            chinese=r"""
            (?:有)?(?:什么|啥)(?:区别|不同|不一样)|区别(?:是什么|在哪)?|哪里不一样|对比
            """,
        ),
    ),
    (
        "price",
        ways(
            english=rf"""
            how much(?! {_OF_WHAT}\b)(?: is| are| for| does| do)?(?: \w+ cost)?
            (?:what(?:'s| is|s)? the )?price(?: of| for| check)?
            what does|costs?(?: of)?|how expensive|on sale
            (?:which|what)(?: one)?(?:'s| is|s)? (?:the )?(?:cheaper|cheapest)
            what(?:'s| is|s) the damage(?: on| for)?|set me back
            """,
            chinese=r"""
            哪[个款件]?(?:更|最)?(?:便宜|贵)
            多少钱|什么价格?|价格(?:是多少|多少)?|多少块|卖多少|几块钱?|怎么卖|好多钱|几米|price|jg|\$ ?\?|报价
            """,
        ),
    ),
    (
        "availability",
        ways(
            english=r"""
            in stock|available|availability|sold out|out of stock|any left|still (?:have|got)|restock(?:ed|ing)?|back in
            """,
            chinese=r"""
            有没有货|有现货|现货|有货|还有货|还有[吗么嘛]|还有没有?(?=$|[?？ ])|缺货|没货|补货|卖完了?|断货
            """,
        ),
    ),
    (
        "color",
        ways(
            english=r"""
            (?:(?:what|which|how many|any other) )?colors?(?: ?ways?)?(?: do(?:es)?| are| is)?(?: there| available| options?)?
            comes? in
            """,
            chinese=r"""
            (?:有)?(?:什么|哪些|几个|几种|哪几种|别的|其他|多少种)颜色(?:可选)?|颜色有(?:什么|哪些|几种)|颜色|几个色|什么色儿?
            """,
        ),
    ),
    (
        "size",
        ways(
            english=r"""
            (?:(?:what|which|any) )?sizes?(?: does| do| are| is)?(?: there| available| options?)?
            """,
            chinese=r"""
            (?:有)?(?:什么|哪些|几个|几种)(?:尺码|尺寸|码数|规格)
            (?:尺码|尺寸|码数|规格)(?:有(?:什么|哪些)|是多少|多少)?|多大|几寸
            """,
        ),
    ),
    (
        "material",
        ways(
            english=r"""
            what(?:'s| is| are)? .{0,30}?made (?:of|from|out of)
            made of|(?:what )?(?:material|fabric)s?
            """,
            chinese=r"""
            什么材质|什么材料|什么做的|材质(?:是什么)?|什么料
            """,
        ),
    ),
    (
        "product_weight",
        ways(
            english=r"""
            (?:which|what)(?: one)?(?:'s| is|s)? (?:the )?(?:lighter|heavier|lightest)|how (?:heavy|much does .{0,30}? weigh)
            weighs?|weight
            """,
            chinese=r"""
            哪[个款件]?(?:更|最)?[轻重]|多重|重量|几斤|多少斤|重不重
            """,
        ),
    ),
    (
        "link",
        ways(
            english=r"""
            (?:the )?link(?: to| for)?
            (?:where (?:can|do)|how (?:can|do)) (?:i|we|you) (?:buy|get|order)
            """,
            chinese=r"""
            链接(?:呢|在哪)?|几号链接|怎么买|在哪买|哪里买|怎么下单|在哪下单|怎么拍
            """,
        ),
    ),
)
VALUE_FIELDS: tuple[Field, ...] = ("color", "size")
_YES_NO = ways(
    english=r"""
    do you have|have you got|got|is there|are there|any|does it come|do they come|come in|in|is it|available
    """,
    chinese=r"""
    有没有|有|吗|么|嘛
    """,
)
_FILLER = ways(
    english=r"""
    would love|i'd love|id love
    the|a|an|this|that|these|those|it|its|it's|one|ones|thing|is|are|be|do|does|did|will|would|can|could
    i|we|you|your|u|me|have|has|had|got|get|buy|want|need|know|tell|in|on|of|for|to|and|so|but|or|too
    version|versions|what|whats|what's|which|how|there|here|all|any|other|come|comes|still|much|just|asking|wondering|anyone
    rn|rly|really|babe|hun|roughly|wanna|gonna|thanks|thx|ty|lol|omg
    please|hi|hey|hello|ok|sorry|guys|sis|bro|again|now|right|today|also
    """,
    chinese=r"""
    贵不贵|到手|报一下|报个|报下|谢谢|家人们|宝贝|想拍|刚进来|没听到|有点|大概|手上
    请问|主播|老板|宝宝|宝子|姐妹|小姐姐|姐姐|姐|亲|各位
    链接|这个|那个|这款|那款|这件|那件|这口|那口|这把|那把|这只|那只|这套|那套
    现在|今天|到底|一下|一共|还是|都|想问|问下|问|能|可以|要|买|的|了|呢|啊|呀|吗|嘛|么|吧|哈|哦|是|有|还|在|给
    我|你|它|个|款|件|号|这|那|多|就|来|发|看|求|说|没
    """,
)
_DEICTIC = re.compile(r"\b(?:this|that|it|these|those|one)\b|这个|那个|这款|那款|这件|那件|这口|这把|这只|这套|它")
_CLAUSE = re.compile(r"[,，.。!！;；~～]+|\b(?:sorry|lol|thanks|thank you)\b|(?<=[?？])")
_QUESTION_MARK = re.compile(r"[?？]")
_SMALL = ways(english="between|and|or|the|with|from|to", chinese="和|跟|与|比|到|寄")
_PUNCTUATION = re.compile(r"[^\w一-鿿]+")


class FieldAsk(msgspec.Struct, frozen=True):
    """`named` is empty when the line names no product: then it is about what is on the table. `value` is a colour or size,
    `value_field` which of them; it may come along with another field ("is the blue one in stock")."""

    field: Field
    value: str
    value_field: Field
    named: Named
    left_over: str  # words that the pattern does not account for; a few mean that something else is asked

    @property
    def is_all(self) -> bool:
        """Whether the line asks for nothing beside the field."""
        return len(self.left_over.replace(" ", "")) <= 1


class FieldReader:
    """Finds the field that a line asks for, and whether it asks for nothing else."""

    def __init__(self, knowledge: Knowledge, names: ProductNames) -> None:
        self._names = names
        self._values: dict[str, Field] = {}
        for product in knowledge.products:
            for field in VALUE_FIELDS:
                for value in field_values(product, field):
                    self._values.setdefault(value, field)
        ordered = sorted(self._values, key=len, reverse=True)
        self._value = re.compile("|".join(_whole_word(value) for value in ordered)) if ordered else None

    def read(self, plain: str, *, follows: bool = False) -> FieldAsk | None:
        """`follows`: the line goes on from another one, so that a value alone asks for it ("and the blue?")."""
        whole = self._read(plain, follows)
        if whole and whole.is_all:
            return whole
        return self._in_its_clause(plain, whole) or whole

    def _in_its_clause(self, plain: str, whole: FieldAsk | None) -> FieldAsk | None:
        """What one clause asks for, where the others ask for nothing ("price of the wok, sorry just tuned in")."""
        clauses = [clause for clause in _CLAUSE.split(plain) if clause.strip()]
        asking = [clause for clause in clauses if fields_asked(clause) or _QUESTION_MARK.search(clause)]
        if len(clauses) < 2 or len(asking) != 1:
            return None
        rest = " ".join(clause for clause in clauses if clause is not asking[0])
        if values_in(rest, PLACE) or re.search(r"\d", self._names.find(rest).rest):
            return None
        ask = self._read(asking[0], follows=False)
        if ask is None or not ask.is_all:
            return None
        if ask.named.exact or ask.named.sort or whole is None:
            return ask
        return msgspec.structs.replace(ask, named=whole.named)

    def _read(self, plain: str, follows: bool) -> FieldAsk | None:
        named = self._names.find(plain)
        for field, pattern in _ASKS:
            if pattern.search(named.rest) or pattern.search(plain):
                rest = pattern.sub(" ", joined(named.rest))
                value, value_field, rest = self._take_value(rest)
                if field in ("difference", "shipping"):
                    rest = PLACE[0].sub(" ", _SMALL.sub(" ", rest))
                return FieldAsk(field, value, value_field, named, _left_over(rest))
        return self._value_alone(named, follows)

    def _value_alone(self, named: Named, follows: bool) -> FieldAsk | None:
        """ "in blue?", "有蓝色吗": a value of a known field with nothing but a yes-or-no question around it."""
        rest = joined(named.rest)
        if not follows and not _YES_NO.search(rest):
            return None
        value, field, left = self._take_value(rest)
        if not value:
            return None
        return FieldAsk(field, value, field, named, _left_over(_YES_NO.sub(" ", left)))

    def value_in(self, rest: str) -> tuple[str, Field]:
        """A colour or size that stands in the line, and which of them it is."""
        value, field, _ = self._take_value(joined(rest))
        return value, field

    def _take_value(self, rest: str) -> tuple[str, Field, str]:
        """The colour or size in the words: one that a product comes in, or else one that is known by any name."""
        own = self._value.search(rest) if self._value else None
        if own:
            return own.group(), self._values[own.group()], _cut(rest, own)
        for field, (pattern, _) in (("color", COLOR), ("size", SIZE)):
            if found := pattern.search(rest):
                return found.group(), "color" if field == "color" else "size", _cut(rest, found)
        return "", "", rest


def own_values(product: Product, field: Field, asked: str) -> tuple[str, ...]:
    """The values of a product that a viewer's word means: the same word, else those of the same colour or size by any name
    (蓝色 and "blue" for Navy); a word that says more than the product's value means none."""
    if field not in VALUE_FIELDS:
        return ()
    values: tuple[str, ...] = getattr(product, field)
    same = tuple(value for value in values if plain_line(value).plain == asked)
    if same:
        return same
    known = COLOR if field == "color" else SIZE
    wanted = values_in(asked, known)
    if not wanted or known[0].sub("", asked).strip():
        return ()
    return tuple(value for value in values if values_in(plain_line(value).plain, known) == wanted)


def field_values(product: Product, field: Field) -> tuple[str, ...]:
    """The values of a field as plain text, for asking "in blue?"."""
    values: tuple[str, ...] = getattr(product, field) if field in VALUE_FIELDS else ()
    return tuple(plain for value in values if (plain := plain_line(value).plain))


def fields_asked(plain: str) -> frozenset[Field]:
    """The fields that the words of a line ask for, whatever else it says."""
    return frozenset(field for field, pattern in _ASKS if pattern.search(plain))


def is_deictic(plain: str) -> bool:
    """Whether the line points at what is on the table ("this one", 这个)."""
    return bool(_DEICTIC.search(plain))


def _cut(text: str, found: re.Match[str]) -> str:
    return text[: found.start()] + " " + text[found.end() :]


def _whole_word(value: str) -> str:
    quoted = re.escape(value)
    return rf"(?<![a-z0-9'’]){quoted}(?![a-z0-9])" if value.isascii() else quoted


def joined(words: str) -> str:
    """Words put together again: Chinese characters without spaces between them."""
    return re.sub(r"(?<=[㐀-鿿]) (?=[㐀-鿿])", "", words)


def _left_over(rest: str) -> str:
    return " ".join(_PUNCTUATION.sub(" ", _FILLER.sub(" ", rest)).split())
