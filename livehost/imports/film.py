"""What a film or its subtitles say of themselves: title, chapters, sound or words. Runs apart: the file may be a stranger's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from livehost.errors import BadInput, MissingPart
from livehost.hear.audio_file import pieces
from livehost.subtitles import read_cues
from livehost.tables import read_text

SUBTITLES = frozenset({".srt", ".vtt"})


class Film(msgspec.Struct, frozen=True):
    """`chapters` and `cues` with their moments in ms; `sound`: 16 kHz, 16 bits, one channel."""

    title: str = ""
    chapters: tuple[tuple[int, str], ...] = ()
    cues: tuple[tuple[int, int, str], ...] = ()
    sound: bytes = b""


def read(path: Path) -> Film:
    """Raises BadInput for what is none, MissingPart without PyAV."""
    if path.suffix.lower() in SUBTITLES:
        return Film(cues=tuple((cue.start_ms, cue.end_ms, cue.text) for cue in read_cues(read_text(path))))
    title, chapters = _told(path)
    sound = b"".join((np.clip(piece, -1, 1) * 32767).astype("<i2").tobytes() for piece in pieces(path))
    return Film(title, chapters, sound=sound)


def _told(path: Path) -> tuple[str, tuple[tuple[int, str], ...]]:
    try:
        import av
    except ImportError:
        raise MissingPart("films need PyAV", where=str(path), fix="pip install 'livehost[models]'") from None
    try:
        with av.open(str(path)) as container:
            marks = {
                _second(mark) * 1000: str(mark["metadata"].get("title", "")).strip() for mark in container.chapters()
            }
            return str(container.metadata.get("title", "")).strip(), tuple(sorted(marks.items()))
    except (av.FFmpegError, OSError, ValueError):
        raise BadInput("this is no sound file, and no film", where=str(path)) from None


def _second(mark: Any) -> int:
    return int(mark["start"] * (mark["time_base"] or 0))
