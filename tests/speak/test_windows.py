"""Sentences cut into windows of sound, and put together again."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from livehost.speak.windows import FRAME, Joiner, Plan, Window, cut_out, windows


def planned(length: int, lead: int, seed: int) -> Plan:
    numbers = np.random.default_rng(seed)
    pitch = np.where(numbers.random((1, 2 * length)) < 0.7, numbers.uniform(80, 300, (1, 2 * length)), 0.0)
    energy = numbers.normal(0, 3, (1, 2 * length))
    return Plan(np.zeros((1, 512, length), dtype=np.float32), pitch.astype(np.float32), energy.astype(np.float32), lead)


@given(st.integers(20, 600), st.integers(0, 18), st.floats(0.1, 3.0), st.integers(0, 99))
def test_windows_follow_each_other_to_the_end(length: int, lead: int, pace: float, seed: int) -> None:
    found = windows(planned(length, lead, seed), pace)
    assert found[-1].end == length and found[0].first <= lead
    assert all(before.end == after.first for before, after in pairwise(found))
    assert all(window.begin <= window.first < window.end <= window.close <= length for window in found)
    if pace < 0.6:
        assert found[0].end - found[0].first < 40  # under a second, however long the sentence
    made: float = found[0].end - found[0].first
    for window in found[1:]:  # each is computed before what was made is heard to its end
        made -= (window.close - window.begin) * pace
        assert made >= 0
        made += window.end - window.first


@given(st.integers(60, 300), st.integers(0, 99))
def test_a_window_goes_on_where_the_harmonics_were(length: int, seed: int) -> None:
    plan = planned(length, 10, seed)
    turns = plan.pitch[0].astype(float) * FRAME / 2 / 24_000
    for window in windows(plan, 0.5):
        part = cut_out(plan, window)
        assert part.length == window.close - window.begin
        until = 2 * (window.first - window.begin)
        there = part.pitch[0, :until].astype(float).sum() * FRAME / 2 / 24_000
        off = abs((turns[: 2 * window.first].sum() - there + 0.5) % 1 - 0.5)
        bent = part.pitch[0, :until] / np.maximum(plan.pitch[0, 2 * window.begin : 2 * window.first], 1)
        assert off < 0.01 or not bent.any() or np.allclose(bent[bent > 0], 1)
        assert (abs(bent[bent > 0] - 1) < 0.06).all()


@given(st.integers(60, 200), st.integers(0, 99))
def test_joined_windows_are_the_whole(length: int, seed: int) -> None:
    plan = planned(length, 10, seed)
    whole = np.random.default_rng(seed).normal(0, 0.1, length * FRAME).astype(np.float32)
    joiner = Joiner()
    found = windows(plan, 0.5)
    joined = np.concatenate([joiner.join(w, whole[w.begin * FRAME : w.close * FRAME]) for w in found])
    assert np.allclose(joined, whole[found[0].first * FRAME :], atol=1e-6)


def test_a_seam_is_blended() -> None:
    joiner = Joiner()
    first = joiner.join(Window(0, 20, 0, 22), np.full(22 * FRAME, 0.5, dtype=np.float32))
    second = joiner.join(Window(20, 40, 17, 40), np.zeros(23 * FRAME, dtype=np.float32))
    both = np.concatenate([first, second])
    assert abs(np.diff(both)).max() < 0.01 and second[-1] == 0
