"""A short film for viewers who asked about a product: its pictures, the post read out in the creator's voice, captions.

    draft ─▶ sentences ─▶ voice ─┬▶ PRODUCT.wav
    pictures of the product ─────┴▶ PRODUCT.mp4 (H.264, AAC, captions that a player shows), PRODUCT.srt, PRODUCT.txt

Written by ffmpeg's libraries (PyAV); no program needs to be installed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from livehost.errors import BadInput, MissingPart
from livehost.labelling import sound_comment
from livehost.review.captions import Caption, srt
from livehost.review.clips import slug, write_sound
from livehost.review.numbers import Segment
from livehost.review.pictures import HEIGHT, WIDTH, Picture, picture, pictures_of
from livehost.sound import SPOKEN_RATE, Samples
from livehost.speak.script import clauses
from livehost.workers import Synthesiser

_RATE = 10
_PAUSE_MS = 250
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
    shown = [picture(path) for path in pictures_of(segment.product_id, pictures)]
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


def write_film(place: Path, pictures: Sequence[Picture], heard: Read, title: str) -> None:
    """Each picture for the same time; labelled as holding AI speech."""
    av = _av()
    frames = max(len(pictures), -(-len(heard.samples) * _RATE // SPOKEN_RATE))
    with av.open(str(place), "w") as file:
        file.metadata.update({"comment": sound_comment(place.stem), "title": title})
        video: Any = file.add_stream("libx264", rate=_RATE, options={"tune": "stillimage", "crf": "23"})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
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
