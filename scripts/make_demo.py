"""Speaks the demo's host tracks: every line of host.toml at its moment, in a stock voice, labelled as synthetic."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import numpy as np
import soundfile
import soxr

from livehost.sound import HEARD_RATE, SPOKEN_RATE
from livehost.speak.voices import open_voice

SESSIONS = Path(__file__).parent.parent / "livehost" / "demo" / "sessions"
LEAST_PAUSE_SECONDS = 5.0
ROOM_DB = -62.0
TAIL_SECONDS = 8.5


def speak(session: Path) -> None:
    script = tomllib.loads((session / "host.toml").read_text(encoding="utf-8"))
    voice = open_voice(script["voice"])
    pieces: list[tuple[int, np.ndarray]] = []
    for line in script["line"]:
        spoken = [piece.samples for piece in voice.speak(line["text"], script["language"])]
        sound = soxr.resample(np.concatenate(spoken), SPOKEN_RATE, HEARD_RATE).astype(np.float32)
        start = line["at_ms"] * HEARD_RATE // 1000
        if pieces:
            before = pieces[-1][0] + len(pieces[-1][1])
            pause = (start - before) / HEARD_RATE
            print(f"  {line['at_ms']:6} ms, {len(sound) / HEARD_RATE:.1f} s, {pause:.1f} s after the line before")
            if pause < LEAST_PAUSE_SECONDS:
                sys.exit(f"{session.name}: the line at {line['at_ms']} ms leaves a pause of only {pause:.1f} s")
        pieces.append((start, sound))
    length = pieces[-1][0] + len(pieces[-1][1]) + round(TAIL_SECONDS * HEARD_RATE)
    track = np.random.default_rng(7).normal(0, 10 ** (ROOM_DB / 20), length).astype(np.float32)
    for start, sound in pieces:
        track[start : start + len(sound)] += sound
    with soundfile.SoundFile(
        session / "host.opus", "w", HEARD_RATE, 1, format="OGG", subtype="OPUS", compression_level=0.9
    ) as file:
        file.comment = "Synthetic speech of a stock voice (Kokoro-82M), made by Livehost for its demo"
        for at in range(0, length, HEARD_RATE):
            file.write(track[at : at + HEARD_RATE])
    print(f"{session.name}: {length / HEARD_RATE:.1f} s")


for folder in sorted(path.parent for path in SESSIONS.glob("*/host.toml")):
    print(folder.name)
    speak(folder)
