"""Everything of a session in one list by time, filtered and in windows: what the watch page scrolls through. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

import msgspec

from livehost.review.fates import ANSWERED, Fate, fate_of
from livehost.review.timeline import Timeline
from livehost.show.inert import inert

What = Literal["chat", "host", "said", "deed", "part"]
Among = Literal["all", "questions", "answered", "unanswered", "held", "to the host", "hostile"]
_QUESTIONS = ("routine", "other_question", "order", "complaint", "personal")
_KEPT_FILTERS = 16


class Row(msgspec.Struct, frozen=True):
    """`number` counts within the filter; `index` within the timeline's own list of that kind."""

    number: int
    at_ms: int
    what: What
    index: int
    who: str
    text: str
    kind: str = ""
    fate: str = ""
    item: int = 0


class Rows:
    """`among` narrows the chat, `what` the kinds of rows, `words` both."""

    def __init__(self, seen: Timeline) -> None:
        self.seen = seen
        self.fates: list[Fate | Literal[""]] = [
            fate_of(seen, line) if line.type == "message" else "" for line in seen.lines
        ]
        self._all = sorted(self._everything())
        self.filtered = lru_cache(_KEPT_FILTERS)(self._filtered)

    def window(self, found: tuple[int, ...], first: int, count: int) -> list[Row]:
        return [self._row(number, *self._all[found[number]]) for number in range(first, min(first + count, len(found)))]

    def place(self, found: tuple[int, ...], at_ms: int) -> int:
        """The number of the first row of the filter at or after a moment."""
        return bisect_left(found, at_ms, key=lambda place: self._all[place][0])

    def _everything(self) -> Iterator[tuple[int, What, int]]:
        seen = self.seen
        yield from ((line.at_ms, "chat", n) for n, line in enumerate(seen.lines))
        yield from ((words.start_ms, "host", n) for n, words in enumerate(seen.host))
        yield from ((said.started_ms, "said", n) for n, said in enumerate(seen.utterances) if said.started_ms >= 0)
        yield from ((at_ms, "deed", n) for n, (at_ms, _) in enumerate(seen.deeds))
        yield from ((at_ms, "part", n) for n, (at_ms, _) in enumerate(seen.parts))

    def _filtered(self, what: frozenset[What], among: Among, words: str) -> tuple[int, ...]:
        """Places in the list of everything."""
        wanted = words.casefold()
        return tuple(
            place
            for place, (_, kind, index) in enumerate(self._all)
            if kind in what
            and (kind != "chat" or among == "all" or self._is_among(index, among))
            and (not wanted or wanted in self._words(kind, index).casefold())
        )

    def _is_among(self, index: int, among: Among) -> bool:
        line, fate = self.seen.lines[index], self.fates[index]
        match among:
            case "questions":
                return line.kind in _QUESTIONS
            case "answered":
                return fate in ANSWERED
            case "unanswered":
                return line.kind in ("routine", "other_question") and fate not in ANSWERED
            case "held":
                return line.route == "hold"
            case "to the host":
                return line.route == "host"
            case "hostile":
                return line.kind == "hostile"
        return True

    def _words(self, what: What, index: int) -> str:
        row = self._row(0, 0, what, index)
        return f"{row.who} {row.text}"

    def _row(self, number: int, at_ms: int, what: What, index: int) -> Row:
        seen = self.seen
        match what:
            case "chat":
                line = seen.lines[index]
                text = line.text if line.type == "message" else f"({line.type}) {line.text}"
                kind = line.kind or ("" if line.type == "message" else line.type)
                who = inert(line.name or line.user_id, 40)
                return Row(number, at_ms, what, index, who, inert(text), kind, self.fates[index], line.item)
            case "host":
                return Row(number, at_ms, what, index, "host", inert(seen.host[index].text))
            case "said":
                said = seen.utterances[index]
                return Row(number, at_ms, what, index, "co-host", inert(said.text), fate=said.cut, item=said.item)
            case "deed":
                act = seen.deeds[index][1]
                text = f"{act.action} {act.target or ''} {act.text}"
                return Row(
                    number, at_ms, what, index, inert(act.who, 40), inert(" ".join(text.split())), item=act.target
                )
            case "part":
                change = seen.parts[index][1]
                return Row(
                    number, at_ms, what, index, inert(change.part, 40), inert(f"{change.state} {change.detail}".strip())
                )
