"""Utterances to text, one after the other; while one goes on, its words so far.

    voice    ▁▁████████████████▁▁▁▁▁▁▁██████████▁▁▁▁▁▁▁▁▁▁▁
    passes      draft  draft   draft try    draft   draft try
    events           ▲ HostPartial  ▲  ▲           ▲        ▲ HostSaid

The next draft is due, too, as soon as the voice pauses: it may have heard all there is. A try is a whole recognition, begun when
the silence has lasted and not when it has become an end; it takes the pause's draft for the text, or goes on from it where that
is not sure of itself. When the voice goes on instead, the try has been one more draft. Drafts keep to a share of the time and
never stand in the way of a final text: under load they grow rare.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from livehost import events
from livehost.events import Event
from livehost.hear.running import RunningText
from livehost.hear.speech import Ended
from livehost.sound import HEARD_RATE, Samples
from livehost.workers import Drafter, Transcriber, Transcript, Worker

Put = Callable[[Event], None]


class Reader(Protocol):
    """Knows what else there is to know of words than their sound."""

    def read(self, text: str, start_ms: float, end_ms: float) -> tuple[str, bool]:
        """What of `text`, heard between two moments, the host said, names as they are written; and whether some of it was
        our own voice."""
        ...


class _Literal:
    def read(self, text: str, start_ms: float, end_ms: float) -> tuple[str, bool]:
        return text, False


_WAITING_MOST = 4  # utterances that may wait
_LIMIT_MS = 15_000
_SURE_SECONDS = 1.5  # an utterance shorter than this does not settle the session's language
_DRAFT_FIRST_MS = 900  # of voice before the first draft
_DRAFT_EVERY_MS = 700
_DRAFT_SHARE = 3  # after a draft, so many times its duration pass without one


@dataclass(frozen=True)
class _Utterance:
    """To be put into text; `begun` is the recognition that was started when the voice fell silent."""

    number: int
    ended: Ended
    sound: Samples
    stable: str
    begun: _Try | None


@dataclass(frozen=True)
class _Try:
    ended: Ended
    recognition: asyncio.Task[tuple[Transcript, int]]


@dataclass
class RecogniserStatistics:
    """`late`: utterances given up because too many waited; `begun_early`: tries, `thrown_away`: those that were no end;
    `pauses`: drafts that may have heard all, `pauses_gone_on`: those after which more was said; `thrown_seconds`: what these
    and the tries that were no end have computed."""

    late: int = 0
    begun_early: int = 0
    thrown_away: int = 0
    drafts: int = 0
    draft_seconds: float = 0.0
    pauses: int = 0
    pauses_gone_on: int = 0
    thrown_seconds: float = 0.0


class Recogniser:
    def __init__(
        self,
        transcriber: Transcriber,
        worker: Worker,
        drafter: Drafter | None = None,
        reader: Reader | None = None,
    ) -> None:
        self.statistics = RecogniserStatistics()
        self._transcriber = transcriber
        self._drafter = drafter
        one: object = drafter
        self._own_drafter = drafter if one is transcriber else None  # whose draft may become the text
        self._worker = worker
        self._reader = reader or _Literal()
        self._language: str | None = None
        self._waiting: deque[_Utterance | None] = deque()
        self._ready = asyncio.Event()
        self._number = 0
        self._running = RunningText()
        self._began_ms = self._next_draft_ms = self._next_pause_ms = 0.0
        self._paused: _Try | None = None
        self._begun: _Try | None = None
        self._passes: set[asyncio.Task[tuple[Transcript, int]]] = set()
        self._problem = ""

    async def run(self, put: Put) -> None:
        """Utterance after utterance, until `no_more`."""
        while True:
            while not self._waiting:
                self._ready.clear()
                await self._ready.wait()
            utterance = self._waiting.popleft()
            if utterance is None:
                return
            try:
                heard, took_ms = await self._text_of(utterance)
                self._judge(heard.trouble, put)
            except Exception as trouble:  # whatever a recogniser raises costs this utterance, not the hearing
                self._judge(str(trouble) or "took too long", put)
                heard, took_ms = Transcript("", ""), 0
            put(self._said(utterance.number, utterance.ended, heard, took_ms))

    def begin(self, number: int, start_ms: float) -> None:
        """An utterance has begun."""
        self._number, self._running = number, RunningText()
        self._began_ms, self._next_draft_ms, self._next_pause_ms = start_ms, start_ms + _DRAFT_FIRST_MS, start_ms

    def go_on(self, now_ms: float, sound: Callable[[], Samples], put: Put) -> None:
        """The voice is heard; `sound` gives the utterance so far."""
        if self._drafter and now_ms >= self._next_draft_ms and not self._busy:
            self._draft(self._drafter, now_ms, sound(), put)

    def pause(self, ended: Ended, now_ms: float, sound: Callable[[], Samples], put: Put) -> None:
        """The voice is silent for a moment; a draft now may become the text."""
        drafter = self._own_drafter
        if not drafter or _is_of(self._paused, ended) or now_ms < self._next_pause_ms or self._busy:
            return
        self._pass_over_pause(ended)
        self._next_pause_ms = now_ms + _DRAFT_EVERY_MS
        self.statistics.pauses += 1
        self._paused = _Try(ended, self._draft(drafter, now_ms, sound(), put))

    def rest(self, ended: Ended, sound: Callable[[], Samples], put: Put) -> None:
        """The voice is silent; the utterance would end so. Its text is begun only while nothing else is being
        recognised: a silence in mid-sentence must not delay what has ended."""
        if _is_of(self._begun, ended) or self._busy:
            return
        self._pass_over_try()
        self.statistics.begun_early += 1
        task = self._pass(partial(self._transcribe, sound(), self._running.stable))
        if not _is_of(self._paused, ended):  # else its sound was heard once already, and agrees with itself
            task.add_done_callback(partial(self._compare, self._number, put))
        self._begun = _Try(ended, task)

    def end(self, ended: Ended, sound: Samples, put: Put) -> None:
        if len(self._waiting) >= _WAITING_MOST and (passed := self._waiting.popleft()):
            self.statistics.late += 1
            put(self._said(passed.number, passed.ended, Transcript("", ""), 0))
            self._judge("too slow: an utterance was passed over", put)
        if not _is_of(self._begun, ended):
            self._pass_over_try()
        self._pass_over_pause(ended)
        self._hand_over(_Utterance(self._number, ended, sound, self._running.stable, self._begun))
        self._begun, self._paused, self._number = None, None, 0

    def no_more(self) -> None:
        self._hand_over(None)

    def cancel(self) -> None:
        for task in self._passes:
            task.cancel()
        self._waiting.clear()

    @property
    def _busy(self) -> bool:
        return bool(self._worker.statistics.waiting or self._waiting)

    def _pass_over_try(self) -> None:
        if self._begun:
            self.statistics.thrown_away += 1
            self._begun.recognition.add_done_callback(self._thrown)
        self._begun = None

    def _pass_over_pause(self, ended: Ended) -> None:
        if self._paused and not _is_of(self._paused, ended):
            self.statistics.pauses_gone_on += 1
            self._paused.recognition.add_done_callback(self._thrown)

    def _thrown(self, task: asyncio.Task[tuple[Transcript, int]]) -> None:
        self.statistics.thrown_seconds += _took_ms(task) / 1000

    def _draft(self, drafter: Drafter, now_ms: float, sound: Samples, put: Put) -> asyncio.Task[tuple[Transcript, int]]:
        self._next_draft_ms = float("inf")
        task = self._pass(partial(drafter.draft, sound, self._language, self._running.stable))
        task.add_done_callback(partial(self._compare, self._number, put))
        task.add_done_callback(partial(self._drafted, self._number, now_ms))
        return task

    def _pass(self, job: Callable[[], Transcript]) -> asyncio.Task[tuple[Transcript, int]]:
        """A try or a draft."""
        task = asyncio.create_task(self._worker.run(job, _LIMIT_MS))
        self._passes.add(task)
        task.add_done_callback(self._passed)
        return task

    def _passed(self, task: asyncio.Task[tuple[Transcript, int]]) -> None:
        """Its failure is told where its text is wanted."""
        self._passes.discard(task)
        _ = task.cancelled() or task.exception()

    def _compare(self, number: int, put: Put, task: asyncio.Task[tuple[Transcript, int]]) -> None:
        """What a pass has heard is held against the pass before, as long as the utterance goes on."""
        if task.cancelled() or task.exception() or number != self._number:
            return
        heard, _ = task.result()
        if heard.text and self._running.push(heard.text):
            hosts, _ = self._reader.read(self._running.stable, self._began_ms, float("inf"))
            if hosts:
                put(events.HostPartial(number, hosts, heard.language))

    def _drafted(self, number: int, begun_ms: float, task: asyncio.Task[tuple[Transcript, int]]) -> None:
        took_ms = _took_ms(task)
        self.statistics.drafts += 1
        self.statistics.draft_seconds += took_ms / 1000
        if number == self._number:
            self._next_draft_ms = begun_ms + took_ms + max(_DRAFT_EVERY_MS, _DRAFT_SHARE * took_ms)

    def _hand_over(self, utterance: _Utterance | None) -> None:
        self._waiting.append(utterance)
        self._ready.set()

    async def _text_of(self, utterance: _Utterance) -> tuple[Transcript, int]:
        if utterance.begun:
            return await utterance.begun.recognition
        return await self._worker.run(partial(self._transcribe, utterance.sound, utterance.stable), _LIMIT_MS)

    def _transcribe(self, sound: Samples, stable: str) -> Transcript:
        """Runs in the worker. The language is the last one that words were understood in."""
        heard = self._transcriber.transcribe(sound, self._language, stable)
        if heard.text and len(sound) >= _SURE_SECONDS * HEARD_RATE:
            self._language = heard.language
        return heard

    def _judge(self, problem: str, put: Put) -> None:
        """Tells when the recognition has got worse or well again."""
        if problem != self._problem:
            put(events.PartChanged("recognition", "degraded" if problem else "ok", problem))
        self._problem = problem

    def _said(self, number: int, ended: Ended, heard: Transcript, took_ms: int) -> events.HostSaid:
        text, own = self._reader.read(heard.text, ended.start_ms, ended.end_ms)
        return events.HostSaid(
            utterance=number,
            text=text,
            language=heard.language,
            start_ms=round(ended.start_ms),
            end_ms=round(ended.end_ms),
            compute_ms=took_ms,
            own=own,
        )


def _is_of(begun: _Try | None, ended: Ended) -> bool:
    return begun is not None and begun.ended == ended


def _took_ms(task: asyncio.Task[tuple[Transcript, int]]) -> int:
    return 0 if task.cancelled() or task.exception() else task.result()[1]
