"""Models whose results come out of a recording, after as long as they took then: for rehearsals and load tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import msgspec
import numpy as np

from livehost import commands, events
from livehost.clock import pause
from livehost.commands import Among, Command
from livehost.events import Candidate
from livehost.models import Models
from livehost.record.reader import steps
from livehost.sound import SPOKEN_RATE, Samples
from livehost.speak.phrases import PhraseCache
from livehost.speak.speech import Speech

_CHARACTER_MS = 65  # of a text that was not spoken then


@dataclass
class Results:
    """What a recording's models gave: candidates and their milliseconds by line, how long a sentence lasted."""

    matched: dict[tuple[str, str], tuple[tuple[Candidate, ...], int]] = field(default_factory=dict)
    audio_ms: dict[str, int] = field(default_factory=dict)

    def match(self, text: str, among: Among = "questions", hurried: bool = False) -> tuple[Candidate, ...]:
        """A Matcher."""
        found, took_ms = self.matched.get((text, among), ((), 0))
        pause(took_ms / 1000)
        return found


class Silence:
    """An Engine: as much silence as the voice would have taken."""

    name = "recorded"
    identity = "recorded"

    def __init__(self, results: Results) -> None:
        self._results = results

    def loudness(self, _language: str) -> float | None:
        return -16.0

    def speak(self, text: str, _language: str) -> Iterator[Samples]:
        length_ms = self._results.audio_ms.get(text, _CHARACTER_MS * len(text))
        yield np.zeros(length_ms * SPOKEN_RATE // 1000, dtype=np.float32)

    def cancel(self) -> None:
        """It never takes long."""

    def warm_up(self) -> None:
        """There is nothing to load."""


def recorded_models(session: Path) -> Models:
    results = read_results(session)
    return Models(results, None, Speech([Silence(results)], PhraseCache(None)))


@cache
def read_results(session: Path) -> Results:
    results = Results()
    asked: dict[int, commands.Match] = {}
    said: dict[tuple[int, int], str] = {}
    for step in steps(session):
        match step.envelope.event:
            case events.Matched() as came if came.query in asked:
                wish = asked.pop(came.query)
                results.matched[wish.text, wish.among] = (came.candidates, came.compute_ms)
            case events.SpeechReady() as ready if (ready.utterance, ready.clause) in said:
                results.audio_ms[said.pop((ready.utterance, ready.clause))] = ready.audio_ms
        for raw in step.wishes:
            if b'"Match"' not in raw and b'"Synthesise"' not in raw:
                continue
            command: Command = msgspec.json.decode(raw, type=Command)
            if isinstance(command, commands.Match):
                asked[command.query] = command
            elif isinstance(command, commands.Synthesise):
                said[command.utterance, command.clause] = command.text
    return results
