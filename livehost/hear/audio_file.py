"""The host's sound from a file, at the pace of the session's clock; never more of it in memory than a moment."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from livehost.clock import SessionClock
from livehost.errors import BadInput
from livehost.sound import FRAME, HEARD_RATE, Samples

_CHUNK_SECONDS = 1.0
_UNKNOWN_BYTES = 0x7FFF0000  # from here on a length is what programs write that don't know it yet
_FIX = "Give a WAV, FLAC, Ogg or MP3 file"
_FIX_FILM = f"{_FIX}, or run: pip install 'livehost[models]'"


class AudioFile:
    """Opened at once, so that a wrong file is told before the session begins."""

    def __init__(self, path: Path, clock: SessionClock) -> None:
        self._pieces = pieces(path)
        self._clock = clock

    async def frames(self) -> AsyncIterator[tuple[float, Samples]]:
        """(at_ms of the first sample, [512]); the last frame is filled up with silence."""
        began_ms = self._clock.now_ms() - self._clock.since_ms
        over = self._clock.since_ms * HEARD_RATE // 1000  # was heard before the session was cut off
        at = 0
        for frame in framed(self._pieces):
            at += FRAME
            if at <= over:
                continue
            await self._clock.sleep_until_ms(began_ms + at * 1000 / HEARD_RATE)
            yield began_ms + (at - FRAME) * 1000 / HEARD_RATE, frame


def pieces(path: Path) -> Iterator[Samples]:
    """The file as 16 kHz mono, about a second at a time; raises BadInput for what is no sound."""
    if not path.exists():
        raise BadInput("there is no such file", where=str(path), fix=_FIX)
    if path.is_dir():
        raise BadInput("this is a folder", where=str(path), fix=_FIX)
    import soundfile

    try:
        file = soundfile.SoundFile(path)
    except (OSError, RuntimeError):
        return _film(path)
    if file.frames == 0:
        file.close()
        raise BadInput("there is no sound in it", where=str(path), fix=_FIX)
    if _is_cut_off(file):
        file.close()
        raise BadInput("the sound file is cut off", where=str(path), fix="Copy or export it again")
    return _resampled(file, path)


def _is_cut_off(file: Any) -> bool:
    """Whether the length that the header promises is not there."""
    size = re.search(r"(?:data|SSND) : (\d+) \(should be (\d+)\)", file.extra_info)
    if size:
        return int(size[2]) < int(size[1]) < _UNKNOWN_BYTES
    try:
        file.seek(file.frames - 1)
        missing = not len(file.read(1))
        file.seek(0)
    except RuntimeError:
        return True
    return missing


def read_all(path: Path) -> Samples:
    """The whole file, [n] at 16 kHz."""
    return np.concatenate([np.zeros(0, dtype=np.float32), *pieces(path)])


def framed(sound: Iterator[Samples]) -> Iterator[Samples]:
    """Pieces of any length → frames of 512 samples."""
    left = np.zeros(0, dtype=np.float32)
    for piece in sound:
        left = np.concatenate([left, piece])
        whole = len(left) // FRAME * FRAME
        for start in range(0, whole, FRAME):
            yield left[start : start + FRAME]
        left = left[whole:]
    if len(left):
        yield np.concatenate([left, np.zeros(FRAME - len(left), dtype=np.float32)])


def _resampled(file: Any, path: Path) -> Iterator[Samples]:
    import soxr

    with file:
        resampler = soxr.ResampleStream(file.samplerate, HEARD_RATE, 1, dtype="float32")
        chunk = round(file.samplerate * _CHUNK_SECONDS)
        while True:
            try:
                read = file.read(chunk, dtype="float32", always_2d=True)
            except RuntimeError as trouble:
                raise BadInput(f"the sound breaks off: {trouble}", where=str(path)) from None
            last = len(read) < chunk
            yield resampler.resample_chunk(read.mean(axis=1), last=last)
            if last:
                return


def _film(path: Path) -> Iterator[Samples]:
    """Formats that libsndfile does not know, such as the sound of an mp4, by FFmpeg's libraries."""
    try:
        import av
    except ImportError:
        raise BadInput("this is no sound that can be read without PyAV", where=str(path), fix=_FIX_FILM) from None
    try:
        container: Any = av.open(str(path))
    except (av.FFmpegError, OSError, ValueError):
        raise BadInput("this is no sound file", where=str(path), fix=_FIX) from None
    if not container.streams.audio:
        container.close()
        raise BadInput("there is no sound in it", where=str(path), fix=_FIX)
    return _decoded(container, path)


def _decoded(container: Any, path: Path) -> Iterator[Samples]:
    import av

    with container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=HEARD_RATE)
        try:
            for frame in container.decode(container.streams.audio[0]):
                frame.pts = None  # a gap in the timing is no reason to stop
                yield from (block.to_ndarray()[0] for block in resampler.resample(frame))
            yield from (block.to_ndarray()[0] for block in resampler.resample(None))
        except (av.FFmpegError, OSError, ValueError) as trouble:
            raise BadInput(f"the sound breaks off: {trouble}", where=str(path)) from None
