"""From a line to its decision: what is written in the chat, and what the host asks aloud.

line ─▶ first look ─▶ (Match ─▶ Matched) ─▶ second look ─▶ decide ─┬▶ the co-host takes it, or not; ShowDecision
                                                                   └▶ Consulting: somebody outside is asked first
"""

from __future__ import annotations

from collections import OrderedDict
from functools import partial

import msgspec

from livehost import commands
from livehost.chat import ChatLine
from livehost.core.consulting import Consulting
from livehost.core.learning import Learning, is_collected, settled
from livehost.core.queries import Found, Queries
from livehost.decide.answer import decide
from livehost.decide.cohost import CoHost
from livehost.decide.handover import for_a_person
from livehost.decide.questions import without_its_words
from livehost.decide.recap import Recap
from livehost.decide.waiting import HOST, Asker, Gone, key_of
from livehost.decision import Decision
from livehost.events import Candidate
from livehost.meaning import Meaning
from livehost.understand.normalise import PlainLine
from livehost.understand.viewers import Viewers
from livehost.understand.which import held_up

_PENDING_MOST = 200  # lines that wait for the matcher
_REMEMBERED_MOST = 2000  # matches that are kept for the next line of the same words
_MEANINGS_MOST = 500
_NEAR = 0.25  # of an entry that a line may mean, though not surely enough to be answered with


class Lines:
    def __init__(self, learning: Learning, cohost: CoHost, queries: Queries) -> None:
        self._learning = learning
        self._cohost = cohost
        self._queries = queries
        self._viewers = Viewers()
        self._waiting: dict[str, list[tuple[Asker, PlainLine]]] = {}  # plain text → who waits for what is found to it
        self._matches: OrderedDict[str, tuple[Candidate, ...]] = OrderedDict()
        self._meanings: OrderedDict[int, tuple[Meaning, str]] = OrderedDict()  # of items, with the asker's platform
        self._edition = 0  # of the knowledge; what an older one gave is not remembered
        self.recap = Recap()
        self.consulting = Consulting(learning, cohost, self._settle, self._decided)

    def take_in(self, asker: Asker, line: ChatLine, at_ms: int) -> None:
        _, reader = self._learning.on(asker.platform)
        look = reader.first_look(line.text)
        if isinstance(look, Meaning):
            self._decide(look, asker, at_ms)
            return
        before = self._viewers.before(asker.viewer, at_ms)
        for question in reader.questions(look, before.plain if before else ""):
            self._look_up(question, asker, at_ms)

    def withdraw(self, gone: Gone) -> None:
        """What waits for the matcher; a deleted message, or all of a banned viewer's."""
        for waiting in self._waiting.values():
            waiting[:] = [(asker, look) for asker, look in waiting if not asker.is_of(gone)]
        self.consulting.withdraw(gone)

    def stop(self, at_ms: int) -> None:
        """What the matcher finds from here on to earlier lines comes too late."""
        for waiting in self._waiting.values():
            for asker, look in waiting:
                late = Meaning(look.text, look.language, "statement", 0.0, ("stopped before it was made out",))
                decision = self._decided(late, asker.platform, at_ms)
                self._cohost.wishes.append(commands.ShowDecision(asker.line_id, 0, decision))
            waiting.clear()
        self.consulting.stop()

    def knowledge_changed(self) -> None:
        self._matches.clear()
        self._edition += 1

    def settled(self, wishes: list[commands.Command], at_ms: int) -> None:
        """Where these settle a doubt about a product: what was held for it is decided again."""
        about = set(settled(wishes)) - set(self._learning.doubts)
        for item, (meaning, platform) in self._meanings.items():
            if about and meaning.product_id in about:
                self._cohost.questions.redecide(at_ms, item, self._decided(meaning, platform, at_ms))

    def _look_up(self, look: PlainLine, asker: Asker, at_ms: int) -> None:
        if (known := self._matches.get(look.plain)) is not None:
            self._matches.move_to_end(look.plain)
            self._understand(look, known, asker, at_ms)
        elif (waiting := self._waiting.get(look.plain)) is not None:
            waiting.append((asker, look))
        elif len(self._queries) < _PENDING_MOST:
            self._waiting[look.plain] = [(asker, look)]
            self._queries.ask(look.plain, "questions", partial(self._matched, look.plain, self._edition))
        else:
            skipped = Meaning(look.text, look.language, "other_question", 0.0, ("skipped: too many lines at once",))
            self._decide(skipped, asker, at_ms)

    def _matched(self, plain: str, edition: int, found: Found, at_ms: int) -> None:
        if found is not None and edition == self._edition:
            self._matches[plain] = found
        if len(self._matches) > _REMEMBERED_MOST:
            self._matches.popitem(last=False)
        for asker, look in self._waiting.pop(plain):
            self._understand(look, found or (), asker, at_ms)

    def _understand(self, look: PlainLine, candidates: tuple[Candidate, ...], asker: Asker, at_ms: int) -> None:
        _, reader = self._learning.on(asker.platform)
        before = self._viewers.before(asker.viewer, at_ms)
        table = "" if asker.elsewhere else self._cohost.turns.table
        meaning = reader.second_look(look, candidates, table, before.product_id if before else "")
        meaning = held_up(meaning, "" if asker.elsewhere else self._cohost.turns.variant)
        if meaning.kind == "routine":
            self._viewers.asked(asker.viewer, at_ms, look.plain, reader.named(look.plain))
        near = tuple(c.faq for c in candidates if c.faq and c.score >= _NEAR)
        meaning = msgspec.structs.replace(meaning, near=near)
        self._decide(meaning, asker, at_ms)

    def _decide(self, meaning: Meaning, asker: Asker, at_ms: int) -> None:
        decision = self._decided(meaning, asker.platform, at_ms)
        if self.consulting.keeps(meaning, decision, asker, at_ms):
            return
        item = self._settle(meaning, decision, asker, at_ms)
        self.consulting.settled(meaning, decision, asker, item, at_ms)

    def _settle(self, meaning: Meaning, decision: Decision, asker: Asker, at_ms: int) -> int:
        """A decision takes its way; the item that came of it, or 0."""
        cohost, item = self._cohost, 0
        if asker.private and not asker.elsewhere:
            return cohost.questions.answer_privately(at_ms, decision, asker)
        key = f"{key_of(meaning)}@{asker.platform}" if decision.of_one_platform else key_of(meaning)
        collected = is_collected(decision) and asker.source != HOST and not asker.private
        if asker.elsewhere:
            decision = for_a_person(decision)
            place = asker.source if asker.scene == "group" else asker.viewer
            item = cohost.handover.take(at_ms, f"{key}@{place}", decision, asker)
        elif asker.source == HOST:
            item = cohost.host_first.asks(at_ms, key, decision, asker)
        elif decision.route in ("answer", "hold"):
            item = cohost.questions.take(at_ms, key, decision, asker)
        if item:
            self._meanings[item] = (meaning, asker.platform)
            if len(self._meanings) > _MEANINGS_MOST:
                self._meanings.popitem(last=False)
        shown = without_its_words(decision) if asker.private else decision
        cohost.wishes.append(commands.ShowDecision(asker.line_id, item, shown))
        if asker.source != HOST and not asker.private:
            self.recap.note(meaning, decision)
        if collected:
            table = "" if asker.elsewhere else cohost.turns.table
            cohost.wishes += self._learning.unanswered(at_ms, meaning.text, asker, table)
        return item

    def _decided(self, meaning: Meaning, platform: str, at_ms: int) -> Decision:
        now = self._cohost.air.wall(at_ms)
        knowledge, _ = self._learning.on(platform)
        decision = self._learning.recommending.instead(decide(meaning, knowledge, now), now)
        return self._learning.guarded(decision)
