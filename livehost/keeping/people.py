"""Who is taken out of a recording, and what stands in their place: names that can be said where theirs could, so that the
co-host's sentences stay sentences and the recording replays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, count, product

from livehost.decide.names import spoken_name
from livehost.knowledge import Knowledge

_LATIN = (
    "ka",
    "lo",
    "mi",
    "ne",
    "ra",
    "so",
    "ti",
    "vu",
    "wi",
    "ze",
    "du",
    "pe",
    "ho",
    "ry",
    "lu",
    "ma",
    "no",
    "sa",
    "te",
    "ri",
)
_HAN = "云月星河山林雨雪风花果竹松兰梅荷叶青安宁远明乐和平文华春夏秋冬阳光溪石木草虹霞"
_WORD = re.compile(r"\w+")
_HAN_NAME = re.compile(r"[㐀-鿿]")
GONE_NAME = "viewer"
_LEAST = 3  # letters of a name that is looked for in free text
_TOLD_APART = 2  # Chinese characters


@dataclass(frozen=True)
class Person:
    """`ids` and `names` as platforms gave them, `alias` for both; `lines` are the ids of what they wrote."""

    alias: str
    ids: frozenset[str]
    names: frozenset[str]


@dataclass
class People:
    """Everybody who goes. `telling` names are replaced wherever they stand; the others only where it is plain that a person
    is meant (a field for names, "@name"), since they are words of the show, too."""

    ids: dict[str, str] = field(default_factory=dict)  # id → alias; also ids of their lines
    names: dict[str, str] = field(default_factory=dict)  # name as it is written → alias
    telling: dict[str, str] = field(default_factory=dict)  # casefolded → alias

    def add(self, person: Person, words_of_show: frozenset[str]) -> None:
        self.ids |= dict.fromkeys(person.ids - {""}, person.alias)
        for name in person.names - {""}:
            self.names[name] = person.alias
            for said in {name, spoken_name(name)} - {""}:
                if _is_telling(said, words_of_show):
                    self.telling[said.casefold()] = person.alias

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """Telling names in a text, the longest first; None: there is none."""
        if not self.telling:
            return None
        ordered = sorted(self.telling, key=len, reverse=True)
        return re.compile("|".join(_whole(name) for name in ordered), re.IGNORECASE)


def _whole(name: str) -> str:
    escaped = re.escape(name)
    if _HAN_NAME.search(name):
        return escaped
    before, after = (r"(?<!\w)" if name[0].isalnum() else ""), (r"(?!\w)" if name[-1].isalnum() else "")
    return f"{before}{escaped}{after}"


def _is_telling(name: str, words_of_show: frozenset[str]) -> bool:
    """Whether a text that holds the name must mean the person."""
    words = [word.casefold() for word in _WORD.findall(name)]
    if not words or all(word in words_of_show for word in words):
        return False
    return len(name) >= (_TOLD_APART if _HAN_NAME.search(name) else _LEAST)


def words_of_show(knowledge: Knowledge) -> frozenset[str]:
    """Words that the creator's own texts use."""
    return frozenset(word.casefold() for text in _texts(knowledge) for word in _WORD.findall(text))


def _texts(knowledge: Knowledge) -> Iterator[str]:
    creator = knowledge.creator
    yield from (creator.name, creator.cohost, creator.greeting, creator.persona, *creator.suggestions)
    for faq in knowledge.faqs:
        yield from (*faq.wordings, faq.answer)
    for item in knowledge.products:
        yield from (*item.names, item.description, item.brand, *item.color, *item.size, item.material)
    yield from (passage.text for passage in knowledge.passages)


class Aliases:
    """New names, one after the other, none that is in use in the recording."""

    def __init__(self, used: Iterable[str]) -> None:
        self._used = {name.casefold() for name in used}

    def like(self, name: str) -> str:
        """One that can be said if `name` can, in the same script and as long: so many words, in Chinese so many characters."""
        said = spoken_name(name)
        for found in map(str.lower, _like(said)) if name == name.lower() else _like(said):
            if found.casefold() not in self._used and bool(spoken_name(found)) == bool(said):
                self._used.add(found.casefold())
                return found
        return GONE_NAME


def _like(said: str) -> Iterator[str]:
    if not said:
        return (f"viewer {number}" for number in count(1))
    if _HAN_NAME.search(said):
        return chain.from_iterable(_made_of(_HAN, length) for length in range(len(said), 9))
    names = chain.from_iterable(_made_of(_LATIN, length) for length in (2, 3, 4))
    rest = "".join(f" {_LATIN[number % len(_LATIN)].capitalize()}" for number in range(len(said.split()) - 1))
    return (f"{name.capitalize()}{rest}" for name in names)


def _made_of(parts: Iterable[str], length: int) -> Iterator[str]:
    return map("".join, product(parts, repeat=length))
