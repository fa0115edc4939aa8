"""How a waiting item goes out: as text at once, then made ready with its opening, and begun when the floor is free."""

from __future__ import annotations

from math import inf
from typing import Protocol

from livehost.decide.histories import Histories
from livehost.decide.manners import Manners
from livehost.decide.modes import Conduct
from livehost.decide.names import name_for
from livehost.decide.turns import Turns
from livehost.decide.utterance import Utterance
from livehost.decide.waiting import Item


class Script(Protocol):
    def __call__(self, text: str, language: str, seconds: float, opening: str = "") -> list[str]:
        """Sayable clauses of an answer, behind an opening where there is time for both."""
        ...


class Delivery:
    """`notice` is said before the first answer, until it was heard: that a machine speaks."""

    def __init__(self, conduct: Conduct, turns: Turns, manners: Manners, script: Script, histories: Histories) -> None:
        self._conduct = conduct
        self._turns = turns
        self._manners = manners
        self._script = script
        self._histories = histories
        self.notice = ""

    def post(self, at_ms: int, *, text_only: bool) -> None:
        """Answers go into the chat; what is not to be spoken is over with that."""
        turns = self._turns
        if text_only and turns.mouth.next:
            turns.put_off("in text alone")
        for item in turns.everything():
            if item.standing not in ("waiting", "planned") or item.composing:
                continue
            if not item.posted and not item.spoken_only:
                turns.posts.answer(item)
                if item.elsewhere and item.askers:
                    self._note(item)
            if item.standing == "planned":
                continue
            said = item.goes_on and not item.more
            if item.silent or said or (text_only and item.posted):
                turns.list.finish(item, at_ms, remember=True)
                turns.show(item, "answered" if said else "posted")

    def _note(self, item: Item) -> None:
        """What was answered, for a person who may be asked later; what a look-up said in private stays with its viewer."""
        asker, decision = item.askers[0], item.decision
        secret = asker.private and any(piece.source.startswith("tool:") for piece in decision.evidence)
        self._histories.told(asker, "…" if secret else decision.answer)

    def prepare(self, at_ms: int) -> None:
        turns = self._turns
        item = turns.best(at_ms)
        if item is None or not turns.make_way(at_ms, item):
            return
        language = item.decision.spoken_language or self._conduct.language
        clauses = (item.more if item.goes_on else item.rest) or tuple(self._clauses(item, language))
        item.more = ()
        if not item.goes_on:
            item.taken = len(self._script(item.decision.spoken, language, self._seconds(item)))
        if not clauses:
            turns.list.finish(item, at_ms, remember=True)
            turns.show(item, "posted", "nothing of it can be spoken")
            return
        item.standing = "planned"
        turns.show(item, "preparing")
        turns.mouth.plan(item.number, clauses, language, self._tells(item))

    def start(self, at_ms: int) -> None:
        ready = self._turns.mouth.next
        item = self._turns.list.get(ready.item) if ready else None
        if item and not item.host_on_it and self._turns.mouth.start(at_ms, self._conduct.pause_ms):
            self._turns.show(item, "speaking")

    def heard(self, spoken: Utterance, heard_ms: int, *, cut: bool) -> None:
        """An utterance is over: was the notice heard with it?"""
        if spoken.tells and (not cut or spoken.tells_ms <= heard_ms):
            self.notice = ""

    def _clauses(self, item: Item, language: str) -> list[str]:
        return self._script(item.decision.spoken, language, self._seconds(item), self._opening(item, language))

    def _seconds(self, item: Item) -> float:
        """An answer is short; what a person wrote to be said, and what a person asked for, is said whole."""
        asked = item.origin in ("chat", "host")
        by_a_person = any(piece.source == "moderator" and piece.field == "edit" for piece in item.decision.evidence)
        return self._conduct.creator.floor.spoken_seconds if asked and not by_a_person else inf

    def _tells(self, item: Item) -> tuple[str, ...]:
        """The notice, unless it is being said, or the item goes on where it broke off."""
        now = self._turns.mouth.now
        if not self.notice or item.rest or item.goes_on or (now and now.tells):
            return ()
        return tuple(self._script(self.notice, self._conduct.language, self._conduct.creator.floor.spoken_seconds))

    def _opening(self, item: Item, language: str) -> str:
        """Whose question it is, where that costs nobody any time: the host or the co-host is still speaking."""
        mouth = self._turns.mouth
        there_is_time = mouth.host_speaks or mouth.now is not None
        if item.origin != "chat" or not there_is_time:
            return ""
        if self._conduct.creator.manners.names:
            names = [name for asker in item.askers[:1] if (name := name_for(asker.name, language))]
            opening = self._manners.opening(names, item.asked_by, language)
            if opening:
                return opening
        return self._manners.lead_in(language) if self._conduct.rules.eager else ""
