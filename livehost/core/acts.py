"""What people do: at a key, at the console, in the chat, by voice."""

from __future__ import annotations

from typing import cast, get_args

from livehost import commands, events
from livehost.core.learning import Learning
from livehost.core.lines import Lines
from livehost.core.remembering import Remembering
from livehost.decide.cohost import CoHost
from livehost.decision import Decision, Evidence
from livehost.knowledge import CART_MOST
from livehost.language import language_of
from livehost.settings import Mode

_STILL_WAITS_MS = 120_000  # so long a viewer still waits for the answer that a moderator writes


class Acts:
    def __init__(self, learning: Learning, cohost: CoHost, lines: Lines, remembering: Remembering) -> None:
        self._learning = learning
        self._cohost = cohost
        self._lines = lines
        self._remembering = remembering

    def from_afar(self, act: events.Acted, at_ms: int) -> None:
        """By voice or in the chat: nobody has closed the gate yet."""
        if act.action in ("mute", "stop", "panic"):
            self._cohost.wishes.append(commands.CloseGate())
        self._cohost.wishes.append(commands.ShowActed(act.action, act.who, act.text))
        self.take_in(act, at_ms)

    def take_in(self, act: events.Acted, at_ms: int) -> None:
        """Raises Contradiction for what can't be done."""
        match act.action:
            case "mute" | "unmute" | "stop" | "panic" | "pause" | "resume" | "skip" | "clear" | "mode":
                self._all(act, at_ms)
            case "teach":
                self._teach(act, at_ms)
            case "accept" | "decline" | "confirm" | "correct":
                self.learned(self._learning.acted(act), at_ms)
            case "table":
                known = act.text in self._learning.knowledge.product_by_id
                self._cohost.turns.put_on_table(act.text if known else "")
            case "cart":
                if act.text in self._learning.knowledge.product_by_id and 0 <= act.target <= CART_MOST:
                    number = commands.KeepCart(act.text, act.question.strip().lower(), act.target)
                    self._cohost.wishes.append(number)
            case "forget":
                platform, _, user = act.text.partition(" ")
                self._remembering.forget(platform, user)
            case "say":
                self._cohost.unasked.say(at_ms, _in_words(act, "say"))
            case "report":
                self.report(act.who, at_ms)
            case _:
                self._item(act, at_ms)

    def report(self, who: str, at_ms: int, line_id: str = "") -> None:
        """What was asked so far is said; `line_id`: the line of the chat that wanted it."""
        decision = self._lines.recap.told(who, self._learning.knowledge)
        item = self._cohost.unasked.say(at_ms, decision)
        if line_id:
            self._cohost.wishes += [commands.ShowActed("report", who), commands.ShowDecision(line_id, item, decision)]

    def learned(self, wishes: list[commands.Command], at_ms: int) -> None:
        """What follows from knowing more."""
        self._cohost.wishes += wishes
        self._lines.settled(wishes, at_ms)

    def _all(self, act: events.Acted, at_ms: int) -> None:
        """The co-host as a whole."""
        cohost = self._cohost
        match act.action:
            case "mute":
                cohost.silences.mute(at_ms, _minutes(act.text))
            case "unmute":
                cohost.silences.unmute()
            case "stop":
                self._lines.stop(at_ms)
                cohost.stop(at_ms)
            case "panic":
                self._lines.stop(at_ms)
                cohost.panic(at_ms)
            case "pause" | "resume":
                cohost.silences.paused = act.action == "pause"
            case "skip":
                cohost.people.skip(at_ms)
            case "clear":
                self._lines.consulting.stop()
                cohost.people.clear(at_ms)
            case "mode":
                if act.text in get_args(Mode):
                    cohost.set_mode(cast(Mode, act.text))

    def _item(self, act: events.Acted, at_ms: int) -> None:
        """One item of the list."""
        people = self._cohost.people
        if act.action in ("approve", "post") and not act.text and self._lines.consulting.agreed(act, at_ms):
            return
        match act.action:
            case "approve":
                people.approve(at_ms, act.target, who=act.who, text=act.text)
            case "post":
                people.approve(at_ms, act.target, who=act.who, text=act.text, aloud=False)
            case "wrong":
                people.take_back(at_ms, act.target, act.text)
            case "drop":
                people.drop(at_ms, act.target)
            case "pin":
                people.pin(act.target)
            case "first":
                people.first(act.target)
            case "host":
                people.leave_to(at_ms, act.target, "host", act.who)
            case "take":
                people.leave_to(at_ms, act.target, "taken", act.who)

    def _teach(self, act: events.Acted, at_ms: int) -> None:
        """The answer goes into the FAQ, and at once to who has just asked."""
        wanted = self._learning.wanted(act)
        wishes = self._learning.acted(act)
        self._cohost.wishes += wishes
        kept = next((wish.faq for wish in wishes if isinstance(wish, commands.KeepFaq)), None)
        handed_over = self._cohost.handover.held_for(wanted.first) if kept and wanted else 0
        if handed_over:
            self._cohost.people.approve(at_ms, handed_over, who=act.who, text=act.text, aloud=False)
        elif kept and wanted and at_ms - wanted.last_ms <= _STILL_WAITS_MS:
            decision = _in_words(act, "teach", text=wanted.text, faq=kept.id)
            item = self._cohost.questions.take(at_ms, f"faq:{kept.id}", decision, wanted.first)
            self._cohost.wishes.append(commands.ShowDecision(wanted.first.line_id, item, decision))


def _in_words(act: events.Acted, what: str, text: str = "", faq: str = "") -> Decision:
    """A person's own words as an answer; they stand for themselves."""
    return Decision(
        text=text or act.text,
        language=language_of(text or act.text),
        kind="routine" if faq else "statement",
        route="answer",
        confidence=1.0,
        answer=act.text,
        spoken=act.text,
        spoken_language=language_of(act.text),
        faq=faq,
        evidence=(Evidence("moderator", act.who, what, act.text),),
    )


def _minutes(text: str) -> float:
    """A moderator's number of minutes, a day at most; 0 where there is none."""
    try:
        minutes = float(text)
    except ValueError:
        return 0.0
    return min(minutes, 1440.0) if minutes > 0 else 0.0
