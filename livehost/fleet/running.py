"""`livehost fleet`: until every room has ended, or somebody ends them all."""

from __future__ import annotations

import asyncio
import secrets
import signal
import sys
from functools import partial
from typing import Any

from livehost.clock import SessionClock, local_now
from livehost.fleet.client import Client
from livehost.fleet.cluster import connected
from livehost.fleet.desk import FleetDesk, application
from livehost.fleet.seen import SeenFleet
from livehost.fleet.settings import FleetFile
from livehost.show.address import Address, listen
from livehost.show.guard import is_own
from livehost.show.own_certificate import own_certificate
from livehost.show.passwords import FILE, Passwords
from livehost.show.server import serve
from livehost.show.signin import SignIn
from livehost.weights import data_dir

_LOOK_SECONDS = 1.0


def hold_fleet(file: FleetFile) -> None:
    """Raises BadInput where the desk has no door."""
    address = _address(file)
    door = listen(address) if address else None
    with connected(file) as supervisor:
        asyncio.run(_held(file, supervisor, address, door))


def _address(file: FleetFile) -> Address | None:
    fleet = file.fleet
    if not fleet.port:
        return None
    pem, key = own_certificate(data_dir(), fleet.listen, local_now()) if fleet.tls else ("", "")
    return Address(fleet.listen, fleet.port, pem, key)


async def _held(file: FleetFile, supervisor: Any, address: Address | None, door: Any) -> None:
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, ending.set)
    client = Client(supervisor, file.fleet.name)
    await client.look()
    beside = [asyncio.create_task(client.follow())]
    if address:
        beside.append(asyncio.create_task(_desk(file, client, address, door)))
    told: dict[str, str] = {}
    while not ending.is_set():
        fleet = await client.state()
        _tell(fleet, told)
        if fleet.rooms and all(room.state == "ended" for room in fleet.rooms):
            break
        try:
            await asyncio.wait_for(ending.wait(), _LOOK_SECONDS)
        except TimeoutError:
            continue
    await client.end()
    for task in beside:
        task.cancel()
    await asyncio.gather(*beside, return_exceptions=True)


async def _desk(file: FleetFile, client: Client, address: Address, door: Any) -> None:
    signin = SignIn(partial(secrets.token_urlsafe, 24))
    now_ms = SessionClock(asyncio.get_running_loop()).now_ms
    desk = FleetDesk(file.rooms, client, signin, now_ms)
    where = f"{address.url}/rooms"
    if not is_own(address.host):
        where = f"{address.url}/join?invitation={signin.invite('owner', 'owner', now_ms())} (once, within 15 minutes)"
    sys.stderr.write(f"livehost: all rooms at {where}\n")
    await serve(application(desk, address, Passwords(data_dir() / FILE)), address, door)


def _tell(fleet: SeenFleet, told: dict[str, str]) -> None:
    """A line whenever a room is another's, or otherwise, than before."""
    for room in fleet.rooms:
        line = f"{room.state}{f' on {room.worker}' if room.worker else ''}"
        if room.state == "failed":
            line += f": {' '.join(room.trouble)}"
        if told.get(room.room) != line:
            told[room.room] = line
            sys.stderr.write(f"livehost: {room.room} is {line}\n")
