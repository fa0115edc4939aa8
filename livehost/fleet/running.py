"""`livehost fleet`: until every room has ended, or somebody ends them all."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import Any

from livehost.fleet.cluster import connected
from livehost.fleet.settings import FleetFile
from livehost.fleet.supervisor import SeenFleet

_LOOK_SECONDS = 1.0


def hold_fleet(file: FleetFile) -> None:
    with connected(file) as supervisor:
        asyncio.run(_held(file, supervisor))


async def _held(file: FleetFile, supervisor: Any) -> None:
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, ending.set)
    told: dict[str, str] = {}
    while not ending.is_set():
        fleet: SeenFleet = await supervisor.state.remote()
        _tell(fleet, told)
        if all(room.state == "ended" for room in fleet.rooms):
            break
        try:
            await asyncio.wait_for(ending.wait(), _LOOK_SECONDS)
        except TimeoutError:
            continue
    await supervisor.end.remote()


def _tell(fleet: SeenFleet, told: dict[str, str]) -> None:
    """A line whenever a room is another's, or otherwise, than before."""
    for room in fleet.rooms:
        line = f"{room.state}{f' on {room.worker}' if room.worker else ''}"
        if room.state == "failed":
            line += f": {' '.join(room.trouble)}"
        if told.get(room.room) != line:
            told[room.room] = line
            sys.stderr.write(f"livehost: {room.room} is {line}\n")
