"""A worker: a process that is warm and holds many rooms. It beats, and does what the answer says."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

from ray.exceptions import RayError

from livehost.clock import stopwatch
from livehost.errors import LivehostError
from livehost.events import Action
from livehost.fleet.hosting import Hosting
from livehost.fleet.lease import Lease
from livehost.fleet.ledger import BEAT_SECONDS, LEASE_SECONDS, Beat
from livehost.fleet.modelling import models_for
from livehost.fleet.settings import FleetFile
from livehost.fleet.warming import warm_up
from livehost.private import make_private
from livehost.show.signin import Role

_SWITCH_SECONDS = 0.001


class Worker:
    """`supervisor` is its actor's handle; `host` this node's address."""

    def __init__(self, name: str, node: str, host: str, file: FleetFile, supervisor: Any) -> None:
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        sys.setswitchinterval(_SWITCH_SECONDS)
        make_private()
        warm_up()
        self._name = name
        self._node = node
        self._supervisor = supervisor
        self._lease = Lease()
        self._hosting = Hosting(file, models_for(file), self._lease, host)
        self._beating: asyncio.Task[None] | None = None
        self._load = 0.0

    async def run(self) -> None:
        """Beats until the process ends; whoever waits for it learns of that."""
        if self._beating is None:
            self._beating = asyncio.create_task(self._beat())
        await asyncio.shield(self._beating)

    def act(self, room: str, action: Action, who: str, item: int = 0, text: str = "") -> bool:
        return self._hosting.act(room, action, who, item, text)

    def invite(self, room: str, name: str, role: Role) -> str:
        return self._hosting.invite(room, name, role)

    async def end(self) -> None:
        """Ends all rooms in good order."""
        await self._hosting.aclose()

    def about(self) -> dict[str, Any]:
        """For whoever looks after the machine."""
        return {"pid": os.getpid(), "node": self._node, "rooms": self._hosting.held}

    async def _beat(self) -> None:
        while True:
            sent_ms = self._lease.now_ms()
            try:
                answer = self._supervisor.beat.remote(self._told(), self._hosting.seen())
                rooms = await asyncio.wait_for(answer, LEASE_SECONDS / 2)
            except (TimeoutError, RayError, LivehostError):
                if not self._lease.holds:
                    self._hosting.lapse()
            else:
                self._lease.renew(sent_ms)
                if self._lease.holds:  # else the answer is from before a standstill
                    self._hosting.want(rooms)
            await self._pause()

    async def _pause(self) -> None:
        """Until the next beat; how late it is tells how busy the loop is."""
        seconds = stopwatch()
        await asyncio.sleep(BEAT_SECONDS)
        late = max(0.0, seconds() - BEAT_SECONDS) / BEAT_SECONDS
        self._load = round(0.8 * self._load + 0.2 * min(1.0, late), 3)

    def _told(self) -> Beat:
        hosting = self._hosting
        return Beat(
            self._name,
            self._node,
            hosting.held,
            tuple(sorted(hosting.ended)),
            dict(hosting.failed),
            self._load,
            hosting.starting,
        )
