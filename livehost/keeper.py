"""Runs the session as a process of its own, and again when it was killed: the next one goes on where it was cut off.

What ends with an exit code of ours has ended; what dies of a signal (a crash in a library, no memory left) is begun again.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from livehost.clock import pause, stopwatch

_KEPT = "LIVEHOST_KEPT"  # the keeper's process, in the environment of what it runs
_EXIT_CODES = range(4)
_DEATHS_MOST, _WITHIN_SECONDS = 5, 600
_PAUSE_SECONDS = 0.5
_PR_SET_PDEATHSIG = 1


def is_kept() -> bool:
    return _KEPT in os.environ


def keep(command: Sequence[str]) -> int:
    """The exit code of the last one."""
    deaths: list[float] = []
    running = stopwatch()
    while True:
        with _terminal_as_it_was():
            code = _run(command)
        if code in _EXIT_CODES:
            return code
        deaths = [*(then for then in deaths if running() - then < _WITHIN_SECONDS), running()]
        what = f"signal {signal.Signals(-code).name}" if -code in {*signal.Signals} else f"exit code {code}"
        if len(deaths) > _DEATHS_MOST:
            sys.stderr.write(f"livehost: the session died {len(deaths)} times in 10 minutes ({what}); it is left\n")
            return 1
        sys.stderr.write(f"livehost: the session died ({what}) and is begun again\n")
        pause(_PAUSE_SECONDS)


def die_with_keeper() -> None:
    """No session outlives its keeper: the next one would find its ports taken."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != int(os.environ[_KEPT]):  # it was gone before
            os._exit(1)


def _run(command: Sequence[str]) -> int:
    with subprocess.Popen(command, env={**os.environ, _KEPT: str(os.getpid())}) as session, _passed_on(session):
        while True:
            try:
                return session.wait()
            except KeyboardInterrupt:  # where signals can't be passed on: the terminal tells the session itself
                continue


@contextmanager
def _passed_on(session: subprocess.Popen[bytes]) -> Iterator[None]:
    """Ctrl-C and a service's stop; both end a session in good order, however often they come."""

    def tell(_number: int, _frame: object) -> None:
        if session.poll() is None:
            session.terminate()

    before = {number: signal.signal(number, tell) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _terminal_as_it_was() -> Iterator[None]:
    """A session that died can't give the keyboard back."""
    if sys.platform == "win32" or not sys.stdin or not sys.stdin.isatty():
        yield
        return
    import termios

    attributes = termios.tcgetattr(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, attributes)
