"""A real session is killed at any moment and begun again: by hand with the same command, and by its keeper."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import Any, cast

import pytest

from livehost import events
from livehost.record.reader import steps
from livehost.replay import replay
from tests.running import Running, session, until

pytestmark = pytest.mark.models


TOML = """name = "Anna"
mode = "polite"
[floor]
expire_seconds = 600
held_seconds = 600
[speech]
notice = false
"""


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="the session's process is found in /proc")
def test_killed_again_and_again_it_goes_on_and_nothing_is_said_twice(tmp_path: Path) -> None:
    held = cast(Generator[Running], session(tmp_path, files={"creator.toml": TOML}))
    running = next(held)
    try:
        keeper = next(child for child in children(os.getpid()) if children(child))
        running.post("/api/mode", {"mode": "lively"})
        running.post("/api/pause")
        running.write("how much is the ridge jacket?", "where is my order 1234?", name="mia")
        before = until(lambda: (two := standing(running)) and len(two) == 2 and two)

        kill(keeper)

        assert until(lambda: standing(running)) == before
        assert (running.state()["mode"], running.state()["paused"]) == ("lively", True)
        until(lambda: wrote(running, "do you ship to Canada?"), 120)
        until(lambda: len(standing(running)) > 2)
        running.post("/api/resume")
        being_said = until(lambda: running.state()["saying"])

        kill(keeper)

        state = until(lambda: answers(running))
        assert state["saying"] is None and being_said["text"] not in [item["text"] for item in state["items"]]
        until(lambda: [item["state"] for item in running.state()["over"]].count("answered") == 2, 120)
    finally:
        held.close()
    assert [found.name for found in tmp_path.glob("s*")] == ["s"]
    assert replay(tmp_path / "s").identical
    assert {path.stat().st_mode & 0o077 for path in [tmp_path / "s", *(tmp_path / "s").rglob("*")]} == {0}
    begun = spoken(tmp_path / "s")
    assert len(begun) >= 2 and set(begun.values()) == {1}


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def kill(keeper: int) -> None:
    """Returns when the next one was begun."""
    [process] = children(keeper)
    os.kill(process, signal.SIGKILL)
    until(lambda: process not in children(keeper) and children(keeper))


def answers(running: Running) -> dict[str, Any] | None:
    try:
        state: dict[str, Any] = running.state()
    except OSError:
        return None
    return state


def standing(running: Running) -> list[tuple[int, str, str]]:
    """Each open item and where it stands."""
    state = answers(running) or {"items": []}
    return [(item["item"], item["state"], item["text"]) for item in state["items"]]


def wrote(running: Running, text: str) -> bool:
    try:
        running.write(text, name="bo")
    except OSError:
        return False
    return True


def spoken(folder: Path) -> Counter[int]:
    """How often the voice began on each item."""
    item, begun = 0, Counter[int]()
    for step in steps(folder):
        if isinstance(step.envelope.event, events.PlaybackStarted):
            begun[item] += 1
        for wish in step.wishes:
            if b'"ShowItem"' in wish and b'"speaking"' in wish:
                item = int(wish.partition(b'"item":')[2].split(b",")[0])
    return begun
