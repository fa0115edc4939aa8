"""A disk that is really full: a small file system of its own, mounted apart from pytest's folders, so that a run that is
killed keeps none after it from clearing them."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(kilobytes: int) -> Iterator[Path]:
    """Skips the test where it can't be mounted: only root can."""
    disk = Path(tempfile.mkdtemp(prefix="livehost-disk-"))
    size = f"size={kilobytes}k"
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(disk)], capture_output=True, check=False)
    if made.returncode:
        disk.rmdir()
        pytest.skip("only root can make a small disk")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)
        disk.rmdir()
