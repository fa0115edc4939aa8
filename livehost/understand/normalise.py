"""A chat line made plain: one spelling, no emotes, no links, no tricks of the eye."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import msgspec
import opencc

from livehost.language import language_of

_EMOTE = re.compile(r"\[[^\[\]]{1,12}\]|:[a-z0-9_+-]{2,24}:", re.I)
_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|net|org|ru|xyz|top|cn|gg|ly)\b(?:/\S*)?", re.I)
_MENTION = re.compile(r"@[\w.\-一-鿿]{1,40}")
_STRETCHED = re.compile(r"([a-z!?！？.。~～哈啊呀嘿])\1{2,}", re.I)
_SPACE = re.compile(r"\s+")
_EMOJI_GLUE = re.compile("[\u200d\ufe0e\ufe0f]")
_LATIN_WORD = re.compile(r"[a-z]+", re.I)

# Letters of other alphabets that look like Latin ones, so that a banned or an asked word can't hide behind them.
_LOOKALIKES = str.maketrans("аеорсухіѕјԁһκνο", "aeopcyxisjdhkvo")

# What a picture says in place of a word, by the language around it.
_PICTURES = (
    ("💰💵💲🤑", "价格", "price"),
    ("🔗", "链接", "link"),
    ("🎫🎟", "票", "ticket"),
    ("🈶", "有", "有"),
    ("🈚", "没有", "没有"),
)

# How shop rooms write it → how it is asked in full. Longer ones first.
_SHOP_SLANG = (
    (re.compile(r"有冇"), "有没有"),
    (re.compile(r"冇"), "没有"),
    (re.compile(r"边个"), "谁"),
    (re.compile(r"几时"), "什么时候"),
    (re.compile(r"乜嘢|乜野"), "什么"),
    (re.compile(r"嘅"), "的"),
    (re.compile(r"(?<![a-z])(?:yhq|优惠卷|优惠劵)(?![a-z])"), "优惠券"),
    (re.compile(r"(?<![a-z])(?:by(?=[吗嘛么不啊])|baoyou(?![a-z]))|包油|抱邮"), "包邮"),
    (re.compile(r"(?<=[㐀-鿿 ])(?:jg|jiage)(?![a-z])|^jg(?=[㐀-鿿?]|$)"), "价格"),
    (re.compile(r"(?<=[㐀-鿿])fp(?![a-z])|^fp(?=[㐀-鿿])|(?<![a-z])fapiao(?![a-z])"), "发票"),
    (re.compile(r"(?<![a-z])yfx(?![a-z])"), "运费险"),
    (re.compile(r"(?<=[㐀-鿿 ])yf(?=[㐀-鿿?]|$)|^yf(?=[㐀-鿿?]|$)"), "运费"),
    (re.compile(r"(?<=[㐀-鿿])kf(?![a-z])|^kf(?=[㐀-鿿])"), "客服"),
    (re.compile(r"(?<=[㐀-鿿])sf(?![a-z])|^sf(?=[㐀-鿿])"), "顺丰"),
    (re.compile(r"(?<=[㐀-鿿])zt(?![a-z])|^zt(?=[㐀-鿿])"), "中通"),
    (re.compile(r"(?<=[㐀-鿿])yd(?![a-z])|^yd(?=[㐀-鿿])"), "韵达"),
    (re.compile(r"(?<=[㐀-鿿])yt(?![a-z])|^yt(?=[㐀-鿿])"), "圆通"),
    (re.compile(r"7天wly|七天wly|(?<![a-z])wly(?![a-z])"), "七天无理由"),
    (re.compile(r"(?<=[㐀-鿿 ])xj(?![a-z])|^xj(?=[㐀-鿿])|新彊"), "新疆"),
    (re.compile(r"几多米|多少米|几米啊?$|几多钱|多钱|几钱"), "多少钱"),
    (re.compile(r"咋卖|怎么卖|什么价|啥价|报个价|kkj"), "多少钱"),
    (re.compile(r"\bkkl\b|看看链接|求链接"), "链接"),
    (re.compile(r"\bhm\b", re.I), "how much"),
    (re.compile(r"包邮不|包不包邮|包u"), "包邮吗"),
    (re.compile(r"啥"), "什么"),
    (re.compile(r"咋"), "怎么"),
    (re.compile(r"木有|有木有"), "有没有"),
)
_CHAT_SPELLINGS = (
    (re.compile(r"#(?!\d|\w)"), "number"),
    (re.compile(r"\bu\b", re.I), "you"),
    (re.compile(r"\bur\b", re.I), "your"),
    (re.compile(r"\br\b(?= )", re.I), "are"),
    (re.compile(r"\b(?:pls|plz|plss)\b", re.I), "please"),
    (re.compile(r"\bcanda\b|\bcandada\b", re.I), "canada"),
    (re.compile(r"\bwut\b|\bwat\b", re.I), "what"),
    (re.compile(r"\bdoes it comes\b", re.I), "does it come"),
    (re.compile(r"\bcolours?\b", re.I), lambda m: m.group(0).lower().replace("colour", "color")),
)


_REPEATED, _REPEATED_LENGTH = 8192, 200  # lines that are remembered, and how long they may be


class PlainLine(msgspec.Struct, frozen=True):
    """`plain` is lower case and without decoration; empty when nothing but decoration was there."""

    text: str
    plain: str
    language: str
    has_link: bool
    mentions: tuple[str, ...]  # who is addressed, without the @, in lower case
    hidden: bool  # held characters that the eye does not see, or letters in disguise


def plain_line(text: str) -> PlainLine:
    """The plain form of a chat line. Idempotent on its own `plain`. What a room repeats is made plain once."""
    return _known_line(text) if len(text) <= _REPEATED_LENGTH else _made_plain(text)


@lru_cache(_REPEATED)
def _known_line(text: str) -> PlainLine:
    return _made_plain(text)


def _made_plain(text: str) -> PlainLine:
    composed = unicodedata.normalize("NFKC", text)
    shown = _EMOJI_GLUE.sub("", composed)
    seen = "".join(c for c in shown if unicodedata.category(c) not in ("Cf", "Cc", "Co", "Cs") or c in "\n\t")
    seen = _without_stacked_marks(seen)
    undisguised = _undisguise(seen)
    without_links = _LINK.sub(" ", undisguised)
    words = _MENTION.sub(" ", _EMOTE.sub(" ", without_links)).lower()
    words = simplified(_pictures_told(words))
    words = "".join(c if unicodedata.category(c) not in ("So", "Sk", "Mn", "Me") else " " for c in words)
    words = _STRETCHED.sub(r"\1", words)
    for pattern, full in _SHOP_SLANG:
        words = pattern.sub(full, words)
    language = language_of(words)
    if language == "en":
        for pattern, spelling in _CHAT_SPELLINGS:
            words = pattern.sub(spelling, words)
    return PlainLine(
        text=text,
        plain=_SPACE.sub(" ", words).strip(" \n\t~～-–—|*_#"),
        language=language,
        has_link=without_links != undisguised,
        mentions=tuple(name[1:].lower() for name in _MENTION.findall(without_links)),
        hidden=len(seen) < len(shown) or undisguised != seen,
    )


def simplified(text: str) -> str:
    """Traditional characters as simplified ones, each by itself."""
    return text if text.isascii() else text.translate(_characters())


@cache
def _characters() -> dict[int, str]:
    """OpenCC's table; of several simplified characters the first, which is the usual one."""
    table = (Path(opencc.__file__).parent / "dictionary" / "TSCharacters.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if line)
    return {ord(pair[0]): pair[1].split(" ")[0] for pair in pairs if len(pair[0]) == 1}


def _pictures_told(words: str) -> str:
    if words.isascii():
        return words
    chinese = re.search("[㐀-鿿]", words) is not None
    for pictures, in_chinese, in_english in _PICTURES:
        for picture in pictures:
            words = words.replace(picture, in_chinese if chinese else f" {in_english} ")
    return words


def _undisguise(text: str) -> str:
    """Latin letters for their doubles, in words that mix alphabets or hold nothing but doubles."""
    swapped = text.translate(_LOOKALIKES)
    if swapped == text:
        return text
    pairs = zip(re.split(r"(\s+)", text), re.split(r"(\s+)", swapped), strict=True)
    return "".join(new if _LATIN_WORD.search(new) else old for old, new in pairs)


def _without_stacked_marks(text: str, most: int = 2) -> str:
    """At most `most` combining marks in a row: more is a picture, not writing."""
    kept: list[str] = []
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= most:
            kept.append(character)
    return "".join(kept)
