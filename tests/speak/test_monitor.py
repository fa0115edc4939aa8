"""The co-host in the host's ears."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from livehost.sound import SPOKEN_RATE
from livehost.speak.monitor import Monitor

LATEST = 80 * SPOKEN_RATE // 1000


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 3000)), max_size=60))
def test_what_is_heard_is_what_was_played_and_never_long_ago(steps: list[tuple[bool, int]]) -> None:
    monitor = Monitor()
    played, heard = [], []
    count = 0
    for plays, samples in steps:
        if plays:
            block = np.arange(count + 1, count + samples + 1, dtype=np.float32)
            count += samples
            monitor.tap(0, block)
            played.append(block)
        else:
            found = monitor.render(samples)
            assert len(found) == samples
            sounding = found[found > 0]
            assert (np.diff(sounding) == 1).all()  # in one piece, in order
            if len(sounding):
                assert count - sounding[0] < max(samples, LATEST)
            heard.append(sounding)
    both = np.concatenate([*heard, np.zeros(0)])
    assert (np.diff(both) > 0).all() and len(both) + monitor.dropped <= count
