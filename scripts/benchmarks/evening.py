"""A long evening, made out of a short one: the demo's chat and host repeated with variation, through the real core."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import BinaryIO

import soundfile

from livehost import events
from livehost.commands import Command
from livehost.core import LOGIC_VERSION, Core
from livehost.creators import digest
from livehost.events import Envelope
from livehost.record.folder import COHOST_TRACK, EVENTS, FORMAT, HOST_TRACK, Header, read_knowledge, write_header
from livehost.record.log import encode
from livehost.review.simulation import Outside, Simulation

sys.path.append(str(Path(__file__).parents[2]))  # the night of the tests
from tests.night import RECORDED, finds_of, inputs

SPOKEN = Path(__file__).parents[2] / "livehost" / "demo" / "sessions"


def make_evening(folder: Path, hours: float, lines: int, name: str = "anna") -> Path:
    """Writes a session of `lines` chat lines with both tracks of sound; the host speaks half of the time, a moderator acts
    every two minutes."""
    source = RECORDED / name
    knowledge = read_knowledge(source)
    folder.mkdir(parents=True)
    header = Header(FORMAT, LOGIC_VERSION, "0", name, "2026-11-23T20:00:00.000+00:00", 1, digest(knowledge))
    write_header(folder, header, knowledge)
    with (folder / EVENTS).open("wb") as file:
        running = Simulation(Core(knowledge), Outside(finds_of(source)), _Writer(file))
        running.put(0, events.SessionStarted(name, "polite", 1))
        running.put(0, events.PartChanged("hearing", "ok"))
        for at_ms, event in inputs(source, round(hours * 3_600_000), lines):
            running.put(at_ms, event)
        running.put(round(hours * 3_600_000), events.SessionEnded("ended", cpu_ms=round(hours * 360_000)))
    _write_sound(folder, name, round(hours * 3600))
    return folder


def _write_sound(folder: Path, name: str, seconds: int) -> None:
    """The demo's host again and again, on both tracks."""
    samples, rate = soundfile.read(SPOKEN / name / "host.opus", dtype="float32")
    with soundfile.SoundFile(folder / HOST_TRACK, "w", rate, 1, format="OGG", subtype="OPUS") as file:
        left = seconds * rate
        while left > 0:
            file.write(samples[:left])
            left -= len(samples)
    shutil.copyfile(folder / HOST_TRACK, folder / COHOST_TRACK)


class _Writer:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def __call__(self, envelope: Envelope, wishes: list[Command]) -> None:
        self._file.write(encode(envelope, wishes))
