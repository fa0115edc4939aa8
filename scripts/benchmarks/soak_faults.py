"""What can break while a session runs, and how it is broken and mended from outside."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soak_room import Host, Room

# The wall clock of one process and its children, so many seconds ahead as the file says; monotonic clocks stay as they are.
_WALL_CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
static int (*real)(clockid_t, struct timespec *);
static volatile long *ahead;
__attribute__((constructor)) static void begin(void) {
  int file = open(getenv("SOAK_CLOCK"), O_RDONLY);
  void *at = file < 0 ? MAP_FAILED : mmap(0, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
  real = dlsym(RTLD_NEXT, "clock_gettime");
  if (at != MAP_FAILED) ahead = at;
}
int clock_gettime(clockid_t id, struct timespec *now) {
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  int failed = real(id, now);
  if (!failed && id == CLOCK_REALTIME && ahead) now->tv_sec += *ahead;
  return failed;
}
"""


@dataclass(frozen=True)
class Fault:
    """`part` is what it must be listed under; `lasts` seconds from `begin` to `end`."""

    name: str
    part: str
    begin: Callable[[], None]
    end: Callable[[], None]
    lasts: float


class Clock:
    """The session's wall clock; `environment` is what it is run with. Without a C compiler it can't be set."""

    def __init__(self, folder: Path) -> None:
        self.environment: dict[str, str] = {}
        self._ahead = folder / "clock-ahead"
        self.set(0)
        source, library = folder / "clock.c", folder / "clock.so"
        source.write_text(_WALL_CLOCK, encoding="utf-8")
        compiler = shutil.which("cc")
        command = [str(compiler), "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
        if compiler and subprocess.run(command, check=False, capture_output=True).returncode == 0:
            self.environment = {"LD_PRELOAD": str(library), "SOAK_CLOCK": str(self._ahead)}

    def set(self, seconds: int) -> None:
        with self._ahead.open("r+b" if self._ahead.exists() else "wb") as file:
            file.write(struct.pack("l", seconds))


class Disk:
    """A file system of its own in a file; without root it is a plain folder that can't be broken."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder, self._image = folder / "disk", folder / "disk.img"
        self.folder.mkdir()
        with self._image.open("wb") as file:
            file.truncate(megabytes * 1024**2)
        made = [
            ["mkfs.ext4", "-q", "-m", "0", str(self._image)],
            ["mount", "-o", "loop", str(self._image), str(self.folder)],
        ]
        self.breaks = os.geteuid() == 0 and all(_done(command) for command in made)

    def fill(self) -> None:
        with (self.folder / "ballast").open("wb") as file:
            try:
                while True:
                    file.write(bytes(1024**2))
            except OSError:
                pass

    def free(self) -> None:
        (self.folder / "ballast").unlink()

    def freeze(self) -> None:
        subprocess.run(["fsfreeze", "-f", str(self.folder)], check=True)

    def thaw(self) -> None:
        subprocess.run(["fsfreeze", "-u", str(self.folder)], check=True)

    def close(self) -> None:
        if self.breaks:
            subprocess.run(["umount", "-l", str(self.folder)], check=False)


def _done(command: list[str]) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


class Crowd:
    """Requests that never end."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._sockets: list[socket.socket] = []

    def come(self) -> None:
        head = f"POST /api/say HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nContent-Type: application/json\r\n"
        for _ in range(450):
            try:
                one = socket.create_connection(("127.0.0.1", self._port), timeout=2)
                one.sendall(f"{head}Content-Length: 100\r\n\r\n".encode())
            except OSError:
                return
            self._sockets.append(one)

    def go(self) -> None:
        for one in self._sockets:
            one.close()
        self._sockets.clear()


def faults(  # noqa: PLR0913, PLR0917 - all that can be broken
    room: Room,
    host: Host | None,
    disk: Disk,
    wall: Clock,
    collector: Any,
    port: int,
    creator: Path,
    pid: Callable[[], int],
) -> Iterator[Fault]:
    """Those that can be had here, a killed process first: what comes after is of one process."""

    def send(number: signal.Signals) -> Callable[[], None]:
        def strike() -> None:
            if process := pid():  # 0 would be all of us
                os.kill(process, number)

        return strike

    def nothing() -> None:
        return

    faq, crowd = creator / "faq.csv", Crowd(port)
    good = faq.read_text(encoding="utf-8")
    yield Fault("process killed", "session", send(signal.SIGKILL), nothing, 0)
    yield Fault("chat cut", f"ws:127.0.0.1:{room.port}", room.cut, room.come_back, 10)
    if disk.breaks:
        yield Fault("disk full", "recorder", disk.fill, disk.free, 10)
        yield Fault("disk slow", "recorder", disk.freeze, disk.thaw, 8)
    if host:
        yield Fault("microphone gone", "hearing", host.go, host.come_back, 10)
    yield Fault("stopped for 30 s", "computer", send(signal.SIGSTOP), send(signal.SIGCONT), 30)
    yield Fault("crowd at the pages", "pages", crowd.come, crowd.go, 10)
    if wall.environment:
        yield Fault("clock 2 h ahead and back", "clock", lambda: wall.set(7200), lambda: wall.set(0), 5)
    yield Fault("faulty edit", "knowledge", lambda: _write(faq, good + "no id,\n"), lambda: _write(faq, good), 10)
    yield Fault("collector refuses", "traces", lambda: _answers(collector, 400), lambda: _answers(collector, 200), 20)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _answers(collector: Any, status: int) -> None:
    collector.answers = status


@contextmanager
def at_pace(fault: Fault) -> Iterator[float]:
    """Breaks, waits, mends; gives when it was broken."""
    began = time.monotonic()
    fault.begin()
    try:
        yield began
        time.sleep(max(0.0, began + fault.lasts - time.monotonic()))
    finally:
        fault.end()
