"""A real session for BENCH_MINUTES at 50 lines a second with a host who speaks, while one thing after the other breaks.

Each fault must be shown under its name and be over when its cause is; memory and handles must stay; what is asked at the end must
still be answered rightly.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import numpy as np
from common import DEMO, LIVEHOST, TICKS, Row

from livehost import commands, events
from livehost.creators import load
from livehost.record.reader import told
from livehost.replay import replay

sys.path.append(str(Path(__file__).parents[2]))  # the sessions, the device and the collector of the tests
from soak_faults import Clock, Disk, Fault, at_pace, faults
from soak_room import Host, Room

from tests.observe.collecting import collecting
from tests.running import Running, free_port
from tests.test_devices_real import Pulse

_LINES_PER_SECOND = 50.0
_SAMPLE_SECONDS = 5.0
_WARM_SECONDS = 180.0  # of a process, before its memory counts
_FIRST_SECONDS, _LAST_SECONDS = 40.0, 60.0  # without a fault, at the beginning and the end
_SHOWN_SECONDS, _OVER_SECONDS = 240.0, 300.0
_QUESTIONS = 20


def soak() -> Row:
    """50 lines a second and a host for BENCH_MINUTES (60; --minutes), with faults: memory, handles, each fault's name."""
    minutes = float(os.environ.get("BENCH_MINUTES", "60"))
    with tempfile.TemporaryDirectory() as name, ExitStack() as opened:
        folder = Path(name)
        disk = Disk(folder, round(300 + 40 * minutes))
        opened.callback(disk.close)
        collector = opened.enter_context(collecting())
        creator = _creator(folder, collector.url)
        room, wall, port = Room(_LINES_PER_SECOND), Clock(folder), free_port()
        opened.callback(room.close)
        host = None
        environment = {**os.environ, **wall.environment}
        if shutil.which("pulseaudio"):
            (folder / "pulse").mkdir()
            pulse = Pulse(folder / "pulse")
            environment = {**pulse.environment, **wall.environment}
            host = Host(pulse, folder, minutes + 10)
            opened.callback(host.close)
        sound = ["--mic", "default", "--speaker", "default"] if host else ["--mic", "none", "--speaker", "none"]
        session = disk.folder / "s"
        command = [
            *LIVEHOST,
            "run",
            str(creator),
            "--chat",
            f"ws+connect://127.0.0.1:{room.port}",
            *sound,
            "--headless",
        ]
        command += ["--session", str(session), "--port", str(port)]
        with (folder / "stderr").open("wb") as log:
            keeper = subprocess.Popen(command, stderr=log, stdout=log, env=environment)
        opened.callback(keeper.wait)
        opened.callback(keeper.terminate)
        running = Running(f"http://127.0.0.1:{port}", room.port, session, creator)
        watched = _Watched(running, keeper.pid)
        opened.callback(watched.close)
        _until(lambda: watched.parts() and room.sent > 100, 300)
        broken = [*faults(room, host, disk, wall, collector, port, creator, watched.pid)]
        shown = _broken_one_by_one(broken, watched, minutes)
        asked = _ask(room, creator)
        time.sleep(20)
        keeper.terminate()
        keeper.wait(600)
        watched.close()
        figures = watched.figures()
        sys.stderr.write(f"soak: {json.dumps(figures)}\nsoak: reading the recording\n")
        return {
            "minutes": minutes,
            **figures,
            "faults": shown,
            "not_had_here": _missing(disk, host, wall),
            **_of_recording(session, asked),
            "lines_sent": room.sent,
            "posts": sum(room.replies.values()),
            "posts_repeated": sum(times - 1 for times in room.replies.values()),
            "spans_at_the_collector": len(collector.spans),
            "log_kb": round((session / "log.jsonl").stat().st_size / 1000),
        }


def _creator(folder: Path, collector: str) -> Path:
    creator = folder / "anna"
    shutil.copytree(DEMO / "creators" / "anna", creator)
    toml = creator / "creator.toml"
    toml.write_text(f'{toml.read_text("utf-8")}\n[traces]\nendpoint = "{collector}"\n', encoding="utf-8")
    return creator


def _missing(disk: Disk, host: Host | None, wall: Clock) -> list[str]:
    had = {"disk full, disk slow (root)": disk.breaks, "microphone (pulseaudio)": host, "clock (cc)": wall.environment}
    return [name for name, there in had.items() if not there]


class _Watched:
    """The session seen from outside: its parts, and its process's memory, handles, threads and processor time."""

    def __init__(self, running: Running, keeper: int) -> None:
        self._running = running
        self._keeper = keeper
        self._samples: list[tuple[float, int, float, int, int, float]] = []
        self._loads: list[float] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join()

    def pid(self) -> int:
        """Of the session that the keeper runs now; 0: none."""
        tasks = Path(f"/proc/{self._keeper}/task").glob("*/children")
        found = [int(child) for task in tasks for child in task.read_text("ascii").split()]
        return found[0] if found else 0

    def parts(self) -> dict[str, str]:
        """By the console's own state; while the pages refuse us, by the recording."""
        try:
            status, body = self._running.get("/api/state")
            return (
                {part["name"]: part["state"] for part in json.loads(body)["parts"]} if status == 200 else self._last()
            )
        except (OSError, ValueError):
            return {}

    def _last(self) -> dict[str, str]:
        with (self._running.folder / "events.jsonl").open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 400_000))
            lines = [line for line in file.read().split(b"\n") if b'"PartChanged"' in line]
        changes = [json.loads(line)["event"] for line in lines]
        return {change["part"]: change["state"] for change in changes}

    def _sample(self) -> None:
        while not self._over.wait(_SAMPLE_SECONDS):
            self._loads.append(os.getloadavg()[0])
            try:
                pid = self.pid()
                place = Path(f"/proc/{pid}")
                resident = int((place / "statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
                stat = (place / "stat").read_text("ascii").rpartition(")")[2].split()
                handles, threads = len([*(place / "fd").iterdir()]), int(stat[17])
                used = (int(stat[11]) + int(stat[12])) / TICKS
            except (OSError, IndexError):
                continue
            self._samples.append((time.monotonic(), pid, resident, handles, threads, used))

    def figures(self) -> Row:
        """Of the last process, behind its first minutes."""
        mine = [sample for sample in self._samples if sample[1] == self._samples[-1][1]]
        warm = [sample for sample in mine if sample[0] - mine[0][0] > _WARM_SECONDS] or mine
        at, memory, handles = (np.array([sample[n] for sample in warm]) for n in (0, 2, 3))
        third = max(1, len(warm) // 3)
        return {
            "load_of_the_machine": {"median": round(median(self._loads), 1), "most": round(max(self._loads), 1)},
            "minutes_of_one_process": round((at[-1] - at[0]) / 60, 1),
            "memory_mb": {
                "first_third": round(median(memory[:third])),
                "last_third": round(median(memory[-third:])),
                "most": round(memory.max()),
                "slope_per_hour": round(float(np.polyfit(at - at[0], memory, 1)[0]) * 3600, 1),
            },
            "handles": {
                "first_third": round(median(handles[:third])),
                "last_third": round(median(handles[-third:])),
                "most": int(handles.max()),
            },
            "threads": {"first": warm[0][4], "last": warm[-1][4]},
            "cpu_of_one_core_percent": round(100 * (mine[-1][5] - mine[0][5]) / (mine[-1][0] - mine[0][0]), 1),
        }


def _broken_one_by_one(broken: list[Fault], watched: _Watched, minutes: float) -> Row:
    began = time.monotonic()
    gap = max(20.0, (minutes * 60 - _FIRST_SECONDS - _LAST_SECONDS) / len(broken))
    shown: Row = {}
    for number, fault in enumerate(broken):
        time.sleep(max(0.0, began + _FIRST_SECONDS + number * gap - time.monotonic()))
        if time.monotonic() - began > minutes * 60 - _LAST_SECONDS:
            shown[fault.name] = "not reached: those before took too long"
            continue
        sys.stderr.write(f"soak: {fault.name}\n")
        shown[fault.name] = _seen(fault, watched)
        sys.stderr.write(f"soak: {fault.name}: {shown[fault.name]}\n")
    time.sleep(max(0.0, began + minutes * 60 - time.monotonic()))
    return shown


def _seen(fault: Fault, watched: _Watched) -> Row:
    """When it was shown under its name, from its beginning, and when it was over, from its cause's end."""

    def troubled() -> bool:
        return watched.parts().get(fault.part, "") in ("degraded", "lost")

    def well() -> bool:
        return watched.parts().get(fault.part, "") in ("ok", "off")

    stops = fault.part == "computer"  # nothing is shown while it stands
    with at_pace(fault) as began:
        after = None if stops else _until(troubled, _SHOWN_SECONDS, began)
    ended = time.monotonic()
    after = _until(troubled, _SHOWN_SECONDS, began) if stops else after
    return {
        "listed_as": fault.part,
        "shown_after_seconds": after,
        "over_after_seconds": _until(well, _OVER_SECONDS, ended),
    }


def _until(what: Callable[[], object], seconds: float, since: float | None = None) -> float | None:
    """Seconds since `since` when it came to pass; None: it did not."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if what():
            return round(time.monotonic() - (since or began), 1)
        time.sleep(0.2)
    return None


def _ask(room: Room, creator: Path) -> dict[str, str]:
    """Known questions, in the room's flood; line id → the entry that answers it."""
    asked = {}
    for number, faq in enumerate(load(creator).faqs[:_QUESTIONS]):
        asked[f"known-{number}"] = faq.id
        room.ask(f"known-{number}", faq.question)
        time.sleep(1)
    return asked


def _of_recording(session: Path, asked: dict[str, str]) -> Row:
    right, seen, lines, dropped = 0, 0, 0, 0
    troubles: Counter[str] = Counter()
    skipped = 0
    for _, line in told(session):
        match line.event or line.command:
            case events.ChatReceived():
                lines += 1
            case events.ChatDropped(count=count):
                dropped += count
            case events.PartChanged(part=part, state="degraded" | "lost"):
                troubles[part] += 1
            case commands.ShowDecision(line_id=line_id, decision=decision):
                skipped += "skipped: too many lines at once" in decision.reasons
                if line_id in asked:
                    seen += 1
                    right += decision.faq == asked[line_id] and decision.route in ("answer", "hold")
    return {
        "lines_read": lines,
        "lines_dropped": dropped,
        "lines_not_read_closely": skipped,
        "known_questions_at_the_end": {"asked": len(asked), "decided": seen, "right": right},
        "troubles_told": dict(troubles),
        "replays": replay(session).identical,
    }
