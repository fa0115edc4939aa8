"""Cuts the stream of frames into utterances, each with a little of the sound before and after the voice."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from livehost.hear.intake import FRAME_MS
from livehost.hear.speech import START_WINDOW, Mark, Speech, SpeechSettings, Started
from livehost.sound import Samples

_BEFORE_MS = 300  # soft first sounds lie before what the VAD calls a voice
_AFTER_MS = 200
_KEPT_FRAMES = START_WINDOW + math.ceil(_BEFORE_MS / FRAME_MS)


@dataclass(frozen=True)
class Utterance:
    """`start_ms` and `end_ms` are the first and the last voiced sample; `audio` reaches further on both sides."""

    number: int
    start_ms: int
    end_ms: int
    audio: Samples


@dataclass(frozen=True)
class Begun:
    number: int
    start_ms: int


class Cutter:
    """Numbers the utterances 1, 2, 3 … The sound of the one under way is bounded by its longest length."""

    def __init__(self, settings: SpeechSettings) -> None:
        self._settings = settings
        self._number = 0
        self.restart()

    def restart(self) -> None:
        """Another stream of sound begins; the numbers go on."""
        self._speech = Speech(self._settings)
        self._before: deque[tuple[float, Samples]] = deque(maxlen=_KEPT_FRAMES)
        self._frames: list[tuple[float, Samples]] = []
        self._begun: Begun | None = None

    def take(self, at_ms: float, frame: Samples, probability: float) -> list[Begun | Utterance]:
        """What begins or ends with this frame."""
        self._before.append((at_ms, frame))
        if self._begun:
            self._frames.append((at_ms, frame))
        return [self._follow(mark) for mark in self._speech.hear(at_ms, probability)]

    def end(self) -> list[Begun | Utterance]:
        """The sound has ended: what is under way is over."""
        return [self._follow(mark) for mark in self._speech.end()]

    def _follow(self, mark: Mark) -> Begun | Utterance:
        if isinstance(mark, Started):
            return self._begin(mark.start_ms)
        return self._finish(mark.end_ms)

    def _begin(self, start_ms: float) -> Begun:
        self._number += 1
        self._frames = [kept for kept in self._before if kept[0] + FRAME_MS > start_ms - _BEFORE_MS]
        self._begun = Begun(self._number, round(start_ms))
        return self._begun

    def _finish(self, end_ms: float) -> Utterance:
        assert self._begun, "an utterance stopped that had not started"
        begun, self._begun = self._begun, None
        audio = np.concatenate([frame for at_ms, frame in self._frames if at_ms < end_ms + _AFTER_MS])
        self._frames = []
        return Utterance(begun.number, begun.start_ms, round(end_ms), audio)
