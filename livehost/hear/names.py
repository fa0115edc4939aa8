"""Names as the creator writes them, where a recogniser wrote something that sounds like them.

A mended word must be wrong for certain: a name of several words is mended where most of it was heard and the rest sounds like
it, a single word only where it sounds the same, is spelled alike and is no word of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from livehost.soundalike import HAN, sound, spans

_LIKE = 0.75  # how like its counterpart a wrong word of a longer name must sound
_SPELLED_LIKE = 0.6  # … how like it a lone word must be spelled
_LONG_ENOUGH = 3  # characters of a Chinese name, letters of sound of another
_HAN = re.compile(rf"[{HAN}]")


@dataclass(frozen=True)
class _Name:
    written: str
    words: tuple[str, ...]
    keys: tuple[str, ...]


class Names:
    """`is_word` tells whether a single word is one that people say: such a one is never mended alone."""

    def __init__(self, names: Sequence[str], is_word: Callable[[str], bool]) -> None:
        found = [_name(name) for name in dict.fromkeys(names)]
        self._names = sorted((name for name in found if name.words), key=lambda name: -len(name.words))
        self._is_word = is_word
        self._known = {name.written.casefold() for name in self._names}

    def mended(self, text: str) -> str:
        for name in self._names:
            text = self._mend(text, name)
        return text

    def _mend(self, text: str, name: _Name) -> str:
        units = spans(text)
        count = len(name.words)
        at = len(units) - count
        while at >= 0:
            piece = units[at : at + count]
            if self._is_meant([unit.group() for unit in piece], name):
                text = text[: piece[0].start()] + name.written + text[piece[-1].end() :]
                at -= count
            else:
                at -= 1
        return text

    def _is_meant(self, heard: Sequence[str], name: _Name) -> bool:
        said = [word.casefold() for word in heard]
        if said == [word.casefold() for word in name.words]:
            return False
        keys = [sound(word) for word in heard]
        if _HAN.search(name.written):
            return len(name.words) >= _LONG_ENOUGH and keys == list(name.keys)
        if len(name.words) == 1:
            return self._is_lone(heard[0], name)
        same = [one == other for one, other in zip(said, (word.casefold() for word in name.words), strict=True)]
        wrong = [at for at, right in enumerate(same) if not right]
        if any(said[at].rstrip("s") == name.words[at].casefold().rstrip("s") for at in wrong):
            return False  # one and several
        return len(wrong) <= len(same) // 2 and all(_sounds_like(keys[at], name.keys[at]) for at in wrong)

    def _is_lone(self, heard: str, name: _Name) -> bool:
        if sound(heard) != name.keys[0] or len(name.keys[0]) < _LONG_ENOUGH or heard.casefold() in self._known:
            return False
        spelled = SequenceMatcher(None, heard.casefold(), name.written.casefold()).ratio()
        return spelled >= _SPELLED_LIKE and not self._is_word(heard)


def _name(written: str) -> _Name:
    words = tuple(match.group() for match in spans(written))
    return _Name(written.strip(), words, tuple(map(sound, words)))


def _sounds_like(one: str, other: str) -> bool:
    one, other = one.replace("j", "x"), other.replace("j", "x")  # rich, ridge
    long = min(len(one), len(other)) >= _LONG_ENOUGH
    return one == other or (long and SequenceMatcher(None, one, other).ratio() >= _LIKE)
