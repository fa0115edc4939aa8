"""Which of the words heard are the co-host's own, come back through the room.

The cloned voice is the host's, so that the voice tells nothing. What was heard is held against what was being said at that
time, by sound, since a recogniser that hears an echo mishears. The host's words over ours stay, ours among them go.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, pairwise

from livehost import commands, events
from livehost.commands import Command
from livehost.events import Envelope
from livehost.soundalike import sound, sounds, spans, units

_RUN = 3  # words in a row that are ours; fewer may be chance
_MISHEARD, _SPELLED_OUT = 2, 6  # words between ours that are others of ours misheard, or a number of ours in words
_TRIPLE = 3  # letters of sound that count as the same
_LIKE = 0.6  # how like one of ours a word at the edge must be
_NUMBER = re.compile(
    r"zero|one|two|three|four(?:teen)?|five|six(?:teen)?|seven(?:teen)?|eight(?:een)?|nine(?:teen)?|ten|eleven|twelve|thirteen"
    r"|fifteen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred|thousand|point|[零一二两三四五六七八九十百千万点]"
)
# What Whisper writes where it hears something, but no words it knows; of a host who says it over us nothing is lost.
_INVENTED = (
    *(
        "thanks",
        "thanksalot",
        "thankyou",
        "thankyouverymuch",
        "thankyousomuch",
        "thankyouforwatching",
        "thanksforwatching",
    ),
    *("bye", "byebye", "goodbye", "you", "谢谢", "谢谢大家", "谢谢观看", "谢谢收看"),
)
_ROOM_MS = 1200  # after our last sample, through device and room
_KEPT = 8


@dataclass
class _Said:
    text: str
    start_ms: int = -1  # -1: not begun
    end_ms: int = -1


class OwnWords:
    """`step` is shown all that happens; `without` takes our words out of what was heard."""

    def __init__(self) -> None:
        self._said: dict[int, _Said] = {}
        self._order: deque[int] = deque()
        self._now_ms = 0

    def step(self, envelope: Envelope, wishes: Sequence[Command]) -> None:
        self._now_ms = envelope.at_ms
        match envelope.event:
            case events.PlaybackStarted():
                self._utterance(envelope.event.utterance).start_ms = envelope.at_ms
            case events.PlaybackFinished() | events.PlaybackCut():
                self._utterance(envelope.event.utterance).end_ms = envelope.at_ms
        for wish in wishes:
            if isinstance(wish, commands.Synthesise):
                said = self._utterance(wish.utterance)
                said.text = f"{said.text} {wish.text}".strip()

    def without(self, text: str, start_ms: float, end_ms: float) -> str:
        """What of `text`, heard between two moments, is not ours; empty where it is an echo and no more."""
        ours = [said.text for said in self._said.values() if _sounded(said, start_ms, end_ms)]
        if not ours:
            return text
        left = foreign(text, " ".join(ours))
        return "" if "".join(units(left.casefold())) in _INVENTED else left

    def _utterance(self, number: int) -> _Said:
        if number not in self._said:
            self._said[number] = _Said("")
            self._order.append(number)
            if len(self._order) > _KEPT:
                del self._said[self._order.popleft()]
        return self._said[number]


def _sounded(said: _Said, start_ms: float, end_ms: float) -> bool:
    began = 0 <= said.start_ms <= end_ms
    return began and (said.end_ms < 0 or said.end_ms + _ROOM_MS >= start_ms)


def foreign(heard: str, ours: str) -> str:
    """What of `heard` is not an echo of `ours`."""
    words = spans(heard)
    written = [word.group().casefold() for word in words]
    if len(words) < _RUN:  # a short word of the host's must not fall to one of ours that sounds like it
        return "" if words and f" {' '.join(written)} " in f" {' '.join(units(ours.casefold()))} " else heard
    own = sounds(ours)
    kept = _not_ours([sound(word) for word in written], own)
    mostly_ours = 3 * len(kept) <= len(words)
    if mostly_ours and all(_may_be_ours(written[at], own) for at in kept):
        return ""
    return heard if len(kept) == len(words) else _joined(heard, [words[at].span() for at in kept])


def _not_ours(keys: Sequence[str], own: Sequence[str]) -> list[int]:
    """The places of the words that no stretch of ours accounts for."""
    places = _places(keys, own)
    ours = [place >= 0 for place in places]
    for at, long in _runs(ours, of=False):
        if 0 < at < len(ours) - long:
            passed_over = own[places[at - 1] + 1 : places[at + long]]
            ours[at : at + long] = [long <= _most_misheard(passed_over)] * long
    for at, long in _runs(ours, of=True):
        if long < _RUN:
            ours[at : at + long] = [False] * long
    return [at for at, mine in enumerate(ours) if not mine]


def _most_misheard(passed_over: Sequence[str]) -> int:
    """How many words may be heard instead of these of ours; a number may be written in many."""
    number = any(key.isdigit() for key in passed_over)
    return _SPELLED_OUT if number else _MISHEARD if passed_over else 0


def _places(keys: Sequence[str], own: Sequence[str]) -> list[int]:
    """Of each word which of ours it is, -1 for none: half of its sound stands there, in the same order. Words may be parted
    otherwise."""
    letters = [at for at, key in enumerate(keys) for _ in key]
    own_letters = [at for at, key in enumerate(own) for _ in key]
    blocks = SequenceMatcher(None, "".join(keys), "".join(own), autojunk=False).get_matching_blocks()
    found, places = [0] * len(keys), [-1] * len(keys)
    for block in blocks:
        if block.size >= _TRIPLE:
            for offset in range(block.size):
                word = letters[block.a + offset]
                found[word] += 1
                places[word] = own_letters[block.b + offset]
    return [place if 2 * found[at] >= len(keys[at]) else -1 for at, place in enumerate(places)]


def _runs(marks: Sequence[bool], *, of: bool) -> list[tuple[int, int]]:
    """(where it begins, how long it is) of each row of marks that are `of`."""
    found, at = [], 0
    for mark, group in groupby(marks):
        long = len(list(group))
        if mark is of:
            found.append((at, long))
        at += long
    return found


def _may_be_ours(word: str, own: Sequence[str]) -> bool:
    """A word beside ours that sounds like one of them, or spells a number out that is among them."""
    if _NUMBER.fullmatch(word) and any(key.isdigit() for key in own):
        return True
    return any(SequenceMatcher(None, sound(word), other).ratio() >= _LIKE for other in own)


def _joined(text: str, kept: Sequence[tuple[int, int]]) -> str:
    """The kept stretches; what stood between two neighbours stays there."""
    pieces = [text[start:end] for start, end in kept[:1]]
    for (_, before), (start, end) in pairwise(kept):
        between = text[before:start]
        pieces.append((between if len(between) <= 2 else " ") + text[start:end])
    return "".join(pieces)
