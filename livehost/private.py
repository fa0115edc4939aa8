"""Files that their owner alone reads: recordings and voices hold people's words and likeness."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_OTHERS = 0o077


def make_private() -> None:
    """What this process and those it starts make from now on."""
    os.umask(_OTHERS)


def as_it_was(fresh: Path, path: Path) -> None:
    """A file that is about to be replaced lends its mode: who could read a shared creator's folder still can."""
    if path.exists():
        shutil.copymode(path, fresh)


def open_to_others(path: Path) -> bool:
    return os.name == "posix" and path.exists() and bool(path.stat().st_mode & _OTHERS)
