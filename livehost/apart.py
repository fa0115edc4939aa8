"""Reads files of strangers in a process of its own, with bounds on time, memory and what it may write.

A parser that hangs, eats memory or crashes costs that process alone; one that is taken over has no session at hand, no token in
its environment, and can write no file.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from livehost.errors import BadInput, LivehostError, MissingPart

FILE_MOST_BYTES = 200 * 1024 * 1024
_SECONDS = 120
_MEMORY_BYTES = 4 * 1024**3
_ANSWER_MOST_BYTES = 1024**3
_ENVIRONMENT = (
    "PATH",
    "PYTHONPATH",
    "PYTHONHOME",
    "VIRTUAL_ENV",
    "LANG",
    "LC_ALL",
    "SYSTEMROOT",
    "TEMP",
    "OMP_NUM_THREADS",
)
_READERS = (
    "livehost.imports.reading:read",
    "livehost.imports.film:read",
    "livehost.enrol.decoding:read",
    "livehost.review.pictures:read",
)


class _Answer(msgspec.Struct):
    """What the reader gave, or the trouble: its kind, what, where, how to mend it."""

    given: Any = None
    trouble: tuple[str, str, str, str] | None = None


def apart(reader: str, path: Path, *more: str, seconds: float = _SECONDS, most: int = FILE_MOST_BYTES) -> Any:
    """What `reader` ("module:function") makes of the file, as plain data. Raises BadInput and MissingPart as it does, and
    BadInput for a file that is too large, takes too long or breaks it."""
    if not path.is_file():
        raise BadInput("there is no such file", where=str(path))
    if path.stat().st_size > most:
        raise BadInput(f"it is larger than {most // 1024**2} MB", where=str(path))
    command = [sys.executable, "-m", "livehost.apart", reader, str(path.resolve()), *more]
    around = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    try:
        done = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=seconds, check=False, env=around
        )
    except subprocess.TimeoutExpired:
        raise BadInput(f"reading it took longer than {seconds:.0f} s", where=str(path)) from None
    if done.returncode:
        raise BadInput("it breaks the program that reads it, or needs too much memory", where=str(path))
    answer = msgspec.msgpack.decode(done.stdout, type=_Answer)
    if answer.trouble:
        kind, what, where, fix = answer.trouble
        raise (MissingPart if kind == "MissingPart" else BadInput)(what, where=where and str(path), fix=fix)
    return answer.given


def _confine() -> None:
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


def _main() -> None:
    name, path, *more = sys.argv[1:]
    if name not in _READERS:
        raise SystemExit(f"{name} is no reader")
    module, _, function = name.partition(":")
    try:
        read: Callable[..., Any] = getattr(importlib.import_module(module), function)
        _confine()
        answer = _Answer(given=read(Path(path), *more))
    except LivehostError as trouble:
        answer = _Answer(trouble=(type(trouble).__name__, trouble.what, trouble.where, trouble.fix))
    encoded = msgspec.msgpack.encode(answer)
    if len(encoded) > _ANSWER_MOST_BYTES:
        raise SystemExit("the answer is too large")
    sys.stdout.buffer.write(encoded)


if __name__ == "__main__":
    _main()
