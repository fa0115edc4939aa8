"""Whatever happens to workers and supervisor: no room is run by two, and none is left alone for long."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from livehost.fleet.lease import Lease
from livehost.fleet.ledger import BEAT_SECONDS, GIVE_AWAY_SECONDS, Beat, Ledger

ROOMS = ("a", "b", "c", "d", "e")
WORKERS = ("w1", "w2", "w3")


class Simulated:
    """A worker as the real one behaves: it runs what it was told last, until its lease is over."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.now_ms = 0
        self.lease = Lease(lambda: self.now_ms)
        self.runs: set[str] = set()
        self.alive = True
        self.cut_off = False

    def tick(self, now_ms: int) -> None:
        self.now_ms = now_ms
        if not self.lease.holds:
            self.runs.clear()

    def beat(self, ledger: Ledger, came_ms: int) -> None:
        sent_ms = self.now_ms
        told = ledger.beat(Beat(self.name, "node", tuple(sorted(self.runs))), came_ms / 1000)
        self.lease.renew(sent_ms)
        self.runs = set(told) if self.lease.holds else set()


class AFleet(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now_ms = 0
        self.ledger = Ledger(ROOMS, 0, knows_all=True)
        self.workers = {name: Simulated(name) for name in WORKERS}

    def on(self, by_ms: int) -> None:
        """Time passes; who can beats."""
        until = self.now_ms + by_ms
        while self.now_ms < until:
            self.now_ms += round(1000 * BEAT_SECONDS)
            for worker in self.workers.values():
                worker.tick(self.now_ms)
                if worker.alive and not worker.cut_off:
                    worker.beat(self.ledger, self.now_ms)
            self.ledger.step(self.now_ms / 1000)
            self.nobody_twice()

    @invariant()
    def nobody_twice(self) -> None:
        for room in ROOMS:
            runs = [worker.name for worker in self.workers.values() if worker.alive and room in worker.runs]
            assert len(runs) <= 1, f"{room} is run by {runs}"

    @rule(seconds=st.integers(1, 20))
    def time_passes(self, seconds: int) -> None:
        self.on(1000 * seconds)

    @rule(name=st.sampled_from(WORKERS), known=st.booleans())
    def a_process_dies(self, name: str, known: bool) -> None:
        self.workers[name] = Simulated(name)
        self.workers[name].alive = False
        if known:
            self.ledger.died(name)

    @rule(name=st.sampled_from(WORKERS))
    @precondition(lambda self: any(not worker.alive for worker in self.workers.values()))
    def it_is_begun_again(self, name: str) -> None:
        if not self.workers[name].alive:
            self.ledger.died(name)  # Ray gives a new worker another name; here the old one is forgotten
            self.workers[name] = Simulated(name)

    @rule(name=st.sampled_from(WORKERS), on=st.booleans())
    def the_network_is_cut_or_mended(self, name: str, on: bool) -> None:
        self.workers[name].cut_off = on

    @rule(name=st.sampled_from(WORKERS), late_ms=st.integers(0, 15_000))
    def an_answer_comes_late(self, name: str, late_ms: int) -> None:
        """The worker stood still between its beat and the answer."""
        worker = self.workers[name]
        if not worker.alive or worker.cut_off:
            return
        sent_ms = worker.now_ms = self.now_ms
        told = self.ledger.beat(Beat(name, "node", tuple(sorted(worker.runs))), self.now_ms / 1000)
        worker.cut_off = True
        self.on(late_ms)
        worker.cut_off = False
        worker.tick(self.now_ms)
        worker.lease.renew(sent_ms)
        if worker.lease.holds:
            worker.runs = set(told)

    @rule(room=st.sampled_from(ROOMS), name=st.sampled_from(WORKERS))
    def a_room_is_moved(self, room: str, name: str) -> None:
        self.ledger.move(room, name)

    @rule(name=st.sampled_from(WORKERS))
    def a_worker_retires(self, name: str) -> None:
        self.ledger.retire(name)

    @rule()
    def the_supervisor_is_begun_again(self) -> None:
        self.ledger = Ledger(ROOMS, self.now_ms / 1000, knows_all=False)

    @rule()
    def all_is_well_again(self) -> None:
        for name, worker in self.workers.items():
            worker.cut_off = False
            if not worker.alive:
                self.ledger.died(name)
                self.workers[name] = Simulated(name)
            if name in self.ledger.seats:
                self.ledger.seats[name].retiring = False
        self.on(round(1000 * (2 * GIVE_AWAY_SECONDS)))
        run = {room for worker in self.workers.values() for room in worker.runs}
        assert run == set(ROOMS)


TestAFleet = AFleet.TestCase
TestAFleet.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def held(ledger: Ledger, worker: str, rooms: tuple[str, ...], now_s: float) -> tuple[str, ...]:
    return ledger.beat(Beat(worker, "node", rooms), now_s)


def test_a_dead_process_gives_its_rooms_away_at_once_a_silent_one_when_its_lease_is_over() -> None:
    ledger = Ledger(("a", "b"), 0, knows_all=True)
    assert held(ledger, "w1", (), 0) == ("a", "b")
    ledger.died("w1")
    assert held(ledger, "w2", (), 0.1) == ("a", "b")
    held(ledger, "w3", (), 1)
    assert held(ledger, "w3", (), 7.0) == (), "w2 is silent, and may still hold them"
    assert held(ledger, "w3", (), 7.2) == ("a", "b")


def test_a_moved_room_is_told_to_its_new_worker_when_the_old_one_has_let_go() -> None:
    ledger = Ledger(("a",), 0, knows_all=True)
    assert held(ledger, "w1", (), 0) == ("a",)
    assert held(ledger, "w2", (), 0) == ()
    assert ledger.move("a", "w2")
    assert held(ledger, "w2", (), 0.5) == ()
    assert held(ledger, "w1", ("a",), 0.6) == (), "it is told to leave it"
    assert held(ledger, "w2", (), 0.7) == (), "it is being left"
    held(ledger, "w1", (), 1.1)
    assert held(ledger, "w2", (), 1.2) == ("a",)


def test_what_has_ended_or_could_not_begin_is_not_given_out_at_once() -> None:
    ledger = Ledger(("a", "b"), 0, knows_all=True)
    held(ledger, "w1", (), 0)
    told = Beat("w1", "node", (), ("a",), {"b": "no such folder"})
    assert ledger.beat(told, 1) == ()
    assert ledger.ended == {"a"} and ledger.failed == {"b": "no such folder"}
    assert held(ledger, "w1", (), 5.5) == ()
    assert held(ledger, "w1", (), 6.5) == ("b",)
    held(ledger, "w1", ("b",), 7)
    assert not ledger.failed


def test_a_new_supervisor_takes_over_what_is_held_and_waits_for_the_rest() -> None:
    ledger = Ledger(ROOMS, 100, knows_all=False)
    assert held(ledger, "w1", ("a",), 100.5) == ("a",)
    assert held(ledger, "w2", (), 105) == ()
    held(ledger, "w1", ("a",), 105)
    assert "b" in (*held(ledger, "w2", (), 107.1), *held(ledger, "w1", ("a",), 107.2))


def test_rooms_are_spread_over_the_workers() -> None:
    ledger = Ledger([f"r{n}" for n in range(10)], 0, knows_all=True)
    first = held(ledger, "w1", (), 0)
    assert len(first) == 4, "the first that is there does not get all"
    assert ledger.beat(Beat("w1", "node", first, starting=4), 0.5) == first
    second = held(ledger, "w2", (), 0.6)
    for _ in range(3):
        first, second = held(ledger, "w1", first, 1), held(ledger, "w2", second, 1)
    assert len(first) + len(second) == 10 and min(len(first), len(second)) >= 4


def test_the_rooms_of_a_retiring_worker_go_to_others_as_they_can_take_them() -> None:
    ledger = Ledger(ROOMS, 0, knows_all=True)
    rooms = held(ledger, "w1", (), 0)
    rooms = held(ledger, "w1", rooms, 0.5)
    assert set(rooms) == set(ROOMS)
    held(ledger, "w2", (), 0.6)
    ledger.retire("w1")
    theirs: tuple[str, ...] = ()
    for turn in range(6):
        rooms, theirs = held(ledger, "w1", rooms, 1 + turn), held(ledger, "w2", theirs, 1 + turn)
    assert (rooms, set(theirs)) == ((), set(ROOMS))
