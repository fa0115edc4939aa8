"""SIGKILL at random moments of one session: how soon its state is back, and what was lost, repeated or sent twice.

A room asks once a second, somebody changes the mode and mutes now and then; the session is killed 0 to 25 s after it was begun,
the loading of its models included, and begun again with the same command. The witness outside reads every post, and the state
every 100 ms: what it saw and was not recorded is lost.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from common import DEMO, LIVEHOST, Row, percentiles
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from livehost import events
from livehost.creators import load
from livehost.record.reader import steps, told
from livehost.replay import replay

sys.path.append(str(Path(__file__).parents[2]))  # the sessions of the tests
from tests.running import Running, free_port

_KILLS = 200
_LATEST_SECONDS = 25.0


class _Room:
    """Asks what the creator's FAQ knows, each time as another viewer; `posts` counts each reply that came."""

    def __init__(self, port: int, questions: list[str]) -> None:
        self.posts: Counter[tuple[str, str]] = Counter()
        self._url = f"ws://127.0.0.1:{port}"
        self._questions = questions
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()

    def end(self) -> None:
        self._over.set()
        self._thread.join()

    def _ask(self) -> None:
        number = 0
        while not self._over.is_set():
            try:
                with connect(self._url, open_timeout=2, proxy=None) as link:
                    while not self._over.is_set():
                        number += 1
                        user = {"id": f"u{number}", "name": f"viewer{number}"}
                        text = self._questions[number % len(self._questions)]
                        link.send(json.dumps({"id": str(number), "platform": "b", "user": user, "text": text}))
                        self._read(link, time.monotonic() + 1)
            except (OSError, WebSocketException, TimeoutError):
                self._over.wait(0.2)

    def _read(self, link: Any, until: float) -> None:
        while (left := until - time.monotonic()) > 0:
            try:
                told_us = json.loads(link.recv(left))
            except TimeoutError:
                return
            if told_us["type"] == "reply":
                self.posts[told_us["reply_to"], told_us["text"]] += 1


def kills() -> Row:
    """SIGKILL at random moments: state back, missing, repeated. `KILLS` and `SEED` in the environment: how many, and which."""
    count, chance = int(os.environ.get("KILLS") or _KILLS), random.Random(os.environ.get("SEED"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        creator = folder / "anna"
        shutil.copytree(DEMO / "creators" / "anna", creator)
        chat, port = free_port(), free_port()
        command = [*LIVEHOST, "run", str(creator), "--chat", f"ws://127.0.0.1:{chat}", "--mic", "none", "--speaker"]
        command += ["none", "--headless", "--session", str(folder / "s"), "--port", str(port), "--no-restart"]
        running = Running(f"http://127.0.0.1:{port}", chat, folder / "s", creator)
        room = _Room(chat, [faq.question for faq in load(creator).faqs])
        try:
            back, wrong, missing_ms = _cycles(command, running, chance, count)
        finally:
            room.end()
        said = _said_again(folder / "s")
        return {
            "kills": count,
            "state_back_seconds": {**percentiles(back, 2), "most": round(max(back), 2)},
            "state_differs": wrong,
            "missing_ms": {**percentiles(missing_ms, 0), "most": round(max(missing_ms))},
            "lines": len({line.event.line.id for _, line in told(folder / "s") if _is_line(line.event)}),
            "utterances": said["begun"],
            "utterances_repeated": said["again"],
            "posts": sum(room.posts.values()),
            "posts_repeated": sum(times - 1 for times in room.posts.values()),
            "sessions": len(list(folder.glob("s*"))),
            "replays": replay(folder / "s").identical,
            "events": sum(1 for _ in steps(folder / "s")),
        }


def _is_line(event: object) -> bool:
    return isinstance(event, events.ChatReceived)


def _cycles(
    command: list[str], running: Running, chance: random.Random, count: int
) -> tuple[list[float], int, list[float]]:
    back: list[float] = []
    missing_ms: list[float] = []
    wrong = 0
    seen: dict[str, Any] = {}
    for number in range(count + 1):
        began = time.monotonic()
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        state = _state(running, process)
        if number:
            back.append(time.monotonic() - began)
            wrong += _differs(seen, state)
        else:
            time.sleep(15)
        last = began + (chance.uniform(1, _LATEST_SECONDS) if number else _LATEST_SECONDS)
        acted = 0.0
        while time.monotonic() < last:
            seen = _state(running, process)
            seen_at = time.monotonic()
            if seen_at - acted > 4:
                acted = seen_at
                _act(running, chance)
                seen = _state(running, process)
            time.sleep(0.1)
        if number == count:
            process.terminate()
            process.wait()
            break
        process.kill()
        process.wait()
        missing_ms.append(_missing_ms(running.folder, (seen or state)["at_ms"]))
    return back, wrong, missing_ms


def _state(running: Running, process: subprocess.Popen[bytes]) -> dict[str, Any]:
    while True:
        try:
            state: dict[str, Any] = running.state()
        except OSError:
            if process.poll() is not None:
                raise RuntimeError("the session did not begin") from None
            time.sleep(0.02)
        else:
            return state


def _act(running: Running, chance: random.Random) -> None:
    what = chance.choice(["mode", "mute", "unmute", "unmute", "drop"])
    body = {"mode": chance.choice(["polite", "lively", "quiet"])} if what == "mode" else {}
    running.post(f"/api/{what}", body)


def _missing_ms(folder: Path, seen_ms: int) -> float:
    """How much younger the last thing seen outside is than the last one recorded; 0: all of it is there."""
    last = max((line.at_ms for _, line in told(folder) if line.event is not None), default=0)
    return max(0, seen_ms - last)


def _differs(seen: dict[str, Any], state: dict[str, Any]) -> int:
    """Mode, mute, pause and held items: what only people change."""
    if not seen:
        return 0

    def of(shown: dict[str, Any]) -> tuple[object, ...]:
        held = {item["item"] for item in shown["items"] if item["state"] == "held"}
        return shown["mode"], shown["muted"], shown["paused"], frozenset(held)

    return int(of(seen) != of(state))


def _said_again(folder: Path) -> dict[str, int]:
    """Items whose voice began again after it had begun when the session was killed."""
    item = begun = again = 0
    heard_at_kill: set[int] = set()
    speaking = False
    for step in steps(folder):
        event = step.envelope.event
        if isinstance(event, events.SessionResumed) and speaking:
            heard_at_kill.add(item)
        if isinstance(event, events.PlaybackStarted):
            begun += 1
            again += item in heard_at_kill
            speaking = True
        elif isinstance(event, events.PlaybackFinished | events.PlaybackCut):
            speaking = False
        for wish in step.wishes:
            if b'"ShowItem"' in wish and b'"speaking"' in wish:
                item = int(wish.partition(b'"item":')[2].split(b",")[0])
    return {"begun": begun, "again": again}
