"""Moments of a session as sound with captions: host and co-host mixed, one file each or one of all with chapters.

WAV is written by libsndfile, MP3 and M4A by ffmpeg's libraries (PyAV); no program needs to be installed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import numpy as np

from livehost.errors import BadInput, MissingPart
from livehost.labelling import sound_comment
from livehost.record.tracks import TRACKS, open_track, track_path
from livehost.review.captions import Caption, Chapter, chapter_list, srt, vtt, within
from livehost.review.moments import Moment, chapters
from livehost.sound import Samples

Format = Literal["wav", "mp3", "m4a"]
FORMATS: tuple[Format, ...] = ("wav", "mp3", "m4a")
_RATE = 48_000
_FADE_MS = 15  # at both ends, against clicks
_CODECS = {"mp3": ("libmp3lame", 128_000), "m4a": ("aac", 128_000)}


class Sound:
    """Both tracks of a session, to be read at any place. Raises BadInput where there is none."""

    def __init__(self, folder: Path) -> None:
        import soundfile

        self._open = ExitStack()
        self._tracks: list[Any] = []
        for name in TRACKS:
            if path := track_path(folder, name):
                file = self._open.enter_context(open_track(path))
                self._tracks.append(self._open.enter_context(soundfile.SoundFile(file)))
        if not self._tracks:
            raise BadInput("this session has no sound", where=str(folder), fix="Its words are in `livehost transcript`")

    def __enter__(self) -> Sound:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def between(self, start_ms: int, end_ms: int) -> Samples:
        """[n] at 48 kHz, both together; never louder than full scale."""
        import soxr

        count = round((end_ms - start_ms) * _RATE / 1000)
        mixed = np.zeros(count, dtype=np.float32)
        for track in self._tracks:
            first = round(start_ms * track.samplerate / 1000)
            if first < track.frames:
                track.seek(first)
                read = track.read(round((end_ms - start_ms) * track.samplerate / 1000), dtype="float32")
                there = soxr.resample(read, track.samplerate, _RATE)[:count]
                mixed[: len(there)] += there
        peak = float(np.abs(mixed).max(initial=0.0))
        mixed /= max(1.0, peak)
        return _faded(mixed)


def _faded(samples: Samples) -> Samples:
    count = min(round(_FADE_MS * _RATE / 1000), len(samples) // 2)
    ramp = np.linspace(0, 1, count, dtype=np.float32)
    if count:
        samples[:count] *= ramp
        samples[-count:] *= ramp[::-1]
    return samples


@dataclass(frozen=True)
class Said:
    """All that was heard in the session, as captions short enough to be read, and how host and co-host are called in them."""

    captions: Sequence[Caption]
    names: dict[str, str]


def write_clips(sound: Sound, found: Sequence[Moment], said: Said, out: Path, form: Format) -> Iterator[Path]:
    """A file for each moment, numbered, with its captions beside it."""
    for number, moment in enumerate(found, 1):
        place = out / f"{number:02}-{slug(moment.title)}.{form}"
        write_sound(place, sound.between(moment.start_ms, moment.end_ms), (), moment.title)
        _write_captions(place, list(within(said.captions, moment.start_ms, moment.end_ms)), said.names)
        yield place


def write_joined(sound: Sound, found: Sequence[Moment], said: Said, place: Path) -> Path:
    """All moments in one file, with chapters in it (MP3, M4A) and beside it."""
    listed = chapters(found)
    pieces = [sound.between(moment.start_ms, moment.end_ms) for moment in found]
    write_sound(place, np.concatenate(pieces), listed, place.stem)
    told = [
        caption
        for moment, chapter in zip(found, listed, strict=True)
        for caption in within(said.captions, moment.start_ms, moment.end_ms, chapter.start_ms)
    ]
    _write_captions(place, told, said.names)
    _write_text(place.with_suffix(".chapters.txt"), chapter_list(listed))
    return place


def write_sound(place: Path, samples: Samples, listed: Sequence[Chapter], title: str) -> None:
    """Labelled as holding AI speech. Raises BadInput where it can't be written, MissingPart without PyAV."""
    comment = sound_comment(place.stem)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.suffix == ".wav":
            import soundfile

            with soundfile.SoundFile(place, "w", _RATE, 1, subtype="PCM_16") as file:
                file.comment, file.title = comment, title
                file.write(samples)
        else:
            _encode(place, samples, listed, {"comment": comment, "title": title})
    except OSError as trouble:
        raise BadInput(f"the clip can't be written: {trouble.strerror or trouble}", where=str(place)) from None


def _encode(place: Path, samples: Samples, listed: Sequence[Chapter], told: dict[str, str]) -> None:
    try:
        import av
    except ImportError:
        raise MissingPart(
            "MP3 and M4A need PyAV, which is not here", fix='pip install "livehost[models]", or --format wav'
        ) from None
    codec, bits = _CODECS[place.suffix[1:]]
    with av.open(str(place), "w", format="ipod" if place.suffix == ".m4a" else "mp3") as file:
        stream: Any = file.add_stream(codec, rate=_RATE, layout="mono")
        stream.bit_rate = bits
        file.metadata.update(told)
        if listed:
            file.set_chapters([_chapter(number, chapter) for number, chapter in enumerate(listed)])
        for start in range(0, len(samples), _RATE):
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + _RATE], format="flt", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = _RATE, start, Fraction(1, _RATE)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def _chapter(number: int, chapter: Chapter) -> Any:
    span = {"start": chapter.start_ms, "end": chapter.end_ms, "time_base": Fraction(1, 1000)}
    return {"id": number, **span, "metadata": {"title": chapter.title}}


def _write_captions(place: Path, found: Sequence[Caption], names: dict[str, str]) -> None:
    _write_text(place.with_suffix(".srt"), srt(found, names))
    _write_text(place.with_suffix(".vtt"), vtt(found, names))


def _write_text(place: Path, text: str) -> None:
    try:
        place.write_text(text, encoding="utf-8")
    except OSError as trouble:
        raise BadInput(f"it can't be written: {trouble.strerror}", where=str(place)) from None


def slug(title: str) -> str:
    """A part of a file's name that every system takes: letters, numbers and hyphens of any script."""
    plain = unicodedata.normalize("NFKC", title).casefold()
    return re.sub(r"[\W_]+", "-", plain).strip("-")[:48].strip("-") or "moment"
