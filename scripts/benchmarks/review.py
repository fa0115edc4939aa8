"""A recorded evening of four hours: verified, opened in the watch page, reported."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from common import LIVEHOST, Row
from evening import make_evening

_HOURS, _LINES = 4.0, 100_000


def review() -> Row:
    """Verify, watch and report a session of 4 hours and 100,000 chat lines."""
    folder = Path(tempfile.mkdtemp()) / "evening"
    try:
        began = time.perf_counter()
        make_evening(folder, _HOURS, _LINES)
        made = time.perf_counter() - began
        return {
            "hours": _HOURS,
            "chat_lines": _LINES,
            "events_mb": round((folder / "events.jsonl").stat().st_size / 1e6, 1),
            "made_seconds": round(made, 1),
            "verify": _verify(folder),
            "report": _measured([*LIVEHOST, "report", str(folder)]),
            "report_kb": round((folder / "report.html").stat().st_size / 1000),
            "watch": _watch(folder),
        }
    finally:
        shutil.rmtree(folder.parent)


def _verify(folder: Path) -> Row:
    found = _measured([*LIVEHOST, "replay", str(folder), "--json"])
    return {**found, "times_real_time": round(_HOURS * 3600 / found["seconds"])}


def _measured(command: list[str]) -> Row:
    """The command's wall time, its processor time and its greatest memory."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    return {
        "seconds": round(time.perf_counter() - began, 1),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "memory_mb": round(used.ru_maxrss / 1024),
        "exit": running.returncode,
    }


def _watch(folder: Path) -> Row:
    """From the command to the page that can be used, in Chromium, and how long a frame takes while it plays."""
    from playwright.sync_api import sync_playwright

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        began = time.perf_counter()
        command = [*LIVEHOST, "replay", str(folder), "--ui", "--port", str(port)]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL, env={**os.environ, "BROWSER": "true"}) as running:
            try:
                _wait_for(f"http://127.0.0.1:{port}/replay")
                serving = time.perf_counter() - began
                page.goto(f"http://127.0.0.1:{port}/replay")
                page.wait_for_selector("body[data-ready]")
                page.wait_for_selector(".row")
                opened = time.perf_counter() - began
                page.wait_for_selector("#missing:not(:has-text('reading'))", state="attached")
                whole = time.perf_counter() - began
                page.click("#play")
                frames = page.evaluate(_FRAMES)
                jumps = page.evaluate(_JUMPS)
                return {
                    "serving_seconds": round(serving, 2),
                    "opened_seconds": round(opened, 2),
                    "page_seconds": round(opened - serving, 2),
                    "all_of_it_seconds": round(whole, 2),
                    "frames_a_second_playing": round(frames),
                    "jump_to_rows_ms": round(jumps),
                }
            finally:
                running.terminate()


_FRAMES = """() => new Promise(done => { let n = 0; const began = performance.now()
  const count = at => { n++; if (at - began > 3000) done(n / (at - began) * 1000); else requestAnimationFrame(count) }
  requestAnimationFrame(count) })"""
_JUMPS = """async () => { const list = document.getElementById('list'); let all = 0
  for (const part of [0.1, 0.9, 0.5, 0.3, 0.7]) {
    document.getElementById('follow').checked = false
    const began = performance.now()
    list.scrollTop = list.scrollHeight * part
    await new Promise(done => { const look = () => {
      const top = Math.floor(list.scrollTop / 26)
      if ([...list.children].some(el => Number(el.dataset.key) === top + 3)) done(); else requestAnimationFrame(look) }
      look() })
    all += performance.now() - began
  }
  return all / 5 }"""


def _wait_for(address: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(600):
        try:
            opener.open(address, timeout=2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"nothing answers at {address}")
