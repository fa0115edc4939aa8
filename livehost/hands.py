"""Carries out the core's commands, and puts what came of each back as an event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any, Protocol

import numpy as np

from livehost import commands, events
from livehost.chat import Taken
from livehost.clock import SessionClock, within_ms
from livehost.commands import Command
from livehost.decide.handover_words import for_the_person
from livehost.errors import LivehostError
from livehost.events import Event
from livehost.knowledge import Faq
from livehost.sound import SPOKEN_RATE, Piece, Samples, milliseconds, whole
from livehost.workers import Cancelled, Matcher, Synthesiser, Worker

Put = Callable[[Event], None]
_HASTE = 8  # new lines that wait: from here on they are matched without being read together with the entries
_NOT_READ = "more new lines than can be read closely: fewer are answered"
_MATCH_LIMIT_MS = 10_000
_SPEECH_LIMIT_MS = 20_000
_POST_LIMIT_MS = 5_000
_END = Piece(np.zeros(0, dtype=np.float32), begins=False)


class Poster(Protocol):
    """A way into a chat."""

    async def post(self, reply_to: str, text: str) -> Taken:
        """Raises when the line can't be sent."""
        ...

    async def unpost(self, line_id: str) -> None:
        """Deletes a line that was posted; raises when it can't."""
        ...


class Keeper(Protocol):
    """The creator's folder."""

    async def keep(self, faq: Faq, source: str) -> None:
        """Writes an entry into the FAQ; raises LivehostError or OSError."""
        ...

    async def renumber(self, product_id: str, platform: str, number: int) -> None:
        """Writes a product's number in a platform's cart; raises LivehostError or OSError."""
        ...


class Writer(Protocol):
    """A model that writes."""

    async def compose(self, wish: commands.Compose, put: Put) -> None: ...
    def cancel(self, request: int) -> None: ...


class Rememberer(Protocol):
    """What is known from former sessions."""

    async def recall(self, wish: commands.Recall, put: Put) -> None: ...
    async def forget(self, wish: commands.Forget, put: Put) -> None: ...


class ToolCaller(Protocol):
    """Look-ups outside."""

    async def call(self, wish: commands.CallTool, put: Put) -> None: ...


class Player(Protocol):
    """The sound going out, with its gate."""

    def load(self, utterance: int, clause: int, piece: Piece, *, last: bool) -> None: ...
    def play(self, utterance: int, clauses: int) -> None: ...
    def cut(self, utterance: int, fade_ms: int) -> None: ...
    def duck(self, utterance: int, level_db: float, fade_ms: int) -> None: ...
    def hold(self, utterance: int, fade_ms: int, within_ms: int) -> None: ...
    def resume(self, utterance: int) -> None: ...
    def close_gate(self) -> None: ...
    def open_gate(self) -> None: ...


class Hands:
    """`busy` is true while a result is still to come."""

    def __init__(
        self, clock: SessionClock, put: Put, player: Player, synthesiser: Synthesiser, matcher: Matcher
    ) -> None:
        self._clock = clock
        self._put = put
        self._player = player
        self._synthesiser = synthesiser
        self._matcher = matcher
        self._posters: Mapping[str, Poster] = {}
        self._keeper: Keeper | None = None
        self._writer: Writer | None = None
        self._caller: ToolCaller | None = None
        self._memory: Rememberer | None = None
        self._matching = Worker("matching", clock)
        self._speaking = Worker("speaking", clock)
        self._problems: dict[str, str] = {}  # part → what was told of it
        self._rehearsing = self._hurried = False
        self._in_synthesis = 0  # the utterance whose clause is in the worker now
        self._cut: set[int] = set()
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def use(self, matcher: Matcher) -> None:
        """Lines are matched by this one from now on."""
        self._matcher = matcher

    @property
    def matcher(self) -> Matcher:
        """The one of now."""
        return self._matcher

    def keep_in(self, keeper: Keeper) -> None:
        """Where what people teach is written."""
        self._keeper = keeper

    def let_write(self, writer: Writer) -> None:
        """Who carries out Compose."""
        self._writer = writer

    def let_call(self, caller: ToolCaller) -> None:
        """Who carries out CallTool."""
        self._caller = caller

    def let_remember(self, memory: Rememberer) -> None:
        """Who carries out Recall and Forget."""
        self._memory = memory

    def reach(self, posters: Mapping[str, Poster]) -> None:
        """Names the chats that can be posted to."""
        self._posters = posters

    @property
    def busy(self) -> bool:
        return bool(self._tasks)

    def carry_out(self, command: Command) -> None:  # noqa: PLR0912 - one line per command is the plainest form
        match command:
            case commands.Match():
                self._start(self._match(command))
            case commands.Compose() if self._writer:
                self._start(self._writer.compose(command, self._put))
            case commands.Recall() if self._memory:
                self._start(self._memory.recall(command, self._put))
            case commands.Forget() if self._memory:
                self._start(self._memory.forget(command, self._put))
            case commands.CallTool() if self._caller:
                self._start(self._caller.call(command, self._put))
            case commands.CancelCompose() if self._writer:
                self._writer.cancel(command.request)
            case commands.Synthesise():
                self._start(self._synthesise(command))
            case commands.Play():
                self._player.play(command.utterance, command.clauses)
            case commands.Cut():
                self._cut_short(command)
            case commands.Duck():
                self._player.duck(command.utterance, command.level_db, command.fade_ms)
            case commands.Hold():
                self._player.hold(command.utterance, command.fade_ms, command.within_ms)
            case commands.Resume():
                self._player.resume(command.utterance)
            case commands.Post():
                self._start(self._post(command))
            case commands.HandOver() if command.source:
                text = for_the_person(command)
                self._start(self._post(commands.Post(command.post, command.source, command.reply_to, text)))
            case commands.Unpost():
                self._start(self._unpost(command))
            case commands.KeepFaq() | commands.KeepCart():
                self._start(self._keep(command))
            case commands.CloseGate():
                self._player.close_gate()
            case commands.OpenGate():
                self._player.open_gate()
            case commands.WakeAt():
                self._set_timer(command)

    async def aclose(self) -> None:
        self._synthesiser.cancel()
        for task in [*self._tasks, *self._timers.values()]:
            task.cancel()
        await asyncio.gather(*self._tasks, *self._timers.values(), return_exceptions=True)
        self._matching.close()
        self._speaking.close()

    async def aside(self, text: str, language: str) -> Samples | None:
        """Speaks, but not to the room; gives way to whatever the room wants now: None then, and when it fails."""
        self._rehearsing = True
        try:
            pieces, _ = await self._speaking.run(
                lambda: list(self._synthesiser.speak(text, language)), _SPEECH_LIMIT_MS
            )
        except (Cancelled, TimeoutError, LivehostError, OSError, RuntimeError, ValueError):
            return None  # when it is really wanted, its trouble is told
        finally:
            self._rehearsing = False
        return whole(pieces)

    async def _match(self, wish: commands.Match) -> None:
        try:
            found, took_ms = await self._matching.run(
                lambda: self._matcher.match(wish.text, wish.among, self._in_haste()), _MATCH_LIMIT_MS
            )
        except TimeoutError:
            self._put(events.MatchFailed(wish.query, "took too long"))
            self._tell("matching", "took too long")
        except (LivehostError, OSError, RuntimeError, ValueError) as trouble:
            self._put(events.MatchFailed(wish.query, str(trouble)))
            self._tell("matching", str(trouble))
        else:
            self._put(events.Matched(wish.query, found, took_ms))
            self._tell("matching", _NOT_READ if self._hurried else "")

    def _in_haste(self) -> bool:
        """Whether more new lines wait than can be read closely; until the last of them is through."""
        self._hurried = self._matching.statistics.waiting > (1 if self._hurried else _HASTE)
        return self._hurried

    def _tell(self, part: str, problem: str) -> None:
        """A model that fails, once a problem, and that it works again."""
        if problem != self._problems.get(part, ""):
            self._problems[part] = problem
            self._put(events.PartChanged(part, "degraded" if problem else "ok", problem))

    async def _synthesise(self, wish: commands.Synthesise) -> None:
        if self._rehearsing:
            self._synthesiser.cancel()
        audio_ms = compute_ms = 0
        try:
            async for piece, took_ms in self._speaking.stream(self._speech(wish), _SPEECH_LIMIT_MS):
                if wish.utterance in self._cut:
                    return
                compute_ms += took_ms
                if not audio_ms:
                    self._put(events.SpeechBegan(wish.utterance, wish.clause, took_ms))
                audio_ms += milliseconds(piece.samples, SPOKEN_RATE)
                self._player.load(wish.utterance, wish.clause, piece, last=False)
        except Cancelled:
            return
        except TimeoutError:
            self._put(events.SpeechFailed(wish.utterance, wish.clause, "took too long"))
            self._tell("synthesis", "took too long")
        except (LivehostError, OSError, RuntimeError, ValueError) as trouble:
            self._put(events.SpeechFailed(wish.utterance, wish.clause, str(trouble)))
            self._tell("synthesis", str(trouble))
        else:
            self._tell("synthesis", "")
            self._player.load(wish.utterance, wish.clause, _END, last=True)
            self._put(events.SpeechReady(wish.utterance, wish.clause, audio_ms, compute_ms))

    def _speech(self, wish: commands.Synthesise) -> Iterator[Piece]:
        """Runs in the worker."""
        if wish.utterance in self._cut:
            raise Cancelled
        self._in_synthesis = wish.utterance
        try:
            yield from self._synthesiser.speak(wish.text, wish.language)
        finally:
            self._in_synthesis = 0

    def _cut_short(self, wish: commands.Cut) -> None:
        self._player.cut(wish.utterance, wish.fade_ms)
        self._cut.add(wish.utterance)
        self._cut -= {number for number in self._cut if number < wish.utterance - 100}
        if self._in_synthesis == wish.utterance:
            self._synthesiser.cancel()

    async def _post(self, wish: commands.Post) -> None:
        poster = self._posters.get(wish.source)
        if poster is None:
            self._put(events.PostFailed(wish.post, "there is no such chat"))
            return
        try:
            taken = await within_ms(_POST_LIMIT_MS, poster.post(wish.reply_to, wish.text))
        except TimeoutError:
            self._put(events.PostFailed(wish.post, "took too long"))
        except (LivehostError, OSError, RuntimeError) as trouble:
            self._put(events.PostFailed(wish.post, str(trouble)))
        else:
            self._put(events.Posted(wish.post, taken.link, taken.line_id))

    async def _unpost(self, wish: commands.Unpost) -> None:
        poster = self._posters.get(wish.source)
        if poster is None:
            self._put(events.UnpostFailed(wish.post, "there is no such chat"))
            return
        try:
            await within_ms(_POST_LIMIT_MS, poster.unpost(wish.line_id))
        except TimeoutError:
            self._put(events.UnpostFailed(wish.post, "took too long"))
        except (LivehostError, OSError, RuntimeError) as trouble:
            self._put(events.UnpostFailed(wish.post, str(trouble)))
        else:
            self._put(events.Unposted(wish.post))

    async def _keep(self, wish: commands.KeepFaq | commands.KeepCart) -> None:
        if self._keeper is None:
            return
        try:
            if isinstance(wish, commands.KeepFaq):
                await self._keeper.keep(wish.faq, wish.source)
            else:
                await self._keeper.renumber(wish.product_id, wish.platform, wish.number)
        except (LivehostError, OSError) as trouble:
            what = "the answer" if isinstance(wish, commands.KeepFaq) else "the number"
            self._put(events.PartChanged("knowledge", "degraded", f"{what} was not written: {trouble}"))

    def _set_timer(self, wish: commands.WakeAt) -> None:
        before = self._timers.pop(wish.timer, None)
        if before:
            before.cancel()
        self._timers[wish.timer] = asyncio.create_task(self._wake(wish))

    async def _wake(self, wish: commands.WakeAt) -> None:
        await self._clock.sleep_until_ms(wish.at_ms)
        self._put(events.Woke(wish.timer, wish.at_ms))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
