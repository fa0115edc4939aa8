"""Which entry a line asks for: kernel ridge regression over the wordings, one output per entry (Saunders et al. 1998).

Against the nearest wording it weighs all wordings of all entries, so that a line between two entries scores low for both,
and a line far from everything scores near 0 for each: the best score and its lead say how sure the answer is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from livehost.understand.sentences import Vectors, unit

_SHRINKAGE = 1.0
_WIDTH = 1.0
_RIDGE = 0.2
_JITTER = 1e-5
_MOST_LANDMARKS = 2500  # more rows than this are weighed through an even choice of them (Nyström)


class EntryRidge:
    """Scores of entries for embedded lines; 1 for a known wording, 0 for what is like none of them."""

    def __init__(self, wordings: Vectors, entry: NDArray[np.int64], passages: Vectors, background: Vectors) -> None:
        """`entry` [wordings] numbers the entry of each wording, from 0; `passages` [entries] are the entries in full;
        `background` are lines that ask for none of them."""
        entries = len(passages)
        rows = np.concatenate([wordings, passages, background])
        target = np.concatenate([entry, np.arange(entries), np.full(len(background), -1)])
        self._centre = rows.mean(axis=0)
        self._closer = closer(wordings, entry)
        near = self._placed(rows)
        step = -(-len(rows) // _MOST_LANDMARKS)
        self._landmarks = near[::step]
        wanted = np.zeros((len(rows), entries), dtype=np.float32)
        wanted[np.flatnonzero(target >= 0), target[target >= 0]] = 1
        alike = _kernel(near, self._landmarks)
        if step == 1:
            self._weights: Vectors = np.linalg.solve(alike + _RIDGE * np.eye(len(rows), dtype=np.float32), wanted)
            return
        between = alike[::step]
        normal = alike.T @ alike + _RIDGE * between + _JITTER * len(rows) * np.eye(len(between), dtype=np.float32)
        self._weights = np.linalg.solve(normal, alike.T @ wanted)

    def scores(self, line: Vectors) -> Vectors:
        """[dimensions] → [entries]"""
        scores: Vectors = _kernel(self._placed(line[None]), self._landmarks)[0] @ self._weights
        return scores

    def _placed(self, vectors: Vectors) -> Vectors:
        return unit((vectors - self._centre) @ self._closer)


def _kernel(left: Vectors, right: Vectors) -> Vectors:
    """Gaussian, of vectors of length 1."""
    alike: Vectors = np.exp(-2 * _WIDTH * (1 - left @ right.T)).astype(np.float32)
    return alike


def closer(vectors: Vectors, entry: NDArray[np.int64]) -> Vectors:
    """[dimensions, dimensions] that shrinks the directions in which wordings of one entry differ (within-class covariance
    normalisation, Hatch et al. 2006), with a share of the identity so that few wordings do no harm."""
    means = np.zeros((int(entry.max()) + 1, vectors.shape[1]), dtype=np.float64)
    np.add.at(means, entry, vectors)
    means /= np.maximum(np.bincount(entry), 1)[:, None]
    apart = vectors - means[entry]
    within = apart.T @ apart / max(len(vectors) - len(means), 1)
    even = max(float(np.trace(within)) / len(within), 1e-6)
    whitened: Vectors = np.linalg.inv(np.linalg.cholesky(within + _SHRINKAGE * even * np.eye(len(within)))).T
    return whitened.astype(np.float32)
