"""The same question in other words and languages as one item, in one pass over the lines as they come."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from livehost.understand.lexical import grams
from livehost.understand.sentences import Sentences, Vectors, unit
from livehost.understand.slots import Slots, apart, slots_of

_REMEMBERED = 8192  # lines that a new one is compared with; the oldest go first
_NEAREST = 0.3  # weight of an item's nearest line beside the mean of its lines
_MOST_APART = 0.34  # share of an item's lines whose slots differ from the line's
_HASHED = 4096


class Likeness(Protocol):
    """Places plain lines so that the product of two is how alike they are."""

    enough: float  # from here on two lines are the same question

    def place(self, plain: str) -> Vectors:
        """[dimensions], of length 1"""
        ...


class ByMeaning:
    """By what they ask, as the trained layers place it."""

    enough = 0.7

    def __init__(self, sentences: Sentences) -> None:
        self._sentences = sentences

    def place(self, plain: str) -> Vectors:
        return self._sentences.one(plain)


class ByLetters:
    """n-grams, where there is no embedding."""

    enough = 0.45

    def place(self, plain: str) -> Vectors:
        counts = np.zeros(_HASHED, dtype=np.float32)
        for gram, times in grams(plain).items():
            counts[_steady_hash(gram) % _HASHED] += times
        return unit(counts)


class QuestionClusters:
    """Numbers the items from 0. A line joins the nearest item unless their keys or slots tell them apart."""

    def __init__(self, likeness: Likeness) -> None:
        self._likeness = likeness
        self._rows: Vectors | None = None
        self._item = np.full(_REMEMBERED, -1)
        self._slots: list[Slots] = [{}] * _REMEMBERED
        self._seen = 0
        self._item_of_key: dict[str, int] = {}
        self._key_of_item: dict[int, str] = {}
        self.count = 0

    def add(self, plain: str, key: str = "") -> int:
        """The item of a line; `key` names the answer where the knowledge has one (same key: same question)."""
        place, slots = self._likeness.place(plain), slots_of(plain)
        item = self._item_of_key.get(key, -1) if key else -1
        if item < 0:
            item = self._nearest(place, slots, key)
        if item < 0:
            item, self.count = self.count, self.count + 1
        if key:
            self._item_of_key[key] = item
            self._key_of_item[item] = key
        self._remember(place, slots, item)
        return item

    def _nearest(self, place: Vectors, slots: Slots, key: str) -> int:
        if self._rows is None:
            return -1
        known = min(self._seen, _REMEMBERED)
        items = self._item[:known]
        alike = self._rows[:known] @ place
        nearest = np.full(self.count, -1.0)
        np.maximum.at(nearest, items, alike)
        times = np.bincount(items, minlength=self.count)
        mean = np.bincount(items, weights=alike, minlength=self.count) / np.maximum(times, 1)
        score = _NEAREST * nearest + (1 - _NEAREST) * mean
        for item in np.argsort(-score):
            if score[item] < self._likeness.enough:
                return -1
            if (key and self._key_of_item.get(int(item))) or self._are_apart(items, int(item), slots):
                continue
            return int(item)
        return -1

    def _are_apart(self, items: Vectors, item: int, slots: Slots) -> bool:
        members = np.flatnonzero(items == item)
        return sum(apart(slots, self._slots[n]) for n in members) > _MOST_APART * len(members)

    def _remember(self, place: Vectors, slots: Slots, item: int) -> None:
        if self._rows is None:
            self._rows = np.zeros((_REMEMBERED, len(place)), dtype=np.float32)
        at = self._seen % _REMEMBERED
        self._rows[at], self._item[at], self._slots[at] = place, item, slots
        self._seen += 1


def _steady_hash(text: str) -> int:
    """The same in every process, unlike `hash`."""
    value = 2166136261
    for byte in text.encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value
