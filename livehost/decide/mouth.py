"""What is being said and what is made ready behind it: at most one of each, started only on a free floor.

The mouth holds the floor, the barge-in and the lives of the utterances together, so that no two voices, no start into the
host's words and no sound after a stop can come of anything that the co-host wants. It knows no items but by their number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from livehost import commands
from livehost.commands import Command, CutReason, Holder
from livehost.decide.bargein import BargeIn, BargeState, Verdict
from livehost.decide.floor import Floor, FloorInput, FloorState
from livehost.decide.utterance import Life, Utterance
from livehost.language import language_of

_FADE_MS = 10
_DUCK_DB, _DUCK_FADE_MS = -15, 30
_STIR_MS = 130  # until what stirred has turned out to be a voice, or not
_HUSH_MS, _HUSH_WITHIN_MS = 440, 80  # of the host's voice, before ours is silent; and the way to the next gap
_TOGETHER_MS = 250  # who begins so soon after the other did not hear them
_WORDS_WITHIN_MS = 1500  # after the host's voice: the co-host waits for what was said before it starts
_WORDLESS = 0  # the utterance of a guest
_HOLDERS: dict[FloorState, Holder] = {
    FloorState.FREE: "nobody",
    FloorState.HOST: "host",
    FloorState.SETTLING: "pause",
    FloorState.COHOST: "cohost",
    FloorState.OVERLAP: "both",
    FloorState.YIELDING: "host",
    FloorState.RETIRING: "pause",
    FloorState.DEAF: "unknown",
}


class Mouth:
    def __init__(self, interrupted: Literal["soft", "at-once"], wish: Callable[[Command], None]) -> None:
        self.now: Utterance | None = None
        self.next: Utterance | None = None
        self._wish = wish
        self._floor = Floor()
        self._barge = BargeIn(_HUSH_MS)
        self._hush_within_ms = _HUSH_WITHIN_MS
        self.yield_how(interrupted)
        self._started_ms = 0
        self._count = 0
        self._voices: set[str] = set()  # who speaks now; the host is ""
        self._unheard: set[int] = set()  # utterances of the host whose words are still to come
        self._words_by_ms = 0
        self.host_heard_ms = 0  # when the host was last heard
        self._host_before_ms = 0  # … before the utterance that was begun last
        self.cohost_heard_ms = 0

    def yield_how(self, interrupted: Literal["soft", "at-once"]) -> None:
        at_once = interrupted == "at-once"
        self._barge.hush_ms = 0 if at_once else _HUSH_MS
        self._hush_within_ms = 0 if at_once else _HUSH_WITHIN_MS

    # --- the host

    def host_started(self, at_ms: int, utterance: int, start_ms: int, *, doubted: bool = False) -> None:
        """`doubted`: it may be our own voice, come back through the room."""
        self._host_before_ms = self.host_heard_ms
        self.host_heard_ms = at_ms
        self._begins("", at_ms, utterance, start_ms, doubted=doubted)

    def guest_started(self, at_ms: int, guest: str, start_ms: int) -> None:
        """A guest has the floor as the host has it; no words of theirs will come."""
        self._begins(guest, at_ms, _WORDLESS, start_ms)

    def _begins(self, who: str, at_ms: int, utterance: int, start_ms: int, *, doubted: bool = False) -> None:
        first = not self._voices
        self._voices.add(who)
        if first:
            self._floor.move(FloorInput.HOST_STARTED, at_ms)
        elif who:  # a guest who joins in changes nothing; the host who does is listened to
            return
        if self._floor.state is not FloorState.OVERLAP or self.now is None:
            return
        together = self.now.life is Life.STARTING or start_ms <= self._started_ms + _TOGETHER_MS
        doubted = doubted or self._barge.is_echoed(start_ms)
        if together and not doubted:
            self.now.began_together = True
            self.cut_now("host")
        else:
            self._obey(self._barge.voice(utterance, start_ms, doubted=doubted))

    def host_stopped(self, at_ms: int, utterance: int, end_ms: int) -> None:
        self.host_heard_ms = at_ms
        self._unheard = {utterance}
        self._words_by_ms = end_ms + _WORDS_WITHIN_MS
        self._ends("", end_ms)

    def guest_stopped(self, guest: str, end_ms: int) -> None:
        self._ends(guest, end_ms)

    def _ends(self, who: str, end_ms: int) -> None:
        """The floor is given back by whoever speaks last."""
        self._voices.discard(who)
        if not self._voices:
            self._floor.move(FloorInput.HOST_STOPPED, end_ms)
            self._obey(self._barge.silence(end_ms))

    def host_says(self, utterance: int, text: str) -> None:
        """Words of an utterance that goes on."""
        self._obey(self._barge.so_far(utterance, text))

    def host_said(self, utterance: int, text: str) -> None:
        self._obey(self._barge.words(utterance, text))

    def heard_itself(self, utterance: int, end_ms: int) -> None:
        """What was taken for the host was our own voice, come back through the room."""
        self.host_heard_ms = self._host_before_ms
        self._obey(self._barge.ours(utterance, end_ms))

    def understood(self, utterance: int) -> None:
        """What the host said is known, with all that follows from it."""
        self._unheard.discard(utterance)

    def host_stirred(self, at_ms: int) -> None:
        """Perhaps the host is about to speak: that is known in a moment, and nobody begins meanwhile."""
        self._floor.keep_until(at_ms + _STIR_MS)

    def host_thinks(self, until_ms: int) -> None:
        self._floor.keep_until(until_ms)

    def host_invites(self, at_ms: int) -> None:
        self._floor.invite(at_ms)

    def hearing(self, at_ms: int, *, works: bool) -> None:
        self._floor.move(FloorInput.HEARING_BACK if works else FloorInput.HEARING_LOST, at_ms)
        self._unheard.clear()
        if not works:
            self._voices.discard("")  # its end will never be told
        elif self._voices and self._floor.state is FloorState.SETTLING:
            self._floor.move(FloorInput.HOST_STARTED, at_ms)  # a guest speaks on
        if not works and self.now:
            self.cut_now("deaf")

    # --- speech

    def plan(self, item: int, clauses: tuple[str, ...], language: str, tells: tuple[str, ...] = ()) -> Utterance:
        """Makes it ready, to be said next, behind what tells that a machine speaks."""
        self._count += 1
        planned = Utterance(self._count, item, (*tells, *clauses), language, tells=len(tells))
        self.next = planned
        for number, clause in enumerate(planned.clauses):
            spoken_in = language_of(clause) if number < len(tells) else language
            self._wish(commands.Synthesise(planned.number, number, clause, spoken_in))
        return planned

    def start(self, at_ms: int, pause_ms: int) -> bool:
        """Whether what is ready was begun."""
        ready = self.next
        if self.now or ready is None or ready.life is not Life.READY or not self.is_free(at_ms, pause_ms):
            return False
        ready.move(Life.STARTING)
        self._floor.move(FloorInput.COHOST_STARTED, at_ms)
        self.now, self.next = ready, None
        self._started_ms = self.cohost_heard_ms = at_ms
        self._wish(commands.Play(ready.number, len(ready.clauses)))
        return True

    def is_free(self, at_ms: int, pause_ms: int) -> bool:
        return self._floor.is_free(at_ms, pause_ms) and not (self._unheard and at_ms < self._words_by_ms)

    def speech_began(self, utterance: int) -> None:
        spoken = self._find(utterance)
        if spoken and spoken.life is Life.PLANNED:
            spoken.move(Life.READY)

    def speech_ready(self, utterance: int, clause: int, audio_ms: int) -> None:
        spoken = self._find(utterance)
        if spoken is None:
            return
        spoken.audio_ms[clause] = audio_ms
        if spoken.life is Life.PLANNED:
            spoken.move(Life.READY)

    def speech_failed(self, utterance: int) -> Utterance | None:
        """The utterance that is given up before it was begun; one that is being said ends by itself."""
        spoken = self._find(utterance)
        if spoken is None or spoken.over:
            return None
        if spoken is self.next:
            self.cut_next("failed")
            return spoken
        self.cut_now("failed")
        return None

    def playback_started(self, utterance: int) -> None:
        if self.now and self.now.number == utterance and self.now.life is Life.STARTING:
            self.now.move(Life.SPEAKING)

    def playback_over(self, at_ms: int, utterance: int, heard_ms: int, *, cut: bool) -> Utterance | None:
        """The utterance that has ended."""
        spoken = self.now
        if spoken is None or spoken.number != utterance:
            return None
        spoken.move(Life.CUT if cut else Life.DONE)
        spoken.heard_ms = heard_ms
        self.now = None
        self.cohost_heard_ms = at_ms
        self._barge.ours_over()
        self._floor.move(FloorInput.COHOST_ENDED, at_ms)
        return spoken

    def cut_now(self, reason: CutReason) -> None:
        """Wish for silence; the word that it is silent comes later."""
        spoken = self.now
        if spoken is None or spoken.life is Life.CUTTING:
            return
        spoken.reason = reason
        self._wish(commands.Cut(spoken.number, reason, _FADE_MS))
        spoken.move(Life.CUTTING)
        self._barge.ours_over()
        self._floor.move(FloorInput.COHOST_TOLD_TO_STOP, 0)

    def cut_next(self, reason: CutReason) -> None:
        if self.next:
            self._wish(commands.Cut(self.next.number, reason, _FADE_MS))
            self.next.reason = reason
            self.next.move(Life.CUT)
            self.next = None

    # --- time

    def advance(self, at_ms: int, pause_ms: int) -> None:
        self._obey(self._barge.tick(at_ms))
        self._floor.is_free(at_ms, pause_ms)

    def moments(self, pause_ms: int) -> list[int]:
        """When something follows from the time alone."""
        due = [] if self._barge.due_ms is None else [self._barge.due_ms]
        if self._floor.state is FloorState.SETTLING:
            due.append(self._floor.opens_at_ms(pause_ms))
        if self.next and self._unheard:
            due.append(self._words_by_ms)
        return due

    @property
    def holder(self) -> Holder:
        if self.now and self._barge.state is not BargeState.ALONE:
            return "both"
        return _HOLDERS[self._floor.state]

    @property
    def host_speaks(self) -> bool:
        return self._floor.state in (FloorState.HOST, FloorState.OVERLAP, FloorState.YIELDING)

    def is_saying(self, item: int) -> bool:
        return self.now is not None and self.now.item == item

    def _obey(self, verdict: Verdict) -> None:
        spoken = self.now
        if spoken is None or spoken.life is not Life.SPEAKING:
            return
        match verdict:
            case Verdict.DUCK:
                self._wish(commands.Duck(spoken.number, _DUCK_DB, _DUCK_FADE_MS))
            case Verdict.HUSH:
                self._wish(commands.Hold(spoken.number, _FADE_MS, self._hush_within_ms))
            case Verdict.RESUME:
                self._wish(commands.Resume(spoken.number))
            case Verdict.YIELD:
                self.cut_now("host")

    def _find(self, utterance: int) -> Utterance | None:
        return next((u for u in (self.now, self.next) if u and u.number == utterance), None)
