"""The host got there first: what the host says is not said again, what the host asks is answered at once."""

from __future__ import annotations

from decimal import Decimal

from livehost.decide.claims import numbers
from livehost.decide.modes import Conduct
from livehost.decide.questions import Questions
from livehost.decide.turns import Turns
from livehost.decide.unasked import Unasked
from livehost.decide.waiting import Asker, Item
from livehost.decision import Decision

_MUSIC_MS = 12_000  # after the last of it that was heard


class HostFirst:
    def __init__(self, conduct: Conduct, turns: Turns, questions: Questions, unasked: Unasked) -> None:
        self._conduct = conduct
        self._turns = turns
        self._questions = questions
        self._unasked = unasked

    def answers(self, utterance: int, faq: str) -> None:
        """The host seems to be saying this answer: it waits until that is certain."""
        for item in self._turns.not_begun():
            if item.decision.faq == faq and not item.host_on_it:
                item.host_on_it = utterance
                self._turns.show(item, self._turns.state_of(item), "the host is on it")

    def understood(self, utterance: int) -> None:
        """What the host said is known, with all that follows from it."""
        self._turns.mouth.understood(utterance)
        for item in self._turns.not_begun():
            if item.host_on_it == utterance:
                item.host_on_it = 0
                self._turns.show(item, self._turns.state_of(item), "the host spoke of something else")

    def answered(self, at_ms: int, faq: str) -> None:
        """What the host said aloud is not said again; an answer that is already going out is left to end."""
        for item in self._turns.not_begun():
            if item.decision.faq == faq:
                self._leave(at_ms, item)

    def told(self, at_ms: int, said: frozenset[Decimal], products: frozenset[str]) -> None:
        """The host named these numbers, of one of these products: questions for just them are answered."""
        for item in self._turns.not_begun():
            told = numbers(item.decision.spoken)
            if item.decision.product_id in products and not item.decision.faq and told and told <= said:
                self._leave(at_ms, item)

    def thinks(self, at_ms: int) -> None:
        self._turns.mouth.host_thinks(at_ms + round(self._conduct.creator.floor.think_seconds * 1000))

    def plays_music(self, at_ms: int) -> None:
        """Or sings: a rest between two lines of a song is no pause."""
        self._turns.mouth.host_thinks(at_ms + _MUSIC_MS)

    def asks(self, at_ms: int, key: str, decision: Decision, asker: Asker) -> int:
        """The host asked aloud, and is answered aloud at once; what is not known is said to be so."""
        self._turns.mouth.host_invites(at_ms)
        if decision.route in ("answer", "hold"):
            return self._questions.take(at_ms, key, decision, asker, "host")
        if decision.kind in ("routine", "other_question") and not self._conduct.rules.asks_first:
            self._unasked.does_not_know(at_ms, decision.language)
        return 0

    def _leave(self, at_ms: int, item: Item) -> None:
        """Off the list; the link still goes into the chat."""
        if item.standing == "waiting" and not (item.posted or item.spoken_only) and item.decision.link:
            self._turns.posts.answer(item)
        self._turns.drop(at_ms, item, "answered", "the host answered", "answered")
