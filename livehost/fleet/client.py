"""The fleet as the desk sees it: the supervisor for what is where, each room's worker for what is done in it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import ray
from ray.exceptions import RayError

from livehost.events import Action
from livehost.fleet.seen import SeenFleet
from livehost.show.signin import Role

_LOOK_SECONDS, _LIMIT_SECONDS = 0.5, 3.0


class Client:
    """Follows the fleet, so that a deed goes straight to the room's worker: a mute needs nobody else."""

    def __init__(self, supervisor: Any, name: str) -> None:
        self._supervisor = supervisor
        self._last = SeenFleet(name, (), ())
        self._workers: dict[str, Any] = {}

    async def follow(self) -> None:
        """Until it is cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(_LOOK_SECONDS)

    async def look(self) -> None:
        with contextlib.suppress(
            RayError, TimeoutError
        ):  # while the supervisor is begun again, what it told last counts
            self._last = await asyncio.wait_for(self._supervisor.state.remote(), _LIMIT_SECONDS)
            self._workers = await asyncio.wait_for(self._supervisor.workers.remote(), _LIMIT_SECONDS)

    async def state(self) -> SeenFleet:
        return self._last

    async def act(self, room: str, action: Action, who: str, item: int, text: str) -> bool:
        worker = self._worker_of(room)
        if worker is None:
            return False
        try:
            return bool(await asyncio.wait_for(worker.act.remote(room, action, who, item, text), _LIMIT_SECONDS))
        except (RayError, TimeoutError):
            return False

    async def invite(self, room: str, name: str, role: Role) -> str:
        worker = self._worker_of(room)
        if worker is None:
            return ""
        try:
            return str(await asyncio.wait_for(worker.invite.remote(room, name, role), _LIMIT_SECONDS))
        except (RayError, TimeoutError):
            return ""

    async def move(self, room: str, worker: str) -> bool:
        return bool(await self._supervisor.move.remote(room, worker))

    async def restart(self) -> None:
        await self._supervisor.restart.remote()

    async def end(self) -> None:
        """Ends every room in good order, and then the supervisor: who begins the fleet again gets a new one."""
        await self._supervisor.end.remote()
        ray.kill(self._supervisor)

    def _worker_of(self, room: str) -> Any:
        """The handle of who holds it; None: nobody does."""
        name = next((seen.worker for seen in self._last.rooms if seen.room == room), "")
        return self._workers.get(name)
