"""The sound going out: utterances clause by clause, behind a gate that silences everything from the next block on.

An output pulls blocks by `render`, from its own thread or task; the other methods only leave a note that the next
`render` reads. Nothing here waits or takes a lock, so that neither a busy loop nor a model delays a sample.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from livehost.sound import SPOKEN_RATE, Samples

Happened = Literal["started", "finished", "cut"]
# What happened to which utterance, and how many milliseconds of it were rendered. Called from the output's thread.
Report = Callable[[Happened, int, int], None]

_GATE_FADE = 5 * SPOKEN_RATE // 1000
_DEAD_KEPT = 64


@dataclass
class _Sound:
    """An utterance: its clauses as they come, and how far it was played."""

    number: int
    clauses: int = -1  # how many there will be; -1: not asked to play yet
    loaded: dict[int, Samples] = field(default_factory=dict)
    clause: int = 0
    offset: int = 0
    heard: int = 0
    started: bool = False

    @property
    def heard_ms(self) -> int:
        return round(self.heard * 1000 / SPOKEN_RATE)

    @property
    def complete(self) -> bool:
        return 0 <= self.clauses <= self.clause

    def take(self, most: int) -> Samples | None:
        """The next samples of the clause at hand; None while it is not there."""
        samples = self.loaded.get(self.clause)
        if samples is None:
            return None
        piece = samples[self.offset : self.offset + most]
        self.offset += len(piece)
        self.heard += len(piece)
        if self.offset >= len(samples):
            del self.loaded[self.clause]
            self.clause, self.offset = self.clause + 1, 0
        return piece


class Player:
    """Plays one utterance at a time. `underruns` counts blocks that had to wait for a clause."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._notes: deque[Callable[[], None]] = deque()
        self._sounds: dict[int, _Sound] = {}
        self._dead: deque[int] = deque(maxlen=_DEAD_KEPT)
        self._playing: _Sound | None = None
        self._fade = 0  # samples over which what plays is faded out; 0: not fading
        self._open = True
        self.underruns = 0

    # --- from the loop

    def load(self, utterance: int, clause: int, samples: Samples) -> None:
        self._notes.append(lambda: self._load(utterance, clause, samples))

    def play(self, utterance: int, clauses: int) -> None:
        self._notes.append(lambda: self._play(utterance, clauses))

    def cut(self, utterance: int, fade_ms: int) -> None:
        self._notes.append(lambda: self._cut(utterance, fade_ms * SPOKEN_RATE // 1000))

    def close_gate(self) -> None:
        """Silence from the next block on, whatever else is going on; what plays is gone."""
        self._open = False

    def open_gate(self) -> None:
        self._open = True

    @property
    def is_open(self) -> bool:
        return self._open

    # --- from the output

    @property
    def idle(self) -> bool:
        """Whether nothing plays and nothing was asked for."""
        return self._playing is None and not self._notes

    def render(self, frames: int) -> Samples:
        """The next `frames` samples, [frames]."""
        while self._notes:
            self._notes.popleft()()
        block = np.zeros(frames, dtype=np.float32)
        if not self._open and self._playing and not self._fade:
            self._fade = min(_GATE_FADE, frames)
        filled = 0
        while filled < frames and self._playing is not None:
            filled = self._fill(block, filled, self._playing)
        return block

    def _fill(self, block: Samples, filled: int, sound: _Sound) -> int:
        """Puts more of the utterance into the block; returns how far the block is filled now."""
        room = len(block) - filled
        piece = sound.take(min(room, self._fade) if self._fade else room)
        if piece is None and not self._fade:
            self.underruns += sound.started
            return len(block)
        if piece is not None and len(piece):
            if not sound.started:
                sound.started = True
                self._report("started", sound.number, 0)
            ramp = np.linspace(1, 0, len(piece), dtype=np.float32) if self._fade else np.float32(1)
            block[filled : filled + len(piece)] = piece * ramp
            filled += len(piece)
        if self._fade:
            self._end("cut")
        elif sound.complete:
            self._end("finished")
        return filled

    def _load(self, utterance: int, clause: int, samples: Samples) -> None:
        if utterance not in self._dead:
            self._sounds.setdefault(utterance, _Sound(utterance)).loaded[clause] = samples

    def _play(self, utterance: int, clauses: int) -> None:
        if utterance in self._dead:
            self._report("cut", utterance, 0)
            return
        sound = self._sounds.setdefault(utterance, _Sound(utterance))
        sound.clauses = clauses
        if self._playing is not None or not self._open:
            self._drop(utterance)
            self._report("cut", utterance, 0)
            return
        self._playing = sound

    def _cut(self, utterance: int, fade: int) -> None:
        if self._playing is not None and self._playing.number == utterance:
            self._fade = max(1, fade)
        else:
            self._drop(utterance)

    def _end(self, how: Happened) -> None:
        sound = self._playing
        assert sound is not None
        self._playing, self._fade = None, 0
        self._drop(sound.number)
        self._report(how, sound.number, sound.heard_ms)

    def _drop(self, utterance: int) -> None:
        self._sounds.pop(utterance, None)
        self._dead.append(utterance)
