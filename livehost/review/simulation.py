"""The core on virtual time, with an outside that answers at once: matching, synthesis, playing, posting, timers.

Inputs (chat, the host, people) come from outside at their own moments; everything else follows from what the core wants.
Nothing here waits or computes, so four hours take as long as the core does.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

from livehost import commands, events
from livehost.commands import Among, Command
from livehost.core import Core
from livehost.events import Candidate, Envelope, Event

_DEVICE_MS = 30  # from Play to the first sample
_POST_MS = 5
_SENTENCE_MS = 400  # of a model
_AUDIO_MS = {"zh": 230.0, "en": 62.0}  # a sign or letter of Kokoro's speech, on average
_AUDIO_LEAST_MS = 400


def speech_ms(text: str, language: str) -> int:
    """About how long a clause takes to say."""
    return max(_AUDIO_LEAST_MS, round(len(text) * _AUDIO_MS.get(language, _AUDIO_MS["en"])))


@dataclass(frozen=True)
class Outside:
    """How the world answers. `finds` are the nearest FAQ entries of a plain line; `lasts` is a clause's length in ms;
    `composes` what a model writes, nothing: it fails."""

    finds: Callable[[str, Among], tuple[Candidate, ...]]
    lasts: Callable[[str, str], int] = speech_ms
    composes: Callable[[commands.Compose], tuple[events.Composed, ...]] = lambda _: ()
    match_ms: int = 25
    real_time_factor: float = 0.45


@dataclass
class _Playing:
    utterance: int
    since_ms: int
    ends_ms: int


@dataclass
class Simulation:
    """`tell` gets each event with the commands that followed, as a recorder would."""

    core: Core
    outside: Outside
    tell: Callable[[Envelope, list[Command]], None]
    now_ms: int = 0
    _events: int = 0
    _planned: list[tuple[int, int, Event]] = field(default_factory=list)
    _order: int = 0
    _timers: dict[str, int] = field(default_factory=dict)
    _matcher_free_ms: int = 0
    _voice_free_ms: int = 0
    _clauses: dict[int, list[tuple[int, int]]] = field(default_factory=dict)  # utterance → ready at, lasts
    _cut: set[int] = field(default_factory=set)
    _playing: _Playing | None = None

    def put(self, at_ms: int, event: Event) -> None:
        """An input at its moment, after all that comes before it."""
        self.run_until(at_ms)
        self.now_ms = max(self.now_ms, at_ms)
        self._step(event)

    def run_until(self, at_ms: int) -> None:
        while self._planned and self._planned[0][0] <= at_ms:
            self.now_ms, _, event = heapq.heappop(self._planned)
            if self._still_holds(event):
                self._step(event)

    def _still_holds(self, event: Event) -> bool:
        """A timer that was set again, or speech that was cut, is not told."""
        match event:
            case events.Woke():
                return self._timers.get(event.timer) == event.due_ms
            case events.SpeechReady():
                return event.utterance not in self._cut
            case events.PlaybackStarted():
                return self._playing is not None and self._playing.utterance == event.utterance
            case events.PlaybackFinished():
                over = self._playing is not None and self._playing.utterance == event.utterance
                self._playing = None if over else self._playing
                return over
        return True

    def _step(self, event: Event) -> None:
        self._events += 1
        envelope = Envelope(self._events, self.now_ms, event)
        wishes = self.core.step(envelope)
        self.tell(envelope, wishes)
        for wish in wishes:
            self._carry_out(wish)

    def _carry_out(self, wish: Command) -> None:
        match wish:
            case commands.Match():
                self._matcher_free_ms = max(self.now_ms, self._matcher_free_ms) + self.outside.match_ms
                found = self.outside.finds(wish.text, wish.among)
                self._plan(self._matcher_free_ms, events.Matched(wish.query, found, self.outside.match_ms))
            case commands.CallTool():
                self._plan(self.now_ms + 1, events.ToolFailed(wish.call, "no tools here"))
            case commands.Compose():
                self._compose(wish)
            case commands.Synthesise():
                self._synthesise(wish)
            case commands.Play():
                self._play(wish)
            case commands.Cut():
                self._cut_short(wish)
            case commands.Post():
                self._plan(self.now_ms + _POST_MS, events.Posted(wish.post))
            case commands.WakeAt():
                self._timers[wish.timer] = wish.at_ms
                self._plan(wish.at_ms, events.Woke(wish.timer, wish.at_ms))

    def _compose(self, wish: commands.Compose) -> None:
        """What a model wrote to the same before."""
        sentences = self.outside.composes(wish)
        for number, sentence in enumerate(sentences, 1):
            written = events.Composed(wish.request, sentence.text, sentence.evidence)
            self._plan(self.now_ms + number * _SENTENCE_MS, written)
        after_ms = (len(sentences) + 1) * _SENTENCE_MS
        over = events.ComposeEnded(wish.request) if sentences else events.ComposeFailed(wish.request, "no model here")
        self._plan(self.now_ms + after_ms, over)

    def _synthesise(self, wish: commands.Synthesise) -> None:
        lasts = self.outside.lasts(wish.text, wish.language)
        takes = round(lasts * self.outside.real_time_factor)
        self._voice_free_ms = max(self.now_ms, self._voice_free_ms) + takes
        self._clauses.setdefault(wish.utterance, []).append((self._voice_free_ms, lasts))
        self._plan(self._voice_free_ms, events.SpeechReady(wish.utterance, wish.clause, lasts, takes))

    def _play(self, wish: commands.Play) -> None:
        clauses = self._clauses.pop(wish.utterance)[: wish.clauses]
        begins = at = max(self.now_ms, clauses[0][0]) + _DEVICE_MS
        for ready_ms, lasts in clauses:
            at = max(at, ready_ms) + lasts
        self._playing = _Playing(wish.utterance, begins, at)
        self._plan(begins, events.PlaybackStarted(wish.utterance))
        heard = sum(lasts for _, lasts in clauses)
        self._plan(at, events.PlaybackFinished(wish.utterance, heard))

    def _cut_short(self, wish: commands.Cut) -> None:
        self._cut.add(wish.utterance)
        self._clauses.pop(wish.utterance, None)
        playing = self._playing
        if playing and playing.utterance == wish.utterance:
            self._playing = None
            heard = max(0, self.now_ms - playing.since_ms)
            self._plan(self.now_ms + wish.fade_ms, events.PlaybackCut(wish.utterance, heard))

    def _plan(self, at_ms: int, event: Event) -> None:
        self._order += 1
        heapq.heappush(self._planned, (max(at_ms, self.now_ms), self._order, event))
