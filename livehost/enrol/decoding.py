"""A sound or film file to samples, with FFmpeg's libraries. Runs apart: the file may be a stranger's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livehost.errors import BadInput, MissingPart
from livehost.sound import HEARD_RATE

_LONGEST_FILE_SECONDS = 3600


def read(path: Path) -> tuple[bytes, bytes, dict[str, str]]:
    """[n] at 16 kHz as float32, which of it is clipped as bits, and the file's own tags; raises BadInput for what is none."""
    try:
        import av
    except ImportError:
        raise MissingPart("PyAV is not installed", fix="Run: pip install 'livehost[models]'") from None
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise BadInput("there is no sound in it", where=str(path))
            stream = container.streams.audio[0]
            tags = {**container.metadata, **stream.metadata}
            channels, rate = _samples(container, stream)
    except (av.FFmpegError, OSError, ValueError) as trouble:
        raise BadInput(f"this can't be read as sound: {trouble}", where=str(path)) from None
    if not channels.size:
        raise BadInput("there is no sound in it", where=str(path))
    import soxr

    clipped = _clipped(channels)
    sound = soxr.resample(channels.mean(0), rate, HEARD_RATE).astype(np.float32)
    at = np.minimum((np.arange(len(sound)) * rate / HEARD_RATE).astype(np.int64), len(clipped) - 1)
    return sound.tobytes(), np.packbits(clipped[at]).tobytes(), tags


def _samples(container: Any, stream: Any) -> tuple[NDArray[np.float32], int]:
    """[channels, n] at the file's own rate."""
    import av

    rate = int(stream.rate)
    resampler = av.AudioResampler(format="fltp", layout=stream.layout.name, rate=rate)
    blocks: list[NDArray[np.float32]] = []
    count = 0
    for frame in container.decode(stream):
        frame.pts = None  # a gap in the timing is no reason to stop
        blocks += [converted.to_ndarray().astype(np.float32) for converted in resampler.resample(frame)]
        count += frame.samples
        if count > _LONGEST_FILE_SECONDS * rate:
            break
    return (np.concatenate(blocks, axis=1) if blocks else np.zeros((1, 0), dtype=np.float32)), rate


def _clipped(channels: NDArray[np.float32]) -> NDArray[np.bool_]:
    """[n]: where a channel stays within a thousandth of its own peak for three samples, when that peak is loud."""
    loud = np.abs(channels)
    peak = loud.max(axis=1, keepdims=True)
    flat = (loud >= 0.999 * peak) & (peak > 0.3)
    run = flat[:, 2:] & flat[:, 1:-1] & flat[:, :-2]
    wide = np.zeros_like(flat)
    for shift in range(3):
        wide[:, shift : shift + run.shape[1]] |= run
    clipped: NDArray[np.bool_] = wide.any(axis=0)
    return clipped
