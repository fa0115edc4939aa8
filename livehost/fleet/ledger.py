"""Who holds which room. Pure: time is an argument.

A room is never held by two, and never by nobody for long. A worker beats each half second, tells what it holds and hears
what it shall hold; it may hold rooms for LEASE_SECONDS after it sent the last beat that was answered, then it stops them
itself. The supervisor counts from when the beat reached it, which is later, and longer by GIVE_AWAY_SECONDS - LEASE_SECONDS:

    worker      beat 7 ─┐ sent        … cut off …      ├ LEASE over: stops its rooms by itself
                        │╌╌╌╌╌╌╌╌╌╌╌╌ 5 s ╌╌╌╌╌╌╌╌╌╌╌╌╌┤
    supervisor          └▶ came ╌╌╌╌╌╌╌╌╌╌╌ 7 s ╌╌╌╌╌╌╌╌╌╌╌╌╌┤ GIVE_AWAY: gives them to others
                                                               └ at the others' next beat, 0.5 s at most

A process that is known to have died needs no lease: its rooms are given away at once. A supervisor that was begun again
knows nothing: it gives nothing away for GIVE_AWAY_SECONDS, and takes over what the workers tell meanwhile. Their rooms go on
while it is away, as long as it is back within the lease (Ray begins it again in a second or two); where it is not, they
stop, and go on from their recordings when it is there.

To move a room, its worker is no longer told to hold it; the next one is told when the first has told that it holds it no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

BEAT_SECONDS, LEASE_SECONDS, GIVE_AWAY_SECONDS = 0.5, 5.0, 7.0
_STARTING_MOST = 4
_REST_SECONDS = 5.0  # a room that could not begin is tried again after so long


@dataclass
class Seat:
    """A worker. `load`: of its loop, 0-1; `retiring`: it is to have no rooms any more."""

    node: str
    beat_s: float
    load: float = 0.0
    starting: int = 0  # rooms that it begins, or is to begin
    retiring: bool = False


@dataclass(frozen=True)
class Beat:
    """What a worker tells: what it holds and how many of that still begin, what has ended, what could not begin and why."""

    worker: str
    node: str
    held: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)
    load: float = 0.0
    starting: int = 0


class Ledger:
    """`knows_all`: no worker can hold a room that is not known here."""

    def __init__(self, rooms: Iterable[str], now_s: float, *, knows_all: bool) -> None:
        self.seats: dict[str, Seat] = {}
        self.placed: dict[str, str] = {}  # room → the worker that shall hold it
        self.ended: set[str] = set()
        self.failed: dict[str, str] = {}
        self._may_hold: dict[str, set[str]] = {room: set() for room in rooms}
        self._resting_until_s: dict[str, float] = {}
        self._from_s = now_s if knows_all else now_s + GIVE_AWAY_SECONDS

    def beat(self, told: Beat, now_s: float) -> tuple[str, ...]:
        """The rooms that the worker shall hold from now on."""
        seat = self.seats.setdefault(told.worker, Seat(told.node, now_s))
        seat.beat_s, seat.load = now_s, told.load
        seat.starting = told.starting + len(set(self.rooms_of(told.worker)) - set(told.held))
        self.ended.update(room for room in told.ended if room in self._may_hold)
        for room, holders in self._may_hold.items():
            if room in told.held:
                holders.add(told.worker)
                self.placed.setdefault(room, told.worker)
            elif self.placed.get(room) != told.worker:
                holders.discard(told.worker)
        self._note_failed(told, now_s)
        for room in self.ended:
            self._take_from(told.worker, room)
        self.step(now_s)
        mine = tuple(room for room in self.placed if self._is_free_for(told.worker, room))
        for room in mine:
            self._may_hold[room].add(told.worker)
        return mine

    def step(self, now_s: float) -> None:
        """Lets go of workers that are silent for too long, and places what nobody holds."""
        for worker in [w for w, seat in self.seats.items() if seat.beat_s + GIVE_AWAY_SECONDS < now_s]:
            self.died(worker)
        for room, holders in self._may_hold.items():
            rests = self._resting_until_s.get(room, 0.0) > now_s
            if room in self.placed:
                seat = self.seats.get(self.placed[room])
                wants_place = bool(seat and seat.retiring)
            else:
                wants_place = not (holders or rests or room in self.ended) and now_s >= self._from_s
            if wants_place:
                self._place(room)

    def died(self, worker: str) -> None:
        """It can hold nothing any more."""
        self.seats.pop(worker, None)
        for room in self._may_hold:
            self._take_from(worker, room)

    def retire(self, worker: str) -> None:
        """Its rooms go to others, each when it is free."""
        if worker in self.seats:
            self.seats[worker].retiring = True
            for room in self.rooms_of(worker):
                self._place(room)

    def move(self, room: str, worker: str) -> bool:
        """False where there is no such room to move, or no such worker."""
        if room not in self.placed or worker not in self.seats:
            return False
        self.placed[room] = worker
        return True

    def rooms_of(self, worker: str) -> list[str]:
        return [room for room, by in self.placed.items() if by == worker]

    def holds_any(self, worker: str) -> bool:
        return any(worker in holders for holders in self._may_hold.values())

    def _note_failed(self, told: Beat, now_s: float) -> None:
        for room in told.held:
            self.failed.pop(room, None)
        for room, why in told.failed.items():
            if room in self._may_hold and self.placed.get(room) == told.worker:
                self.failed[room] = why
                self._resting_until_s[room] = now_s + _REST_SECONDS
                self._take_from(told.worker, room)

    def _is_free_for(self, worker: str, room: str) -> bool:
        holders = self._may_hold[room]
        return self.placed[room] == worker and (worker in holders or not holders)

    def _take_from(self, worker: str, room: str) -> None:
        self._may_hold[room].discard(worker)
        if self.placed.get(room) == worker:
            del self.placed[room]

    def _place(self, room: str) -> None:
        """With the worker that has fewest rooms, then least to do. One that still begins others is passed over: the first
        worker that is there shall not have all rooms, and the next ones none."""
        ready = [w for w, seat in self.seats.items() if not seat.retiring and seat.starting < _STARTING_MOST]
        if ready:
            worker = min(ready, key=lambda w: (len(self.rooms_of(w)), self.seats[w].load, w))
            self.placed[room] = worker
            self.seats[worker].starting += 1
