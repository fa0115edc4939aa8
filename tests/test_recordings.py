"""Kept recordings replay to the same commands, for ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from livehost.replay import replay

KEPT = sorted(path.parent for path in (Path(__file__).parent / "recordings").glob("*/session.toml"))


def test_there_are_recordings() -> None:
    assert {"anna", "xiaohe"} <= {path.name for path in KEPT}


@pytest.mark.parametrize("folder", KEPT, ids=lambda path: path.name)
def test_a_kept_recording_replays(folder: Path) -> None:
    outcome = replay(folder)
    assert not outcome.failed, outcome.first_difference
    assert outcome.events > 500
