"""A sentence in phrases, the first one short, each next one no longer than can be computed while the one before it sounds.

│ Yes,│ we ship to Canada,│ it takes five to eight working days. │
 ▲ first sound: there when the first phrase is computed
"""

from __future__ import annotations

import re

# In spoken length: letters of English, characters of Chinese (a Latin letter counts as half of one).
_FIRST = {"en": (3, 19), "zh": (2, 7)}  # least and most of the first phrase
_GROWTH = (
    2.2  # a phrase may be so many times as long as the one before it: computing takes about 0.4 of the sound's time
)
_OVER = 1.6  # where no place fits, one may lie so much further on
_PUNCTUATION = re.compile(r"(?<=[,;:])\s+|(?<=[，、：；])")
_BEFORE_WORDS = re.compile(
    r"\s+(?=(?:is|are|was|were|comes?|costs?|weighs?|has|have|can|will|in|on|for|from|with|and|or|but|because|when|if|that|"
    r"which|within|after|before|until)\b)"
)
_JOINING = tuple("和与在从把被给对或及跟为是有到的得地第每各这那")  # a phrase does not end with one
_LEANING = "，。！？；：、的地得了着过吗呢吧们"  # and does not begin with one


def phrases(text: str, language: str) -> list[str]:
    """The whole text in order; a text that is short enough stays whole."""
    known = "zh" if language == "zh" else "en"
    least, most = _FIRST[known]
    found: list[str] = []
    rest = text
    allowed = float(most)
    while _length(rest, known) > allowed * 1.4:
        cut = _cut(rest, known, least, allowed)
        if cut is None:
            break
        head, rest = rest[:cut].rstrip(), rest[cut:].lstrip()
        found.append(head)
        allowed = max(allowed, _length(head, known) * _GROWTH)
    return [*found, rest]


def _cut(text: str, language: str, least: float, most: float) -> int | None:
    """Where the first phrase of `text` ends: at punctuation, else before a word that opens a phrase."""
    punctuation = [match.start() for match in _PUNCTUATION.finditer(text)]
    words = _chinese_words(text) if language == "zh" else [match.start() for match in _BEFORE_WORDS.finditer(text)]
    measured = {at: _length(text[:at], language) for at in {*punctuation, *words}}
    whole = _length(text, language)
    possible = {at: size for at, size in measured.items() if least <= size <= whole - least}
    for places in (punctuation, words):
        within = [at for at in places if at in possible and possible[at] <= most]
        if within:
            return max(within)
    return min((at for at, size in possible.items() if size <= most * _OVER), default=None)


def _chinese_words(text: str) -> list[int]:
    """Ends of words after which a breath does no harm."""
    try:
        import jieba
    except ImportError:
        return []
    jieba.setLogLevel("ERROR")
    ends, at = [], 0
    for word in jieba.cut(text):
        at += len(word)
        latin = text[at - 1 : at + 1].isascii() or text[at : at + 1] in _LEANING
        if not word.endswith(_JOINING) and not latin and not _in_a_number(text, at):
            ends.append(at)
    return ends


def _in_a_number(text: str, at: int) -> bool:
    """Between a figure and what it counts, or between two figures."""
    return text[at - 1] in "零一二两三四五六七八九十百千万亿点幺半" or text[at : at + 1] in "零十百千万亿点"


def _length(text: str, language: str) -> float:
    letters = sum(character.isalnum() for character in text)
    if language == "en":
        return letters
    return letters - 0.5 * sum(character.isascii() and character.isalnum() for character in text)
