"""Models compute behind the broadcast."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from livehost.priority import gently

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="threads have no niceness of their own here")


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_threads_that_a_gentle_job_starts_are_gentle_and_ours_is_not() -> None:
    found: list[int] = []

    def load() -> str:
        started = threading.Thread(target=lambda: found.append(niceness()))
        started.start()
        started.join()
        return "loaded"

    before = niceness()
    assert gently(load).result() == "loaded"
    assert found == [max(5, before)] and niceness() == before


def test_what_goes_wrong_within_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        gently(lambda: 1 / 0).result()
