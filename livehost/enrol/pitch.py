"""The fundamental frequency of a voice, by autocorrelation (Boersma 1993)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from livehost.sound import HEARD_RATE, Samples

_WINDOW, _STEP = 640, 160  # 40 ms, every 10 ms
_LOWEST_HZ, _HIGHEST_HZ = 65, 420
_VOICED = 0.55  # of the perfect correlation


def pitch(sound: Samples) -> NDArray[np.float64]:
    """F0 in Hz of the voiced frames of `sound`, [n] at 16 kHz; jumps of an octave are put back to the median's side."""
    if len(sound) < _WINDOW:
        return np.zeros(0)
    frames = np.lib.stride_tricks.sliding_window_view(sound.astype(np.float64), _WINDOW)[::_STEP]
    level = np.sqrt(np.mean(frames**2, axis=1))
    frames = frames[level > 0.1 * np.percentile(level, 95)]
    window = np.hanning(_WINDOW)
    correlation = _autocorrelation((frames - frames.mean(1, keepdims=True)) * window)
    correlation /= np.maximum(correlation[:, :1], 1e-12) * _autocorrelation(window[None]) / np.sum(window**2)
    shortest, longest = HEARD_RATE // _HIGHEST_HZ, HEARD_RATE // _LOWEST_HZ
    among = correlation[:, shortest : longest + 1]
    # Of peaks that are nearly as high the shortest period is the voice's, the others its multiples.
    favoured = among - 0.02 * np.log2(np.arange(shortest, longest + 1) / shortest)
    best = favoured.argmax(1)
    voiced = among[np.arange(len(among)), best] > _VOICED
    f0: NDArray[np.float64] = HEARD_RATE / (best[voiced] + shortest)
    if not len(f0):
        return f0
    middle = np.median(f0)
    f0[f0 > 1.6 * middle] /= 2
    f0[f0 < 0.6 * middle] *= 2
    return f0


def _autocorrelation(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(frames, 2 * _WINDOW)
    correlation: NDArray[np.float64] = np.fft.irfft(np.abs(spectrum) ** 2)[:, :_WINDOW]
    return correlation
