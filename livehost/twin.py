"""Answers for the fan page: a core of its own beside the live room's, with the same knowledge, guards and kinds.

    visitor ─▶ ChatReceived ─▶ core ─▶ Match ─▶ Matched ─▶ core ─▶ ShowDecision ─▶ visitor
    live room ─▶ what changes knowledge (edits, the host's word, doubts settled) ─▶ core

Nothing that visitors write enters the live room. The core's events and commands are recorded in `twin/` of the session's
folder, in the session's own format, and replay like it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

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
from livehost.settings import Creator, Llm
from livehost.workers import Matcher, Worker

_MATCH_LIMIT_MS = 4_000
_ANSWER_LIMIT_SECONDS = 6.0
_WAITING_MOST = 100  # visitors that are being answered at once
SOURCE = "twin"
_LEARNED_FROM = (events.SessionStarted, events.KnowledgeChanged, events.HostSaid)

Watcher = Callable[[Envelope, Sequence[Command]], None]


@dataclass
class _Asked:
    """A visitor's line until everything in it was decided."""

    decided: asyncio.Event = field(default_factory=asyncio.Event)
    decisions: list[Decision] = field(default_factory=list)


class Twin:
    """`knowledge` as `silent` gives it; `record` is shown every step; `matcher` gives the one of now."""

    def __init__(
        self, knowledge: Knowledge, clock: SessionClock, matcher: Callable[[], Matcher], record: Watcher
    ) -> None:
        self._core = Core(knowledge)
        self._clock = clock
        self._matcher = matcher
        self._record = record
        self._worker = Worker("twin", clock)
        self._waiting: dict[str, _Asked] = {}
        self._matching: set[asyncio.Task[None]] = set()
        self._seq = 0
        self._lines = 0

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
            async with asyncio.timeout(_ANSWER_LIMIT_SECONDS):
                await asked.decided.wait()
        except TimeoutError:
            raise LivehostError("no answer came in time") from None
        finally:
            del self._waiting[line_id]
        return tuple(asked.decisions)

    def follow(self, envelope: Envelope, wishes: Sequence[Command]) -> None:
        """What the live room learns, the twin knows as well."""
        event = envelope.event
        if isinstance(event, events.KnowledgeChanged) and event.change.creator:
            change = msgspec.structs.replace(event.change, creator=_quiet(event.change.creator))
            self._step(events.KnowledgeChanged(change))
        elif isinstance(event, events.SessionStarted):
            self._step(msgspec.structs.replace(event, mode="ask-first", chats=(), notice=""))
        elif isinstance(event, _LEARNED_FROM) or (
            isinstance(event, events.Acted) and event.action in ("confirm", "correct")
        ):
            self._step(event)

    async def aclose(self) -> None:
        for task in self._matching:
            task.cancel()
        await asyncio.gather(*self._matching, return_exceptions=True)
        self._worker.close()

    def _step(self, event: Event) -> None:
        self._seq += 1
        envelope = Envelope(self._seq, self._clock.now_ms(), event)
        wishes = self._core.step(envelope)
        self._record(envelope, wishes)
        for wish in wishes:
            if isinstance(wish, commands.Match):
                task = asyncio.create_task(self._match(wish))
                self._matching.add(task)
                task.add_done_callback(self._matched)
            elif isinstance(wish, commands.ShowDecision) and wish.line_id in self._waiting:
                self._waiting[wish.line_id].decisions.append(wish.decision)
        if not self._matching:
            self._release()

    async def _match(self, wish: commands.Match) -> None:
        job = self._matcher()
        try:
            found, took_ms = await self._worker.run(lambda: job.match(wish.text, wish.among), _MATCH_LIMIT_MS)
        except (TimeoutError, LivehostError, OSError, RuntimeError, ValueError) as trouble:
            self._step(events.MatchFailed(wish.query, str(trouble) or "took too long"))
        else:
            self._step(events.Matched(wish.query, found, took_ms))

    def _matched(self, task: asyncio.Task[None]) -> None:
        self._matching.discard(task)
        self._release()

    def _release(self) -> None:
        """Who has a decision and no question that is still looked up."""
        for asked in self._waiting.values():
            if asked.decisions and not self._matching:
                asked.decided.set()


def silent(knowledge: Knowledge) -> Knowledge:
    """What a core beside the room knows: all of it, but nothing that it would do by itself or that others would do for it:
    what needs a tool or a model is left to people."""
    return msgspec.structs.replace(knowledge, creator=_quiet(knowledge.creator), tools=())


def _quiet(creator: Creator) -> Creator:
    """It decides and says nothing by itself: no greeting, nothing scheduled, no command out of a chat."""
    floor = msgspec.structs.replace(creator.floor, chat_commands=False)
    return msgspec.structs.replace(
        creator, mode="ask-first", greeting="", schedule=(), rundown=(), floor=floor, llm=Llm()
    )
