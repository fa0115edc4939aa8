"""The host's sound from a file of any audio format, at real pace and piece by piece, however long it is."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from livehost.clock import SessionClock
from livehost.errors import BadInput
from livehost.hear.intake import FRAME_MS, Framer, Intake
from livehost.sound import HEARD_RATE, Samples

if TYPE_CHECKING:
    import soundfile

_BLOCK_SECONDS = 0.5
_PLACEHOLDER_BYTES = 0x7FFF0000  # programs that write to a pipe put a length from here on when they don't know it
_GIVE_SOUND = "Give a sound file such as WAV, FLAC, OGG, MP3 or M4A"
_COPY_AGAIN = "Copy or export it again"


class _Decoded(NamedTuple):
    rate: int
    blocks: Iterator[NDArray[np.float32]]  # each [n] or [n, channels]


class AudioFile:
    """A microphone that is a file: from its first sample at the moment of `frames()` to its end.

    Raises BadInput, already when made, for what is no sound, is empty or is cut off.
    """

    def __init__(self, path: Path, clock: SessionClock) -> None:
        _check(path)
        self._path = path
        self._clock = clock
        self.heard_samples = 0  # at HEARD_RATE, without the silence that fills the last frame

    async def frames(self) -> AsyncIterator[tuple[float, Samples]]:
        """Frames of FRAME samples, each when its last sample is due, with the session time of its first in ms."""
        start_ms = self._clock.now_ms()
        with closing(self._frames()) as frames:
            for number, frame in enumerate(frames):
                at_ms = start_ms + number * FRAME_MS
                await self._clock.sleep_until_ms(at_ms + FRAME_MS)
                yield at_ms, frame

    def _frames(self) -> Iterator[Samples]:
        framer = Framer()
        for piece in pieces(self._path):
            self.heard_samples += len(piece)
            yield from framer.cut(piece)
        yield from framer.rest()


def read_all(path: Path) -> Samples:
    """The whole file [n] at HEARD_RATE, for clips; raises BadInput."""
    _check(path)
    return np.concatenate(list(pieces(path)))


def pieces(path: Path) -> Iterator[Samples]:
    """The file's sound at HEARD_RATE in pieces of about half a second; raises BadInput when it breaks off."""
    decoded = _decode(path)
    intake = Intake(decoded.rate)
    for block in decoded.blocks:
        yield intake.take(block)
    yield intake.rest()


def _check(path: Path) -> None:
    if path.is_dir():
        raise BadInput("this is a folder, not a sound file", where=str(path), fix=_GIVE_SOUND)
    if not path.is_file():
        raise BadInput("there is no such sound file", where=str(path), fix="Check the path")
    if not path.stat().st_size:
        raise BadInput("the sound file is empty", where=str(path), fix=_COPY_AGAIN)
    with closing(pieces(path)) as found:
        if not any(len(piece) for piece in found):
            raise BadInput("the sound file holds no sound", where=str(path), fix=_GIVE_SOUND)


def _decode(path: Path) -> _Decoded:
    """By soundfile, else by PyAV, which knows what video programs write (M4A, MP4, MKV, WebM, WMA)."""
    import soundfile

    try:
        file = soundfile.SoundFile(path)
    except PermissionError as trouble:
        raise BadInput(str(trouble), where=str(path), fix="Allow reading it") from None
    except soundfile.LibsndfileError:
        return _decode_by_av(path)
    try:
        _refuse_cut_off(file, path)
    except BadInput:
        file.close()
        raise
    return _Decoded(file.samplerate, _blocks(file, path))


def _refuse_cut_off(file: soundfile.SoundFile, path: Path) -> None:
    """The header promises a length; the last sample of it must be there."""
    import soundfile

    size = re.search(r"(?:data|SSND) : (\d+) \(should be (\d+)\)", file.extra_info)
    short = bool(size) and int(size[2]) < int(size[1]) < _PLACEHOLDER_BYTES if size else False
    if not short and file.seekable() and file.frames > 0:
        try:
            file.seek(file.frames - 1)
            short = not len(file.read(1))
            file.seek(0)
        except soundfile.LibsndfileError:
            short = True
    if short:
        raise _cut_off(path)


def _blocks(file: soundfile.SoundFile, path: Path) -> Iterator[NDArray[np.float32]]:
    import soundfile

    with file:
        try:
            yield from file.blocks(round(file.samplerate * _BLOCK_SECONDS), dtype="float32")
        except soundfile.LibsndfileError:
            raise _cut_off(path) from None


def _decode_by_av(path: Path) -> _Decoded:
    try:
        import av
    except ImportError:
        raise BadInput("this is no WAV, FLAC, OGG or MP3 file", where=str(path), fix=_GIVE_SOUND) from None
    try:
        with av.open(path) as container:
            rate = container.streams.audio[0].rate if container.streams.audio else 0
    except (av.FFmpegError, OSError):
        rate = 0
    if not rate:
        raise BadInput("there is no sound in this file", where=str(path), fix=_GIVE_SOUND)
    return _Decoded(rate, _blocks_by_av(path, rate))


def _blocks_by_av(path: Path, rate: int) -> Iterator[NDArray[np.float32]]:
    import av

    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    try:
        with av.open(path) as container:
            for decoded in container.decode(audio=0):
                for frame in resampler.resample(decoded):
                    yield frame.to_ndarray()[0]
    except (av.FFmpegError, OSError):
        raise _cut_off(path) from None


def _cut_off(path: Path) -> BadInput:
    return BadInput("the sound file is cut off or damaged", where=str(path), fix=_COPY_AGAIN)
