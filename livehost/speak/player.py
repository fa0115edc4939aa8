"""The sound going out: utterances clause by clause, behind a gate that silences everything from the next block on.

An output pulls blocks by `render`, from its own thread or task; the other methods only leave a note that the next
`render` reads. Nothing here waits or takes a lock, so that neither a busy loop nor a model delays a sample.

    cut     ██████▙▁▁▁▁▁▁  over `fade_ms`; it is gone
    duck    ██████▆▄▄▄▄▄▄  to a lower level, and back
    hold    ████████▙▁▁▁▁▁▁▁▁▁▁▗████  to the next gap between words; resumed from the beginning of the word
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from livehost.sound import SPOKEN_RATE, Piece, Samples
from livehost.speak.utterance_sound import FADE, Sound

Happened = Literal["started", "finished", "cut"]
# What happened to which utterance, and how many milliseconds of it were rendered. Called from the output's thread.
Report = Callable[[Happened, int, int], None]

_RESUME_FADE_MS = 10
_DEAD_KEPT = 64


@dataclass
class _Leaving:
    """How what plays comes to its rest: after `lead` samples more, faded over `fade`; it may keep its place."""

    lead: int
    fade: int
    keeps: bool


class Player:
    """Plays one utterance at a time. `underruns` counts blocks that had to wait for a clause."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._notes: deque[Callable[[], None]] = deque()
        self._sounds: dict[int, Sound] = {}
        self._dead: deque[int] = deque(maxlen=_DEAD_KEPT)
        self._playing: Sound | None = None
        self._leaving: _Leaving | None = None
        self._held = False
        self._gain, self._wanted_gain, self._gain_step = 1.0, 1.0, 0.0
        self._open = True
        self.underruns = 0

    # --- from the loop

    def load(self, utterance: int, clause: int, piece: Piece, *, last: bool = True) -> None:
        """More sound of a clause; `last`: it is whole now."""
        self._notes.append(lambda: self._load(utterance, clause, piece, last=last))

    def play(self, utterance: int, clauses: int) -> None:
        self._notes.append(lambda: self._play(utterance, clauses))

    def cut(self, utterance: int, fade_ms: int) -> None:
        self._notes.append(lambda: self._cut(utterance, _samples(fade_ms)))

    def duck(self, utterance: int, level_db: float, fade_ms: int) -> None:
        self._notes.append(lambda: self._duck(utterance, level_db, fade_ms))

    def hold(self, utterance: int, fade_ms: int, within_ms: int) -> None:
        self._notes.append(lambda: self._hold(utterance, _samples(fade_ms), _samples(within_ms)))

    def resume(self, utterance: int) -> None:
        self._notes.append(lambda: self._resume(utterance))

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
        if not self._open and self._playing:
            self._leave(_Leaving(0, min(FADE, frames), keeps=False))
        filled = 0
        while filled < frames and self._playing is not None and not self._held:
            filled = self._fill(block, filled, self._playing)
        return block

    def _fill(self, block: Samples, filled: int, sound: Sound) -> int:
        """Puts more of the utterance into the block; returns how far the block is filled now."""
        room, leaving = len(block) - filled, self._leaving
        fading = leaving is not None and not leaving.lead
        piece = sound.take(min(room, (leaving.lead or leaving.fade)) if leaving else room)
        if piece is None and not leaving and not sound.complete:
            self.underruns += sound.started
            return len(block)
        if piece is not None and len(piece):
            if not sound.started:
                sound.started = True
                self._report("started", sound.number, 0)
            ramp = np.linspace(1, 0, len(piece), dtype=np.float32) if fading else np.float32(1)
            block[filled : filled + len(piece)] = piece * ramp * self._gains(len(piece))
            filled += len(piece)
        if leaving and not fading and piece is not None:
            leaving.lead -= len(piece)
        if sound.complete and not (fading and leaving and not leaving.keeps):
            self._end("finished")
        elif leaving and (fading or piece is None):
            self._rest(leaving)
        return filled

    def _gains(self, count: int) -> Samples:
        """The level of the next samples, [count] or [1]."""
        if self._gain == self._wanted_gain:
            return np.full(1, self._gain, dtype=np.float32)
        low, high = sorted((self._gain, self._wanted_gain))
        ramp: Samples = np.clip(self._gain + self._gain_step * np.arange(1, count + 1), low, high).astype(np.float32)
        self._gain = float(ramp[-1])
        if abs(self._gain - self._wanted_gain) < 1e-6:
            self._gain = self._wanted_gain
        return ramp

    def _load(self, utterance: int, clause: int, piece: Piece, *, last: bool) -> None:
        if utterance not in self._dead:
            self._sounds.setdefault(utterance, Sound(utterance)).load(clause, piece, last=last)

    def _play(self, utterance: int, clauses: int) -> None:
        if utterance in self._dead:
            self._report("cut", utterance, 0)
            return
        sound = self._sounds.setdefault(utterance, Sound(utterance))
        sound.clauses = clauses
        if self._playing is not None or not self._open:
            self._drop(utterance)
            self._report("cut", utterance, 0)
            return
        self._playing = sound
        self._gain = self._wanted_gain = 1.0

    def _cut(self, utterance: int, fade: int) -> None:
        if self._is_playing(utterance):
            self._leave(_Leaving(0, max(1, fade), keeps=False))
        else:
            self._drop(utterance)

    def _duck(self, utterance: int, level_db: float, fade_ms: int) -> None:
        if self._is_playing(utterance):
            self._wanted_gain = 10 ** (level_db / 20)
            self._gain_step = (self._wanted_gain - self._gain) / max(1, _samples(fade_ms))

    def _hold(self, utterance: int, fade: int, within: int) -> None:
        if self._playing and self._is_playing(utterance) and not self._held and not self._leaving:
            self._leave(_Leaving(self._playing.to_gap(within) if within else 0, max(1, fade), keeps=True))

    def _resume(self, utterance: int) -> None:
        if self._playing is None or not self._is_playing(utterance):
            return
        if self._held:
            self._held = False
            self._playing.back_to_word()
            self._gain = 0.0
        elif self._leaving and self._leaving.keeps:
            self._leaving = None
        self._wanted_gain, self._gain_step = 1.0, (1.0 - self._gain) / _samples(_RESUME_FADE_MS)

    def _leave(self, how: _Leaving) -> None:
        """What must be gone goes before what would only rest."""
        if self._held and not how.keeps:
            self._end("cut")
        elif self._leaving is None or (self._leaving.keeps and not how.keeps):
            self._leaving = how

    def _rest(self, leaving: _Leaving) -> None:
        if leaving.keeps:
            self._leaving, self._held = None, True
        else:
            self._end("cut")

    def _end(self, how: Happened) -> None:
        sound = self._playing
        assert sound is not None
        self._playing, self._leaving, self._held = None, None, False
        self._drop(sound.number)
        self._report(how, sound.number, sound.heard_ms)

    def _is_playing(self, utterance: int) -> bool:
        return self._playing is not None and self._playing.number == utterance

    def _drop(self, utterance: int) -> None:
        self._sounds.pop(utterance, None)
        self._dead.append(utterance)


def _samples(duration_ms: int) -> int:
    return duration_ms * SPOKEN_RATE // 1000
