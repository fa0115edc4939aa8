"""One loudness for everything that is said, whoever the engine is: ITU-R BS.1770 by pyloudnorm, and a soft ceiling."""

from __future__ import annotations

import numpy as np

from livehost.errors import MissingPart
from livehost.sound import SPOKEN_RATE, Samples

QUIET = 0.004  # below this it is silence
_LEAD_MS, _FADE_MS = 10, 5
_KNEE, _CEILING = 0.75, 0.97
_BLOCK_SECONDS = 0.4  # the standard's; shorter sound is measured as one block
_LEAST_SECONDS = 0.1
_MOST_GAIN = 12.0


def voiced(audio: Samples, tail_ms: int) -> Samples:
    """Without the silence around it, faded at both ends, and with `tail_ms` of silence behind it; empty when silent."""
    loud = np.flatnonzero(np.abs(audio) > QUIET)
    if not len(loud):
        return np.zeros(0, dtype=np.float32)
    first = max(0, loud[0] - _LEAD_MS * SPOKEN_RATE // 1000)
    kept = np.array(audio[first : loud[-1] + 1], dtype=np.float32)
    fade = min(_FADE_MS * SPOKEN_RATE // 1000, len(kept) // 2)
    kept[:fade] *= np.linspace(0, 1, fade, dtype=np.float32)
    kept[len(kept) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return np.concatenate([kept, np.zeros(tail_ms * SPOKEN_RATE // 1000, dtype=np.float32)])


def gain_to(audio: Samples, lufs: float) -> float:
    """The factor that brings `audio` to that loudness; 1 where there is too little to measure."""
    return factor(lufs - loudness(audio)) if len(audio) >= _LEAST_SECONDS * SPOKEN_RATE else 1.0


def factor(decibels: float) -> float:
    """Of the amplitude, within reason; 1 for what is no number."""
    return min(_MOST_GAIN, float(10 ** (decibels / 20))) if np.isfinite(decibels) else 1.0


def loudness(audio: Samples) -> float:
    """LUFS; minus infinity for silence."""
    try:
        from pyloudnorm import Meter
    except ImportError:
        raise MissingPart("pyloudnorm is not installed", fix="Run: pip install 'livehost[models]'") from None
    block_seconds = min(_BLOCK_SECONDS, 0.99 * len(audio) / SPOKEN_RATE)
    return float(Meter(SPOKEN_RATE, block_size=block_seconds).integrated_loudness(audio.astype(np.float64)))


def louder(audio: Samples, gain: float) -> Samples:
    """Peaks above the knee are bent below the ceiling instead of clipped."""
    shaped = audio * np.float32(gain)
    size = np.abs(shaped)
    over = size > _KNEE
    if over.any():
        room = _CEILING - _KNEE
        shaped[over] = np.sign(shaped[over]) * (_KNEE + room * np.tanh((size[over] - _KNEE) / room))
    return shaped.astype(np.float32)
