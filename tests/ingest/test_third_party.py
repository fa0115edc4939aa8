"""A platform out of another package, really built and installed: found by its entry points, run, decoded, examined, set."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
PACKAGE = Path(__file__).parent / "smoke_signals"
TRIAL = """
import asyncio, json, sys
from livehost import clock
from livehost.ingest.connect import open_chats
from livehost.ingest.platform import check_tables
from livehost.settings import Creator
from tests.platforms.relay import Relay
from tests.platforms.watching import surroundings, watched

async def trial():
    server = Relay()
    async with server.open() as address:
        tables = {"smoke": {"hill": "north", "ignore": ["troll"]}}
        check_tables(tables)
        (room,) = open_chats([f"smoke:{address}"], surroundings(), Creator("A", platforms=tables), lambda name: print)
        async with watched(room) as seen:
            await seen.until(lambda: bool(server.links) and seen.says("ok: seen from here"))
            for who in ("mia", "troll", "ben"):
                await server.send({"id": who, "who": who, "text": f"hello from {who}"})
            await server.send({"kind": "wind"})
            await seen.until(lambda: len(seen.lines) == 2)
            await server.cut()
            await seen.until(lambda: len(server.paths) == 2 and bool(server.links))
            await server.send({"id": "ben", "who": "ben", "text": "hello from ben"}, {"id": "k", "who": "kim", "text": "hi"})
            await seen.until(lambda: len(seen.lines) == 3)
            await room.post("mia", "[AI] Yes. " + "It is warm. " * 9)
            await seen.until(lambda: bool(server.received))
        print(json.dumps({"texts": seen.texts, "paths": server.paths, "posted": server.received}))

clock.run(trial())
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process that has the package; nothing of it is left in this one."""
    target = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--no-build-isolation", "--target", str(target), str(PACKAGE)], check=True)
    root = Path(__file__).parents[2]
    return {**os.environ, "PYTHONPATH": f"{target}{os.pathsep}{root}"}


def _run(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, check=False)


def test_another_packages_room_lives_as_ours_do(installed: dict[str, str]) -> None:
    done = _run(installed, "-c", TRIAL)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["texts"] == ["hello from mia", "hello from ben", "hi"] and told["paths"] == ["/north", "/north"]
    assert told["posted"] == [{"reply_to": "mia", "text": "[AI] Yes. It is warm. It is warm."}]


def test_the_commands_know_it(installed: dict[str, str], tmp_path: Path) -> None:
    frames = tmp_path / "smoke.frames"
    frames.write_text('{"id":"1","who":"mia","text":"how much?"}\n{"kind":"wind"}\n', encoding="utf-8")
    done = _run(installed, "-m", "livehost", "decode", "smoke", str(frames))
    assert json.loads(done.stdout)["text"] == "how much?" and "1 not decoded: wind" in done.stderr
    done = _run(installed, "-m", "livehost", "login", "smoke")
    assert done.returncode == 2 and "LIVEHOST_SMOKE_TOKEN" in done.stderr
    done = _run({**installed, "PYTHONPATH": ""}, "-m", "livehost", "decode", "smoke", str(frames))
    assert done.returncode == 2 and "'smoke' can't be decoded" in done.stderr
