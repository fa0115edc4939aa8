"""A session that was cut off and can go on in its folder: it has no end, is of a moment ago, and nobody runs it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from livehost.clock import seconds_since
from livehost.errors import BadInput
from livehost.record.folder import EVENTS, HEADER, Header, read_header

_WITHIN_SECONDS = 15 * 60  # since its last event; what is older is another evening
_TAIL_BYTES = 4096
_ENDED = b'"type":"SessionEnded"'


def held(folder: Path) -> BinaryIO | None:
    """The folder as this process' own until the file is closed, or the process is no more; None: another one has it."""
    file = (folder / HEADER).open("rb")
    if sys.platform == "win32":
        return file
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def left(wanted: Iterable[Path], creator: str, logic_version: int) -> tuple[Path, Header, BinaryIO] | None:
    """The latest session of `creator` under one of these names, or with a number behind it, that was cut off; held."""
    for folder in (found for path in wanted if (found := _latest(path))):
        try:
            header = read_header(folder)
        except BadInput:
            continue
        fits = header.creator == creator and header.logic_version == logic_version and header.changed is None
        if fits and _cut_off(folder / EVENTS) and (file := held(folder)):
            return folder, header, file
    return None


def busy(wanted: Iterable[Path]) -> Path | None:
    """The latest session under one of these names that another process holds."""
    for folder in (found for path in wanted if (found := _latest(path))):
        if (folder / HEADER).is_file():
            if (file := held(folder)) is None:
                return folder
            file.close()
    return None


def _latest(wanted: Path) -> Path | None:
    """The one that `new_folder` made last."""
    last = None
    for number in range(1, 10_000):
        folder = wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}")
        if not folder.is_dir():
            return last
        last = folder
    return last


def _cut_off(events: Path) -> bool:
    try:
        with events.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL_BYTES))
            ended = _ENDED in file.read()
        return size > 0 and not ended and seconds_since(events.stat().st_mtime) < _WITHIN_SECONDS
    except OSError:
        return False
