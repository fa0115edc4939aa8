"""Which products a line names: by full name, by number in the cart, or only by the sort of thing."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

import msgspec

from livehost.knowledge import Knowledge, Product
from livehost.understand.normalise import plain_line

_WORD = re.compile(r"[a-z0-9]+(?:'s)?|[㐀-鿿]")
NUMBERED = re.compile(
    r"(?:链接\s*(\d{1,4})(?!\d))|(?<!\d)(\d{1,4})\s*号\s*(?:链接|品|款)?|([一二三四五六七八九十]{1,3})号\s*(?:链接|品|款)?"
    r"|(?:#|\b(?:number|item|link|no\.?) ?)(\d{1,4})\b"
)
_DIGITS = "一二三四五六七八九"
_LINK = ("链", "接")  # names no chain
_HANDED = frozenset({"hand", "handed", "hander", "lefty"})
_PARTLY = 2  # words of a title that name its product, when no other product has as many
_MEASURE = re.compile(
    r"(?<![a-z0-9.])(\d+(?:\.\d+)?|[半一两二三四五六七八九十]) ?"
    r"(ml|毫升|kg|公斤|千克|oz|g|克|斤|l|升|cm|厘米|寸|inch)(?![a-z0-9])"
)
_COUNTED = re.compile(r"\d+ ?(?:包|袋|盒|罐|瓶|件|条|片|支|只|双|个|枚|抽|卷|pcs?|packs?)(?:装|套)?")
_SLIP_LEAST = 6  # letters of a word whose misspellings are known
_CLASSIFIERS = frozenset("包袋盒罐瓶件条套个只双把支片箱提款装卷")  # 这包 points, it names no sort
_UNITS = {
    "毫升": ("ml", 1.0),
    "升": ("l", 1.0),
    "克": ("g", 1.0),
    "斤": ("g", 500.0),
    "kg": ("g", 1000.0),
    "公斤": ("g", 1000.0),
    "千克": ("g", 1000.0),
    "厘米": ("cm", 1.0),
}
_PEOPLE = (
    re.compile(r"\b(?:kids?|child(?:ren)?|toddlers?|bab(?:y|ies)|boys?|girls?)\b|小孩|孩子|儿童|宝宝|小朋友|娃"),
    re.compile(r"\b(?:wom[ae]n'?s?|lad(?:y|ies)|her)\b|女"),
    re.compile(r"\b(?:m[ae]n'?s?|guys?|him|his)\b|男"),
    re.compile(r"\b(?:dogs?|cats?|pets?)\b|狗|猫|宠物"),
)
_REPEATED = 8192  # lines that are remembered
_WORD_MOST = 4  # products that may share a word of their names for it to tell them from the others
_COMMON = frozenset(
    """
    a an the of for and with in on to by new old set kit pack box day night morning evening daily weekly free
    clear fresh pure natural gentle light lite dark soft rich extra super ultra mini small big large medium max
    plus pro basic classic original special limited edition home travel gift starter best one two three first
    black white red blue green yellow pink purple brown grey gray gold silver orange beige clean dry wet hot cold
    warm cool sweet salt sugar water air sun hair face body hand skin eye lip dog cat kids baby men women size
    color smart wireless electric organic repair care deep long short high low full half open use made real good
    love spf cotton wool leather wood glass steel plastic ceramic paper live game play work time last keep stay
    number link code price stock left
    """.split()  # noqa: SIM905 - a list of its own length would be a page
)
_COMMON_CHINESE = frozenset(
    """
    每日 新款 大号 小号 中号 套装 礼盒 智能 静音 便携 旅行 儿童 成人 家用 无糖 原味 纯棉 不锈
    锈钢 玻璃 陶瓷 大容 容量 加厚 防水 保温 电动 无线 全自 自动 多功 功能 专用 官方 正品 限量
    经典 升级 特价 夏季 冬季 春秋 男士 女士 宝宝 老人 学生 黑色 白色 红色 蓝色 绿色
    """.split()  # noqa: SIM905
)
_LONGEST_NAME = 12  # words, a Chinese character being one


class Named(msgspec.Struct, frozen=True):
    """`exact` were named in full or by number; `sort` are all of the sort that was named ("the jacket").

    `rest` is the line without those names; `named_alike` were all named by one full name that they share (variants).
    """

    exact: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    rest: str = ""
    named_alike: tuple[str, ...] = ()


class ProductNames:
    """Looks names up word by word, so that ten thousand products cost no more than ten."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._full: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._sorts: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._measures: dict[str, frozenset[tuple[float, str]]] = {}
        self._title: dict[str, str] = {}
        self._title_words: dict[str, set[str]] = {}
        self._by_word: dict[str, set[str]] = defaultdict(set)
        self._names_of = {p.id: tuple(plain_line(name).plain for name in p.names) for p in knowledge.products}
        self._telling: dict[str, set[str]] = defaultdict(set)
        self._order = {product.id: rank for rank, product in enumerate(knowledge.products)}
        self._by_number = {number: product.id for number, product in knowledge.product_by_number.items()}
        for product in knowledge.products:
            bare = (bare_title(product),) if product.item_group_id else ()
            for name in (*(plain_line(name).plain for name in product.names), *bare):
                if words := _words(name):
                    self._full[words].add(product.id)
            self._title_words[product.id] = {
                w for w in _words(plain_line(product.title).plain) if w.isascii() and len(w) > 1
            }
            for word in self._title_words[product.id]:
                self._by_word[word].add(product.id)
            for word in {w for name in product.names for w in _telling_words(plain_line(name).plain)}:
                self._telling[word].add(product.id)
            title = self._title[product.id] = plain_line(product.title).plain
            self._measures[product.id] = _measures(title)
            for sort in _sorts_of(_words(_MEASURE.sub(" ", _COUNTED.sub(" ", "".join(bare) or title)))):
                self._sorts[sort].add(product.id)

        self._slips = _slips({word for words in self._title_words.values() for word in words})
        self._found = lru_cache(_REPEATED)(self._find)

    def find(self, plain: str) -> Named:
        """All names in a plain line, longest first, none overlapping. What a room repeats is looked up once."""
        return self._found(plain)

    def _find(self, plain: str) -> Named:
        numbered = [self._by_number[n] for n in _numbers(plain) if n in self._by_number]
        words = self._respelled(_words(NUMBERED.sub(" ", plain) if numbered else plain))
        exact: set[str] = set(numbered)
        alike: set[str] = set()
        sort: set[str] = set()
        rest: list[str] = []
        at = 0
        while at < len(words):
            length, full, kind = self._longest_at(words, at)
            if length:
                exact |= full
                sort |= kind
                if kind and kind == self._full.get(words[at : at + length]):
                    alike |= kind
                at += length
            else:
                rest.append(words[at])
                at += 1
        measured = _measures(plain)
        of_measure = {product for product in sort if measured & self._measures[product]}
        if not exact and len(of_measure) == 1:
            return Named(self._sorted(of_measure), (), " ".join(_words(_MEASURE.sub(" ", _joined(rest)))))
        if not exact and len(partly := self._partly(words)) == 1:
            own = self._title_words[next(iter(partly))]
            return Named(self._sorted(partly), (), " ".join(word for word in rest if word not in own))
        if not exact:
            told = self._by_telling_words(plain, rest)
            if not sort:
                return told
            within = sort & {*told.exact, *told.sort}
            if within and within != sort:  # "白茶半框": of all frames the one that 白茶 tells from the others
                found = self._sorted(within)
                return Named(found, (), told.rest) if len(found) == 1 else Named((), found, told.rest)
        if not numbered and len(exact) == 1 and (others := self._for_others(plain, next(iter(exact)))):
            return Named((), self._sorted(exact | others), " ".join(rest))
        return Named(self._sorted(exact), self._sorted(sort), " ".join(rest), self._sorted(alike))

    def _respelled(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Slips in the words of titles put right: "jakcet", "jaket", "jackett"."""
        return tuple(self._slips.get(word, word) if len(word) >= _SLIP_LEAST - 1 else word for word in words)

    def spelled(self, plain: str) -> str:
        """The name of the first product that the line names in full, as the feed writes it, plain."""
        exact = self.find(plain).exact
        return self._title[exact[0]] if exact else ""

    def _for_others(self, plain: str, product_id: str) -> set[str]:
        """Products made for whom the line speaks of, where the one that was named is not (小孩那款保温杯)."""
        spoken_of = [people for people in _PEOPLE if people.search(plain)]
        own = " ".join(self._names_of[product_id])
        return {
            other
            for people in spoken_of
            if not people.search(own)
            for other, names in self._names_of.items()
            if people.search(" ".join(names))
        }

    def _by_telling_words(self, plain: str, rest: list[str]) -> Named:
        """Products that a single word of their names tells from the others ("the plum one", 普洱); words that point at
        different products tell nothing."""
        said = [word for word in _telling_words(plain) for word in (word, _singular(word)) if self._few(word)]
        meant = set.intersection(*(self._telling[word] for word in said)) if said else set()
        if not meant:
            return Named((), (), " ".join(rest))
        left = [word for word in rest if word not in said and _singular(word) not in said]
        spoken = "".join(word for word in said if not word.isascii())
        left = [word for word in left if word.isascii() or word not in spoken]
        found = self._sorted(meant)
        return Named(found, (), " ".join(left)) if len(found) == 1 else Named((), found, " ".join(left))

    def _few(self, word: str) -> bool:
        return 0 < len(self._telling.get(word, ())) <= _WORD_MOST

    def _partly(self, words: tuple[str, ...]) -> set[str]:
        """The products that share most words with the line, two at least ("fig candle" for Fig & Cedar Candle)."""
        shared: dict[str, int] = defaultdict(int)
        said = set(words) if _HANDED & set(words) else set(words) - {"left"}  # "any left?" names no left-handed one
        for word in said:
            for product in self._by_word.get(word) or self._by_word.get(_singular(word)) or ():
                shared[product] += 1
        most = max(shared.values(), default=0)
        return {product for product, times in shared.items() if times == most} if most >= _PARTLY else set()

    def _longest_at(self, words: tuple[str, ...], at: int) -> tuple[int, set[str], set[str]]:
        """Length of the longest name that starts here; a name that several products bear only tells the sort."""
        if words[at : at + 2] == _LINK:
            return 0, set(), set()
        for length in range(min(_LONGEST_NAME, len(words) - at), 0, -1):
            piece = words[at : at + length]
            found = self._full.get(piece) or self._full.get((*piece[:-1], _singular(piece[-1])))
            if found:
                return (length, found, set()) if len(found) == 1 else (length, set(), found)
            found = self._sorts.get(piece) or self._sorts.get((*piece[:-1], _singular(piece[-1])))
            if found:
                return length, set(), found
        return 0, set(), set()

    def _sorted(self, ids: set[str]) -> tuple[str, ...]:
        return tuple(sorted(ids, key=self._order.__getitem__))


def bare_title(product: Product) -> str:
    """The plain title of a variant without its own colour and size ("Trail Tee - Black / M")."""
    title = plain_line(product.title).plain
    for value in (*product.color, *product.size):
        plain = plain_line(value).plain
        if plain:
            title = re.sub(rf"(?<![a-z0-9]){re.escape(plain)}(?![a-z0-9])", " ", title)
    return " ".join(re.sub(r"[/()（）·-]+", " ", title).split())


def _measures(plain: str) -> frozenset[tuple[float, str]]:
    """ "3升", "3 l" → (3, "l"); 半斤 → (250, "g")."""
    found: set[tuple[float, str]] = set()
    for amount, unit in _MEASURE.findall(plain):
        value = 0.5 if amount == "半" else float(amount) if amount[0].isdigit() else float(_spoken_digit(amount))
        name, times = _UNITS.get(unit, (unit, 1.0))
        found.add((value * times, name))
    return frozenset(found)


def _spoken_digit(character: str) -> int:
    return 2 if character == "两" else chinese_number(character)


def _joined(words: list[str]) -> str:
    """Chinese characters without spaces between them, so that a measure is found again."""
    return re.sub(r"(?<=[㐀-鿿]) (?=[㐀-鿿])|(?<=\d) (?=[㐀-鿿])", "", " ".join(words))


def _slips(words: set[str]) -> dict[str, str]:
    """Misspelling → word: a letter left out, doubled or swapped with its neighbour. One that stands for two words, or is
    a word, is none; another letter in place of one makes too many real words (packet, jacket)."""
    found: dict[str, set[str]] = defaultdict(set)
    for word in sorted(words):
        if len(word) < _SLIP_LEAST or not word.isalpha():
            continue
        for i in range(1, len(word)):
            found[word[:i] + word[i + 1 :]].add(word)
            found[word[:i] + word[i] + word[i:]].add(word)
            if i + 1 < len(word):
                found[word[:i] + word[i + 1] + word[i] + word[i + 2 :]].add(word)
    return {slip: next(iter(meant)) for slip, meant in found.items() if len(meant) == 1 and slip not in words}


def _numbers(plain: str) -> list[int]:
    found = (next(group for group in match.groups() if group) for match in NUMBERED.finditer(plain))
    return [int(number) if number.isdigit() else chinese_number(number) for number in found]


def chinese_number(characters: str) -> int:
    """三 → 3, 十二 → 12, 二十三 → 23."""
    tens, ten, ones = characters.partition("十")
    if not ten:
        return _DIGITS.index(characters[0]) + 1
    return 10 * (_DIGITS.index(tens) + 1 if tens else 1) + (_DIGITS.index(ones[0]) + 1 if ones else 0)


def _words(plain: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(plain))


def _telling_words(plain: str) -> list[str]:
    """Words of a name that are not common ones; pairs of characters for Chinese."""
    found: list[str] = []
    for piece in re.findall(r"[a-z]{3,}|[㐀-鿿]{2,}", _MEASURE.sub(" ", _COUNTED.sub(" ", plain))):
        if piece.isascii():
            found += [piece] if piece not in _COMMON else []
        else:
            found += [pair for pair in (piece[i : i + 2] for i in range(len(piece) - 1)) if pair not in _COMMON_CHINESE]
    return found


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def _sorts_of(title: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The ends of a title that name its sort: "down jacket", "jacket"; 炒锅, 锅."""
    if not title:
        return []
    han = "㐀" <= title[-1] <= "鿿"
    longest = 3 if han else 2
    ends = [title[-length:] for length in range(1, min(longest, len(title) - 1) + 1)]
    return [end for end in ends if not (len(end) == 1 and end[0] in _CLASSIFIERS)]
