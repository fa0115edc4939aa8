"""How words sound, roughly: keys that are the same for words that a recogniser takes for one another. Pure.

A Chinese character is its syllable without tone, with those that dialects and recognisers mix made one (zh z, ng n, l n);
a word in letters is its consonants by sound, and how it begins (after Philips' Metaphone, shortened).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_UNIT = re.compile(rf"[{HAN}]|\d+(?:[.,:]\d+)*|[^\W\d_{HAN}]+(?:['’][^\W\d_]+)*")
_FOLDED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n"), ("h", "f"))
_RULES = [
    (re.compile(pattern), put)
    for pattern, put in (
        (r"^(?:kn|gn|pn|wr)", lambda m: m.group()[1]),
        (r"^x", "s"),
        (r"mb$", "m"),
        (r"tch|ch", "x"),
        (r"sh|sch|[st]i(?=[oa])", "x"),
        (r"th", "t"),
        (r"ph", "f"),
        (r"gh(?=[^aeiouy]|$)", ""),
        (r"gh|gg", "g"),
        (r"dge?(?=[eiy])|dg|j|g(?=[eiy])", "j"),
        (r"c(?=[eiy])|z", "s"),
        (r"ck|cc|c|q", "k"),
        (r"x(?=[aeiouy]|$)(?<!^)", "x"),
        (r"v", "f"),
        (r"wh", "w"),
        (r"(?<=[aeiou])[yw]|h(?![aeiouy])", ""),
        (r"(?<=.)[aeiouy]+", ""),
        (r"^[aeiouy]+", "a"),
        (r"d", "t"),
        (r"b", "p"),
        (r"g", "k"),
        (r"(.)\1+", r"\1"),
    )
]


def units(text: str) -> list[str]:
    """The words of a text, in order; a Chinese character is one."""
    return [match.group() for match in spans(text)]


def spans(text: str) -> list[re.Match[str]]:
    return list(_UNIT.finditer(text))


@lru_cache(16384)
def sound(unit: str) -> str:
    """The key of one word or character; numbers are their digits."""
    if unit[0].isdigit():
        return re.sub(r"[.,:]0*$|\D", "", re.sub(r"\.00?$", "", unit))
    if re.match(rf"[{HAN}]", unit):
        return _syllable(unit)
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", unit).lower() if c.isalpha() and not unicodedata.combining(c)
    )
    for pattern, put in _RULES:
        plain = pattern.sub(put, plain)
    return plain or unit.lower()


def sounds(text: str) -> list[str]:
    return [sound(unit) for unit in units(text)]


def _syllable(character: str) -> str:
    """By the dictionary's first reading; read directly, since other libraries load words of their own into pypinyin."""
    from pypinyin.contrib.tone_convert import to_normal
    from pypinyin.pinyin_dict import pinyin_dict

    syllable = to_normal(pinyin_dict.get(ord(character), character).partition(",")[0])
    for written, folded in _FOLDED:
        if syllable.startswith(written):
            syllable = folded + syllable[len(written) :]
    return re.sub("ng$", "n", syllable)
