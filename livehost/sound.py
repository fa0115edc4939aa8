"""What sound is inside the house: mono float32 in -1…1, at one of two rates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]  # [n], -1…1, mono
HEARD_RATE = 16_000  # the host's sound, Hz
SPOKEN_RATE = 24_000  # the co-host's sound, Hz
FRAME = 512  # samples of one frame of the host's sound: 32 ms, what the VAD wants

# Is handed every piece of a track as it goes past, with the session time of its first sample in ms.
Tap = Callable[[float, Samples], None]


class Piece(NamedTuple):
    """Sound of a clause, in order. `begins` a phrase, or begins it `anew`: then what came of it so far and was not yet
    played is dropped."""

    samples: Samples
    begins: bool = True
    anew: bool = False


def whole(pieces: Iterable[Piece]) -> Samples:
    """A clause out of its pieces."""
    kept: list[Piece] = []
    for piece in pieces:
        if piece.anew:
            while kept and not kept.pop().begins:
                pass
        kept.append(piece)
    return np.concatenate([piece.samples for piece in kept]) if kept else np.zeros(0, dtype=np.float32)


def milliseconds(samples: Samples, rate: int) -> int:
    return round(len(samples) * 1000 / rate)


def level_db(samples: Samples) -> float:
    """Root mean square in dB of full scale; -120 for silence."""
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-12)) if len(samples) else -120.0
