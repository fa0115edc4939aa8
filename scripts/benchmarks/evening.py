"""A long evening, made out of a short one: the demo's chat and host repeated with variation, through the real core."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
import soundfile

from livehost import events
from livehost.chat import ChatLine, Viewer
from livehost.commands import Among, Command
from livehost.core import LOGIC_VERSION, Core
from livehost.creators import digest
from livehost.events import Candidate, Envelope, Event
from livehost.record.folder import COHOST_TRACK, EVENTS, FORMAT, HOST_TRACK, Header, read_knowledge, write_header
from livehost.record.log import encode
from livehost.review.simulation import Outside, Simulation
from livehost.review.timeline_reader import read_timeline

SPOKEN = Path(__file__).parents[2] / "livehost" / "demo" / "sessions"
RECORDED = Path(__file__).parents[2] / "tests" / "recordings"
_ENDINGS = ("", " pls", "??", " 🙏", " thx", "!!", " anyone?", " 😍😍")
_ACTS: tuple[events.Action, ...] = ("skip", "pause", "resume", "mute", "unmute", "drop", "approve", "wrong")


def make_evening(folder: Path, hours: float, lines: int, name: str = "anna") -> Path:
    """Writes a session of `lines` chat lines with both tracks of sound; the host speaks half of the time, a moderator acts
    every two minutes."""
    source = RECORDED / name
    knowledge = read_knowledge(source)
    folder.mkdir(parents=True)
    header = Header(FORMAT, LOGIC_VERSION, "0", name, "2026-11-23T20:00:00.000+00:00", 1, digest(knowledge))
    write_header(folder, header, knowledge)
    known = read_timeline(source).matches

    def finds(text: str, among: Among) -> tuple[Candidate, ...]:
        return known.get(text, ()) if among == "questions" else ()

    with (folder / EVENTS).open("wb") as file:
        running = Simulation(Core(knowledge), Outside(finds), _Writer(file))
        running.put(0, events.SessionStarted(name, "polite", 1))
        running.put(0, events.PartChanged("hearing", "ok"))
        for at_ms, event in _inputs(source, round(hours * 3_600_000), lines):
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


def _inputs(source: Path, length_ms: int, lines: int) -> Iterator[tuple[int, Event]]:
    came = [*_chat(source, length_ms, lines), *_host(source, length_ms), *_acts(length_ms)]
    return iter(sorted(came, key=lambda one: one[0]))


def _chat(source: Path, length_ms: int, lines: int) -> Iterator[tuple[int, Event]]:
    texts = [line.text for line in read_timeline(source).lines if line.type == "message"]
    for number in range(lines):
        at_ms = length_ms * number // lines
        viewer = Viewer(f"u{number * 7919 % 20011}", f"viewer {number * 7919 % 20011}")
        line = ChatLine(at_ms=at_ms, platform="test", id=f"m{number}", user=viewer)
        if number % 500 == 499:
            line = msgspec.structs.replace(line, type="order", product_id="ridge-jacket", count=1)
        elif number % 300 == 299:
            line = msgspec.structs.replace(line, type="deleted", target_id=f"m{number - 1}")
        else:
            repeated = number // len(texts)
            text = texts[number * 31 % len(texts)] + _ENDINGS[repeated % len(_ENDINGS)]
            line = msgspec.structs.replace(line, text=text)
        yield at_ms, events.ChatReceived("test", line)


def _host(source: Path, length_ms: int) -> Iterator[tuple[int, Event]]:
    """The show's utterances again and again, with as much silence behind each as it was long."""
    told = read_timeline(source).host
    at_ms, number = 3000, 0
    while at_ms < length_ms - 15_000:
        words = told[number % len(told)]
        number += 1
        lasts = words.end_ms - words.start_ms
        end_ms = at_ms + lasts
        yield at_ms + 60, events.HostStarted(number, at_ms)
        yield end_ms + 300, events.HostStopped(number, end_ms)
        yield end_ms + 450, events.HostSaid(number, words.text, words.language, at_ms, end_ms, 400)
        at_ms = end_ms + max(1200, lasts)


def _acts(length_ms: int) -> Iterator[tuple[int, Event]]:
    for number, at_ms in enumerate(range(120_000, length_ms, 120_000)):
        action = _ACTS[number % len(_ACTS)]
        target = number + 1 if action in ("drop", "approve", "wrong") else 0
        yield at_ms, events.Acted(action, "mod" if number % 2 else "lee", target)
