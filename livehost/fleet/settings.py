"""fleet.toml: the rooms of an agency, and what they run on."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any

import msgspec

from livehost.creator_file import explained
from livehost.errors import BadInput
from livehost.settings import Policy

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
RECORDED = "recorded:"


class Fleet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the rooms run on. `models`: "shared" (Ray Serve), "own" (each worker's), or "recorded:SESSION" for rehearsals and
    load tests, where results come out of a recording as they came then."""

    name: str = "fleet"
    address: str = ""  # of a Ray cluster; empty: one is made here
    sessions: str = "sessions"  # a folder that every node reaches
    workers: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0  # a node; 0: one a core
    models: str = "own"
    listen: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8600  # of the desk; 0: there is none
    tls: bool = False  # the desk makes itself a certificate
    consoles: bool = True  # each room has its own pages, too


class Agency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What its creators inherit; they may be stricter."""

    policy: dict[str, Any] = {}
    banned_words: tuple[str, ...] = ()
    faq: str = ""  # a file in the form of faq.csv


class RoomOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A room, and who may do what in it, by the names they sign in with."""

    name: str
    creator: str  # the folder
    chat: tuple[str, ...] = ()
    mic: str = "none"
    speaker: str = "none"
    viewers: tuple[str, ...] = ()  # see it
    moderators: tuple[str, ...] = ()  # approve, drop, mute
    editors: tuple[str, ...] = ()  # … and open its own console, where answers are taught


class FleetFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fleet: Fleet = Fleet()
    agency: Agency = Agency()
    room: tuple[RoomOf, ...] = ()

    @property
    def rooms(self) -> dict[str, RoomOf]:
        return {room.name: room for room in self.room}


def read_fleet(path: Path) -> FleetFile:
    """With paths made absolute, from where the file is; raises BadInput that names key and room."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput("there is no such file", where=str(path), fix="Give a fleet.toml with a [[room]]") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as trouble:
        raise BadInput(f"not valid TOML: {trouble}", where=str(path)) from None
    try:
        found = msgspec.convert(table, FleetFile)
    except msgspec.ValidationError as trouble:
        tables: dict[str, type[Any]] = {"fleet": Fleet, "agency": Agency, "room": RoomOf}
        raise BadInput(explained(str(trouble), FleetFile, tables), where=str(path)) from None
    try:
        msgspec.convert(found.agency.policy, Policy)
    except msgspec.ValidationError as trouble:
        raise BadInput(explained(str(trouble), Policy, {}), where=f"{path}, [agency.policy]") from None
    _check(found, path)
    return _from_here(found, path.resolve().parent)


def _check(found: FleetFile, path: Path) -> None:
    if not found.room:
        raise BadInput("there is no [[room]]", where=str(path), fix='Write one with name = "…" and creator = "…"')
    names = [found.fleet.name, *(room.name for room in found.room)]
    for name in names:
        if not _NAME.fullmatch(name):
            raise BadInput(f"{name!r} is no name", where=str(path), fix="Names are of a-z, 0-9, - and _")
    for name in names[1:]:
        if names[1:].count(name) > 1:
            raise BadInput(f"two rooms are called {name!r}", where=str(path), fix="Give each its own name")
    if "://" in found.fleet.sessions:
        raise BadInput(
            f"sessions {found.fleet.sessions!r} is no folder",
            where=f"{path}, [fleet]",
            fix="Name a folder that every node reaches (one machine's own, or a shared file system)",
        )
    models = found.fleet.models
    if models not in ("own", "shared") and not models.startswith(RECORDED):
        raise BadInput(
            f"models {models!r} is none", where=f"{path}, [fleet]", fix="Write own, shared or recorded:SESSION"
        )
    for room in found.room:
        for key, value in (("mic", room.mic), ("speaker", room.speaker)):
            if value == "default":
                raise BadInput(f"{key} = {value!r}: a fleet's machines have no devices", where=f"{path}, {room.name}")


def _from_here(found: FleetFile, here: Path) -> FleetFile:
    fleet, agency = found.fleet, found.agency
    models = fleet.models
    if models.startswith(RECORDED):
        models = RECORDED + str(here / models.removeprefix(RECORDED))
    rooms = tuple(
        msgspec.structs.replace(
            room,
            creator=str(here / room.creator),
            chat=tuple(f"file:{here / uri[5:]}" if uri.startswith("file:") else uri for uri in room.chat),
            mic=room.mic if room.mic in ("none", "browser") else str(here / room.mic),
            speaker=room.speaker if room.speaker in ("none", "browser") else str(here / room.speaker),
        )
        for room in found.room
    )
    return FleetFile(
        msgspec.structs.replace(fleet, sessions=str(here / fleet.sessions), models=models),
        msgspec.structs.replace(agency, faq=str(here / agency.faq) if agency.faq else ""),
        rooms,
    )
