"""Items whose words are still being written: what of them may be said already, and what stands when no more come."""

from __future__ import annotations

from livehost.decide.delivery import Script
from livehost.decide.modes import Conduct
from livehost.decide.turns import Turns
from livehost.decide.waiting import Item
from livehost.decision import Decision


class Words:
    def __init__(self, conduct: Conduct, turns: Turns, script: Script) -> None:
        self._conduct = conduct
        self._turns = turns
        self._script = script

    def awaited(self, at_ms: int, number: int) -> bool:
        """Whether the item, which is new, waits for words from now on."""
        item = self._turns.list.open(number)
        if item is None or item.first_ms != at_ms or item.asked_by != 1 or item.standing == "planned":
            return False
        item.composing = "silent"
        return True

    def came(self, number: int, decision: Decision) -> None:
        """`decision` holds the words so far; they may be said while the others are still to come."""
        item = self._turns.list.open(number)
        if item is None or not item.composing:
            return
        item.decision, item.composing = decision, "begun"
        if item.standing != "planned" and not item.goes_on:
            return
        clauses = self._clauses(item)
        item.more = (*item.more, *clauses[item.taken :])
        item.taken = max(item.taken, len(clauses))

    def ended(self, number: int, decision: Decision, why: str) -> None:
        """No more will come: `decision` is what is posted, and said where nothing was said yet. What was said is not said
        again in other words."""
        item = self._turns.list.open(number)
        if item is None or not item.composing:
            return
        other = decision.spoken != item.decision.spoken
        item.decision, item.composing = decision, ""
        ready, now = self._turns.mouth.next, self._turns.mouth.now
        if other and ready and ready.item == number and not item.goes_on:
            self._turns.put_off("in other words")
        elif other and ((now and now.item == number) or item.goes_on):
            item.more = ()
        self._turns.show(item, self._turns.state_of(item), why)

    def _clauses(self, item: Item) -> list[str]:
        language = item.decision.spoken_language or self._conduct.language
        return self._script(item.decision.spoken, language, self._conduct.creator.floor.spoken_seconds)
