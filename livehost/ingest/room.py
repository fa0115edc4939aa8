"""A platform's room that stays alive for hours: what all platforms share around their own connection.

 starting ─▶ link.attend ─▶ ready ─▶ frames …  ─▶ silent for too long, cut, refused ─▶ lost ─▶ wait ─▶ link.attend …
                                │                                                          (back-off with jitter, or the
                                └▶ beat, now and then                                       server's own time for a retry)

Ids of lines are remembered over reconnects, history is left aside, and so are its own words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

import msgspec
from websockets.exceptions import InvalidStatus

from livehost import events
from livehost.chat import ChatLine, Taken
from livehost.errors import LivehostError
from livehost.ingest.backoff import BackOff
from livehost.ingest.door import EARLY_MS, Door, Put
from livehost.ingest.frames import Decode, UnknownFrame
from livehost.ingest.platform import Manners, Surroundings, manners
from livehost.ingest.posting import Limits, Window, fitted, same_link
from livehost.ingest.trouble import Ended, Lost, Refused
from livehost.ingest.web import refusal

_REFUSED_MS = 120_000  # what a person has to mend is tried again so seldom
_SILENT_MS = 90_000
_OVERSLEPT_MS = 3_000
_KNOWN = {
    "ConnectionClosedError": "the connection was cut",
    "ConnectionClosedOK": "the other side closed the connection",
    "ConnectionRefusedError": "nobody listens there",
    "ConnectionResetError": "the connection was cut",
    "TimeoutError": "the server did not answer in time",
    "gaierror": "the server's name is not known: is there a network?",
}


class Link(Protocol):
    """One platform's connection; a new `attend` for each."""

    name: str
    limits: Limits

    async def attend(self, room: Room) -> None:
        """Connects, tells `room` what comes in, and returns or raises when it has ended."""
        ...

    async def post(self, reply_to: str, text: str) -> str | None:
        """Raises unless the platform took the line; returns its own id of it, where it tells one."""
        ...


@runtime_checkable
class Apart(Protocol):
    """A link that may have no place that all read."""

    apart: bool


@runtime_checkable
class Unposting(Protocol):
    """A link that can delete what it posted."""

    async def unpost(self, line_id: str) -> None: ...


class Room:
    """The `Chat` around a link. A link may set `silent_ms` (0: however silent, it is not dead); lines from `early_ms` before
    the start are still answered."""

    tells = True

    def __init__(
        self,
        link: Link,
        decode: Decode,
        around: Surroundings,
        backoff: BackOff | None = None,
        early_ms: int = EARLY_MS,
    ) -> None:
        self.name = link.name
        self.silent_ms = _SILENT_MS
        self._link = link
        self.apart = isinstance(link, Apart) and link.apart
        self._decode = decode
        self._beat: Callable[[], Awaitable[None]] | None = None
        self._beat_ms = 0
        self._around = around
        self._early_ms = early_ms
        self._clock = around.clock
        self._manners: Manners = manners(around.table)
        self._limits = _limits(link.limits, self._manners)
        self._window = Window(self._limits)
        self._backoff = backoff or BackOff(around.seed, link.name)
        self._door: Door | None = None
        self._put: Put | None = None
        self._heard_ms = 0
        self._ready_ms: int | None = None
        self._detail = ""
        self._posting_problem = ""
        self._post_again_ms = 0  # the platform said when it takes lines again

    # --- for whoever runs it

    async def run(self, put: Put) -> None:
        """Returns when the broadcast has ended; everything else is tried again."""
        self._put = put
        self._door = self._door or Door(
            self.name, self._clock, put, ignore=self._manners.ignore, history_ms=self._early_ms
        )
        try:
            while True:
                self._tell("starting", "connecting")
                try:
                    await self._attended()
                    wait_ms = self._tell_lost(Lost("the other side closed the connection"))
                except Ended:
                    return
                except InvalidStatus as trouble:
                    wait_ms = self._tell_lost(self._not_let_in(trouble))
                except Exception as trouble:  # a library's errors have no base that they share
                    wait_ms = self._tell_lost(trouble)
                # No error outlives its handler: it would hold all that the connection held, for as long as it is waited.
                await self._clock.sleep_until_ms(self._clock.now_ms() + wait_ms)
        finally:
            self._door.close()

    async def post(self, reply_to: str, text: str) -> Taken:
        """Raises LivehostError when it may not, can't or was not taken."""
        if not self._manners.post:
            raise LivehostError("posting is switched off for this platform", where=self.name)
        if not self._limits.open:
            raise LivehostError(
                "nobody may post here: the answer goes by voice and overlay", where=self.name, fix=self._limits.instead
            )
        if self._ready_ms is None:
            raise LivehostError("not connected", where=self.name)
        now_ms = self._clock.now_ms()
        if now_ms < self._post_again_ms:
            wait_s = (self._post_again_ms - now_ms) / 1000
            raise LivehostError(f"the platform takes no lines now; {wait_s:.1f} s more", where=self.name)
        if wait_ms := self._window.wait_ms(now_ms):
            raise LivehostError(
                f"{self._limits.per_window} lines in {self._limits.window_ms // 1000} seconds are all that it takes; "
                f"{wait_ms / 1000:.1f} s more",
                where=self.name,
            )
        said = fitted(text, self._limits)
        if not said:
            raise LivehostError("nothing is left of the line without its link", where=self.name)
        self._window.take(now_ms)
        if self._door:
            self._door.said(said)
        try:
            line_id = await self._link.post(reply_to, said)
        except Exception as trouble:
            if isinstance(trouble, Lost) and trouble.retry_ms:
                self._post_again_ms = self._clock.now_ms() + trouble.retry_ms
            told = self._post_trouble(trouble)
            self._tell_posting(f"a reply was not taken: {told.what}")
            raise told from None
        self._tell_posting("")
        return Taken(same_link(text, said), line_id or "")

    async def unpost(self, line_id: str) -> None:
        """Raises LivehostError where the platform knows no deleting, or does not do it."""
        if not isinstance(self._link, Unposting):
            raise LivehostError("nothing can be deleted here", where=self.name)
        try:
            await self._link.unpost(line_id)
        except Exception as trouble:
            raise self._post_trouble(trouble) from None

    # --- for the link

    def ready(self, detail: str = "") -> None:
        """The connection is there, and lines may come."""
        if self._ready_ms is None:
            self._ready_ms = self._clock.now_ms()
        self._detail, self._posting_problem = detail, ""
        self._tell("ok", detail)

    def beats(self, every_ms: int, beat: Callable[[], Awaitable[None]]) -> None:
        """`beat` sends what the platform wants to hear, while the connection is there."""
        self._beat_ms, self._beat = every_ms, beat

    @property
    def per_minute(self) -> int:
        """Lines that may be posted."""
        return max(1, self._limits.per_window * 60_000 // self._limits.window_ms)

    def degraded(self, detail: str) -> None:
        """It works, but not all of it."""
        self._tell("degraded", detail)

    def alive(self) -> None:
        """Something came, whatever it is."""
        self._heard_ms = self._clock.now_ms()

    def frame(self, raw: str) -> None:
        """A raw frame: kept where that is wished for, decoded, and its lines passed on."""
        self.alive()
        if self._around.keep:
            self._around.keep(raw)
        if self._door is None:
            return
        try:
            lines = self._decode(raw)
            self._door.give(map(in_the_room, lines) if self._manners.watching else lines)
        except UnknownFrame:
            return
        except ValueError:
            self._door.unknown()

    def broken(self) -> None:
        """A frame came that nothing could be made of."""
        if self._door:
            self._door.unknown()

    def own(self, *who: str) -> None:
        """Ids and names that this co-host posts as."""
        if self._door:
            self._door.leave_out(*who)

    def server_time(self, epoch_ms: int) -> None:
        if self._door:
            self._door.server_says(epoch_ms)

    # --- staying alive

    async def _attended(self) -> None:
        """One connection to its end."""
        self.alive()
        try:
            await until_one_ends(self._link.attend(self), self._watch())
        finally:
            if self._ready_ms is not None:
                self._backoff.lasted(self._clock.now_ms() - self._ready_ms)
            self._ready_ms = None

    async def _watch(self) -> None:
        """Raises Lost when nothing came for `silent_ms`: alive but silent is dead."""
        beaten_ms = self._clock.now_ms()
        while True:
            now_ms = self._clock.now_ms()
            if self.silent_ms and now_ms - self._heard_ms >= self.silent_ms:
                raise Lost(f"nothing came for {self.silent_ms // 1000} seconds")
            if self._beat and self._ready_ms is not None and now_ms - beaten_ms >= self._beat_ms:
                beaten_ms = now_ms
                await self._beat()
            due_ms = now_ms + self._nap_ms(now_ms, beaten_ms)
            await self._clock.sleep_until_ms(due_ms)
            if self._clock.now_ms() - due_ms > _OVERSLEPT_MS:
                self.alive()  # this machine slept or was busy: what came meanwhile is still to be read

    def _nap_ms(self, now_ms: int, beaten_ms: int) -> int:
        naps = [1_000]  # `silent_ms` and the beat may be set at any time
        if self.silent_ms:
            naps.append(self._heard_ms + self.silent_ms - now_ms)
        if self._beat and self._ready_ms is not None:
            naps.append(beaten_ms + self._beat_ms - now_ms)
        return max(1, min(naps))

    def _post_trouble(self, trouble: Exception) -> LivehostError:
        hidden = self._around.secrets.hidden
        if isinstance(trouble, LivehostError):
            return LivehostError(hidden(trouble.what), where=self.name, fix=hidden(trouble.fix))
        # A library's errors may hold an address, and that a key.
        return LivehostError(f"it could not be sent: {type(trouble).__name__}", where=self.name)

    def _tell_posting(self, problem: str) -> None:
        """Why replies do not get through, once a reason; and that they do again."""
        if problem == self._posting_problem or self._ready_ms is None:
            return
        self._posting_problem = problem
        if problem:
            self.degraded(problem)
        else:
            self._tell("ok", self._detail)

    def _tell_lost(self, trouble: Exception) -> int:
        """Tells what went wrong; how long to wait."""
        if isinstance(trouble, Refused):
            wait_ms = self._backoff.next_ms(_REFUSED_MS)
        else:
            wait_ms = self._backoff.next_ms(trouble.retry_ms if isinstance(trouble, Lost) else 0)
        self._tell("lost", f"{self._words(trouble)}; next try in {max(1, round(wait_ms / 1000))} s")
        return wait_ms

    def _not_let_in(self, trouble: InvalidStatus) -> Lost | Refused:
        """A websocket that was refused by an HTTP status."""
        answer = trouble.response
        words = f"the server refused the connection ({answer.status_code})"
        return refusal(answer.status_code, answer.headers, words, self._clock.epoch_ms())

    def _words(self, trouble: Exception) -> str:
        if not isinstance(trouble, LivehostError):
            name = type(trouble).__name__
            return _KNOWN.get(name, name)  # not its text: that may hold an address, and that a key
        return f"{trouble.what}" + (f". {trouble.fix}" if trouble.fix else "")

    def _tell(self, state: events.PartState, detail: str) -> None:
        if self._put:
            self._put(events.PartChanged(self.name, state, self._around.secrets.hidden(detail)))


async def until_one_ends(*works: Coroutine[Any, Any, None]) -> None:
    """Runs them side by side; when one has ended or failed, the others are cancelled."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        while tasks:  # none is left to this frame, which an error carries with it: they would hold each other
            if tasks[0].done():
                tasks.pop(0).result()
            else:
                await _stopped(tasks.pop(0))
    finally:
        while tasks:
            await _stopped(tasks.pop())


async def _stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def closed_with(work: Awaitable[None], limit_ms: int = 2_000) -> None:
    """A last word to the other side while being cancelled; its trouble is nobody's any more."""
    try:
        await asyncio.wait_for(asyncio.shield(asyncio.ensure_future(work)), limit_ms / 1000)
    except Exception:
        return


def in_the_room(line: ChatLine) -> ChatLine:
    """A group's line as the live room's own."""
    return msgspec.structs.replace(line, scene="room") if line.scene == "group" else line


def _limits(limits: Limits, wished: Manners) -> Limits:
    characters = min(limits.characters, wished.characters) if wished.characters else limits.characters
    return replace(limits, characters=characters, links=limits.links if wished.links is None else wished.links)
