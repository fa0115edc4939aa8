"""An utterance as it is played: its clauses as they come, how far it was heard, where its words begin."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from livehost.sound import SPOKEN_RATE, Piece, Samples

FADE = 5 * SPOKEN_RATE // 1000  # of what is broken off in mid-sound
_BACK = 600 * SPOKEN_RATE // 1000  # how far back the beginning of a word is looked for
_WINDOW = 10 * SPOKEN_RATE // 1000  # over which a level is measured
_GAP_LEVEL = 0.012  # root mean square of what sounds like no word


@dataclass
class Clause:
    """The sound of a clause as it comes; `whole` when nothing more will."""

    pieces: deque[Piece] = field(default_factory=deque)
    whole: bool = False

    def add(self, piece: Piece, offset: int) -> int:
        """Puts a piece behind the others; returns how far into the first one playing is now."""
        if piece.anew:
            offset = self._drop_phrase(offset)
        if len(piece.samples):
            self.pieces.append(piece)
        return offset

    def _drop_phrase(self, offset: int) -> int:
        """What is left of the last phrase goes; what is in mid-sound is faded."""
        while self.pieces:
            piece = self.pieces.pop()
            if not self.pieces and offset:
                rest = piece.samples[offset : offset + FADE]
                self.pieces.append(Piece(rest * np.linspace(1, 0, len(rest), dtype=np.float32)))
                return 0
            if piece.begins:
                break
        return offset if self.pieces else 0


@dataclass
class Sound:
    """An utterance: its clauses as they come, and how far it was played."""

    number: int
    clauses: int = -1  # how many there will be; -1: not asked to play yet
    loaded: dict[int, Clause] = field(default_factory=dict)
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

    def load(self, clause: int, piece: Piece, *, last: bool) -> None:
        kept = self.loaded.setdefault(clause, Clause())
        if clause == self.clause:
            self.offset = kept.add(piece, self.offset)
        else:
            kept.add(piece, 0)
        kept.whole = kept.whole or last
        self._pass_over_whole()

    def take(self, most: int) -> Samples | None:
        """The next samples of the clause at hand; None while they are not there."""
        clause = self.loaded.get(self.clause)
        if clause is None or not clause.pieces:
            return None
        samples = clause.pieces[0].samples
        piece = samples[self.offset : self.offset + most]
        self.offset += len(piece)
        self.heard += len(piece)
        if self.offset >= len(samples):
            clause.pieces.popleft()
            self.offset = 0
            self._pass_over_whole()
        return piece

    def to_gap(self, most: int) -> int:
        """Samples from here to the next gap between words, or to the softest place before `most`."""
        samples = self._at_hand()
        return 0 if samples is None else _gap(samples[self.offset : self.offset + most])

    def back_to_word(self) -> None:
        """Back to the last gap, so that a word that broke off is said whole."""
        samples = self._at_hand()
        if samples is None or not self.offset:
            return
        back = min(self.offset, _gap(samples[max(0, self.offset - _BACK) : self.offset][::-1]))
        self.offset -= back
        self.heard -= back

    def _at_hand(self) -> Samples | None:
        clause = self.loaded.get(self.clause)
        return clause.pieces[0].samples if clause and clause.pieces else None

    def _pass_over_whole(self) -> None:
        """On to the next clause when all of this one was played."""
        while (clause := self.loaded.get(self.clause)) and clause.whole and not clause.pieces:
            del self.loaded[self.clause]
            self.clause += 1


def _gap(samples: Samples) -> int:
    """Where the first gap between words begins, else the softest place; the length of `samples` when they are too few."""
    windows = len(samples) // _WINDOW
    if not windows:
        return len(samples)
    levels = np.sqrt(np.square(samples[: windows * _WINDOW].reshape(windows, _WINDOW)).mean(axis=1))
    soft = np.flatnonzero(levels < _GAP_LEVEL)
    return int(soft[0] if len(soft) else np.argmin(levels)) * _WINDOW
