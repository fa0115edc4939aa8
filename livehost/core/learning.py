"""The core's part for knowledge: what is known now, what the host's words do to it, and what people make of that. Pure."""

from __future__ import annotations

import msgspec

from livehost import commands, events
from livehost.commands import Command
from livehost.core.recommending import Recommending
from livehost.decide.doubts import Doubt, Doubts
from livehost.decide.growing import Growing, Reading, Wanted
from livehost.decide.waiting import Asker, Gone
from livehost.decision import Decision
from livehost.errors import Contradiction
from livehost.knowledge import Change, Knowledge, changed, told
from livehost.toolbox import askable
from livehost.understand import content
from livehost.understand.reader import Reader

_READING = Reading(content.plain, content.same_question, content.answers, content.without_questions)


class Learning:
    """`knowledge` and `reader` are those of now; every method returns the commands that follow."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.reader = Reader(askable(knowledge))
        self.recommending = Recommending(knowledge)
        self._readers: dict[int, Reader] = {}  # of knowledge as it stands on a platform
        self._doubts = Doubts()
        self._growing = Growing(_READING)

    def on(self, platform: str) -> tuple[Knowledge, Reader]:
        """What is known as it stands on a platform, where number 3 may be another product than elsewhere."""
        there = self.knowledge.on(platform)
        if there is self.knowledge:
            return there, self.reader
        if id(there) not in self._readers:
            self._readers[id(there)] = Reader(askable(there))
        return there, self._readers[id(there)]

    @property
    def doubts(self) -> dict[str, Doubt]:
        """By product."""
        return self._doubts.held

    def guarded(self, decision: Decision) -> Decision:
        """An answer about a product in doubt is held."""
        doubts = self._doubts.held
        product = next((p for p in sorted(decision.products) if p in doubts), None) if doubts else None
        if product is None or decision.route != "answer":
            return decision
        return msgspec.structs.replace(decision, route="hold", reasons=(*decision.reasons, why_held(doubts[product])))

    def unanswered(self, at_ms: int, text: str, asker: Asker, table: str) -> list[Command]:
        return self._growing.asked(at_ms, text, asker, self.reader.product_of(text, table))

    def withdraw(self, gone: Gone) -> list[Command]:
        return self._growing.withdraw(gone)

    def host_said(self, at_ms: int, text: str, table: str) -> list[Command]:
        wishes: list[Command] = []
        for claim in self.reader.claims(text, table):
            product = self.knowledge.product_by_id[claim.product_id]
            wishes += self._doubts.said(product, claim.field, claim.value, claim.quote, self.knowledge)
        return wishes + self._growing.host_said(at_ms, text)

    def wanted(self, act: events.Acted) -> Wanted | None:
        """The question that a `teach` answers, if viewers asked it."""
        return self._growing.wanted(act.target, act.question)

    def acted(self, act: events.Acted) -> list[Command]:
        """`teach`, `accept`, `decline`, `confirm` and `correct`; raises Contradiction where the value makes no sense."""
        match act.action:
            case "teach":
                return self._growing.teach(act, self._taken)
            case "accept":
                return self._growing.accept(act, self._taken)
            case "decline":
                return self._growing.decline(act.target)
            case "confirm" | "correct":
                return self._settle(act)
            case _:
                return []

    def changed(self, change: Change) -> list[Command]:
        """The creator's folder was edited."""
        self._know(changed(self.knowledge, change))
        return self._doubts.forget(frozenset({*(p.id for p in change.products), *change.products_gone}))

    def _settle(self, act: events.Acted) -> list[Command]:
        try:
            wishes, word = self._doubts.settle(
                act.target, act.who, confirmed=act.action == "confirm", value=act.text.strip()
            )
        except ValueError as trouble:
            raise Contradiction(str(trouble)) from None
        if word and word.product_id in self.knowledge.product_by_id:
            self._know(told(self.knowledge, word))
        return wishes

    def _know(self, knowledge: Knowledge) -> None:
        self.knowledge, self.reader = knowledge, Reader(askable(knowledge))
        self.recommending = Recommending(knowledge)
        self._readers.clear()

    def _taken(self, identity: str) -> bool:
        return identity in self.knowledge.faq_by_id


def why_held(doubt: Doubt) -> str:
    """ "the host said 99 USD, the feed 129.00 USD"."""
    return f"the host said {doubt.said}" + (f", the feed {doubt.feed}" if doubt.feed else "")


def is_collected(decision: Decision) -> bool:
    """Whether a line asks for something that the knowledge does not hold."""
    return decision.route == "host" and decision.kind in ("other_question", "personal", "routine")


def settled(wishes: list[Command]) -> list[str]:
    """The products whose doubt was settled by these commands."""
    return [w.product_id for w in wishes if isinstance(w, commands.ShowDoubt) and w.state != "open"]
