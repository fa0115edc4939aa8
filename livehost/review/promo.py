"""A short film for viewers who asked about a product: its pictures, the post read out in the creator's voice, captions.

    draft ─▶ sentences ─▶ voice ─┬▶ PRODUCT.wav
    pictures of the product ─────┴▶ PRODUCT.mp4 (H.264, AAC, captions that a player shows), PRODUCT.srt, PRODUCT.txt

Written by ffmpeg's libraries (PyAV); no program needs to be installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from livehost.errors import BadInput, MissingPart
from livehost.labelling import sound_comment
from livehost.review.captions import Caption, srt
from livehost.review.clips import slug, write_sound
from livehost.review.numbers import Segment
from livehost.sound import SPOKEN_RATE, Samples
from livehost.speak.script import clauses
from livehost.workers import Synthesiser

_WIDTH, _HEIGHT, _RATE = 720, 1280, 10
_PAUSE_MS = 250
_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
_PICTURE_BYTES_MOST = 20_000_000
_MS = Fraction(1, 1000)
# What the captions' encoder wants to be told before them: one style, white at the bottom.
_STYLE = b"""[Script Info]
ScriptType: v4.00+
[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, \
ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,0
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""

Picture = npt.NDArray[np.uint8]  # [height, width, 3]


class Made(msgspec.Struct, frozen=True):
    """`film` is empty where there is no picture of the product."""

    product_id: str
    text: str
    voice: str
    film: str
    captions: str
    seconds: float


@dataclass(frozen=True)
class Read:
    """A text read out: [n] at SPOKEN_RATE, and when each clause is heard."""

    samples: Samples
    captions: tuple[Caption, ...]


def make_promo(segment: Segment, notice: str, synthesiser: Synthesiser, pictures: Path, out: Path) -> Made | None:
    """`notice`: what is said first, that a machine speaks; empty: nothing. None where there is no draft. Raises BadInput,
    MissingPart, or what the voice raises."""
    draft = segment.draft
    if draft is None:
        return None
    heard = read_out(
        [*([notice] if notice else []), *clauses(draft.spoken, draft.language)], draft.language, synthesiser
    )
    name = slug(segment.product_id)
    voice, film, text, captions = (out / f"{name}.{suffix}" for suffix in ("wav", "mp4", "txt", "srt"))
    write_sound(voice, resampled(heard.samples), (), segment.title)
    shown = [read_picture(path) for path in pictures_of(segment.product_id, pictures)]
    try:
        text.write_text(draft.text + "\n", encoding="utf-8")
        captions.write_text(srt(heard.captions, {"cohost": "AI"}), encoding="utf-8")
        if shown:
            write_film(film, shown, heard, segment.title)
    except OSError as trouble:
        raise BadInput(f"it can't be written: {trouble.strerror or trouble}", where=str(out)) from None
    seconds = round(len(heard.samples) / SPOKEN_RATE, 2)
    return Made(segment.product_id, str(text), str(voice), str(film) if shown else "", str(captions), seconds)


def read_out(parts: Sequence[str], language: str, synthesiser: Synthesiser) -> Read:
    """One after the other with short pauses."""
    sounds: list[Samples] = []
    captions: list[Caption] = []
    pause = np.zeros(SPOKEN_RATE * _PAUSE_MS // 1000, dtype=np.float32)
    at = 0
    for part in parts:
        sound = np.concatenate(
            [np.zeros(0, np.float32), *(p.samples for p in synthesiser.speak(part, language)), pause]
        )
        end = at + len(sound)
        captions.append(Caption(at * 1000 // SPOKEN_RATE, end * 1000 // SPOKEN_RATE, "cohost", part))
        sounds.append(sound)
        at = end
    return Read(np.concatenate(sounds), tuple(captions))


def resampled(samples: Samples) -> Samples:
    """At the rate of clips."""
    import soxr

    found: Samples = soxr.resample(samples, SPOKEN_RATE, 48_000)
    return found


def pictures_of(product_id: str, folder: Path) -> list[Path]:
    """`ridge-jacket.jpg`, `ridge-jacket-2.png` …, in this order."""
    named = re.compile(re.escape(product_id) + r"(?:-(\d{1,3}))?", re.IGNORECASE)
    pictures = [path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES] if folder.is_dir() else []
    found = [(int(match[1] or 1), path) for path in pictures if (match := named.fullmatch(path.stem))]
    return [path for _, path in sorted(found)]


def read_picture(path: Path) -> Picture:
    """Fitted into the film's frame, black around it. Raises BadInput."""
    av = _av()
    try:
        if path.stat().st_size > _PICTURE_BYTES_MOST:
            raise BadInput("the picture is too large", where=str(path), fix="Give one of less than 20 MB")
        with av.open(str(path)) as file:
            frame = next(file.decode(video=0))
    except (OSError, StopIteration, IndexError) as trouble:
        raise BadInput(f"this is no picture: {trouble}", where=str(path), fix="Give JPEG, PNG or WebP") from None
    scale = min(_WIDTH / frame.width, _HEIGHT / frame.height)
    width, height = max(2, round(frame.width * scale)), max(2, round(frame.height * scale))
    small = frame.reformat(width, height, format="rgb24").to_ndarray()
    fitted = np.zeros((_HEIGHT, _WIDTH, 3), dtype=np.uint8)
    top, left = (_HEIGHT - height) // 2, (_WIDTH - width) // 2
    fitted[top : top + height, left : left + width] = small
    return fitted


def write_film(place: Path, pictures: Sequence[Picture], heard: Read, title: str) -> None:
    """Each picture for the same time; labelled as holding AI speech."""
    av = _av()
    frames = max(len(pictures), -(-len(heard.samples) * _RATE // SPOKEN_RATE))
    with av.open(str(place), "w") as file:
        file.metadata.update({"comment": sound_comment(place.stem), "title": title})
        video: Any = file.add_stream("libx264", rate=_RATE, options={"tune": "stillimage", "crf": "23"})
        video.width, video.height, video.pix_fmt = _WIDTH, _HEIGHT, "yuv420p"
        sound: Any = file.add_stream("aac", rate=48_000, layout="mono")
        told: Any = file.add_stream("mov_text")
        told.codec_context.subtitle_header = _STYLE
        told.time_base = told.codec_context.time_base = _MS
        for packet in _captions(told, heard.captions):
            file.mux(packet)
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(pictures[number * len(pictures) // frames], format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, _RATE)
            file.mux(video.encode(frame))
        file.mux(video.encode(None))
        samples = resampled(heard.samples)
        for start in range(0, len(samples), 48_000):
            piece = av.AudioFrame.from_ndarray(samples[None, start : start + 48_000], format="flt", layout="mono")
            piece.sample_rate, piece.pts, piece.time_base = 48_000, start, Fraction(1, 48_000)
            file.mux(sound.encode(piece))
        file.mux(sound.encode(None))


def _captions(stream: Any, captions: Sequence[Caption]) -> Iterator[Any]:
    from av.subtitles.subtitle import SubtitleSet

    for number, caption in enumerate(captions):
        length_ms = caption.end_ms - caption.start_ms
        words = " ".join(caption.text.replace("{", "(").replace("}", ")").replace("\\", "/").split())
        line = f"{number},0,Default,,0,0,0,,{words}".encode()
        packet = stream.codec_context.encode_subtitle(SubtitleSet.create(text=line, start=0, end=length_ms))
        packet.stream, packet.time_base = stream, _MS
        packet.pts = packet.dts = caption.start_ms
        packet.duration = length_ms
        yield packet


def _av() -> Any:
    try:
        import av
    except ImportError:
        raise MissingPart("films need PyAV, which is not here", fix='pip install "livehost[models]"') from None
    return av
