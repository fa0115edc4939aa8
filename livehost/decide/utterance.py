"""One utterance of the co-host, from its plan to its last sample.

PLANNED ──first clause ready──▶ READY ──Play──▶ STARTING ──first sample──▶ SPEAKING ──last sample──▶ DONE
   │                              │                 │                          │
   └─────────────dropped──────────┴──▶ CUT ◀──────told to stop──▶ CUTTING ◀────┘
                                        └──────────silence────────────┘
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto

from livehost.commands import CutReason, ItemState
from livehost.errors import Contradiction

_WORD = re.compile(r"[㐀-鿿]|[^\W㐀-鿿]+(?:['’\-.,]\w+)*")


class Life(Enum):
    PLANNED = auto()
    READY = auto()
    STARTING = auto()
    SPEAKING = auto()
    CUTTING = auto()
    DONE = auto()
    CUT = auto()


_NEXT: dict[Life, set[Life]] = {
    Life.PLANNED: {Life.READY, Life.CUT},
    Life.READY: {Life.STARTING, Life.CUT},
    Life.STARTING: {Life.SPEAKING, Life.CUTTING, Life.CUT, Life.DONE},  # the end can be told before the beginning
    Life.SPEAKING: {Life.DONE, Life.CUTTING, Life.CUT},
    Life.CUTTING: {Life.CUT, Life.DONE},  # the end can overtake the wish to stop
    Life.DONE: set(),
    Life.CUT: set(),
}


@dataclass(frozen=True)
class Heard:
    """What reached the room, in whole words."""

    text: str
    words: int
    planned: int
    clauses: int  # of which every word was heard


@dataclass
class Utterance:
    number: int
    item: int
    clauses: tuple[str, ...]
    language: str
    tells: int = 0  # clauses at its beginning that tell that a machine speaks
    life: Life = Life.PLANNED
    reason: CutReason = "mute"  # why it was cut; a closed gate is the one that comes unasked
    end_state: ItemState = "dropped"  # of its item, when it is cut for good
    end_shown: str = ""
    audio_ms: dict[int, int] = field(default_factory=dict)  # of the clauses that are there
    heard_ms: int = 0
    began_together: bool = False  # with the host, who had not heard it: it was our mistake

    @property
    def tells_ms(self) -> float:
        """How long that takes; endless while it is not known."""
        return sum((float(self.audio_ms.get(number, "inf")) for number in range(self.tells)), 0.0)

    def move(self, to: Life) -> None:
        if to not in _NEXT[self.life]:
            raise Contradiction(f"utterance {self.number} can't go from {self.life.name} to {to.name}")
        self.life = to

    @property
    def playing(self) -> bool:
        """Whether sound of it may be going out."""
        return self.life in (Life.STARTING, Life.SPEAKING, Life.CUTTING)

    @property
    def over(self) -> bool:
        return self.life in (Life.DONE, Life.CUT)

    def heard(self) -> Heard:
        """By time: a clause's words are taken to be of even length per letter."""
        left_ms, texts, words, whole = self.heard_ms, [], 0, 0
        planned = sum(len(_WORD.findall(clause)) for clause in self.clauses)
        for number, clause in enumerate(self.clauses):
            length_ms = self.audio_ms.get(number, 0)
            if not length_ms or left_ms <= 0:
                break
            share = min(1.0, left_ms / length_ms)
            ends = [match.end() for match in _WORD.finditer(clause) if match.end() <= share * len(clause)]
            complete = self.life is Life.DONE or share >= 1
            texts.append(clause if complete else clause[: ends[-1]] if ends else "")
            words += len(_WORD.findall(clause)) if complete else len(ends)
            whole += complete
            left_ms -= length_ms
        return Heard(" ".join(text for text in texts if text), words, planned, whole)
