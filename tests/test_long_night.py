"""Eight hours at once: the core, the view, the recorder, the traces and the log on virtual time, and nothing of it grows."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import Any

import pytest

from livehost import events
from livehost.commands import Command
from livehost.core import Core
from livehost.events import Envelope
from livehost.knowledge import Knowledge
from livehost.observe.entries import Entries
from livehost.observe.traces import Tracer
from livehost.record.folder import EVENTS, read_knowledge
from livehost.record.log import EventLog
from livehost.record.reader import steps
from livehost.review.simulation import Outside, Simulation
from livehost.show.view import View
from tests.night import RECORDED, finds_of, inputs

HOURS, LINES = 8, 3_000
_HOUR_MS = 3_600_000
_BOUNDS = {  # of what is still filling up then; all else must stay as it was
    "_matches": 2000,
    "_meanings": 500,
    "_viewers._recent": 2000,
    "_by_post": 500,
    "_by_item": 500,
    "_by_item[].posts": 500,
    "_by_item[].item.askers": 500 * 200,
    "_by_item[].item.viewers": 500 * 200,
    "_wanted[].askers": 200 * 500,
    "view.wanted": 500,
    "view._asked_ms": 200,
    "view.deeds": 200,
    "view.spoken_ms": 5000,
    "view.decided_ms": 5000,
    "tracer._lines": 2000,
    "tracer._lines[].items": 2000,
}
_MORE_MOST = 60  # that a collection may hold at the end above what it held after half of the night
_OBJECTS_MORE_MOST = 1.1  # of all that Python keeps, at the end against half of the night
_STATIC = (str, bytes, int, float, bool, type(None), type, FunctionType, MethodType, ModuleType, partial, Knowledge)


class Night:
    """All that sees every step."""

    def __init__(self, knowledge: Knowledge, log: EventLog) -> None:
        self.core, self.view, self.tracer, self.entries = Core(knowledge), View(), Tracer(), Entries()
        self._log = log
        self.steps = self.told = 0

    def tell(self, envelope: Envelope, wishes: Sequence[Command]) -> None:
        self.steps += 1
        self._log.write(envelope, wishes)
        self.view.apply(envelope, wishes)
        self.told += len(self.entries.step(envelope, wishes, self.tracer.step(envelope, wishes)))

    def sizes(self) -> dict[str, int]:
        """How much each collection of each of them holds; those of the same place count together."""
        found: dict[str, int] = {}
        for name in ("core", "view", "tracer", "entries"):
            for path, size in collections_of(getattr(self, name), name):
                found[path] = found.get(path, 0) + size
        return found


def _grown(half: dict[str, int], whole: dict[str, int]) -> dict[str, tuple[int, int]]:
    """What grew, and is not known to end somewhere."""
    grown = {path: (half.get(path, 0), size) for path, size in whole.items() if size > half.get(path, 0) + _MORE_MOST}
    return {
        path: sizes
        for path, sizes in grown.items()
        if sizes[1] > max((most for name, most in _BOUNDS.items() if path.endswith(name)), default=0)
    }


def test_a_collection_that_grows_without_an_end_is_found() -> None:
    half, whole = (
        {"core._list": 100, "core._matches": 1000},
        {"core._list": 200, "core._matches": 2001, "core._new": 61},
    )
    assert _grown(half, whole) == {"core._list": (100, 200), "core._matches": (1000, 2001), "core._new": (0, 61)}
    assert _grown(half, {"core._list": 160, "core._matches": 2000}) == {}
    nested = View()
    nested.counts.update({"lines": 3, "gift": 1})
    sizes = dict(collections_of(nested, "view"))
    assert (sizes["view.counts"], sizes["view.lines"]) == (2, 0) and len(sizes) > 10


def _objects() -> int:
    gc.collect()
    return len(gc.get_objects())


def collections_of(root: object, name: str) -> Iterator[tuple[str, int]]:
    """Each collection that can be reached, by the attributes that lead to it, and its length."""
    seen: set[int] = set()
    waiting: list[tuple[str, Any]] = [(name, root)]
    while waiting:
        path, thing = waiting.pop()
        if isinstance(thing, _STATIC) or id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, dict | list | set | frozenset | tuple | deque):
            if not isinstance(thing, tuple | frozenset):
                yield path, len(thing)
            inside = [*thing.values(), *thing] if isinstance(thing, dict) else thing
            waiting += [(f"{path}[]", each) for each in inside]
            continue
        names = [*getattr(thing, "__dict__", ()), *getattr(type(thing), "__struct_fields__", ())]
        names += [slot for kind in type(thing).__mro__ for slot in getattr(kind, "__slots__", ())]
        waiting += [(f"{path}.{one}", getattr(thing, one, None)) for one in dict.fromkeys(names)]


@pytest.mark.slow
def test_eight_hours_leave_no_more_behind_than_four(tmp_path: Path) -> None:
    source = RECORDED / "anna"
    log = EventLog(tmp_path / EVENTS, lambda _: None)
    night = Night(read_knowledge(source), log)
    running = Simulation(night.core, Outside(finds_of(source)), night.tell)
    running.put(0, events.SessionStarted("anna", "polite", 1))
    running.put(0, events.PartChanged("hearing", "ok"))
    half: dict[str, int] = {}
    half_objects = 0
    for at_ms, event in inputs(source, HOURS * _HOUR_MS, LINES):
        if not half and at_ms >= HOURS * _HOUR_MS // 2:
            half, half_objects = night.sizes(), _objects()
        running.put(at_ms, event)
    log.written().result(60)
    assert _grown(half, night.sizes()) == {}
    assert _objects() < half_objects * _OBJECTS_MORE_MOST
    running.put(HOURS * _HOUR_MS, events.SessionEnded("ended"))
    log.close()
    assert log.statistics.lost == 0
    assert sum(1 for _ in steps(tmp_path)) == night.steps > LINES
    assert night.view.counts["spoken"] > 50 and night.tracer.sizes[2] == 0
