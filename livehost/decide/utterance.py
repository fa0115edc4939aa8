"""One utterance of the co-host, from its plan to its last sample.

PLANNED ──first clause ready──▶ READY ──Play──▶ STARTING ──first sample──▶ SPEAKING ──last sample──▶ DONE
   │                              │                 │                          │
   └─────────────dropped──────────┴──▶ CUT ◀──────told to stop──▶ CUTTING ◀────┘
                                        └──────────silence────────────┘
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from livehost.commands import CutReason, ItemState
from livehost.errors import Contradiction


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


@dataclass
class Utterance:
    number: int
    item: int
    clauses: tuple[str, ...]
    language: str
    life: Life = Life.PLANNED
    reason: CutReason = "mute"  # why it was cut; a closed gate is the one that comes unasked
    end_state: ItemState = "dropped"  # of its item, when it is cut for good
    end_shown: str = ""
    ready_ms: int = 0  # sound that is there, of all clauses
    ready_clauses: int = 0
    heard_ms: int = 0

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
