"""`livehost voices say`: text into a labelled sound file."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from livehost.clock import stopwatch
from livehost.errors import BadInput
from livehost.labelling import sound_comment
from livehost.language import language_of
from livehost.sound import SPOKEN_RATE, Samples
from livehost.speak.script import clauses
from livehost.speak.voices import open_voice


class Said(msgspec.Struct, frozen=True):
    """CONTRACTS.md. `words`: what was read out."""

    audio_seconds: float
    first_audio_ms: int
    compute_seconds: float
    words: str


def say(voice: str, text: str, out: Path, creator: Path | None = None) -> Said:
    """Speaks `text` with a warm engine; times count from the wish to speak. `creator`: with their pronunciations."""
    speech = open_voice(voice, creator)
    language = language_of(text)
    speech.warm_up()
    seconds = stopwatch()
    pieces: list[Samples] = []
    first_ms = 0
    for piece in speech.speak(text, language):
        first_ms = first_ms or round(seconds() * 1000)
        pieces.append(piece.samples)
    took = seconds()
    if not pieces:
        raise BadInput("nothing of this text can be spoken", fix="Give words")
    audio = np.concatenate(pieces)
    write_labelled(out, audio, SPOKEN_RATE)
    words = " ".join(speech.reading(sentence, language) for sentence in clauses(text, language))
    return Said(round(len(audio) / SPOKEN_RATE, 3), first_ms, round(took, 3), words)


def write_labelled(path: Path, audio: Samples, rate: int) -> None:
    """Writes `audio` with the note that a machine made it."""
    import soundfile

    try:
        with soundfile.SoundFile(path, "w", rate, 1) as file:
            file.comment = sound_comment(path.stem)
            file.write(audio)
    except (OSError, RuntimeError, TypeError) as trouble:
        raise BadInput(
            f"the file can't be written: {trouble}", where=str(path), fix="Name a .wav, .flac or .ogg file"
        ) from None
