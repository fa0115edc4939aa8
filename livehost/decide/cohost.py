"""The co-host's turns: what waits, what is made ready, what is said, and what is dropped and why.

At most one utterance is playing and one is made ready behind it. Every method only changes state and appends wishes;
`advance` then brings what waits one step further. It is one class of this size because every method turns the same four
things (floor, list, what is said now, what comes next), and a rule such as "a dropped item is never spoken" needs them all.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping

import msgspec

from livehost import commands
from livehost.commands import Command, CutReason, ItemState
from livehost.decide.floor import Floor, FloorInput, FloorState
from livehost.decide.utterance import Life, Utterance
from livehost.decide.waiting import Asker, Item, WaitingList
from livehost.decision import Decision, Evidence
from livehost.language import language_of
from livehost.settings import Creator, Mode

Script = Callable[[str, str], list[str]]  # (text, language) → sayable clauses
_LABEL = {"en": "[AI] ", "zh": "【AI】"}
_FADE_MS = 10
_HEARD_ENOUGH = 0.8  # of an utterance; the rest is not said again
_TRIES = 2
_GIVEN_MOST = 500


class CoHost:
    """Pure. `wishes` collects the commands of the current step."""

    def __init__(self, creator: Creator, mode: Mode, script: Script) -> None:
        self._mode: Mode = mode
        self._script = script
        self._floor = Floor(creator.floor.pause_ms)
        self._list = WaitingList(creator.floor)
        self._language = creator.languages[0]
        self._now: Utterance | None = None
        self._next: Utterance | None = None
        self._muted = False
        self._muted_until_ms = 0  # 0: until somebody unmutes
        self._fronts = 0
        self._paused = False
        self._private = False
        self._counts = {"utterance": 0, "post": 0}
        self._wake_at_ms = -1
        self._wrong: set[str] = set()  # keys of answers that a person took back; from then on a person decides
        self._given: OrderedDict[int, tuple[str, Asker]] = OrderedDict()  # item → key and first asker, the latest
        self.wishes: list[Command] = []

    # --- questions

    def take(self, at_ms: int, key: str, decision: Decision, asker: Asker) -> int:
        """An answerable or held question; joins the item of the same key. Returns the item's number."""
        item = self._list.find(key, at_ms)
        if item:
            item.askers.append(asker)
            item.last_ms = at_ms
            if item.standing != "over":
                self._show(item, self._state_of(item), "asked again")
            return item.number
        blocked = key in self._wrong
        held = decision.route == "hold" or self._mode == "ask-first" or blocked
        item = self._list.add(key, decision, at_ms, "held" if held else "waiting")
        item.askers.append(asker)
        why = "marked as wrong" if blocked else "ask-first" if held and decision.route == "answer" else ""
        self._show(item, "held" if held else "waiting", why)
        return item.number

    def withdraw(self, at_ms: int, *, line_id: str = "", user_id: str = "") -> None:
        """A message was deleted or its writer banned: items that nobody else asks for go, in mid-sentence too."""
        for item in [*self._list.live(), *self._being_said()]:
            if not any(asker.is_of(line_id, user_id) for asker in item.askers):
                continue
            item.askers = [asker for asker in item.askers if not asker.is_of(line_id, user_id)]
            if not item.askers:
                self._drop(at_ms, item, "withdrawn", "the message was deleted")

    def host_answered(self, at_ms: int, faq: str) -> None:
        """What the host said aloud is not said again; an answer that is already going out is left to end."""
        for item in self._list.live() + [i for i in self._being_said() if not self._is_playing(i)]:
            if item.decision.faq == faq:
                self._drop(at_ms, item, "answered", "the host answered")

    def hold_about(self, at_ms: int, products: Mapping[str, str]) -> None:
        """Answers about these products wait for a person; the value is why."""
        for item in [*self._list.live(), *self._being_said()]:
            why = next((products[p] for p in sorted(item.decision.products) if p in products), "")
            if not why or item.doubted or item.standing == "held":
                continue
            item.doubted = True
            item.decision = msgspec.structs.replace(item.decision, route="hold", reasons=(*item.decision.reasons, why))
            if self._now and self._now.item == item.number:
                self._stop(self._now, "host")
                continue  # it is held when it is silent
            if self._next and self._next.item == item.number:
                self._stop(self._next, "host")
                self._next = None
            item.standing = "held"
            self._show(item, "held", why)

    def redecide(self, at_ms: int, number: int, decision: Decision) -> None:
        """What a held item is answered with now; it goes out where nothing else holds it."""
        item = self._list.get(number)
        if item is None or item.standing != "held":
            return
        item.decision, item.doubted, item.last_ms = decision, False, at_ms
        free = decision.route == "answer" and self._mode != "ask-first" and item.key not in self._wrong
        item.standing = "waiting" if free else "held"
        self._show(item, item.standing, "a person told what is true")

    # --- the host and the ears

    def host_started(self, at_ms: int) -> None:
        self._floor.move(FloorInput.HOST_STARTED, at_ms)
        if self._floor.state is FloorState.YIELDING and self._now:
            self._stop(self._now, "host")

    def host_stopped(self, end_ms: int) -> None:
        self._floor.move(FloorInput.HOST_STOPPED, end_ms)

    def hearing(self, at_ms: int, *, works: bool) -> None:
        self._floor.move(FloorInput.HEARING_BACK if works else FloorInput.HEARING_LOST, at_ms)
        if not works and self._now:
            self._stop(self._now, "deaf")

    # --- speech

    def speech_ready(self, utterance: int, audio_ms: int) -> None:
        spoken = self._find(utterance)
        if spoken is None:
            return
        spoken.ready_ms += audio_ms
        spoken.ready_clauses += 1
        if spoken.life is Life.PLANNED:
            spoken.move(Life.READY)

    def speech_failed(self, at_ms: int, utterance: int) -> None:
        spoken = self._find(utterance)
        if spoken is None or spoken.over:
            return
        self._stop(spoken, "failed")
        if spoken is self._next:
            self._put_back(at_ms, spoken, "speech failed")
            self._next = None

    def playback_started(self, utterance: int) -> None:
        spoken = self._find(utterance)
        if spoken and spoken.life is Life.STARTING:
            spoken.move(Life.SPEAKING)

    def playback_over(self, at_ms: int, utterance: int, heard_ms: int, *, cut: bool) -> None:
        spoken = self._now
        if spoken is None or spoken.number != utterance:
            return
        spoken.move(Life.CUT if cut else Life.DONE)
        spoken.heard_ms = heard_ms
        self._now = None
        self._floor.move(FloorInput.COHOST_ENDED, at_ms)
        item = self._list.get(spoken.item)
        if item is None:
            return
        whole = spoken.ready_clauses == len(spoken.clauses)
        if not cut or (whole and heard_ms >= _HEARD_ENOUGH * spoken.ready_ms):
            self._list.finish(item, at_ms, remember=True)
            self._show(item, "answered")
        elif spoken.reason in ("skip", "stop", "withdrawn", "answered", "taken"):
            self._list.finish(item, at_ms, remember=True)
            self._show(item, spoken.end_state, spoken.end_shown or spoken.reason)
        else:
            self._put_back(at_ms, spoken, f"cut: {spoken.reason}")

    # --- people

    def mute(self, at_ms: int, minutes: float = 0) -> None:
        """For so many minutes; 0: until somebody unmutes."""
        self._muted = True
        self._muted_until_ms = at_ms + round(minutes * 60_000) if minutes else 0
        if self._now:
            self._stop(self._now, "mute")

    def panic(self, at_ms: int) -> None:
        """Mute, with nothing left to come back."""
        self._muted, self._muted_until_ms = True, 0
        self.stop(at_ms)

    def unmute(self) -> None:
        self._muted, self._muted_until_ms = False, 0
        self._open_gate()

    def private(self, *, on: bool) -> None:
        """Nothing is said while the host is in private; what was being said comes back afterwards."""
        self._private = on
        if on and self._now:
            self._stop(self._now, "private")
        self._open_gate()

    def pause(self, *, on: bool) -> None:
        self._paused = on

    def set_mode(self, mode: Mode) -> None:
        self._mode = mode

    def adopt(self, creator: Creator) -> None:
        """Other settings of the floor and the list; the mode stays what people chose."""
        self._floor.pause_ms = creator.floor.pause_ms
        self._list.bound(creator.floor)
        self._language = creator.languages[0]

    def skip(self, at_ms: int) -> None:
        """What is being said now, or else what would be said next."""
        if self._now:
            self._stop(self._now, "skip")
        elif self._next and (item := self._list.get(self._next.item)):
            self._drop(at_ms, item, "skip", "skipped")

    def stop(self, at_ms: int) -> None:
        """Everything: what is said, what is made ready, what waits."""
        if self._now:
            self._stop(self._now, "stop")
            self._now.reason = "stop"  # whatever cut it before: it does not come back
        for item in self._list.live() + [i for i in self._being_said() if not self._is_playing(i)]:
            self._drop(at_ms, item, "stop", "stopped")
        self._open_gate()  # it was closed with the key, so that silence came first

    def approve(self, at_ms: int, number: int, *, who: str = "", text: str = "", aloud: bool = True) -> None:
        """A held or waiting item goes out, in the words of `text` where some are given; not `aloud`: as text alone."""
        item = self._list.get(number)
        if item is None or item.standing not in ("held", "waiting"):
            return
        if text:
            item.decision = _in_other_words(item.decision, who, text)
            item.posted = False
        if not item.decision.spoken:
            return
        item.standing, item.last_ms = "waiting", at_ms
        item.silent = not aloud
        self._show(item, "waiting", "edited" if text else "approved")

    def take_back(self, at_ms: int, number: int, correction: str) -> None:
        """What was said or is being said was wrong: it stops, is not given again unasked, and is set right in the chat."""
        key, asker = self._given.get(number, ("", None))
        item = self._list.get(number)
        if item:
            key, asker = item.key, item.askers[0] if item.askers else None
            if item.standing != "over":
                self._drop(at_ms, item, "stop", "marked as wrong")
        if not key:
            return
        self._wrong.add(key)
        if correction and asker:
            label = _LABEL.get(self._language, "[AI] ")
            self.wishes.append(commands.Post(self._number("post"), asker.source, asker.line_id, label + correction))

    def drop(self, at_ms: int, number: int) -> None:
        item = self._list.get(number)
        if item and item.standing != "over":
            self._drop(at_ms, item, "skip", "dropped by a moderator")

    def pin(self, number: int) -> None:
        item = self._open(number)
        if item:
            item.pinned = not item.pinned
            self._show(item, self._state_of(item), "pinned" if item.pinned else "no longer pinned")

    def first(self, number: int) -> None:
        """Before all others; what was made ready in its place goes back."""
        item = self._open(number)
        if item is None or item.standing == "planned":
            return
        self._fronts += 1
        item.front = self._fronts
        self._show(item, self._state_of(item), "in front")
        if self._next and item.standing == "waiting" and (other := self._list.get(self._next.item)):
            self._stop(self._next, "skip")
            self._next = None
            other.standing = "waiting"
            self._show(other, "waiting", "another one goes first")

    def leave_to(self, at_ms: int, number: int, state: ItemState, who: str) -> None:
        """The item is the host's ("host") or a moderator's ("taken"); the co-host says nothing to it."""
        item = self._open(number)
        if item:
            self._drop(at_ms, item, "taken", who, state)

    def clear(self, at_ms: int) -> None:
        """All that waits or is held; what is being said is said."""
        for item in self._list.live() + [i for i in self._being_said() if not self._is_playing(i)]:
            self._drop(at_ms, item, "skip", "cleared")

    def say(self, at_ms: int, key: str, decision: Decision) -> None:
        """A moderator's own words: spoken when the floor is free, not posted."""
        item = self._list.add(key, decision, at_ms, "waiting")
        item.posted = True
        self._show(item, "waiting", "say")

    # --- one step further

    def advance(self, at_ms: int) -> None:
        if self._muted_until_ms and at_ms >= self._muted_until_ms:
            self.unmute()
        self._let_go(at_ms)
        if not self._paused:
            self._post(at_ms)
            if self._mode != "quiet" and not self._muted and not self._private:
                self._prepare(at_ms)
                self._start(at_ms)
        self._wake(at_ms)

    def _let_go(self, at_ms: int) -> None:
        self._list.forget_old(at_ms)
        for item in self._list.expired(at_ms):
            self._list.finish(item, at_ms, remember=item.posted)
            self._show(item, "expired", "too old")
        ready_item = self._list.get(self._next.item) if self._next else None
        if ready_item and self._list.is_old(ready_item, at_ms):
            self._drop(at_ms, ready_item, "expired", "too old")
        while surplus := self._list.overflow():
            self._list.finish(surplus, at_ms, remember=surplus.posted)
            self._show(surplus, "dropped", "the list is full")

    def _post(self, at_ms: int) -> None:
        for item in self._list.live():
            if item.standing != "waiting" or item.posted:
                continue
            item.posted = True
            if not item.askers:
                continue
            first = item.askers[0]
            self._given[item.number] = (item.key, first)
            if len(self._given) > _GIVEN_MOST:
                self._given.popitem(last=False)
            text = _LABEL.get(self._language, "[AI] ") + item.decision.answer
            self.wishes.append(commands.Post(self._number("post"), first.source, first.line_id, text))
            if self._mode == "quiet" or item.silent:
                self._list.finish(item, at_ms, remember=True)
                self._show(item, "posted")

    def _prepare(self, at_ms: int) -> None:
        if self._next is not None:
            return
        item = self._list.best()
        if item is None:
            return
        language = item.decision.spoken_language or self._language
        clauses = tuple(self._script(item.decision.spoken, language))
        if not clauses:
            self._list.finish(item, at_ms, remember=True)
            self._show(item, "posted", "nothing of it can be spoken")
            return
        item.standing = "planned"
        self._next = Utterance(self._number("utterance"), item.number, clauses, language)
        self._show(item, "preparing")
        for number, clause in enumerate(clauses):
            self.wishes.append(commands.Synthesise(self._next.number, number, clause, language))

    def _start(self, at_ms: int) -> None:
        ready = self._next
        if self._now or ready is None or ready.life is not Life.READY or not self._floor.is_free(at_ms):
            return
        ready.move(Life.STARTING)
        self._floor.move(FloorInput.COHOST_STARTED, at_ms)
        self._now, self._next = ready, None
        self.wishes.append(commands.Play(ready.number, len(ready.clauses)))
        item = self._list.get(ready.item)
        if item:
            self._show(item, "speaking")

    def _wake(self, at_ms: int) -> None:
        moments = [moment for moment in (self._list.next_expiry_ms(),) if moment is not None]
        if self._next and self._floor.state is FloorState.SETTLING:
            moments.append(self._floor.opens_at_ms)
        if self._muted_until_ms:
            moments.append(self._muted_until_ms)
        at = min((moment for moment in moments if moment > at_ms), default=-1)
        if at >= 0 and at != self._wake_at_ms:
            self._wake_at_ms = at
            self.wishes.append(commands.WakeAt("turn", at))

    # --- helpers

    def _open_gate(self) -> None:
        if not self._muted and not self._private:
            self.wishes.append(commands.OpenGate())

    def _stop(self, spoken: Utterance, reason: CutReason) -> None:
        """Wish for silence; for what is not playing that is all, for what is playing the word comes later."""
        if spoken.life is Life.CUTTING:
            return
        spoken.reason = reason
        self.wishes.append(commands.Cut(spoken.number, reason, _FADE_MS))
        if spoken.playing:
            spoken.move(Life.CUTTING)
            self._floor.move(FloorInput.COHOST_TOLD_TO_STOP, 0)
        else:
            spoken.move(Life.CUT)

    def _drop(self, at_ms: int, item: Item, reason: CutReason, shown: str, state: ItemState = "dropped") -> None:
        """The item goes, with whatever of it is being made ready or said."""
        if self._now and self._now.item == item.number:
            self._stop(self._now, reason)
            self._now.end_state, self._now.end_shown = state, shown
            return  # its end is told when it is silent
        if self._next and self._next.item == item.number:
            self._stop(self._next, reason)
            self._next = None
        self._list.finish(item, at_ms, remember=reason in ("skip", "answered", "taken") or item.posted)
        self._show(item, "expired" if reason == "expired" else state, shown)

    def _put_back(self, at_ms: int, spoken: Utterance, why: str) -> None:
        item = self._list.get(spoken.item)
        if item is None:
            return
        if spoken.reason not in ("mute", "private"):
            item.attempts += 1
        if item.attempts >= _TRIES:
            self._list.finish(item, at_ms, remember=True)
            self._show(item, "posted" if item.posted else "dropped", why)
        else:
            item.standing = "held" if item.doubted else "waiting"
            self._show(item, item.standing, why)

    def _open(self, number: int) -> Item | None:
        item = self._list.get(number)
        return item if item and item.standing != "over" else None

    def _find(self, utterance: int) -> Utterance | None:
        return next((u for u in (self._now, self._next) if u and u.number == utterance), None)

    def _being_said(self) -> list[Item]:
        return [item for u in (self._now, self._next) if u and (item := self._list.get(u.item))]

    def _state_of(self, item: Item) -> ItemState:
        if item.standing == "planned":
            return "speaking" if self._is_playing(item) else "preparing"
        return "held" if item.standing == "held" else "waiting"

    def _is_playing(self, item: Item) -> bool:
        return self._now is not None and self._now.item == item.number

    def _number(self, what: str) -> int:
        self._counts[what] += 1
        return self._counts[what]

    def _show(self, item: Item, state: ItemState, reason: str = "") -> None:
        text = item.decision.spoken or item.decision.text
        self.wishes.append(commands.ShowItem(item.number, state, text, len(item.askers), reason))


def _in_other_words(decision: Decision, who: str, text: str) -> Decision:
    """A person's words stand for themselves; the link stays."""
    return msgspec.structs.replace(
        decision,
        spoken=text,
        spoken_language=language_of(text),
        answer=f"{text} {decision.link}".strip(),
        evidence=(*decision.evidence, Evidence("moderator", who, "edit", text)),
    )
