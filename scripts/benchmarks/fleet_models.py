"""Models shared by rooms against one of each a room, and how many rooms a machine takes."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from common import DEMO, Row, chat, percentiles

sys.path.insert(0, str(Path(__file__).parents[2]))

from livehost.creators import load
from livehost.understand.matching import Matching
from tests.fleet.rig import Rig, cluster, rig, until, write_rooms

_ROOMS = int(os.environ.get("LIVEHOST_FLEET_MODEL_ROOMS", "6"))
_SECONDS = float(os.environ.get("LIVEHOST_FLEET_SECONDS", "20"))
_CURVE = tuple(map(int, os.environ.get("LIVEHOST_FLEET_CURVE", "5,10,20,40").split(",")))
_CURVE_SECONDS = 45
_MILLION_A_MINUTE = 1_000_000 / 60


class Asking:
    """A room that asks its matcher line after line. An actor."""

    def __init__(self, number: int, shared: bool) -> None:
        os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
        engines = None
        if shared:
            from livehost.fleet.clients import SharedEngines

            engines = SharedEngines()
        self._matching = Matching(load(DEMO / "creators" / "anna"), None, engines)
        self._lines = [line["text"] for line in chat("anna") if line.get("text")]
        self._number = number

    def ask(self, seconds: float) -> list[float]:
        """Seconds of each line; no two are the same, so that nothing is remembered."""
        took, until_s, turn = [], time.monotonic() + seconds, 0
        while time.monotonic() < until_s:
            began = time.monotonic()
            self._matching.match(f"{self._lines[turn % len(self._lines)].lower()} {self._number} {turn}")
            took.append(time.monotonic() - began)
            turn += 1
        return took

    def memory_mb(self) -> float:
        return memory_mb(os.getpid())


def memory_mb(pid: int) -> float:
    """Of this process alone."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in told.splitlines() if line.startswith(("Private_", "Pss_Anon"))) / 1024


def fleet_models() -> Row:
    """Lines a second and memory of 6 rooms with a matcher's models each, and with shared ones (LIVEHOST_FLEET_MODEL_ROOMS)."""
    with cluster() as made:
        own = _asked(made, shared=False)
        from livehost.fleet.shared import start_models

        start_models(2)
        shared = _asked(made, shared=True)
    rate = shared["lines_per_s"] / (os.cpu_count() or 1)
    return {
        "rooms": _ROOMS,
        "own": own,
        "shared": shared,
        "throughput_shared_to_own": round(shared["lines_per_s"] / own["lines_per_s"], 2),
        "memory_own_to_shared": round(own["memory_mb"] / shared["memory_mb"], 2),
        "lines_per_s_per_core": round(rate, 1),
        "cores_for_a_million_new_lines_a_minute": round(_MILLION_A_MINUTE / rate),
    }


def _asked(made: Any, *, shared: bool) -> Row:
    import ray

    rooms = [ray.remote(Asking).options(num_cpus=0).remote(number, shared) for number in range(_ROOMS)]
    ray.get([room.ask.remote(0.5) for room in rooms])
    began = time.monotonic()
    took = [second for one in ray.get([room.ask.remote(_SECONDS) for room in rooms]) for second in one]
    spent = time.monotonic() - began
    memory = sum(ray.get([room.memory_mb.remote() for room in rooms]))
    memory += sum(memory_mb(pid) for pid in _replicas())
    for room in rooms:
        ray.kill(room)
    latency = percentiles([1000 * second for second in took], 0)
    return {"lines_per_s": round(len(took) / spent, 1), "latency_ms": latency, "memory_mb": round(memory)}


def _replicas() -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"ServeReplica:livehost-models-Understanding" in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def fleet_curve() -> Row:
    """Rooms on one node at real pace, models out of a recording: decision latency and processor (LIVEHOST_FLEET_CURVE)."""
    found: Row = {}
    with cluster() as made:
        for count in _CURVE:
            with (
                tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
                rig(made, write_rooms(Path(folder), count, repeats=2)) as running,
            ):
                until(running.all_live, 180)
                before, began = _cpu_seconds(running), time.monotonic()
                time.sleep(_CURVE_SECONDS)
                cpu = (_cpu_seconds(running) - before) / (time.monotonic() - began)
                rooms = running.rooms().values()
                found[str(count)] = {
                    "decided_p50_ms": percentiles([room.decided_ms[0] for room in rooms], 0),
                    "decided_p95_ms": percentiles([room.decided_ms[1] for room in rooms], 0),
                    "cut": sum(room.resumed > 0 for room in rooms),
                    "cores": round(cpu, 2),
                    "rooms_per_core": round(count / cpu, 1),
                }
                sys.stderr.write(f"bench: fleet_curve: {count}: {found[str(count)]}\n")
                running.end()
    return found


def _cpu_seconds(running: Rig) -> float:
    spent = 0.0
    for worker in running.workers():
        fields = Path(f"/proc/{running.pid_of(worker)}/stat").read_text().rpartition(")")[2].split()
        spent += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return spent
