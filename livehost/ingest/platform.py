"""What a platform's module offers (`PLATFORM`, named in the entry points of the group `livehost.chat`), and what it is given."""

from __future__ import annotations

import difflib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points
from typing import Any, Literal, Protocol

import msgspec

from livehost.chat import Taken
from livehost.clock import SessionClock
from livehost.errors import BadInput
from livehost.ingest.door import Put
from livehost.secret import Secrets

Table = Mapping[str, Any]
Keep = Callable[[str], None]  # a raw frame, into the session's folder


class Chat(Protocol):
    """A connector. `tells`: it says itself when it is connected and when not; `apart`: it has no place that all read, and
    takes replies alone."""

    name: str
    tells: bool
    apart: bool

    async def run(self, put: Put) -> None:
        """Returns when the chat has ended; raises when it broke."""
        ...

    async def post(self, reply_to: str, text: str) -> Taken:
        """Sends a line. Raises when it can't, or when the platform did not take it."""
        ...

    async def unpost(self, line_id: str) -> None:
        """Deletes a line that it sent; raises LivehostError when it can't."""
        ...


class Manners(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The keys that every table of [platforms] may have."""

    post: bool = True  # false: answers go by voice and overlay alone
    overlay: bool = (
        False  # the overlay is in this platform's picture: where no link can be posted, it is said to be there
    )
    links: bool | None = None  # whether links may be posted; not given: as the platform has it
    characters: int | None = None  # of a line at most; not given: as the platform has it
    ignore: tuple[str, ...] = ()  # names whose lines are left aside, as those of well-known bots are
    host_within_minutes: float = 0.0  # speaks only when the host was heard within so many; 0: as the platform has it
    watching: bool = False  # a group that goes along with the show: its lines are the live room's
    raw_frames: bool = False  # keep what came in, as it came, in the session's folder


class NoOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A platform that has nothing of its own to set."""


@dataclass(frozen=True)
class Surroundings:
    """What a connector is given. `table`: its own of [platforms]; `keep`: None where raw frames are not kept; `person`: the
    chat there, by its id, of who is asked what only a person can answer."""

    clock: SessionClock
    secrets: Secrets = field(default_factory=Secrets)
    table: Table = field(default_factory=dict)
    seed: int = 1
    keep: Keep | None = None
    person: str = ""


class Finding(msgspec.Struct, frozen=True):
    """What `livehost doctor` says of a room."""

    name: str
    state: Literal["ok", "warn", "missing"]
    detail: str
    fix: str = ""


@dataclass(frozen=True)
class Platform:
    """`open(scheme, rest, surroundings)` makes the chat of an address, and raises BadInput for a wrong one."""

    name: str
    open: Callable[[str, str, Surroundings], Chat]
    options: type[msgspec.Struct] = NoOptions
    secrets: tuple[str, ...] = ()  # what it can use of the keyring
    examine: Callable[[str, Surroundings], Awaitable[list[Finding]]] | None = None
    log_in: Callable[[Surroundings, Callable[[str], None]], Awaitable[str]] | None = None


@cache
def platforms() -> dict[str, Platform]:
    """By the scheme of their addresses; looked up once, since that reads the metadata of every package."""
    return {point.name: point.load() for point in entry_points(group="livehost.chat")}


def manners(table: Table) -> Manners:
    found: Manners = _converted({key: table[key] for key in table if key in Manners.__struct_fields__}, Manners, "")
    return found


def options(table: Table, kind: type[Any], name: str) -> Any:
    """The platform's own keys; raises BadInput that names the nearest known one."""
    own = {key: value for key, value in table.items() if key not in Manners.__struct_fields__}
    return _converted(own, kind, name)


def check_tables(tables: Mapping[str, Table]) -> None:
    """Raises BadInput for a table, a key or a value of [platforms] that nobody knows."""
    by_name = {platform.name: platform for platform in platforms().values()}
    for name, table in tables.items():
        if name not in by_name:
            raise BadInput(f"[platforms.{name}]: {_nearest(name, sorted(by_name), 'platform')}", where="creator.toml")
        manners(table)
        options(table, by_name[name].options, name)


def _converted(values: Table, kind: type[Any], name: str) -> Any:
    try:
        return msgspec.convert(dict(values), kind)
    except msgspec.ValidationError as trouble:
        raise BadInput(
            _explain(str(trouble), kind), where=f"[platforms.{name}]" if name else "[platforms]", fix=_NO_SECRETS
        ) from None


_NO_SECRETS = "Tokens and keys stand in the keyring or the environment, never here"


def _explain(problem: str, kind: type[Any]) -> str:
    unknown = re.search(r"unknown field `(.+?)`", problem)
    if not unknown:
        return problem
    return _nearest(unknown[1], [*kind.__struct_fields__, *Manners.__struct_fields__], "key")


def _nearest(given: str, known: list[str], what: str) -> str:
    near = difflib.get_close_matches(given, known, n=1, cutoff=0.5)
    return f"unknown {what} {given!r}" + (f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(known)}")
