"""One SQLite file per creator. What is forgotten is overwritten and the file made anew: no page and no journal keeps it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import msgspec

from livehost.errors import BadInput

Sort = Literal["asked", "told", "bought", "gave", "said"]
_PER_VIEWER = 60  # facts; the oldest go
_WHAT_MOST = 120  # characters of a fact
_SCHEMA = """
CREATE TABLE IF NOT EXISTS viewers (
  id INTEGER PRIMARY KEY, platform TEXT NOT NULL, user TEXT NOT NULL, name TEXT NOT NULL,
  first_day TEXT NOT NULL, last_day TEXT NOT NULL, visits INTEGER NOT NULL, UNIQUE (platform, user));
CREATE TABLE IF NOT EXISTS facts (
  viewer INTEGER NOT NULL REFERENCES viewers (id) ON DELETE CASCADE, day TEXT NOT NULL, sort TEXT NOT NULL, what TEXT NOT NULL,
  times INTEGER NOT NULL, PRIMARY KEY (viewer, sort, what)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_day ON viewers (last_day);
CREATE INDEX IF NOT EXISTS by_name ON viewers (name);
CREATE TABLE IF NOT EXISTS rooms (session TEXT PRIMARY KEY, day TEXT NOT NULL, summary TEXT NOT NULL) WITHOUT ROWID;
"""


class Fact(msgspec.Struct, frozen=True):
    """`asked`: FAQ entries and fields of products they asked for; `told`: what was answered; `said`: their own preferences."""

    sort: Sort
    what: str
    day: str = ""
    times: int = 1


class Remembered(msgspec.Struct, frozen=True):
    """A viewer; `visits` are sessions in which they wrote."""

    platform: str
    user: str
    name: str = ""
    first_day: str = ""
    last_day: str = ""
    visits: int = 0
    facts: tuple[Fact, ...] = ()


class Room(msgspec.Struct, frozen=True):
    """A session: how often each thing was asked, and how many questions nobody could answer (the report holds their words: a
    viewer's own must not stand here, where forgetting them would not find them)."""

    session: str
    day: str
    covered: dict[str, int] = {}
    unanswered: int = 0


class Export(msgspec.Struct, frozen=True):
    """All of it."""

    viewers: tuple[Remembered, ...]
    rooms: tuple[Room, ...]


class Store:
    """Opened anew for each use, so that any thread may hold one; raises OSError or sqlite3.Error."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        try:
            with self._open() as base:
                base.executescript(_SCHEMA)
        except sqlite3.DatabaseError as trouble:
            raise BadInput(f"this is no memory: {trouble}", where=str(path), fix="Move the file away") from None

    def recall(self, platform: str, user: str) -> Remembered:
        """What is known of a viewer; `visits` 0: nothing."""
        with self._open() as base:
            row = base.execute(
                "SELECT id, platform, user, name, first_day, last_day, visits FROM viewers WHERE platform = ? AND user = ?",
                (platform, user),
            ).fetchone()
            return _viewer(base, row) if row else Remembered(platform, user)

    def named(self, name: str) -> tuple[Remembered, ...]:
        """All viewers who last used this name."""
        with self._open() as base:
            rows = base.execute(
                "SELECT id, platform, user, name, first_day, last_day, visits FROM viewers WHERE name = ?", (name,)
            ).fetchall()
            return tuple(_viewer(base, row) for row in rows)

    def keep(self, viewers: Sequence[Remembered], room: Room | None = None) -> None:
        """A session's sums, added to what is there. Each viewer's `last_day` is the session's."""
        with self._open() as base:
            for viewer in viewers:
                _keep(base, viewer)
            if room:
                summary = msgspec.json.encode(room).decode()
                base.execute("INSERT OR REPLACE INTO rooms VALUES (?, ?, ?)", (room.session, room.day, summary))

    def forget(self, platform: str, user: str) -> bool:
        """Whether there was anything. Afterwards nothing of it stands in the file."""
        with self._open() as base:
            gone = base.execute("DELETE FROM viewers WHERE platform = ? AND user = ?", (platform, user)).rowcount
        self._make_anew()
        return gone > 0

    def expire(self, before_day: str) -> int:
        """How many viewers were not seen since that day, and are forgotten; rooms of before it, too."""
        with self._open() as base:
            gone = base.execute("DELETE FROM viewers WHERE last_day < ?", (before_day,)).rowcount
            rooms = base.execute("DELETE FROM rooms WHERE day < ?", (before_day,)).rowcount
        if gone or rooms:
            self._make_anew()
        return gone

    def export(self) -> Export:
        with self._open() as base:
            rows = base.execute(
                "SELECT id, platform, user, name, first_day, last_day, visits FROM viewers ORDER BY id"
            ).fetchall()
            viewers = tuple(_viewer(base, row) for row in rows)
            rooms = [
                msgspec.json.decode(text, type=Room)
                for (text,) in base.execute("SELECT summary FROM rooms ORDER BY day")
            ]
            return Export(viewers, tuple(rooms))

    def _make_anew(self) -> None:
        base = self._connection()
        try:
            base.isolation_level = None
            base.execute("VACUUM")
        finally:
            base.close()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        base = self._connection()
        try:
            with base:
                yield base
        finally:
            base.close()

    def _connection(self) -> sqlite3.Connection:
        base = sqlite3.connect(self._path, timeout=5)
        base.execute("PRAGMA journal_mode = MEMORY")  # a journal on disk would keep what is deleted
        base.execute("PRAGMA secure_delete = ON")
        base.execute("PRAGMA foreign_keys = ON")
        return base


def path_of(creator: Path, data: Path) -> Path:
    """A creator's own file, told apart by the whole path of the folder."""
    whole = creator.resolve()
    return data / "memory" / f"{whole.name}-{hashlib.sha256(str(whole).encode()).hexdigest()[:8]}.sqlite"


def _viewer(base: sqlite3.Connection, row: tuple[int, str, str, str, str, str, int]) -> Remembered:
    number, platform, user, name, first_day, last_day, visits = row
    found = base.execute("SELECT sort, what, day, times FROM facts WHERE viewer = ? ORDER BY day, what", (number,))
    return Remembered(platform, user, name, first_day, last_day, visits, tuple(Fact(*fact) for fact in found))


def _keep(base: sqlite3.Connection, viewer: Remembered) -> None:
    day = viewer.last_day
    (number,) = base.execute(
        "INSERT INTO viewers (platform, user, name, first_day, last_day, visits) VALUES (?, ?, ?, ?, ?, 1) "
        "ON CONFLICT (platform, user) DO UPDATE SET name = excluded.name, last_day = excluded.last_day, visits = visits + 1 "
        "RETURNING id",
        (viewer.platform, viewer.user, viewer.name[:80], day, day),
    ).fetchone()
    for fact in viewer.facts:
        base.execute(
            "INSERT INTO facts VALUES (?, ?, ?, ?, ?) ON CONFLICT "
            "DO UPDATE SET day = excluded.day, times = times + excluded.times",
            (number, day, fact.sort, fact.what[:_WHAT_MOST], fact.times),
        )
    base.execute(
        "DELETE FROM facts WHERE viewer = ? AND (sort, what) NOT IN "
        "(SELECT sort, what FROM facts WHERE viewer = ? ORDER BY day DESC, times DESC LIMIT ?)",
        (number, number, _PER_VIEWER),
    )
