"""What the co-host says unasked: greeting, scheduled lines, offers of questions, the run-down. All of it is the creator's."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from livehost.commands import Origin
from livehost.decide.manners import Manners, words_for
from livehost.decide.modes import ModeRules
from livehost.decision import Decision, Evidence
from livehost.language import language_of
from livehost.settings import Creator, RundownLine, Scheduled

_GREETS_AFTER_MS = 10_000  # of the show, when the host has not spoken before


class Line(msgspec.Struct, frozen=True):
    """A line that is due. `aloud`: to be spoken, else posted; `key` says which lines are the same."""

    origin: Origin
    key: str
    decision: Decision
    aloud: bool
    posted: bool  # goes to the chat as well
    product_id: str = ""  # to be put on the table


class Program:
    def __init__(self, creator: Creator, manners: Manners) -> None:
        self._manners = manners
        self._greeted = False
        self._offered = 0
        self._presented = 0
        self._place = -1  # in the run-down, of the line that was said last
        self._last: RundownLine | None = None  # that line
        self._due_ms: dict[Scheduled, int] = {}
        self.adopt(creator, 0)

    def adopt(self, creator: Creator, at_ms: int) -> None:
        """Other lines and settings; what was said already is not said again, and a line that stays keeps its moment."""
        self._creator = creator
        self._language = creator.languages[0]
        self._greeted = self._greeted or not (creator.greeting and creator.manners.greet)
        self._due_ms = {line: self._due_ms.get(line, at_ms + _every_ms(line)) for line in creator.schedule}
        self._idle_ms = round(creator.manners.idle_seconds * 1000)

    def due(self, at_ms: int, quiet_since_ms: int, rules: ModeRules, *, host_spoke: bool) -> list[Line]:
        """`quiet_since_ms`: since when nobody said anything nor has anything to say; -1: somebody has."""
        lines = []
        if not self._greeted and (host_spoke or at_ms >= _GREETS_AFTER_MS):
            self._greeted = True
            lines.append(self._greeting())
        for number, scheduled in enumerate(self._creator.schedule):
            if at_ms >= self._due_ms[scheduled]:
                self._due_ms[scheduled] = at_ms + _every_ms(scheduled)
                said = _own(scheduled.text, f"schedule {number + 1}")
                lines.append(Line("schedule", f"schedule:{number}", said, scheduled.aloud, posted=True))
        if self._fills(rules) and 0 <= quiet_since_ms <= at_ms - self._idle_ms:
            lines.append(self._filler(rules))
        return lines

    def due_ms(self, quiet_since_ms: int, rules: ModeRules) -> list[int]:
        moments = list(self._due_ms.values())
        if not self._greeted:
            moments.append(_GREETS_AFTER_MS)
        if self._fills(rules) and quiet_since_ms >= 0:
            moments.append(quiet_since_ms + self._idle_ms)
        return moments

    def _fills(self, rules: ModeRules) -> bool:
        if not self._idle_ms:
            return False
        presents = rules.holds_room and self._creator.rundown
        return bool(presents or (rules.fills_silence and self._offered < len(self._creator.suggestions)))

    def _greeting(self) -> Line:
        """Spoken as it is; in the chat with the suggested questions behind it."""
        offers = " · ".join(self._creator.suggestions)
        said = _own(self._creator.greeting, "greeting")
        if offers:
            more = words_for(self._language).offers.format(questions=offers)
            said = msgspec.structs.replace(said, answer=f"{said.answer} {more}")
        return Line("greeting", "greeting", said, aloud=True, posted=True)

    def _filler(self, rules: ModeRules) -> Line:
        rundown = self._creator.rundown
        if rules.holds_room and rundown:
            line = self._next(rundown)
            self._presented += 1
            said = _own(line.text, f"rundown {self._place + 1}")
            key = f"rundown:{self._presented}"
            return Line("rundown", key, said, aloud=True, posted=False, product_id=line.product_id)
        question = self._creator.suggestions[self._offered]
        self._offered += 1
        said = _own(self._manners.offer(question, language_of(question)), "suggestions")
        return Line("suggestion", f"suggestion:{self._offered}", said, aloud=True, posted=False)

    def _next(self, rundown: Sequence[RundownLine]) -> RundownLine:
        """The line behind the one that was said last, wherever that stands now; from the top where it is gone."""
        moved = self._place >= len(rundown) or rundown[self._place] != self._last
        if moved:
            self._place = rundown.index(self._last) if self._last in rundown else -1
        self._place = (self._place + 1) % len(rundown)
        self._last = rundown[self._place]
        return self._last


def _every_ms(line: Scheduled) -> int:
    return round(line.every_minutes * 60_000)


def _own(text: str, key: str) -> Decision:
    """The creator's own words are their own evidence."""
    return spoken_line(text, Evidence("creator.toml", "", key, text))


def spoken_line(text: str, *evidence: Evidence) -> Decision:
    """Words that answer no line of the chat."""
    language = language_of(text)
    return Decision(
        text=text,
        language=language,
        kind="statement",
        route="answer",
        confidence=1.0,
        answer=text,
        spoken=text,
        spoken_language=language,
        evidence=evidence,
    )
