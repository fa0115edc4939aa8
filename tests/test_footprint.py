"""Memory that nobody uses any more goes back to the system."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from livehost.footprint import give_back

_MB = 1_000_000


def resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_what_was_freed_goes_back_to_the_system() -> None:
    blocks = [bytearray(10_000) for _ in range(20_000)]
    kept = blocks[::100]  # so that the heap's end stays in use
    del blocks
    before = resident()
    give_back()
    assert before - resident() > 100 * _MB
    assert len(kept) == 200
