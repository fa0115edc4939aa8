"""The core's part for a model's words: what is asked of it, what of its stream may be said, and what stands for the rest.

    phrase     the item waits for words, with the grounded template behind it
    answer     a question without an answer here: nothing is shown until words with evidence have come
    smalltalk  as answer, without evidence and without any fact

Pure; every method returns what the core is to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from livehost import commands, events
from livehost.commands import Command
from livehost.decide.composed import Grounds, faults, keeps
from livehost.decide.waiting import Asker, Gone
from livehost.decision import Decision, Evidence
from livehost.knowledge import Knowledge
from livehost.language import language_of
from livehost.meaning import Meaning
from livehost.settings import LlmUse
from livehost.understand.normalise import plain_line
from livehost.understand.reader import Reader

_PENDING_MOST = 8
_TALK_EVERY_MS = 20_000


class Line(NamedTuple):
    """A chat line with what is decided on it without anybody from outside."""

    meaning: Meaning
    decision: Decision
    asker: Asker


@dataclass
class Pending:
    """A request that is under way. `decision`: what stands without the model; `item` 0: none yet."""

    request: int
    task: LlmUse
    meaning: Meaning
    decision: Decision
    askers: list[Asker]
    item: int = 0
    said: list[str] = field(default_factory=list)
    evidence: dict[Evidence, None] = field(default_factory=dict)

    def so_far(self) -> Decision:
        """The decision with the sentences that were let through."""
        space = "" if language_of(self.said[0]) == "zh" else " "
        spoken = space.join(self.said)
        decision = self.decision
        evidence = (*decision.evidence, *(e for e in self.evidence if e not in decision.evidence))
        return msgspec.structs.replace(
            decision,
            kind="routine" if self.task == "answer" else decision.kind,
            route="answer",
            spoken=spoken,
            spoken_language=language_of(spoken),
            answer=" ".join(part for part in (spoken, decision.link) if part),
            evidence=evidence or (Evidence("llm", "", "smalltalk", spoken),),
            reasons=(*decision.reasons, f"composed: {self.task}"),
        )


class Composing:
    """`works` follows what the part outside tells of itself."""

    def __init__(self) -> None:
        self.works = False
        self._pending: dict[int, Pending] = {}
        self._count = 0
        self._talked_ms = -_TALK_EVERY_MS

    def wanted(self, meaning: Meaning, decision: Decision, knowledge: Knowledge, at_ms: int) -> LlmUse | None:
        """What the model is to be asked for a line, if anything."""
        uses = knowledge.creator.llm.use
        if not self.works or len(self._pending) >= _PENDING_MOST:
            return None
        if decision.route == "answer" and "phrase" in uses:
            plain = (
                decision.spoken
                and not decision.asks_back
                and len(decision.products) < 2
                and decision.spoken not in knowledge.takes
            )
            return "phrase" if plain and not decision.says_it_is_posted else None
        if decision.route == "host" and meaning.kind == "other_question" and "answer" in uses:
            return "answer"
        talk = meaning.kind == "smalltalk" and decision.route == "ignore" and "smalltalk" in uses
        return "smalltalk" if talk and at_ms - self._talked_ms >= _TALK_EVERY_MS else None

    def joins(self, meaning: Meaning, asker: Asker) -> bool:
        """Whether the same question is under way already; its answer is then this viewer's, too."""
        for pending in self._pending.values():
            if pending.task == "answer" and pending.meaning.text.casefold() == meaning.text.casefold():
                pending.askers.append(asker)
                return True
        return False

    def ask(self, task: LlmUse, line: Line, at_ms: int, item: int = 0) -> Command:
        """`item` waits for the words; 0: none is made before they have come."""
        meaning, decision, asker = line
        self._count += 1
        if task == "smalltalk":
            self._talked_ms = at_ms
        self._pending[self._count] = Pending(self._count, task, meaning, decision, [asker], item)
        language = decision.spoken_language or meaning.language
        draft = decision.spoken if task == "phrase" else ""
        evidence = decision.evidence if task == "phrase" else ()
        return commands.Compose(self._count, task, meaning.text, language, draft, evidence)

    def of(self, request: int) -> Pending | None:
        return self._pending.get(request)

    def over(self, request: int) -> Pending | None:
        """Nothing more is taken of it."""
        return self._pending.pop(request, None)

    def withdraw(self, gone: Gone) -> Iterator[Command]:
        """A message was deleted, or all of a viewer's."""
        for pending in list(self._pending.values()):
            pending.askers = [asker for asker in pending.askers if not asker.is_of(gone)]
            if not pending.askers:
                yield self.cancel(pending)

    def stop(self, items: frozenset[int] | None = None) -> Iterator[Command]:
        """All of them, or those whose item is none of the open ones any more."""
        for pending in list(self._pending.values()):
            if items is None or (pending.item and pending.item not in items):
                yield self.cancel(pending)

    def items(self) -> list[int]:
        return [pending.item for pending in self._pending.values() if pending.item]

    def cancel(self, pending: Pending) -> Command:
        self._pending.pop(pending.request, None)
        return commands.CancelCompose(pending.request)

    def check(
        self, pending: Pending, sentence: events.Composed, knowledge: Knowledge, reader: Reader
    ) -> tuple[str, ...]:
        """Why a sentence must not be said; one that may is taken in."""
        decision = pending.decision
        of = {"phrase": decision.evidence, "answer": sentence.evidence}  # small talk rests on nothing
        evidence = of.get(pending.task, ())
        draft = decision.spoken if pending.task == "phrase" else ""
        persona, style = knowledge.creator.persona, knowledge.creator.style
        language = decision.spoken_language or pending.meaning.language
        found = faults(
            sentence.text,
            Grounds(
                pending.task, pending.meaning.text, language, evidence, draft, style.phrases + style.address, persona
            ),
            knowledge.creator.policy,
        )
        if pending.task == "answer":
            found += () if evidence else ("no evidence",)
            found += tuple(f"not in the knowledge: {e.source} {e.id}" for e in evidence if not stands(e, knowledge))
        ours = {*decision.products, *(e.id for e in evidence if e.source == "products.csv")}
        ours |= {product for piece in evidence for product in reader.products_named(piece.value)}
        found += tuple(f"another product: {p}" for p in reader.products_named(sentence.text) if p not in ours)
        if pending.task == "phrase" and not pending.said and not keeps(sentence.text, draft):
            found += ("a number of the answer is missing",)
        if not found:
            pending.said.append(sentence.text.strip())
            pending.evidence.update(dict.fromkeys(sentence.evidence if pending.task == "answer" else ()))
        return found

    @staticmethod
    def whole(pending: Pending, problem: str) -> bool:
        """Whether what was let through is an answer by itself: of a template, all of it."""
        if pending.task != "phrase":
            return bool(pending.said)
        return not problem and bool(pending.said) and keeps(" ".join(pending.said), pending.decision.spoken)

    @staticmethod
    def second_opinion(
        pending: Pending, sentence: events.Composed, knowledge: Knowledge, reader: Reader
    ) -> Meaning | None:
        """The meaning of a line that the model takes for one FAQ entry: the creator's own words are said then, not the
        model's. An entry that the line's own words rule out is none."""
        pieces = sentence.evidence
        if pending.task != "answer" or pending.said or len(pieces) != 1 or pieces[0].source != "faq.csv":
            return None
        if not stands(pieces[0], knowledge):
            return None
        faq = knowledge.faq_by_id[pieces[0].id]
        if not reader.may_answer(faq.id, plain_line(pending.meaning.text).plain):
            return None
        reasons = (*pending.meaning.reasons, f"second opinion: {faq.id}")
        return msgspec.structs.replace(
            pending.meaning, kind="routine", faq=faq.id, product_id=faq.product_id, reasons=reasons
        )


def stands(piece: Evidence, knowledge: Knowledge) -> bool:
    """Whether a piece that came from outside is the creator's own, word for word."""
    match piece.source:
        case "faq.csv":
            faq = knowledge.faq_by_id.get(piece.id)
            return faq is not None and faq.answer == piece.value
        case "products.csv":
            product = knowledge.product_by_id.get(piece.id)
            return product is not None and piece.field == "description" and product.description == piece.value
        case _:
            return any(
                p.source == piece.source and p.id == piece.id and p.text == piece.value for p in knowledge.passages
            )
