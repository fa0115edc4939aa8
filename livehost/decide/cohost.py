"""The co-host: its parts, and how what waits comes one step further. Pure; `wishes` collects the step's commands.

    chat ─▶ Questions ─┐                   ┌─▶ Delivery: text, made ready, begun
elsewhere ─▶ Handover ─┤                   │
    host ─▶ HostFirst ─┼─▶ Turns ──────────┤
 program ─▶ Unasked ───┘   (waiting list,  └─▶ dropped, with its reason
  people ─▶ People ────────▶ mouth)  ◀── Silences: why nothing may be said aloud

Every method of a part only changes state and appends wishes; `advance` then does what is due.
"""

from __future__ import annotations

import msgspec

from livehost import commands
from livehost.chat import ChatLine
from livehost.commands import Command, ItemState, Silence
from livehost.decide.air import Air
from livehost.decide.delivery import Delivery, Script
from livehost.decide.handover import Handover
from livehost.decide.histories import Histories
from livehost.decide.host_first import HostFirst
from livehost.decide.manners import Manners
from livehost.decide.modes import Conduct
from livehost.decide.people import People
from livehost.decide.questions import Questions
from livehost.decide.silences import TEXT_ONLY, Silences
from livehost.decide.turns import Turns
from livehost.decide.unasked import Unasked
from livehost.decide.waiting import Asker, Gone
from livehost.decide.words import Words
from livehost.errors import Contradiction
from livehost.events import HostStarted
from livehost.settings import Creator, Mode, RundownLine, Scheduled


class CoHost:
    def __init__(self, creator: Creator, script: Script) -> None:
        self.wishes: list[Command] = []
        manners = Manners()
        self._conduct = Conduct(creator)
        self.air = Air(self._conduct)
        self.histories = Histories()
        self.turns = Turns(creator, self.wish)
        self.silences = Silences(self._conduct, self.air, self.turns.mouth, self.turns.rations, self.wish)
        self.unasked = Unasked(self._conduct, self.turns, manners)
        self.people = People(self.turns, self.unasked)
        self.questions = Questions(self._conduct, self.turns, self.people, self.air)
        self.handover = Handover(self._conduct, self.turns, self.questions, self.histories, self.air)
        self.host_first = HostFirst(self._conduct, self.turns, self.questions, self.unasked)
        self.words = Words(self._conduct, self.turns, script)
        self._delivery = Delivery(self._conduct, self.turns, manners, script, self.histories)
        self._shown = commands.ShowFloor("nobody")
        self._wake_at_ms = -1

    # --- the chat

    def asker(self, source: str, line: ChatLine, at_ms: int) -> Asker:
        self.silences.seen_on(line.platform)
        return self.questions.asker(source, line, at_ms)

    def thank(self, source: str, line: ChatLine, at_ms: int) -> None:
        """A viewer gave something, subscribed, follows, or brought others along."""
        viewer = self.asker(source, line, at_ms).viewer
        self.questions.gave(viewer, line, at_ms)
        self.unasked.thank(viewer, line, at_ms)

    def withdraw(self, at_ms: int, gone: Gone) -> None:
        """A message was deleted or its writer banned."""
        self.unasked.withdraw(gone.viewer)
        self.histories.forget(gone.viewer)
        self.questions.withdraw(at_ms, gone)

    # --- the host and the voice

    def host_started(self, at_ms: int, voice: HostStarted) -> None:
        self.unasked.host_spoke = True
        self.turns.mouth.host_started(at_ms, voice.utterance, voice.start_ms, doubted=voice.doubted)

    def speech_failed(self, at_ms: int, utterance: int) -> None:
        spoken = self.turns.mouth.speech_failed(utterance)
        if spoken and (item := self.turns.list.get(spoken.item)):
            self.turns.put_back(at_ms, item, "speech failed")

    def playback_over(self, at_ms: int, utterance: int, heard_ms: int, *, cut: bool) -> None:
        spoken = self.turns.mouth.playback_over(at_ms, utterance, heard_ms, cut=cut)
        if spoken:
            self._delivery.heard(spoken, heard_ms, cut=cut)
            self.turns.ended(at_ms, spoken, cut=cut)

    # --- people

    def panic(self, at_ms: int) -> None:
        """Mute, with nothing left to come back."""
        self.people.stop(at_ms)
        self.silences.mute(at_ms)

    def stop(self, at_ms: int) -> None:
        self.people.stop(at_ms)
        self.silences.open_gate()  # it was closed with the key, so that silence came first

    def announce(self, notice: str) -> None:
        """What is said before the first answer, until it was heard."""
        self._delivery.notice = notice

    def set_mode(self, mode: Mode) -> None:
        """Raises Contradiction for solo where the creator did not allow it."""
        conduct = self._conduct
        allowed = mode != "solo" or conduct.creator.floor.solo
        conduct.mode = mode if allowed else conduct.mode
        self.wish(commands.ShowMode(conduct.mode))
        if not allowed:
            raise Contradiction("the mode solo is not allowed: creator.toml needs solo = true in [floor]")

    def adopt(self, creator: Creator, at_ms: int) -> None:
        """Other settings; the mode stays what people chose."""
        self._conduct.creator = creator
        self.turns.adopt(creator)
        self.unasked.adopt(creator, at_ms)

    def change_program(self, schedule: tuple[Scheduled, ...], rundown: tuple[RundownLine, ...], at_ms: int) -> None:
        """Other lines than creator.toml's, for this session."""
        self.adopt(msgspec.structs.replace(self._conduct.creator, schedule=schedule, rundown=rundown), at_ms)

    # --- one step further

    def advance(self, at_ms: int) -> None:
        paused = self.silences.paused
        self.silences.advance(at_ms)
        self.turns.mouth.advance(at_ms, self._conduct.pause_ms)
        if not paused and self.air.on(at_ms):
            self.unasked.advance(at_ms, self._quiet_since_ms)
        self._let_go(at_ms)
        silent, until_ms = self.silences.now(at_ms)
        if not paused:
            self._delivery.post(at_ms, text_only=silent in TEXT_ONLY)
        if not silent:
            self._delivery.prepare(at_ms)
            self._delivery.start(at_ms)
        self._bound(at_ms)  # what was put off counts again
        self._show_floor(silent, until_ms)
        self._wake(at_ms, until_ms if silent == "budget" else 0)

    def _let_go(self, at_ms: int) -> None:
        """What is too old, and what is too much, in that order."""
        turns = self.turns
        turns.list.forget_old(at_ms)
        for item in turns.not_begun():
            if not turns.list.is_old(item, at_ms):
                continue
            if item.origin == "thanks" and item.standing == "waiting" and not self.silences.paused:
                turns.posts.answer(item)  # late, but not lost
            text_stands = item.posted and item.standing != "held"
            state: ItemState = "posted" if text_stands else "expired"
            turns.drop(at_ms, item, "expired", "no time to say it" if text_stands else "too old", state)
        self._bound(at_ms)

    def _bound(self, at_ms: int) -> None:
        """What is worth least goes when there is too much."""
        while surplus := self.turns.least(at_ms):
            state: ItemState = "posted" if surplus.posted else "dropped"
            self.turns.drop(at_ms, surplus, "expired", "the list is full", state)

    def _show_floor(self, silent: Silence, until_ms: int) -> None:
        shown = commands.ShowFloor(self.turns.mouth.holder, silent, until_ms)
        if shown != self._shown:
            self._shown = shown
            self.wish(shown)

    def _wake(self, at_ms: int, budget_ms: int) -> None:
        turns = self.turns
        moments = [budget_ms, *turns.mouth.moments(self._conduct.pause_ms), *self.silences.moments(at_ms)]
        moments += [*self.unasked.moments(self._quiet_since_ms), *turns.moments()]
        at = min((moment for moment in moments if moment > at_ms), default=-1)
        if at >= 0 and at != self._wake_at_ms:
            self._wake_at_ms = at
            self.wish(commands.WakeAt("turn", at))

    @property
    def _quiet_since_ms(self) -> int:
        """Since when nobody has said anything nor has anything to say; -1: somebody has."""
        mouth = self.turns.mouth
        busy = mouth.host_speaks or mouth.now or mouth.next or self.silences.by_people
        if busy or any(item.standing == "waiting" for item in self.turns.list.live()):
            return -1
        return max(mouth.host_heard_ms, mouth.cohost_heard_ms)

    def wish(self, wish: Command) -> None:
        self.wishes.append(wish)
