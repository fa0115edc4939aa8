"""What people have (phone recordings, an old stream's mp4) to pieces of one person's clean speech, with why each was kept.

file ─▶ decode ─▶ voice activity ─▶ pieces of 1.5-12 s ─▶ clipped? noise or music behind? whose voice? ─▶ table
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from livehost.apart import apart
from livehost.hear.audio_file import framed
from livehost.hear.speech import FRAME_MS, Began, Ended, Endpointing, SpeechMachine
from livehost.hear.vad import SileroVad
from livehost.sound import HEARD_RATE, Samples, level_db

_FILE_MOST_BYTES = 4 * 1024**3  # an hour of film
_LEAST_SECONDS, _LONGEST_MS = 1.5, 12_000
_MARGIN_MS = 150
_ENDPOINTING = Endpointing(longest_ms=_LONGEST_MS, hangover_ms=320)
_SOFTEST_DB = -50.0
_CLIPPED_SHARE = 0.002  # of the samples
_LEAST_SNR_DB = 18.0
_TONAL = 18.0  # dB that spectral lines in the pauses stand out: music, a hum
_SAME_VOICE = 0.45  # cosine in CAM++: same person 0.58-0.95, others up to 0.41
_STRANGE_MOMENT = 0.15  # the same within a piece, over 2 s


class Embed(Protocol):
    def __call__(self, sound: Samples) -> NDArray[np.float32]:
        """[n] at 16 kHz → a unit vector of who speaks."""
        ...


@dataclass(frozen=True)
class Decoded:
    """[n] at 16 kHz, which of it is clipped [n], and the file's own tags."""

    sound: Samples
    clipped: NDArray[np.bool_]
    tags: dict[str, str]


@dataclass(frozen=True)
class Piece:
    """`match` is the cosine to the person's voice; `why` says what was wrong, empty when it is kept."""

    file: str
    start_ms: int
    end_ms: int
    sound: Samples
    level_db: float
    snr_db: float
    clipped: float
    match: float = 0.0
    why: str = ""

    @property
    def seconds(self) -> float:
        return len(self.sound) / HEARD_RATE


def take_in(
    files: Sequence[Path],
    embed: Embed,
    person: NDArray[np.float32] | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Piece]:
    """All pieces of all files in their order, judged. `person` is the voice wanted; without it the one that speaks most.

    Raises BadInput for a file that holds no sound.
    """
    pieces: list[Piece] = []
    for path in files:
        tell(path.name)
        decoded = decode(path)
        pieces += [_described(path.name, decoded, start, end) for start, end in spoken(decoded.sound)]
    clean = [n for n, piece in enumerate(pieces) if not piece.why]
    if not clean:
        return pieces
    voices = np.stack([embed(pieces[n].sound) for n in clean])
    weights = np.array([pieces[n].seconds for n in clean])
    wanted = person if person is not None else _most_spoken(voices, weights)
    for n, voice in zip(clean, voices, strict=True):
        pieces[n] = _judged_by_voice(replace(pieces[n], match=round(float(voice @ wanted), 3)), wanted, embed)
    return pieces


def decode(path: Path) -> Decoded:
    """Any sound or film that FFmpeg's libraries read, an hour of it at most; raises BadInput for what is none."""
    sound, clipped, tags = apart("livehost.enrol.decoding:read", path, most=_FILE_MOST_BYTES)
    heard = np.frombuffer(sound, dtype=np.float32)
    return Decoded(heard, np.unpackbits(np.frombuffer(clipped, np.uint8), count=len(heard)).astype(np.bool_), tags)


def spoken(sound: Samples) -> Iterator[tuple[int, int]]:
    """(start_ms, end_ms) of what is spoken, at least 1.5 s each."""
    vad, machine = SileroVad(), SpeechMachine(_ENDPOINTING)
    ends: list[Ended] = []
    for number, frame in enumerate(framed(iter([sound]))):
        found = machine.push(vad.probability(frame), level_db(frame), number * FRAME_MS)
        if isinstance(found, Ended):
            ends.append(found)
        assert found is None or isinstance(found, Began | Ended)
    if last := machine.finish():
        ends.append(last)
    longest = len(sound) * 1000 // HEARD_RATE
    for end in ends:
        if end.end_ms - end.start_ms >= _LEAST_SECONDS * 1000:
            yield max(0, round(end.start_ms) - _MARGIN_MS), min(longest, round(end.end_ms) + _MARGIN_MS)


def _described(name: str, decoded: Decoded, start_ms: int, end_ms: int) -> Piece:
    cut = slice(start_ms * HEARD_RATE // 1000, end_ms * HEARD_RATE // 1000)
    sound = decoded.sound[cut]
    clipped = float(decoded.clipped[cut].mean())
    snr, tonal = _background(sound)
    piece = Piece(name, start_ms, end_ms, sound, round(level_db(sound), 1), round(snr, 1), round(clipped, 4))
    why = ""
    if piece.level_db < _SOFTEST_DB:
        why = "too soft"
    elif clipped > _CLIPPED_SHARE:
        why = f"clipped ({clipped:.1%} of it)"
    elif snr < _LEAST_SNR_DB:
        why = f"{'music' if tonal > _TONAL else 'noise'} behind it ({snr:.0f} dB)"
    return replace(piece, why=why)


def _background(sound: Samples) -> tuple[float, float]:
    """How far speech stands above what is heard between the words (dB), and how far lines stand out of that (dB)."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, 512)[::160] * np.hanning(512).astype(np.float32)
    power = np.abs(np.fft.rfft(frames)) ** 2 + 1e-12
    levels = 10 * np.log10(power[:, 3:].mean(1))  # without the rumble below 94 Hz
    quiet = levels <= np.percentile(levels, 12)
    snr = float(np.percentile(levels, 90) - levels[quiet].mean())
    spectrum = 10 * np.log10(power[quiet].mean(0)[4:128])
    smooth = np.convolve(np.pad(spectrum, 10, mode="edge"), np.ones(21) / 21, mode="valid")
    return snr, float((spectrum - smooth).max() * 2)


def _most_spoken(voices: NDArray[np.float32], weights: NDArray[np.float64]) -> NDArray[np.float32]:
    """The mean of those who are like the one that most speech is like."""
    alike = voices @ voices.T > _SAME_VOICE
    core = alike[(alike @ weights).argmax()]
    mean = (voices[core] * weights[core, None]).sum(0)
    unit: NDArray[np.float32] = (mean / np.linalg.norm(mean)).astype(np.float32)
    return unit


def _judged_by_voice(piece: Piece, wanted: NDArray[np.float32], embed: Embed) -> Piece:
    if piece.match < _SAME_VOICE:
        return replace(piece, why=f"another voice ({piece.match:.2f})")
    step = 2 * HEARD_RATE
    for start in range(0, len(piece.sound) - step + 1, step):
        moment = float(embed(piece.sound[start : start + step]) @ wanted)
        if moment < _STRANGE_MOMENT:
            return replace(piece, why=f"a second voice at {start / HEARD_RATE:.0f} s ({moment:.2f})")
    return piece
