"""Models compute behind the broadcast: their threads are nicer than the encoder's and than our own sound and loop.

On Linux each thread has a niceness of its own and hands it on to those it starts; elsewhere nothing is changed.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
_NICE = 5


def be_gentle() -> None:
    """The calling thread, from now on."""
    if sys.platform == "linux":
        here = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, here, max(_NICE, os.getpriority(os.PRIO_PROCESS, here)))


def gently(job: Callable[[], T]) -> Future[T]:
    """What `job` gives, computed in a gentle thread: a model loaded there has gentle threads of its own."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="gently", initializer=be_gentle)
    computed = pool.submit(job)
    pool.shutdown(wait=False)
    return computed
