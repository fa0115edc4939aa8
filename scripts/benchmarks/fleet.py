"""A fleet of simulated rooms on two Ray nodes of this machine, at real pace: faults, the curve, shared models."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from common import Row, percentiles

sys.path.insert(0, str(Path(__file__).parents[2]))

from livehost.replay import replay
from tests.fleet.rig import Rig, away_seconds, cluster, rig, said_twice, strange_to, until, write_rooms

_ROOMS = int(os.environ.get("LIVEHOST_FLEET_ROOMS", "50"))
_SETTLE_SECONDS = 10


def fleet() -> Row:
    """50 rooms on two nodes; a worker, the supervisor and a node are killed (LIVEHOST_FLEET_ROOMS)."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        file = write_rooms(Path(folder), _ROOMS, repeats=4)
        with cluster(nodes=1) as made, rig(made, file) as running:
            began = time.monotonic()
            until(running.all_live, 180)
            started_s = time.monotonic() - began
            time.sleep(_SETTLE_SECONDS)
            faults = {
                "worker": _fault(running, lambda: running.kill_worker(running.rooms()["r000"].worker)),
                "supervisor": _fault(running, running.kill_supervisor),
                "node": _fault(running, running.kill_node),
            }
            decided = [room.decided_ms[1] for room in running.rooms().values()]
            running.end()
            folders = running.folders()
        away = [seconds for session in folders for seconds in away_seconds(session)]
        return {
            "rooms": _ROOMS,
            "started_s": round(started_s, 1),
            "back_after_s": faults,
            "away_s": percentiles(away, 1),
            "decided_p95_ms": percentiles(decided, 0),
            "sessions": len(folders),
            "recordings_identical": sum(replay(session).identical for session in folders),
            "said_or_sent_twice": [what for session in folders for what in said_twice(session)],
            "of_another_room": [what for session in folders for what in strange_to(session, session.name[11:])],
        }


def _fault(running: Rig, break_it: object) -> Row:
    """How long after it each of the rooms that it took was live again."""
    before = running.rooms()
    began = time.monotonic()
    assert callable(break_it)
    break_it()
    back: dict[str, float] = {}
    lost: set[str] = set()
    while time.monotonic() - began < 60:
        try:
            now = running.rooms()
        except Exception:
            time.sleep(0.1)  # the supervisor is being begun again
            continue
        for name, room in now.items():
            if room.state != "live" or room.resumed > before[name].resumed:
                lost.add(name)
            if name not in back and room.state == "live" and room.resumed > before[name].resumed:
                back[name] = time.monotonic() - began
        if time.monotonic() - began > 12 and lost <= set(back):
            break
        time.sleep(0.5)
    time.sleep(_SETTLE_SECONDS)
    found = {"rooms": len(lost), **(percentiles(list(back.values()), 1) if back else {})}
    sys.stderr.write(f"bench: fleet: {found}\n")
    return found
