"""What people in charge do to items: approve, take back, put in front, take over, drop."""

from __future__ import annotations

import msgspec

from livehost.commands import ItemState
from livehost.decide.manners import retraction
from livehost.decide.turns import Turns
from livehost.decide.unasked import Unasked
from livehost.decision import Decision, Evidence
from livehost.language import language_of

_WRONG = "marked as wrong"


class People:
    """`wrong` are the keys of answers that a person took back; from then on a person decides on them."""

    def __init__(self, turns: Turns, unasked: Unasked) -> None:
        self._turns = turns
        self._unasked = unasked
        self._fronts = 0
        self.wrong: set[str] = set()

    def approve(self, at_ms: int, number: int, *, who: str = "", text: str = "", aloud: bool = True) -> None:
        """A held or waiting item goes out, in the words of `text` where some are given; not `aloud`: as text alone."""
        item = self._turns.list.get(number)
        if item is None or item.standing not in ("held", "waiting"):
            return
        if text:
            item.decision = _in_other_words(item.decision, who, text)
            item.posted, item.rest = False, ()
            item.composing, item.goes_on, item.more = "", False, ()
        if not item.decision.spoken:
            return
        item.standing, item.last_ms = "waiting", at_ms
        item.silent = not aloud or item.in_text_alone
        self._turns.show(item, "waiting", "edited" if text else "approved")

    def fulfil(self, at_ms: int, number: int, decision: Decision, why: str = "") -> None:
        """What a person agreed to has been done; with a reason, it goes on waiting for a person."""
        item = self._turns.list.get(number)
        if item is None or item.standing != "held":
            return
        item.decision, item.last_ms = decision, at_ms
        item.standing = "held" if why or decision.route != "answer" else "waiting"
        self._turns.show(item, item.standing, why or "done")

    def take_back(self, at_ms: int, number: int, correction: str) -> None:
        """What was given was wrong: it stops, its posts are deleted, it is set right where it was read or heard, and is not
        given again unasked. Without a number: what is being said, or was heard last."""
        turns = self._turns
        now = turns.mouth.now
        number = number or (now.item if now else turns.given.last_heard)
        item, gift = turns.list.get(number), turns.given.get(number)
        item = item or (gift.item if gift else None)
        if item is None:
            return
        self.wrong.add(item.key)
        for same in turns.not_begun():
            if same.key == item.key and same is not item:
                turns.withhold(same, _WRONG)
        heard = turns.mouth.is_saying(number) or (gift is not None and gift.heard)
        if item.standing == "over":
            turns.show(item, "dropped", _WRONG)
        else:
            turns.drop(at_ms, item, "stop", _WRONG)
        words = correction or retraction(item.decision.spoken_language or turns.posts.language)
        if gift:
            turns.posts.take_back(gift)
            turns.posts.correct(gift, words)
        if heard:
            self._unasked.set_right(at_ms, words)

    def unposted(self, post: int, problem: str = "") -> None:
        """The post of a wrong answer was deleted, or why it was not."""
        if gift := self._turns.given.of_post(post):
            told = f"the post is still there: {problem}" if problem else "the post is deleted"
            self._turns.show(gift.item, "dropped", f"{_WRONG}; {told}")

    def drop(self, at_ms: int, number: int) -> None:
        item = self._turns.list.open(number)
        if item:
            self._turns.drop(at_ms, item, "skip", "dropped by a moderator")

    def pin(self, number: int) -> None:
        item = self._turns.list.open(number)
        if item:
            item.pinned = not item.pinned
            self._turns.show(item, self._turns.state_of(item), "pinned" if item.pinned else "no longer pinned")

    def first(self, number: int) -> None:
        """Before all others."""
        item = self._turns.list.open(number)
        if item and item.standing != "planned":
            self._fronts += 1
            item.front = self._fronts
            self._turns.show(item, self._turns.state_of(item), "in front")

    def leave_to(self, at_ms: int, number: int, state: ItemState, who: str) -> None:
        """The item is the host's ("host") or a moderator's ("taken"); the co-host says nothing to it."""
        item = self._turns.list.open(number)
        if item:
            self._turns.drop(at_ms, item, "taken", who, state)

    def skip(self, at_ms: int) -> None:
        """What is being said now, or else what would be said next."""
        mouth = self._turns.mouth
        said = mouth.now or mouth.next
        item = self._turns.list.get(said.item) if said else None
        if item:
            self._turns.drop(at_ms, item, "skip", "skipped")

    def clear(self, at_ms: int) -> None:
        """All that waits, is held or made ready; what is being said is said."""
        for item in self._turns.not_begun():
            if not item.handed_over:
                self._turns.drop(at_ms, item, "skip", "cleared")

    def stop(self, at_ms: int) -> None:
        """Everything: what is said, what is made ready, what waits. What was handed over goes nowhere without a person."""
        for item in self._turns.everything():
            if not item.handed_over:
                self._turns.drop(at_ms, item, "stop", "stopped")


def _in_other_words(decision: Decision, who: str, text: str) -> Decision:
    """A person's words stand for themselves; the link stays."""
    return msgspec.structs.replace(
        decision,
        spoken=text,
        spoken_language=language_of(text),
        answer=f"{text} {decision.link}".strip(),
        evidence=(*decision.evidence, Evidence("moderator", who, "edit", text)),
    )
