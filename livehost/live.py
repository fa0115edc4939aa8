"""The live session: events in through the inbox, through the core, commands out to the hands, all of it recorded.

Each part runs under supervision: one that fails is told, waits and is started again while the others go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from livehost import commands, events
from livehost.clock import SessionClock, cpu_stopwatch
from livehost.commands import Command
from livehost.core import Core
from livehost.errors import LivehostError
from livehost.events import Envelope
from livehost.hands import Hands, Put
from livehost.inbox import Inbox

_RETRY_FIRST_MS, _RETRY_LONGEST_MS = 1_000, 15_000
_TURN_MS = 2  # the core steps so long at most before whoever else waits for the loop has a turn: pages, sound, sockets
_QUIET_MS = 2_000  # nothing happened for so long after the inputs ended: the session is over
_QUIET_LONGEST_MS = 30_000
_GOES_OUT = (
    commands.Play,
    commands.Post,
    commands.HandOver,
)  # recorded before it is done, so that no restart does it twice


class Gate(Protocol):
    """What a mute closes before anything else happens."""

    def close_gate(self) -> None: ...


class Watcher(Protocol):
    """Is shown every step: the recorder, the view."""

    def __call__(self, envelope: Envelope, wishes: Sequence[Command]) -> None: ...


Keep = Callable[[], Awaitable[None]]  # returns when all that the watchers were shown outlives this process, or soon


@dataclass(frozen=True)
class Part:
    """Something that runs beside the core. When every part that `feeds` has ended, so has the session."""

    name: str
    run: Callable[[Put], Awaitable[None]]
    feeds: bool
    tells: bool = False  # says itself when it works: it does not by being started


class Live:
    """`act` may be called at any time by whoever sits at a key."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a session is made of
        self, clock: SessionClock, core: Core, inbox: Inbox, hands: Hands, gate: Gate, keep: Keep | None = None
    ) -> None:
        self._clock = clock
        self._core = core
        self._inbox = inbox
        self._hands = hands
        self._gate = gate
        self._keep = keep
        self._watchers: list[Watcher] = []
        self._vital: list[Watcher] = []
        self._failing: list[Watcher] = []  # that was told
        self._ending = asyncio.Event()
        self.left = False
        self._feeding = 0
        self._last_change_ms = 0
        self._saying = 0

    def watch(self, watcher: Watcher, *, vital: bool = False) -> None:
        """A fault of a `vital` one ends the session; of another one it is told, and the session goes on."""
        self._watchers.append(watcher)
        if vital:
            self._vital.append(watcher)

    def act(self, action: events.Action, who: str, target: int = 0, text: str = "", question: str = "") -> None:
        """A person's doing. Silence comes first, the event after."""
        if action in ("mute", "stop", "panic"):
            self._gate.close_gate()
        self._inbox.put(events.Acted(action, who, target, text, question))

    def private(self, on: bool, why: str) -> None:
        """The host goes into private, or comes back. Silence comes first here, too."""
        if on:
            self._gate.close_gate()
        self._inbox.put(events.PrivacyChanged(on, why))

    def end(self) -> None:
        self._ending.set()

    def leave(self) -> None:
        """Stops in the middle: the recording has no end, and another process goes on from it."""
        self.left = True
        self._ending.set()

    async def run(self, first: Sequence[events.Event], parts: Sequence[Part]) -> None:
        """Runs until `end` is called, or until all that feeds has ended and what followed from it is done."""
        cpu_seconds = cpu_stopwatch()
        self._feeding = sum(part.feeds for part in parts)
        for event in first:
            self._inbox.put(event)
        tasks = [asyncio.create_task(self._supervise(part), name=part.name) for part in parts]
        tasks.append(asyncio.create_task(self._end_when_quiet()))
        pump = asyncio.create_task(self._pump())
        ending = asyncio.create_task(self._ending.wait())
        try:
            await asyncio.wait([pump, ending], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if not self.left:
                reason = "ended" if self._feeding else "the inputs have ended"
                self._inbox.put(events.SessionEnded(reason, round(cpu_seconds() * 1000)))
            drained = asyncio.create_task(self._inbox.drained())
            try:
                await asyncio.wait([pump, drained], return_when=asyncio.FIRST_COMPLETED)
                if pump.done():
                    pump.result()  # a fault of the core is ours to see
            finally:
                pump.cancel()
                ending.cancel()
                drained.cancel()
                await asyncio.gather(pump, ending, drained, return_exceptions=True)
                await self._hands.aclose()

    async def _pump(self) -> None:
        since_ms = self._clock.now_ms()
        while True:
            if self._clock.now_ms() - since_ms >= _TURN_MS:
                await asyncio.sleep(0)
                since_ms = self._clock.now_ms()
            envelope = await self._inbox.get()
            wishes = self._core.step(envelope)
            for watcher in self._watchers:
                self._show(watcher, envelope, wishes)
            if self._keep and any(isinstance(wish, _GOES_OUT) for wish in wishes):
                await self._keep()
            for wish in wishes:
                self._hands.carry_out(wish)
            self._note(envelope)

    def _show(self, watcher: Watcher, envelope: Envelope, wishes: Sequence[Command]) -> None:
        try:
            watcher(envelope, wishes)
        except Exception as trouble:
            if watcher in self._vital:
                raise
            if watcher not in self._failing:  # once: what is told comes back here
                self._failing.append(watcher)
                self._inbox.put(events.PartChanged("watcher", "degraded", _told(trouble)))

    def _note(self, envelope: Envelope) -> None:
        match envelope.event:
            case events.Woke() | events.PartChanged():
                return
            case events.PlaybackStarted():
                self._saying += 1
            case events.PlaybackFinished() | events.PlaybackCut():
                self._saying = 0
        self._last_change_ms = envelope.at_ms

    async def _supervise(self, part: Part) -> None:
        wait_ms = _RETRY_FIRST_MS
        while True:
            if not part.tells:
                self._inbox.put(events.PartChanged(part.name, "ok"))
            began_ms = self._clock.now_ms()
            try:
                await part.run(self._inbox.put)
            except asyncio.CancelledError:
                raise
            except Exception as trouble:  # whatever breaks in a part is that part's trouble alone
                self._inbox.put(events.PartChanged(part.name, "lost", _told(trouble)))
            else:
                self._inbox.put(events.PartChanged(part.name, "off", "it has ended"))
                self._feeding -= part.feeds
                return
            if self._clock.now_ms() - began_ms > _RETRY_LONGEST_MS:
                wait_ms = _RETRY_FIRST_MS
            await self._clock.sleep_until_ms(self._clock.now_ms() + wait_ms)
            wait_ms = min(2 * wait_ms, _RETRY_LONGEST_MS)

    async def _end_when_quiet(self) -> None:
        while self._feeding:
            await self._clock.sleep_until_ms(self._clock.now_ms() + 200)
        latest_ms = self._clock.now_ms() + _QUIET_LONGEST_MS
        while self._clock.now_ms() < latest_ms:
            quiet = not (self._hands.busy or self._saying) and self._inbox.empty
            if quiet and self._clock.now_ms() - self._last_change_ms > _QUIET_MS:
                break
            await self._clock.sleep_until_ms(self._clock.now_ms() + 200)
        self._ending.set()


def _told(trouble: Exception) -> str:
    return str(trouble) if isinstance(trouble, LivehostError) else f"{type(trouble).__name__}: {trouble}"
