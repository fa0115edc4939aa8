"""Starts into the host's words, and how soon the co-host gives way: on readers with pauses spliced in, and on the demo's hosts.

Hearing is real (VAD, endpointing, recogniser with its measured time); what is said over it comes of the core on virtual time,
its synthesis scripted at 400 ms a clause. Truth is where the recordings are loud, not what our VAD says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from common import DEMO, Row, percentiles
from hearing import DATA, heard_of
from splicing import Samples, Span, Voice, asked_beside, spliced, voiced

from livehost import commands
from livehost.events import Event
from livehost.hear.audio_file import read_all
from livehost.hear.whisper import Whisper
from livehost.sound import HEARD_RATE
from livehost.weights import whisper_dir

_BOARDS, _BOARD_S = 12, 60.0
# Pauses of speech are log-normal in more than one heap (Campione & Véronis, "A large-scale multilingual study of silent pause
# duration", 2002): here within what is being said, and between one thing and the next. Share, median and spread of each.
_WITHIN, _BETWEEN = (0.7, 0.55, 0.5), (0.3, 4.0, 0.6)
_PAUSES_S = (0.2, 12.0)
_LONG_MS = 1000  # of voice: it means to go on


@dataclass
class Board:
    """A stretch of host and what was heard of it."""

    sound: Samples
    spans: list[Span]
    language: str
    heard: Sequence[tuple[int, Event]] = ()


@dataclass
class Counts:
    starts: int = 0
    inside: int = 0
    ducked_ms: list[float] = field(default_factory=list)
    silent_ms: list[float] = field(default_factory=list)
    at_once_ms: list[float] = field(default_factory=list)

    def row(self) -> Row:
        return {
            "starts": self.starts,
            "starts_inside_host_speech": self.inside,
            "percent": round(100 * self.inside / max(1, self.starts), 2),
            "ducked_after_onset_ms": percentiles(self.ducked_ms, 0) if self.ducked_ms else None,
            "silent_after_onset_ms": percentiles(self.silent_ms, 0) if self.silent_ms else None,
            "silent_after_onset_at_once_ms": percentiles(self.at_once_ms, 0) if self.at_once_ms else None,
        }


def overlap() -> Row:
    """Storyboards of real readers with pauses spliced in, and the demo's hosts, a viewer's question every 4 s."""
    found: Row = {}
    for name, boards in (("readers", list(readers())), ("demo", list(demo()))):
        heard(boards)
        found[name] = {"storyboards": len(boards), **counted(boards).row()}
    return found


def readers(boards: int = _BOARDS, seed: int = 6) -> Iterator[Board]:
    """Four readers of LibriSpeech, noise and all."""
    rng = np.random.default_rng(seed)
    files = sorted(DATA.glob("speaker/librispeech_test-other/*/*.flac"))
    for number in range(boards):
        recordings = [read_all(path)[: 9 * HEARD_RATE] for path in files[number % 4 :: 4]]
        picked = [recordings[i] for i in rng.integers(len(recordings), size=60)]
        sound, spans = spliced(picked, pauses_of(rng, 60), _BOARD_S)
        yield Board(sound, spans, "en")


def pauses_of(rng: np.random.Generator, count: int) -> list[float]:
    within = rng.random(count) < _WITHIN[0]
    medians, spreads = (np.where(within, _WITHIN[i], _BETWEEN[i]) for i in (1, 2))
    drawn = medians * np.exp(spreads * rng.standard_normal(count))
    return [float(pause) for pause in np.clip(drawn, *_PAUSES_S)]


def demo() -> Iterator[Board]:
    for name, language in (("anna", "en"), ("xiaohe", "zh")):
        sound = read_all(DEMO / "sessions" / name / "host.opus")
        yield Board(sound, voiced(sound), language)


def heard(boards: Sequence[Board]) -> None:
    """Fills in what our ear makes of each."""
    for language in {board.language for board in boards}:
        whisper = Whisper(whisper_dir(), (language,))
        for board in boards:
            if board.language == language:
                board.heard = heard_of(board.sound, whisper).events


def counted(boards: Sequence[Board]) -> Counts:
    counts = Counts()
    for board in boards:
        seconds = len(board.sound) / HEARD_RATE
        story = asked_beside(board.heard, seconds)
        voice, abrupt = Voice(story), Voice(asked_beside(board.heard, seconds, interrupted="at-once"))
        plays = story.when(commands.Play)
        counts.starts += len(plays)
        counts.inside += sum(any(first <= at < last for first, last in board.spans) for at in plays)
        for first in onsets(board.spans):
            if gave_way := voice.yielded(first):
                counts.ducked_ms.append(gave_way[0])
                counts.silent_ms.append(gave_way[1])
            if gave_way := abrupt.yielded(first):
                counts.at_once_ms.append(gave_way[1])
    return counts


def onsets(spans: Sequence[Span]) -> list[int]:
    """Where a voice that means to go on begins after a pause."""
    before = [-(10**6), *(last for _, last in spans)]
    return [
        first for (first, last), quiet_since in zip(spans, before, strict=False)
        if last - first >= _LONG_MS and first - quiet_since >= 500
    ]  # fmt: skip
