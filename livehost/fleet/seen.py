"""What a worker tells of its rooms, as data for the desk. Text of viewers is made harmless here. Pure."""

from __future__ import annotations

import msgspec

from livehost.show.desk import item_seen, middle_and_high
from livehost.show.inert import inert
from livehost.show.seen import SeenItem
from livehost.show.view import View

_HELD_MOST, _LATEST = 20, 500
_WELL = ("ok", "off")


class SeenRoom(msgspec.Struct, frozen=True):
    """`trouble`: each part that is not well, and why."""

    room: str
    state: str  # starting, live, ended, failed or waiting
    worker: str = ""
    node: str = ""
    creator: str = ""
    mode: str = ""
    muted: bool = False
    paused: bool = False
    private: bool = False
    saying: str = ""
    held: tuple[SeenItem, ...] = ()  # what waits for a person
    waiting: int = 0
    lines: int = 0
    posts: int = 0
    resumed: int = 0
    decided_ms: tuple[int, int] = (0, 0)  # median and p95
    trouble: tuple[str, ...] = ()
    console: str = ""  # the address of its own pages


class SeenWorker(msgspec.Struct, frozen=True):
    worker: str
    node: str
    host: str
    rooms: int
    load: float
    retiring: bool


class SeenFleet(msgspec.Struct, frozen=True):
    name: str
    rooms: tuple[SeenRoom, ...]
    workers: tuple[SeenWorker, ...]


def room_seen(name: str, creator: str, view: View, console: str) -> SeenRoom:
    held = sorted(view.waiting("held"), key=lambda item: item.first_ms)
    parts = [(part, how) for part, how in view.parts.items() if how.state not in _WELL]
    return SeenRoom(
        room=name,
        state="live",
        creator=inert(creator, 80),
        mode=view.mode,
        muted=view.muted,
        paused=view.paused,
        private=bool(view.private),
        saying=inert(view.speaking, 200),
        held=tuple(item_seen(view, item, item.first_ms) for item in held[:_HELD_MOST]),
        waiting=len(view.waiting("waiting", "preparing")),
        lines=view.counts["lines"],
        posts=view.counts["posts"],
        resumed=view.counts["resumed"],
        decided_ms=middle_and_high(list(view.decided_ms)[-_LATEST:]),
        trouble=tuple(inert(f"{part}: {how.state} {how.detail}".strip(), 200) for part, how in parts),
        console=console,
    )
