"""What a session takes of the processor and of memory."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile
from common import DEMO, LIVEHOST, TICKS, Row, percentiles

from livehost.sound import HEARD_RATE


def resources() -> Row:
    """CPU share of one core and memory of a session: hearing silence with no chat, and the demo at real pace."""
    with tempfile.TemporaryDirectory() as folder:
        silence = Path(folder) / "silence.wav"
        soundfile.write(silence, np.zeros(40 * HEARD_RATE, dtype=np.float32), HEARD_RATE)
        anna = str(DEMO / "creators" / "anna")
        idle = ["run", anna, "--mic", str(silence), "--speaker", "none", "--headless", "--session", f"{folder}/idle"]
        idle.append("--no-restart")
        busy = ["demo", "--headless", "--out", f"{folder}/busy"]
        return {"idle": watched(idle, Path(folder) / "idle", 30), "busy": watched(busy, Path(folder) / "busy", 60)}


def watched(arguments: list[str], session: Path, seconds: int) -> Row:
    running = subprocess.Popen([*LIVEHOST, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not (session / "events.jsonl").exists():
            time.sleep(0.2)
        time.sleep(3)
        shares, before = [], cpu_seconds(running.pid)
        for _ in range(seconds):
            time.sleep(1)
            now = cpu_seconds(running.pid)
            shares.append((now - before) * 100)
            before = now
        return {
            "cpu_percent_of_one_core": {"mean": round(float(np.mean(shares)), 1), **percentiles(shares, 1)},
            "memory_mb": round(peak_memory_mb(running.pid)),
        }
    finally:
        running.terminate()
        running.wait()


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_memory_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024
