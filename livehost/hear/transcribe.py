"""`livehost transcribe`: what is said in a file, and how soon its text would be there at real pace."""

from __future__ import annotations

from pathlib import Path

import msgspec

from livehost import clock
from livehost.clock import SessionClock
from livehost.events import Event, HostSaid, HostStopped
from livehost.hear.audio_file import AudioFile
from livehost.hear.ear import Ear
from livehost.hear.recogniser import Recogniser
from livehost.hear.vad import SileroVad
from livehost.hear.whisper import Whisper
from livehost.sound import HEARD_RATE, Samples
from livehost.weights import whisper_dir
from livehost.workers import Worker


class Segment(msgspec.Struct, frozen=True):
    start_ms: int
    end_ms: int
    text: str


class Spoken(msgspec.Struct, frozen=True):
    """`end_ms` is the last voiced sample; `final_after_ms` from the decision that it ended to its text (0: it was there)."""

    start_ms: int
    end_ms: int
    final_after_ms: int


class Transcribed(msgspec.Struct, frozen=True):
    """CONTRACTS.md."""

    text: str
    language: str
    segments: tuple[Segment, ...]
    audio_seconds: float
    compute_seconds: float
    utterances: tuple[Spoken, ...]


def transcribe_file(path: Path, language: str | None) -> Transcribed:
    """Hears the file as a session would, on the virtual clock with the computing time that was really measured."""
    whisper = Whisper(whisper_dir(), (language,) if language else ())
    return heard_in(path, whisper)


def heard_in(path: Path, whisper: Whisper) -> Transcribed:
    """With a recogniser that is loaded already."""
    return clock.run(_hear(path, whisper), virtual=True)


async def _hear(path: Path, whisper: Whisper) -> Transcribed:
    import asyncio

    session_clock = SessionClock(asyncio.get_running_loop())
    worker = Worker("hearing", session_clock)
    happened: list[tuple[int, Event]] = []
    samples = 0

    def count(_at_ms: float, sound: Samples) -> None:
        nonlocal samples
        samples += len(sound)

    ear = Ear(AudioFile(path, session_clock), SileroVad(), Recogniser(whisper, worker, whisper), count)
    await ear.run(lambda event: happened.append((session_clock.now_ms(), event)))
    worker.close()
    stopped = {event.utterance: at_ms for at_ms, event in happened if isinstance(event, HostStopped)}
    said = [(at_ms, event) for at_ms, event in happened if isinstance(event, HostSaid)]
    texts = [event.text for _, event in said if event.text]
    return Transcribed(
        text=" ".join(texts),
        language=next((event.language for _, event in said if event.language), ""),
        segments=tuple(Segment(e.start_ms, e.end_ms, e.text) for _, e in said if e.text),
        audio_seconds=round(samples / HEARD_RATE, 3),
        compute_seconds=round(worker.statistics.busy_seconds, 3),
        utterances=tuple(Spoken(e.start_ms, e.end_ms, max(0, at_ms - stopped[e.utterance])) for at_ms, e in said),
    )
