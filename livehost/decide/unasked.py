"""What the co-host puts on the list though no viewer asked: its program, thanks, a moderator's own words."""

from __future__ import annotations

from livehost.chat import ChatLine
from livehost.decide.manners import Manners, Thanks
from livehost.decide.modes import Conduct
from livehost.decide.names import name_for
from livehost.decide.program import Line, Program, spoken_line
from livehost.decide.turns import Turns
from livehost.decision import Decision, Evidence
from livehost.settings import Creator


class Unasked:
    def __init__(self, conduct: Conduct, turns: Turns, manners: Manners) -> None:
        self._conduct = conduct
        self._turns = turns
        self._manners = manners
        self._program = Program(conduct.creator, manners)
        self._thanks = Thanks(_thanks_ms(conduct.creator))
        self._count = 0
        self.host_spoke = False

    def adopt(self, creator: Creator, at_ms: int) -> None:
        self._program.adopt(creator, at_ms)
        self._thanks.every_ms = _thanks_ms(creator)

    def thank(self, viewer: str, line: ChatLine, at_ms: int) -> None:
        """A viewer gave something, subscribed, follows, or brought others along; `viewer` as an Asker's."""
        who = viewer if line.user.id else line.user.name or line.id
        self._thanks.note(line.type, who, name_for(line.user.name, self._conduct.language), at_ms)

    def withdraw(self, viewer: str) -> None:
        self._thanks.forget(viewer)

    def say(self, at_ms: int, decision: Decision) -> int:
        """A moderator's own words: spoken when the floor is free, not posted. The item's number."""
        self._count += 1
        item = self._turns.list.add(f"say:{self._count}", decision, at_ms, "waiting", "moderator")
        item.spoken_only = True
        self._turns.show(item, "waiting", "say")
        return item.number

    def set_right(self, at_ms: int, correction: str) -> None:
        """A wrong answer was heard: a person wants it put right, and it waits for the floor as long as that takes."""
        if not self._conduct.rules.aloud:
            return
        self._count += 1
        said = spoken_line(correction, Evidence("moderator", "", "wrong", correction))
        item = self._turns.list.add(f"correction:{self._count}", said, at_ms, "waiting", "moderator")
        item.spoken_only = item.pinned = True
        self._turns.show(item, "waiting", "correction")

    def does_not_know(self, at_ms: int, language: str) -> None:
        """What the host asked stands nowhere."""
        unknown = spoken_line(self._manners.unknown(language), Evidence("livehost", "", "unknown", ""))
        self.add(at_ms, Line("host", "unknown", unknown, aloud=True, posted=False))

    def advance(self, at_ms: int, quiet_since_ms: int) -> None:
        """Adds what is due; `quiet_since_ms`: since when nobody said anything nor has anything to say; -1: somebody has."""
        for line in self._program.due(at_ms, quiet_since_ms, self._conduct.rules, host_spoke=self.host_spoke):
            self.add(at_ms, line)
        due_ms, language = self._thanks.due_ms, self._conduct.language
        if due_ms is not None and at_ms >= due_ms and (text := self._thanks.take(self._manners, language)):
            self._count += 1
            said = spoken_line(text, Evidence("chat", "", "thanks", text))
            posted = not self._conduct.rules.aloud
            self.add(at_ms, Line("thanks", f"thanks:{self._count}", said, aloud=not posted, posted=posted))

    def moments(self, quiet_since_ms: int) -> list[int]:
        """When something is due."""
        thanks = [] if self._thanks.due_ms is None else [self._thanks.due_ms]
        return [*self._program.due_ms(quiet_since_ms, self._conduct.rules), *thanks]

    def add(self, at_ms: int, line: Line) -> None:
        """Something that answers no line of the chat."""
        held = self._conduct.rules.asks_first
        item = self._turns.list.add(line.key, line.decision, at_ms, "held" if held else "waiting", line.origin)
        item.spoken_only, item.silent = not line.posted, not line.aloud
        self._turns.show(item, "held" if held else "waiting", "ask-first" if held else "")
        if line.product_id and not held:
            self._turns.put_on_table(line.product_id)


def _thanks_ms(creator: Creator) -> int:
    return round(creator.manners.thanks_seconds * 1000)
