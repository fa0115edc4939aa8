"""Single keys from the terminal, on POSIX through the loop, on Windows through a thread."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from typing import Any


class Keys:
    """Calls `pressed` on the loop with each key, between `start` and `stop`."""

    def __init__(self, pressed: Callable[[str], None]) -> None:
        self._pressed = pressed
        self._before: Any = None
        self._ended = threading.Event()

    def start(self) -> None:
        if not sys.stdin.isatty():
            return
        if sys.platform == "win32":
            threading.Thread(target=self._read_windows, args=(asyncio.get_running_loop(),), daemon=True).start()
            return
        import termios
        import tty

        self._before = termios.tcgetattr(sys.stdin)
        tty.setcbreak(sys.stdin)
        asyncio.get_running_loop().add_reader(sys.stdin, lambda: self._pressed(sys.stdin.read(1)))

    def stop(self) -> None:
        self._ended.set()
        if self._before is None or sys.platform == "win32":
            return
        import termios

        asyncio.get_running_loop().remove_reader(sys.stdin)
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._before)

    def _read_windows(self, loop: asyncio.AbstractEventLoop) -> None:
        import msvcrt

        while not self._ended.wait(0.03):
            while msvcrt.kbhit():  # type: ignore[attr-defined]
                loop.call_soon_threadsafe(self._pressed, msvcrt.getwch())  # type: ignore[attr-defined]
