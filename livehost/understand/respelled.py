"""Slips of the keyboard put right before a line is matched: "wich", "parcle", 保文 for 保温, "fapiao".

A word that nobody writes becomes the one that it differs from by a letter, or by nothing that is heard; only where that one is
common in what rooms ask or in the creator's knowledge. What is said is never made of the repaired line.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from functools import cache

from pypinyin.phrases_dict import phrases_dict
from pypinyin.pinyin_dict import pinyin_dict

_PIECE = re.compile(r"[a-z']+|[㐀-鿿]+")
_COMMON_ENGLISH, _COMMON_CHINESE = 3, 4  # wordings that a word stands in, to be meant
_SHORTEST = 4  # letters of a word that is put right
_PINYIN_SHORTEST = 5  # letters of a Chinese word that is written by its sound
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Respelling:
    """`known` are plain texts; `words` are English words that are none of them and right all the same."""

    def __init__(self, known: Iterable[str], words: Collection[str] = ()) -> None:
        self._english: Counter[str] = Counter()
        self._pairs: Counter[str] = Counter()
        for text in known:
            for piece in set(_PIECE.findall(text)):
                if piece.isascii():
                    self._english[piece] += 1
                else:
                    self._pairs.update(piece[i : i + 2] for i in range(len(piece) - 1))
        self._right = words
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for pair, times in self._pairs.items():
            if times >= _COMMON_CHINESE:
                self._by_sound[_sound(pair)].append(pair)

    def put_right(self, plain: str) -> str:
        """The plain line as it was meant; most lines come back as they are."""
        chinese = not plain.isascii() and re.search("[㐀-鿿]", plain) is not None

        def meant(match: re.Match[str]) -> str:
            piece = match.group()
            if not piece.isascii():
                return self._heard(piece)
            return (self._told_by_sound(piece) if chinese else "") or self._word(piece)

        return _PIECE.sub(meant, plain)

    def _word(self, word: str) -> str:
        if len(word) < _SHORTEST or word in self._english or word in self._right or "'" in word:
            return word
        near = {other for other in _one_off(word) if self._english.get(other, 0) >= _COMMON_ENGLISH}
        return max(near, key=lambda other: (self._english[other], other)) if near else word

    def _heard(self, piece: str) -> str:
        """Pairs of characters that are no word, as the common pair that sounds the same and shares one of them."""
        signs = list(piece)
        for i in range(len(signs) - 1):
            pair = "".join(signs[i : i + 2])
            if pair in self._pairs or pair in phrases_dict:
                continue
            alike = [o for o in self._by_sound.get(_sound(pair), ()) if (o[0] == pair[0]) != (o[1] == pair[1])]
            if alike:
                best = max(alike, key=lambda other: (self._pairs[other], other))
                signs[i : i + 2] = best
        return "".join(signs)

    def _told_by_sound(self, word: str) -> str:
        if len(word) < _PINYIN_SHORTEST or word in self._right:
            return ""
        alike = self._by_sound.get(word, ())
        return max(alike, key=lambda other: (self._pairs[other], other)) if alike else ""


@cache
def _sound_of(character: str) -> str:
    """Without its tone; of several readings the first."""
    reading = unicodedata.normalize("NFD", pinyin_dict.get(ord(character), "").split(",")[0])
    return "".join(sign for sign in reading if sign in _LETTERS)


def _sound(characters: str) -> str:
    return "".join(map(_sound_of, characters))


def _one_off(word: str) -> Iterable[str]:
    """Words that a letter left out, doubled, changed or swapped makes of it, and the other way round (Norvig 2007)."""
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]
