"""`livehost voices say`: text into a labelled sound file."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from livehost.clock import stopwatch
from livehost.errors import BadInput
from livehost.language import language_of
from livehost.sound import SPOKEN_RATE, Samples
from livehost.speak.script import clauses
from livehost.speak.voices import open_voice

AI_LABEL = "AI-generated speech (Livehost)"


class Said(msgspec.Struct, frozen=True):
    """CONTRACTS.md."""

    audio_seconds: float
    first_audio_ms: int
    compute_seconds: float


def say(voice: str, text: str, out: Path) -> Said:
    """Speaks `text` clause by clause with a warm engine; times count from the first clause's start."""
    engine = open_voice(voice)
    language = language_of(text)
    engine.warm_up()
    wanted = clauses(text, language)
    if not wanted:
        raise BadInput("nothing of this text can be spoken", fix="Give words")
    seconds = stopwatch()
    pieces: list[Samples] = []
    first_ms = 0
    for clause in wanted:
        pieces.append(engine.synthesise(clause, language))
        first_ms = first_ms or round(seconds() * 1000)
    took = seconds()
    audio = np.concatenate(pieces)
    write_labelled(out, audio, SPOKEN_RATE)
    return Said(round(len(audio) / SPOKEN_RATE, 3), first_ms, round(took, 3))


def write_labelled(path: Path, audio: Samples, rate: int) -> None:
    """Writes `audio` with the note that a machine made it."""
    import soundfile

    try:
        with soundfile.SoundFile(path, "w", rate, 1) as file:
            file.comment = AI_LABEL
            file.write(audio)
    except (OSError, RuntimeError, TypeError) as trouble:
        raise BadInput(
            f"the file can't be written: {trouble}", where=str(path), fix="Name a .wav, .flac or .ogg file"
        ) from None
