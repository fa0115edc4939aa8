"""Answers for the fan page: a core of its own beside the live room's, with the same knowledge, guards, kinds, tools and model.

    visitor ─▶ ChatReceived ─▶ core ─▶ Match, Compose, CallTool ─▶ what comes of them ─▶ core ─▶ ShowDecision ─▶ visitor
    live room ─▶ what changes knowledge (edits, the host's word, doubts settled), which parts work ─▶ core

The room goes first: visitors have the model one at a time and half of its tokens, and each tool one at a time. Nothing that
visitors write enters the live room. The core's events and commands are recorded in `twin/` of the session's folder, in the
session's own format, and replay like it.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from livehost import commands, events
from livehost.chat import ChatLine, Viewer
from livehost.clock import SessionClock
from livehost.commands import Command
from livehost.core import Core
from livehost.decision import Decision
from livehost.errors import LivehostError
from livehost.events import Envelope, Event
from livehost.knowledge import Knowledge
from livehost.settings import Creator, Memory
from livehost.workers import Matcher, Worker

_MATCH_LIMIT_MS = 4_000
_ANSWER_LIMIT_SECONDS = 6.0
_WAITING_MOST = 100  # visitors that are being answered at once
SOURCE = "twin"
_ASKED = ("llm", "tools")  # parts of the session that answer here, too

Watcher = Callable[[Envelope, Sequence[Command]], None]
Put = Callable[[Event], None]


class Outside(Protocol):
    """The room's own way to the matcher, the model and the tools."""

    @property
    def matcher(self) -> Matcher: ...

    async def consult(self, wish: commands.Compose | commands.CallTool, put: Put) -> None:
        """What comes of it goes to `put`."""
        ...

    def carry_out(self, command: Command) -> None: ...


@dataclass
class _Asked:
    """A visitor's line until everything in it was decided."""

    decided: asyncio.Event = field(default_factory=asyncio.Event)
    decisions: list[Decision] = field(default_factory=list)


class Twin:
    """`knowledge` as `silent` gives it; `record` is shown every step."""

    def __init__(self, knowledge: Knowledge, clock: SessionClock, outside: Outside, record: Watcher) -> None:
        self._core = Core(knowledge)
        self._clock = clock
        self._outside = outside
        self._record = record
        self._worker = Worker("twin", clock)
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # of the model, and of each tool
        self._waiting: dict[str, _Asked] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._seq = 0
        self._lines = 0
        llm = knowledge.creator.llm
        self._limit_seconds = _ANSWER_LIMIT_SECONDS + (llm.seconds if llm.endpoints else 0)

    async def ask(self, visitor: str, text: str) -> tuple[Decision, ...]:
        """A decision for each question in the text; raises LivehostError when there are too many visitors at once, or none
        comes in time."""
        if len(self._waiting) >= _WAITING_MOST:
            raise LivehostError("too many people are asking at once")
        self._lines += 1
        line_id = f"{SOURCE}:{self._lines}"
        asked = self._waiting[line_id] = _Asked()
        try:
            line = ChatLine(platform=SOURCE, id=line_id, user=Viewer(visitor, visitor), text=text)
            self._step(events.ChatReceived(SOURCE, line))
            async with asyncio.timeout(self._limit_seconds):
                await asked.decided.wait()
        except TimeoutError:
            raise LivehostError("no answer came in time") from None
        finally:
            del self._waiting[line_id]
        return tuple(asked.decisions)

    def follow(self, envelope: Envelope, wishes: Sequence[Command]) -> None:
        """What the live room learns, the twin knows as well."""
        event = envelope.event
        match event:
            case events.KnowledgeChanged() if event.change.creator:
                change = msgspec.structs.replace(event.change, creator=_quiet(event.change.creator))
                self._step(events.KnowledgeChanged(change))
            case events.SessionStarted():
                self._step(msgspec.structs.replace(event, mode="ask-first", chats=(), notice=""))
            case events.Acted() if event.action not in ("confirm", "correct"):
                return
            case events.PartChanged() if event.part not in _ASKED:
                return
            case events.KnowledgeChanged() | events.HostSaid() | events.Acted() | events.PartChanged():
                self._step(event)

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._worker.close()

    def _step(self, event: Event) -> None:
        self._seq += 1
        envelope = Envelope(self._seq, self._clock.now_ms(), event)
        wishes = self._core.step(envelope)
        self._record(envelope, wishes)
        for wish in wishes:
            match wish:
                case commands.Match():
                    self._start(self._match(wish))
                case commands.Compose():
                    self._start(self._compose(wish))
                case commands.CancelCompose():
                    self._outside.carry_out(commands.CancelCompose(-wish.request))
                case commands.CallTool():
                    self._start(self._call(wish))
                case commands.ShowDecision() if wish.line_id in self._waiting:
                    self._waiting[wish.line_id].decisions.append(wish.decision)
        self._release()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _match(self, wish: commands.Match) -> None:
        job = self._outside.matcher
        try:
            found, took_ms = await self._worker.run(lambda: job.match(wish.text, wish.among), _MATCH_LIMIT_MS)
        except (TimeoutError, LivehostError, OSError, RuntimeError, ValueError) as trouble:
            self._step(events.MatchFailed(wish.query, str(trouble) or "took too long"))
        else:
            self._step(events.Matched(wish.query, found, took_ms))

    async def _compose(self, wish: commands.Compose) -> None:
        """The room counts its requests up, this core down."""

        def put(event: Event) -> None:
            if isinstance(event, events.Composed | events.ComposeEnded | events.ComposeFailed):
                event = msgspec.structs.replace(event, request=wish.request)
            self._step(event)

        async with self._turns["a model"]:
            await self._outside.consult(msgspec.structs.replace(wish, request=-wish.request), put)

    async def _call(self, wish: commands.CallTool) -> None:
        async with self._turns[f"tool {wish.tool}"]:
            await self._outside.consult(wish, self._step)

    def _release(self) -> None:
        """Whoever has a decision, and none that is still to come."""
        if self._waiting:
            awaited = self._core.awaited()
            for line_id, asked in self._waiting.items():
                if asked.decisions and line_id not in awaited:
                    asked.decided.set()


def silent(knowledge: Knowledge) -> Knowledge:
    """What a core beside the room knows: all of it, but nothing that it would do by itself."""
    return msgspec.structs.replace(knowledge, creator=_quiet(knowledge.creator))


def _quiet(creator: Creator) -> Creator:
    """It decides and says nothing by itself: no greeting, nothing scheduled, no command out of a chat; it remembers nobody, and
    has no answer put in better words, since a visitor gets each at once."""
    floor = msgspec.structs.replace(creator.floor, chat_commands=False)
    llm = msgspec.structs.replace(creator.llm, use=tuple(use for use in creator.llm.use if use != "phrase"))
    quiet = msgspec.structs.replace(creator, mode="ask-first", greeting="", schedule=(), rundown=())
    return msgspec.structs.replace(quiet, floor=floor, llm=llm, memory=Memory())
