"""The core's part for those outside whom it asks before it answers: what goes out to them, and what becomes of what comes back.

    decided ─▶ keeps: a model may hold the answer ─▶ Compose … Composed ─▶ an item, or what was decided without it
            └▶ settled: a model may say it better ─▶ Compose … Composed ─▶ the item's words, or its template

Pure. What comes back after a stop or a deletion finds nobody who waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from livehost import commands, events
from livehost.core.composing import Composing, Line, Pending
from livehost.core.learning import Learning
from livehost.core.look_ups import Call, LookUps, answered, told_apart, without
from livehost.decide.cohost import CoHost
from livehost.decide.waiting import Asker, Gone, key_of
from livehost.decision import Decision, Evidence
from livehost.events import Event
from livehost.meaning import Meaning

_TOLD_MOST = 200  # characters of a trouble


class Settle(Protocol):
    def __call__(self, meaning: Meaning, decision: Decision, asker: Asker, at_ms: int) -> int:
        """A decision takes its way; the number of the item that came of it, or 0."""
        ...


class Consulting:
    def __init__(
        self, learning: Learning, cohost: CoHost, settle: Settle, decided: Callable[[Meaning, str, int], Decision]
    ) -> None:
        self._cohost = cohost
        self._learning = learning
        self._settle = settle
        self._decided = decided
        self._composing = Composing()
        self._look_ups = LookUps()
        self._tools_work = False

    def takes(self, event: Event, at_ms: int) -> bool:
        """Whether the event is of those outside, and is dealt with."""
        match event:
            case events.Composed():
                self._composed(event, at_ms)
            case events.ComposeEnded():
                self._over(event.request, "", at_ms)
            case events.ComposeFailed():
                self._over(event.request, event.problem, at_ms)
            case events.ToolAnswered():
                self._tool_over(event.call, event.found, "", at_ms)
            case events.ToolFailed():
                self._tool_over(event.call, (), event.problem, at_ms)
            case events.PartChanged(part="tools"):
                self._tools_work = event.state in ("ok", "degraded")
            case events.PartChanged(part="llm"):
                self._composing.works = event.state == "ok"
            case _:
                return False
        return True

    def keeps(self, meaning: Meaning, decision: Decision, asker: Asker, at_ms: int) -> bool:
        """Whether somebody is asked before anything is done about the line."""
        knowledge = self._learning.knowledge
        call = self._look_ups.wanted(meaning, decision, knowledge, asker, at_ms) if knowledge.tools else None
        if call:
            self._look_up(call, asker, at_ms)
            return True
        task = None if asker.of_host or asker.private else self._composing.wanted(meaning, decision, knowledge, at_ms)
        if task not in ("answer", "smalltalk"):
            return False
        if not self._composing.joins(meaning, asker):
            self._cohost.wishes.append(self._composing.ask(task, Line(meaning, decision, asker), at_ms))
        return True

    def settled(self, meaning: Meaning, decision: Decision, asker: Asker, item: int, at_ms: int) -> None:
        """The item is there; better words may come for it."""
        task = self._composing.wanted(meaning, decision, self._learning.knowledge, at_ms)
        as_chat = not (asker.of_host or asker.private or asker.elsewhere)
        if task == "phrase" and as_chat and self._cohost.words.awaited(at_ms, item):
            self._cohost.wishes.append(self._composing.ask(task, Line(meaning, decision, asker), at_ms, item))

    def withdraw(self, gone: Gone) -> None:
        """A message was deleted, or all of a viewer's."""
        self._cohost.wishes += self._composing.withdraw(gone)
        self._look_ups.withdraw(gone)

    def stop(self) -> None:
        """Nobody waits for anything any more."""
        self._cohost.wishes += self._composing.stop()
        self._look_ups.stop()

    def agreed(self, act: events.Acted, at_ms: int) -> bool:
        """Whether an approval sets off what waited for it."""
        call = self._look_ups.agreed(act.target, act.who)
        if call is None:
            return False
        if wish := self._look_ups.start(call):
            self._cohost.wishes.append(wish)
        self._cohost.people.fulfil(at_ms, act.target, call.decision, "agreed; it is being done")
        return True

    def sweep(self) -> None:
        """Lets go of words for items that are over."""
        if items := self._composing.items():
            open_ones = frozenset(item for item in items if self._cohost.turns.list.open(item))
            self._cohost.wishes += self._composing.stop(open_ones)

    def _look_up(self, call: Call, asker: Asker, at_ms: int) -> None:
        knowledge = self._learning.knowledge
        decision = self._look_ups.first_step(call, knowledge, at_ms)
        if decision is None and (self._look_ups.full or not self._tools_work):
            decision = without(call, "it can't be asked now", knowledge)
        if decision is None:
            if wish := self._look_ups.start(call):
                self._cohost.wishes.append(wish)
            return
        item = self._settle(told_apart(call), decision, asker, at_ms)
        if item and decision.route == "hold" and call.tool.writes:
            call.decision = decision
            self._look_ups.wait_for_consent(item, call)

    def _tool_over(self, number: int, found: tuple[Evidence, ...], problem: str, at_ms: int) -> None:
        """What it said is answered; where it said nothing, what stands without it."""
        call = self._look_ups.over(number)
        if call is None:
            return
        knowledge = self._learning.knowledge
        if call.item and problem:
            self._cohost.people.fulfil(at_ms, call.item, call.decision, f"tool {call.tool.id}: {problem[:_TOLD_MOST]}")
            return
        made = without(call, problem[:_TOLD_MOST], knowledge) if problem else answered(call, found, knowledge)
        decision = self._learning.guarded(made)
        if call.item:
            self._cohost.people.fulfil(at_ms, call.item, decision)
            self._cohost.wishes += [
                commands.ShowDecision(a.line_id, call.item, decision) for a in call.askers if not a.private
            ]
            return
        for asker in call.askers:
            self._settle(told_apart(call), decision, asker, at_ms)

    def _composed(self, sentence: events.Composed, at_ms: int) -> None:
        """One sentence: said when it stands on its evidence, else the end of them all."""
        pending = self._composing.of(sentence.request)
        if pending is None:
            return
        knowledge, reader = self._learning.knowledge, self._learning.reader
        if meaning := self._composing.second_opinion(pending, sentence, knowledge, reader):
            self._cohost.wishes.append(self._composing.cancel(pending))
            for asker in pending.askers:
                decision = self._decided(meaning, asker.platform, at_ms)
                if meaning.faq not in meaning.near and decision.route == "answer":  # the model alone thinks so
                    reasons = (*decision.reasons, "only the model takes it for this")
                    decision = msgspec.structs.replace(decision, route="hold", reasons=reasons)
                self._settle(meaning, decision, asker, at_ms)
        elif found := self._composing.check(pending, sentence, knowledge, reader):
            self._cohost.wishes.append(commands.CancelCompose(pending.request))
            self._over(pending.request, "; ".join(found), at_ms)
        else:
            self._may_be_said(pending, at_ms)

    def _may_be_said(self, pending: Pending, at_ms: int) -> None:
        """Who does not watch the show gets all of it at once, when it is there."""
        decision = self._learning.guarded(pending.so_far())
        here = [asker for asker in pending.askers if not asker.elsewhere]
        if not here:
            return
        if not pending.item:
            for asker in here:
                pending.item = self._cohost.questions.take(at_ms, key_of(pending.meaning), decision, asker)
            self._cohost.words.awaited(at_ms, pending.item)
        self._cohost.words.came(pending.item, decision)

    def _over(self, request: int, problem: str, at_ms: int) -> None:
        """What was let through stands; where that is nothing, or not all of the answer, what stands without the model."""
        pending = self._composing.over(request)
        if pending is None:
            return
        why = f"the model's words are left out: {problem[:_TOLD_MOST]}" if problem else ""
        whole = self._composing.whole(pending, problem)
        reasons = (*pending.decision.reasons, why or "the model has no answer either")
        without_it = msgspec.structs.replace(pending.decision, reasons=reasons)
        for asker in pending.askers:
            if asker.elsewhere or not pending.item:
                said = self._learning.guarded(pending.so_far()) if whole else without_it
                self._settle(pending.meaning, said, asker, at_ms)
        if not pending.item:
            return
        decision = self._learning.guarded(pending.so_far() if whole else pending.decision)
        self._cohost.words.ended(pending.item, decision, why)
        if pending.task != "phrase":
            for asker in pending.askers:
                if not asker.elsewhere:
                    self._cohost.wishes.append(commands.ShowDecision(asker.line_id, pending.item, decision))
