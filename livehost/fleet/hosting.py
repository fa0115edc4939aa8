"""The rooms of one process, all on its loop: each the same core, shell and recorder as `livehost run`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from livehost.errors import BadInput, LivehostError
from livehost.events import Action
from livehost.fleet.agency import load_of
from livehost.fleet.lease import Lapsed, Lease
from livehost.fleet.seen import SeenRoom, room_seen
from livehost.fleet.settings import FleetFile, RoomOf
from livehost.hands import Hands
from livehost.ingest.platform import check_tables
from livehost.knowledge import Knowledge
from livehost.live import Live, Part
from livehost.models import Loading, Models
from livehost.plan import Plan, begin, check, cut_off, names_of
from livehost.record.left import busy
from livehost.room import Attend, LeftOff, Opened, hold_room
from livehost.session import key_for
from livehost.show.address import Address, listen
from livehost.show.api import Desk
from livehost.show.signin import Role
from livehost.show.view import View
from livehost.workers import Matcher

_AT_ONCE = 2  # rooms that begin together: the others go on meanwhile
_QUIET_SECONDS, _LOOK_SECONDS = 6.0, 0.1  # how long a room that is to be left may finish what it says


@dataclass(frozen=True)
class ModelsFor:
    """How rooms come by their models: all of a room's, and the matcher alone when its knowledge was edited."""

    load: Callable[[Plan, Knowledge], Models]
    match: Callable[[Knowledge], Matcher]


@dataclass
class Held:
    """A room in this process, from its beginning on; `live` and what follows while it runs."""

    of: RoomOf
    task: asyncio.Task[None] | None = None
    leaving: bool = False
    live: Live | None = None
    view: View | None = None
    desk: Desk | None = None
    creator: str = ""
    console: str = ""


class Hosting:
    """`ended` and `failed` are told to the supervisor; a room that failed is tried again, here or elsewhere."""

    def __init__(self, file: FleetFile, models: ModelsFor, lease: Lease, host: str) -> None:
        self._file = file
        self._models = models
        self._lease = lease
        self._host = host  # this machine's address, for the rooms' own pages
        self._held: dict[str, Held] = {}
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._openers = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="opening")
        self.ended: set[str] = set()
        self.failed: dict[str, str] = {}

    @property
    def held(self) -> tuple[str, ...]:
        return tuple(self._held)

    @property
    def starting(self) -> int:
        return sum(held.view is None for held in self._held.values())

    def want(self, rooms: Iterable[str]) -> None:
        """Begins what is new among them, and leaves what is not among them."""
        wanted = set(rooms)
        for name in wanted - set(self._held) - self.ended:
            held = self._held[name] = Held(self._file.rooms[name])
            self.failed.pop(name, None)
            held.task = asyncio.create_task(self._hold(name, held), name=f"room {name}")
        for name in set(self._held) - wanted:
            self._leave(self._held[name])

    def lapse(self) -> None:
        """Stops all of them at once, unfinished: others may have them by now."""
        for held in self._held.values():
            held.leaving = True
            if held.live:
                held.live.leave()

    async def aclose(self) -> None:
        """Ends all of them in good order."""
        for held in self._held.values():
            held.leaving = True
            if held.live:
                held.live.end()
        await asyncio.gather(*(held.task for held in self._held.values() if held.task), return_exceptions=True)

    def seen(self) -> list[SeenRoom]:
        return [
            room_seen(name, held.creator, held.view, held.console) if held.view else SeenRoom(name, "starting")
            for name, held in self._held.items()
        ]

    def act(self, room: str, action: Action, who: str, item: int = 0, text: str = "") -> bool:
        """False where the room is not here, or has no such item. What closes the gate has closed it when this returns."""
        held = self._held.get(room)
        if held is None or held.live is None or held.view is None or (item and item not in held.view.items):
            return False
        held.live.act(action, who, item, text)
        return True

    def invite(self, room: str, name: str, role: Role) -> str:
        """A link into the room's own console, good once; empty where it has none."""
        held = self._held.get(room)
        if held is None or held.desk is None:
            return ""
        secret = held.desk.signin.invite(role, name, held.desk.now_ms())
        return f"{held.console}/join?invitation={secret}"

    async def _apart(self, job: Callable[[Held], Opened], held: Held) -> Opened:
        """In a thread of its own: a session that goes on is replayed there."""
        return await asyncio.get_running_loop().run_in_executor(self._openers, job, held)

    def _leave(self, held: Held) -> None:
        if held.leaving:
            return
        held.leaving = True
        if held.live:
            asyncio.get_running_loop().create_task(_when_quiet(held))

    async def _hold(self, name: str, held: Held) -> None:
        try:
            async with self._turn:
                opened = None if held.leaving else await self._apart(self._opened, held)
            if opened is None or held.leaving:
                return _give_up(opened)
            await hold_room(opened, _attend(held))
            self.ended.add(name)
        except (LeftOff, Lapsed):
            return None
        except (LivehostError, OSError) as trouble:
            self.failed[name] = str(trouble)
        except Exception as trouble:  # one room's fault is that room's alone: it is begun again
            self.failed[name] = f"{type(trouble).__name__}: {trouble}"
        finally:
            del self._held[name]

    def _opened(self, held: Held) -> Opened:
        """Runs in a thread: reads the folder, and where the session goes on replays it."""
        if not self._lease.holds:
            raise Lapsed
        agency = self._file.agency

        def read(folder: Path) -> Knowledge:
            return load_of(folder, agency)

        door = listen(Address(self._host, 0)) if self._file.fleet.consoles else None
        pages = Address(self._host, door.getsockname()[1]) if door else None
        plan = plan_of(held.of, Path(self._file.fleet.sessions), pages)
        check(plan)
        knowledge = read(plan.creator)
        check_tables(knowledge.creator.platforms)
        begun = cut_off(plan)
        if begun is None and (folder := busy(names_of(plan))):
            raise BadInput("another process still holds this session", where=str(folder))
        loading = Loading(lambda: self._models.load(plan, knowledge))
        if begun is None:
            knowledge = msgspec.structs.replace(knowledge, takes=loading.models.voice.takes)
            begun = begin(plan, knowledge)
        held.creator = knowledge.creator.name
        held.console = pages.url if pages else ""
        key = key_for(knowledge)
        return Opened(
            plan, knowledge, loading, begun, door, key, read, self._models.match, (self._lease.check,), alone=False
        )


def _attend(held: Held) -> Attend:
    @contextmanager
    def attend(live: Live, _hands: Hands, view: View, desk: Desk | None) -> Iterator[list[Part]]:
        held.live, held.view, held.desk = live, view, desk
        if held.leaving:
            live.leave()
        try:
            yield []
        finally:
            held.live = held.desk = None

    return attend


def _give_up(opened: Opened | None) -> None:
    """A room that was opened and is not wanted here any more."""
    if opened is None:
        return
    if opened.door:
        opened.door.close()
    if opened.begun.before:
        opened.begun.before.own.close()
    else:
        opened.begun.folder.rmdir()


async def _when_quiet(held: Held) -> None:
    """Leaves a room when nothing is being said in it, or after some seconds anyway."""
    waited = 0.0
    while held.view and held.view.speaking and waited < _QUIET_SECONDS:
        await asyncio.sleep(_LOOK_SECONDS)
        waited += _LOOK_SECONDS
    if held.live:
        held.live.leave()


def plan_of(room: RoomOf, sessions: Path, pages: Address | None) -> Plan:
    return Plan(
        creator=Path(room.creator),
        chats=room.chat,
        mic=room.mic,
        speaker=room.speaker,
        session=None,
        headless=True,
        fast=False,
        pages=pages,
        sessions=sessions,
        room=room.name,
    )
