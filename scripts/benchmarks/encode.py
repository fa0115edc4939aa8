"""Beside the broadcast: frames that a real-time x264 encode drops or delays, with and without Livehost hearing and speaking."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
from common import DEMO, LIVEHOST, Row, percentiles

_SECONDS = float(os.environ.get("BENCH_SECONDS", "40"))
_PAIRS = int(os.environ.get("BENCH_PAIRS", "3"))
_WIDTH, _HEIGHT, _RATE = 1280, 720, 30


def encode() -> Row:
    """720p30, preset veryfast (OBS's own), in a process of its own; runs alone and beside Livehost by turns (BENCH_PAIRS)."""
    rows: list[tuple[Row, Row]] = []
    for _ in range(_PAIRS):
        alone = one_run()
        with tempfile.TemporaryDirectory() as folder:
            beside = with_livehost(Path(folder))
        rows.append((alone, beside))
    dropped = [100 * (beside["dropped"] - alone["dropped"]) / beside["frames"] for alone, beside in rows]
    late = [100 * (beside["late"] - alone["late"]) / beside["frames"] for alone, beside in rows]
    return {
        "runs": [{"alone": alone, "beside": beside} for alone, beside in rows],
        "dropped_more_percent": [round(value, 2) for value in dropped],
        "late_more_percent": [round(value, 2) for value in late],
        "load": [round(value, 1) for value in os.getloadavg()],
    }


def with_livehost(folder: Path) -> Row:
    """The demo's host and chat at real pace: it hears, matches and speaks all the while."""
    show = DEMO / "sessions" / "anna"
    command = [*LIVEHOST, "run", str(DEMO / "creators" / "anna"), "--chat", f"file:{show / 'chat.jsonl'}"]
    sound = ["--mic", str(show / "host.opus"), "--speaker", str(folder / "said.wav"), "--headless"]
    running = subprocess.Popen([*command, *sound, "--session", str(folder / "session")], stderr=subprocess.DEVNULL)
    with running:
        while not (folder / "session" / "events.jsonl").exists():
            time.sleep(0.2)
        time.sleep(8)
        row = one_run()
        running.terminate()
    return row


def one_run() -> Row:
    """A fresh process encodes; its figures come on stdout."""
    done = subprocess.run([sys.executable, __file__], capture_output=True, text=True, check=True)
    frames, dropped, *times = done.stdout.split()
    took = [float(value) for value in times]
    return {
        "frames": int(frames),
        "dropped": int(dropped),
        "late": sum(value > 1000 / _RATE for value in took),
        "ready_after_due_ms": percentiles(took, 1),
    }


def encode_in_real_time() -> tuple[int, int, list[float]]:
    """Frames that were due, those skipped because the encoder was more than a frame behind, and for the others how long
    after its moment each was encoded, in ms."""
    import av

    pictures = moving()
    with tempfile.NamedTemporaryFile(suffix=".mkv") as file, av.open(file.name, "w") as container:
        stream = container.add_stream("libx264", rate=_RATE)
        stream.width, stream.height, stream.pix_fmt = _WIDTH, _HEIGHT, "yuv420p"
        stream.options = {"preset": "veryfast", "tune": "zerolatency", "b": "4M"}
        began, dropped, times = time.perf_counter(), 0, []
        total = round(_SECONDS * _RATE)
        for number in range(total):
            due = began + number / _RATE
            time.sleep(max(0.0, due - time.perf_counter()))
            if time.perf_counter() - due > 1 / _RATE:
                dropped += 1
                continue
            frame = av.VideoFrame.from_ndarray(pictures[number % len(pictures)], format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, _RATE)
            container.mux(stream.encode(frame))
            times.append((time.perf_counter() - due) * 1000)
    return total, dropped, times


def moving() -> list[np.ndarray]:
    """A picture with structure that pans, and grain, as a game or a camera gives."""
    rng = np.random.default_rng(1)
    small = rng.integers(16, 235, (_HEIGHT * 3 // 2 // 8, _WIDTH * 2 // 8)).astype(np.uint8)
    wide = np.kron(small, np.ones((8, 8), dtype=np.uint8))
    grain = rng.integers(0, 6, (_HEIGHT * 3 // 2, _WIDTH)).astype(np.uint8)
    return [np.ascontiguousarray(wide[:, 8 * n : 8 * n + _WIDTH] + np.roll(grain, n, 0)) for n in range(60)]


if __name__ == "__main__":
    due, skipped, after = encode_in_real_time()
    print(due, skipped, *(f"{value:.2f}" for value in after))
