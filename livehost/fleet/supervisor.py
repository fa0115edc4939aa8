"""The supervisor: an actor on the head that places rooms on workers, and sees to it that there are workers."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec
import ray
from ray.exceptions import ActorDiedError, ActorUnavailableError, RayError

from livehost.clock import awake_and_asleep_ms
from livehost.fleet.hiring import namespace, start_worker
from livehost.fleet.ledger import Beat, Ledger
from livehost.fleet.seen import SeenFleet, SeenRoom, SeenWorker
from livehost.fleet.settings import FleetFile

SUPERVISOR = "supervisor"
_TEND_SECONDS = 0.5
_CALM_SECONDS = 10.0  # after a worker died its rooms come first: to start a process takes the cores


class Supervisor:
    def __init__(self, file: FleetFile) -> None:
        begun_again = ray.get_runtime_context().was_current_actor_reconstructed
        self._file = file
        self._ledger = Ledger(file.rooms, _now_s(), knows_all=not begun_again)
        self._seen: dict[str, SeenRoom] = {}
        self._workers: dict[str, Any] = {}  # name → handle
        self._nodes: dict[str, str] = {}  # of the workers
        self._hosts: dict[str, str] = {}  # living node → address
        self._watching: dict[str, asyncio.Task[None]] = {}
        self._tending: asyncio.Task[None] | None = None
        self._ending = False
        self._calm_from_s = 0.0

    async def begin(self) -> None:
        """Begins to look after nodes and workers, if it does not yet."""
        if self._tending is None:
            self._me = ray.get_runtime_context().current_actor
            self._tending = asyncio.create_task(self._tend())

    async def beat(self, told: Beat, seen: list[SeenRoom]) -> tuple[str, ...]:
        await self.begin()
        if told.worker not in self._workers:  # of before this supervisor was begun again
            self._take_on(told.worker, told.node, ray.get_actor(told.worker, namespace(self._file.fleet.name)))
        for room in seen:
            self._seen[room.room] = msgspec.structs.replace(room, worker=told.worker, node=told.node)
        return () if self._ending else self._ledger.beat(told, _now_s())

    async def state(self) -> SeenFleet:
        ledger = self._ledger
        workers = [
            SeenWorker(
                name, seat.node, self._hosts.get(seat.node, ""), len(ledger.rooms_of(name)), seat.load, seat.retiring
            )
            for name, seat in sorted(ledger.seats.items())
        ]
        return SeenFleet(self._file.fleet.name, tuple(map(self._room, self._file.rooms)), tuple(workers))

    async def workers(self) -> dict[str, Any]:
        """Name → handle."""
        return {name: handle for name, handle in self._workers.items() if name in self._ledger.seats}

    async def worker_of(self, room: str) -> Any:
        """The handle of who holds it; None: nobody does."""
        return self._workers.get(self._ledger.placed.get(room, ""))

    async def move(self, room: str, worker: str) -> bool:
        return self._ledger.move(room, worker)

    async def restart(self) -> None:
        """Every worker gives its rooms away and is replaced, one after the other."""
        for name in list(self._ledger.seats):
            await self._replace(name)

    async def end(self) -> None:
        """Ends all rooms in good order."""
        self._ending = True
        ends = [handle.end.remote() for handle in self._workers.values()]
        await asyncio.gather(*ends, return_exceptions=True)
        for handle in self._workers.values():
            ray.kill(handle)

    def _room(self, name: str) -> SeenRoom:
        ledger, seen = self._ledger, self._seen.get(name)
        if name in ledger.ended:
            state, trouble = "ended", seen.trouble if seen else ()
        elif name in ledger.failed:
            state, trouble = "failed", (ledger.failed[name],)
        elif seen and ledger.placed.get(name) == seen.worker:
            return seen
        else:
            state, trouble = "waiting", ()
        return msgspec.structs.replace(seen or SeenRoom(name, state), state=state, trouble=trouble, held=(), saying="")

    async def _replace(self, name: str) -> None:
        node = self._nodes[name]
        self._add(node)
        self._ledger.retire(name)
        while name in self._ledger.seats and self._ledger.holds_any(name):  # noqa: ASYNC110 - a beat tells
            await asyncio.sleep(_TEND_SECONDS)
        if handle := self._workers.get(name):
            ray.kill(handle)

    async def _tend(self) -> None:
        """Workers on every node that lives, as many as are wanted."""
        while not self._ending:
            nodes = [node for node in await asyncio.to_thread(ray.nodes) if node["Alive"]]
            self._hosts = {node["NodeID"]: node["NodeManagerAddress"] for node in nodes}
            there = Counter(self._nodes.values())
            for node in nodes if _now_s() >= self._calm_from_s else ():
                wanted = self._file.fleet.workers or max(1, int(node["Resources"].get("CPU", 1)))
                for _ in range(wanted - there[node["NodeID"]]):
                    self._add(node["NodeID"])
            self._ledger.step(_now_s())
            await asyncio.sleep(_TEND_SECONDS)

    def _add(self, node: str) -> None:
        name = f"worker-{node[:6]}-{secrets.token_hex(3)}"
        host = self._hosts[node] if self._file.fleet.listen != "127.0.0.1" else "127.0.0.1"
        self._take_on(name, node, start_worker(name, node, host, self._file, self._me))

    def _take_on(self, name: str, node: str, handle: Any) -> None:
        self._workers[name] = handle
        self._nodes[name] = node
        self._watching[name] = asyncio.create_task(self._watch(name, handle))

    async def _watch(self, name: str, handle: Any) -> None:
        """Until the worker's process is known to be no more."""
        while True:
            try:
                await handle.run.remote()
            except ActorUnavailableError:
                await asyncio.sleep(_TEND_SECONDS)
            except (ActorDiedError, RayError):
                break
        self._calm_from_s = _now_s() + _CALM_SECONDS
        node = self._nodes[name]
        if node in await asyncio.to_thread(_living):
            self._ledger.died(name)  # its own node saw it end
        # else the node is out of reach, and its processes may live: the lease decides
        for known in (self._workers, self._nodes, self._watching):
            known.pop(name, None)


def _living() -> Iterable[str]:
    return {node["NodeID"] for node in ray.nodes() if node["Alive"]}


def _now_s() -> float:
    return awake_and_asleep_ms() / 1000
