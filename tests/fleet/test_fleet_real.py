"""A real fleet on Ray, with models out of a recording: its workers are killed, and its rooms go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("ray", reason="the fleet's tests need ray: scripts/setup dev, or pip install 'livehost[fleet]'")

from livehost.replay import replay
from tests.fleet.rig import away_seconds, cluster, rig, said_twice, strange_to, until, write_rooms

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def made() -> Iterator[Any]:
    """A Ray cluster of one node."""
    with cluster() as made:
        yield made


def test_rooms_of_a_killed_worker_go_on_and_nothing_is_said_twice(made: Any, tmp_path: Path) -> None:
    with rig(made, write_rooms(tmp_path, 4)) as fleet:
        until(fleet.all_live)
        until(lambda: all(room.lines > 3 for room in fleet.rooms().values()))
        worker = fleet.rooms()["r000"].worker
        moved = {name for name, room in fleet.rooms().items() if room.worker == worker}

        fleet.kill_worker(worker)

        until(lambda: all(fleet.rooms()[name].resumed for name in moved))
        before = {name: room.lines for name, room in fleet.rooms().items()}
        until(lambda: all(room.lines > before[name] for name, room in fleet.rooms().items()))
        fleet.end()
        folders = fleet.folders()
    assert [folder.name[11:] for folder in folders] == ["r000", "r001", "r002", "r003"], "no session begins anew"
    for folder in folders:
        room = folder.name[11:]
        assert replay(folder).identical
        assert not said_twice(folder) and not strange_to(folder, room)
        assert (len(away_seconds(folder)) == 1) == (room in moved)


def test_a_room_is_moved_without_losing_what_waits(made: Any, tmp_path: Path) -> None:
    with rig(made, write_rooms(tmp_path, 1)) as fleet:
        until(lambda: len(fleet.rooms()["r000"].held) > 0)
        before = fleet.rooms()["r000"]
        other = next(name for name in fleet.workers() if name != before.worker)

        assert fleet.move("r000", other)

        until(lambda: (room := fleet.rooms()["r000"]).worker == other and room.state == "live")
        after = fleet.rooms()["r000"]
        fleet.end()
        [folder] = fleet.folders()
    assert {item.item for item in before.held} <= {item.item for item in after.held} and after.resumed == 1
    assert replay(folder).identical and not said_twice(folder)


@pytest.mark.models
def test_rooms_share_models_and_go_on_when_a_replica_is_killed(made: Any, tmp_path: Path) -> None:
    with rig(made, write_rooms(tmp_path, 2, models="shared")) as fleet:
        until(fleet.all_live, 120)
        until(lambda: all(room.decided_ms[0] for room in fleet.rooms().values()), 60)

        fleet.kill_replica("Understanding")

        before = {name: room.lines for name, room in fleet.rooms().items()}
        until(lambda: all(room.lines > before[name] + 3 for name, room in fleet.rooms().items()))
        trouble = [told for room in fleet.rooms().values() for told in room.trouble]
        fleet.end()
        folders = fleet.folders()
    assert not [told for told in trouble if told.startswith("matching")]
    assert all(replay(folder).identical and not strange_to(folder, folder.name[11:]) for folder in folders)
