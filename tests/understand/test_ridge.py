"""Scores of entries on vectors whose neighbourhoods are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from livehost.understand import ridge
from livehost.understand.ridge import EntryRidge
from livehost.understand.sentences import unit

DIMENSIONS = 32


def around(centres: NDArray[np.float32], times: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """`times` noisy copies of each centre, with the number of its centre."""
    noise = np.random.default_rng(seed).normal(0, 0.05, (len(centres) * times, DIMENSIONS))
    return unit(np.repeat(centres, times, axis=0) + noise.astype(np.float32)), np.repeat(np.arange(len(centres)), times)


@pytest.mark.parametrize("landmarks", [2500, 60])
@pytest.mark.parametrize("wordings", [1, 4])
def test_lines_near_an_entry_score_high_and_others_low(
    landmarks: int, wordings: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ridge, "_MOST_LANDMARKS", landmarks)
    centres = unit(np.random.default_rng(1).normal(size=(40, DIMENSIONS)).astype(np.float32))
    known, foreign = centres[:25], centres[25:]
    vectors, entry = around(known, wordings, seed=2)
    asked = EntryRidge(vectors, entry, known, foreign[:10])
    lines, right = around(known, 3, seed=3)
    scores = np.stack([asked.scores(line) for line in lines])
    assert (scores.argmax(axis=1) == right).mean() > 0.95
    outside = np.stack([asked.scores(line) for line in foreign[10:]])
    assert outside.max() < np.median(scores.max(axis=1)) / 2


def test_a_faq_of_one_entry_with_one_wording() -> None:
    vectors = unit(np.random.default_rng(4).normal(size=(2, DIMENSIONS)).astype(np.float32))
    asked = EntryRidge(vectors[:1], np.array([0]), vectors[:1], vectors[1:])
    assert asked.scores(vectors[0])[0] > 0.7
    assert asked.scores(vectors[1])[0] < 0.3
