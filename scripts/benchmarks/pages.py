"""The pages under load: a mute while the chat floods, and a moderator's console for as long as one wants."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
from common import Row, percentiles
from resources import cpu_seconds
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.running import Running, session, until

_MINUTES = float(os.environ.get("LIVEHOST_CONSOLE_MINUTES", "30"))
_MUTES = int(os.environ.get("LIVEHOST_MUTES", "100"))
_FLOOD, _BUSY = 5000, 200  # lines a second
_SAID = "Here is what we have for you tonight, all of it, one thing after the other, and there is a lot to see."
_WRITES = (
    "hello everyone", "so good", "lol", "does it come in blue?", "do you ship to Canada?", "how much is the ridge jacket",
    "哈哈哈哈", "包邮吗", "that colour though", "is it waterproof", "what is your shoe size Anna", "first time here",
)  # fmt: skip
_SETTINGS = "[speech]\nnotice = false"


def muting() -> Row:
    """A mute sent over HTTP to the last audible block at a page that plays, with 5,000 chat lines a second coming in."""
    with _running() as (running, pid), _flood(running, _FLOOD) as told, _Listening(running) as heard:
        trials: list[_Muted] = []
        for number in range(_MUTES):
            _post(running, "/api/say", {"text": f"{_SAID} {number % 5}"})
            heard.wait_for_sound()
            time.sleep(0.05 + 0.1 * (number % 7) / 7)
            trials.append(heard.silent_after(running))
            _post(running, "/api/stop")
            _post(running, "/api/unmute")
        state = running.state()
        return {
            "sent_a_second": round(told()),
            "came_in": state["counts"]["lines"],
            "passed_over": state["counts"].get("dropped", 0),
            **_delays(trials),
            "memory_mb": _memory_mb(pid),
        }


def console() -> Row:
    """A console in Chromium with 200 chat lines a second (30 minutes; LIVEHOST_CONSOLE_MINUTES): input delay, memory."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with _running() as (running, pid), _flood(running, _BUSY) as told, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(running.base + "/console")
        page.evaluate(_WATCH)
        metrics = page.context.new_cdp_session(page)
        metrics.send("Performance.enable")
        pages_mb: list[float] = []
        servers_mb: list[float] = []
        began, cpu, inputs = time.monotonic(), cpu_seconds(pid), 0
        while time.monotonic() - began < _MINUTES * 60:
            page.locator("#say-text").press_sequentially("are you there", delay=80)
            page.locator("#say-text").fill("")
            page.locator("#only-questions").click()
            inputs += 15
            now: Any = {m["name"]: m["value"] for m in metrics.send("Performance.getMetrics")["metrics"]}
            pages_mb.append(now["JSHeapUsedSize"] / 2**20)
            servers_mb.append(_memory_mb(pid))
            time.sleep(1)
        slow: list[float] = page.evaluate("window.slow")
        nodes = now["Nodes"]
        spent = time.monotonic() - began
        state = running.state()
        browser.close()
        row: Row = {
            "minutes": _MINUTES,
            "sent_a_second": round(told()),
            "came_in": state["counts"]["lines"],
            "passed_over": state["counts"].get("dropped", 0),
            # What took less than 16 ms from the key to the picture is not told by the browser: it counts as 16.
            "input_to_picture_ms": percentiles([*slow, *[16.0] * max(0, inputs - len(slow))], 0),
            "page_mb": _first_and_last(pages_mb),
            "page_nodes": nodes,
            "server_mb": _first_and_last(servers_mb),
            "server_cpu_percent_of_one_core": round(100 * (cpu_seconds(pid) - cpu) / spent, 1),
        }
        ending = time.monotonic()
    row["seconds_to_its_end"] = round(time.monotonic() - ending, 1)
    return row


# Event timing: from the input to the next picture, as the browser itself measures it.
_WATCH = """() => {
    window.slow = []
    const seen = new Set()
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) {
            if (!['keydown', 'pointerdown', 'click'].includes(entry.name)) continue
            const id = entry.interactionId || entry.startTime
            if (seen.has(id)) continue
            seen.add(id)
            window.slow.push(entry.duration)
        }
    }).observe({ type: 'event', durationThreshold: 16 })
}"""


@contextmanager
def _running() -> Iterator[tuple[Running, int]]:
    with tempfile.TemporaryDirectory() as folder:
        held = session(Path(folder), "--speaker", "browser", "--no-restart", settings=_SETTINGS, patience=1200)
        with closing(held):  # type: ignore[type-var]
            running = next(held)
            yield running, int(_pid(running))


def _pid(running: Running) -> str:
    port = running.base.rpartition(":")[2]
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            arguments = (folder / "cmdline").read_bytes().split(b"\0")
            if b"livehost" in arguments and port.encode() in arguments:
                return folder.name
    raise AssertionError("the session is gone")


def _memory_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return round(int(status.split("VmRSS:")[1].split()[0]) / 1024)


def _first_and_last(values: list[float]) -> Row:
    """Over the first and the last tenth, and the most."""
    tenth = max(1, len(values) // 10)
    return {
        "first": round(float(np.mean(values[:tenth])), 1),
        "last": round(float(np.mean(values[-tenth:])), 1),
        "most": round(max(values), 1),
    }


class _Listening:
    """A page that plays: when the last audible block came."""

    def __init__(self, running: Running) -> None:
        self._url = running.base.replace("http", "ws") + "/api/sound"
        self.last = 0.0

    def __enter__(self) -> _Listening:
        self._socket = connect(self._url)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._thread.join()

    def _listen(self) -> None:
        try:
            for block in self._socket:
                if isinstance(block, bytes) and np.abs(np.frombuffer(block, "<i2")).max() > 60:
                    self.last = time.perf_counter()
        except ConnectionClosed:
            return

    def wait_for_sound(self) -> None:
        asked = time.perf_counter()
        until(lambda: self.last > asked, 60)

    def silent_after(self, running: Running) -> _Muted:
        sent = time.perf_counter()
        told = _post(running, "/api/mute")
        answered = time.perf_counter()
        time.sleep(0.5)
        return _Muted(sent, answered, told["at_ms"] / 1000, self.last)


@dataclass(frozen=True)
class _Muted:
    """Seconds of this process's clock; `received` of the session's."""

    sent: float
    answered: float
    received: float
    last_audible: float


def _delays(trials: list[_Muted]) -> Row:
    """The two clocks are set against each other by the quickest answer: `received_…` may be too short by its way back."""
    apart = min(trial.answered - trial.received for trial in trials)
    received = [max(0.0, t.last_audible - t.received - apart) * 1000 for t in trials]
    sent = [max(0.0, t.last_audible - t.sent) * 1000 for t in trials]
    return {
        "received_to_last_audible_block_ms": percentiles(received, 1),
        "sent_to_last_audible_block_ms": percentiles(sent, 1),
        "sent_to_acknowledged_ms": percentiles([(t.answered - t.sent) * 1000 for t in trials], 1),
    }


def _post(running: Running, path: str, body: object = None) -> Any:
    """Patiently: a machine that is busy with something else is no failure of the session."""
    host = running.base.removeprefix("http://")
    with closing(http.client.HTTPConnection(host, timeout=60)) as link:
        link.request("POST", path, json.dumps(body or {}), {"Content-Type": "application/json"})
        return json.loads(link.getresponse().read())


@contextmanager
def _flood(running: Running, per_second: int) -> Iterator[Any]:
    """Lines from a process of its own; gives a function that tells how many a second were really sent."""
    command = [sys.executable, __file__, str(running.chat_port), str(per_second)]
    writing = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert writing.stdout
    writing.stdout.readline()

    def told() -> float:
        rate, _ = writing.communicate("\n")
        return float(rate)

    try:
        time.sleep(2)
        yield told
    finally:
        writing.kill()


def _write(port: int, per_second: int) -> None:
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()
    batch = max(1, per_second // 50)
    with connect(f"ws://127.0.0.1:{port}") as link:
        print("begun", flush=True)
        began, sent = time.perf_counter(), 0
        while not stop.is_set():
            lines = [_line(sent + n) for n in range(batch)]
            link.send(json.dumps(lines))
            sent += batch
            time.sleep(max(0.0, began + sent / per_second - time.perf_counter()))
        print(sent / (time.perf_counter() - began), flush=True)


def _line(number: int) -> Row:
    user = {"id": str(number % 20_000), "name": f"viewer {number % 20_000}"}
    return {"id": str(number), "platform": "test", "user": user, "text": _WRITES[number % len(_WRITES)]}


if __name__ == "__main__":
    _write(int(sys.argv[1]), int(sys.argv[2]))
