"""The curtain: while it is drawn, what the microphone gives passes as silence, so that nothing is heard and nothing recorded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import numpy as np

from livehost.hear.ear import Source
from livehost.sound import Samples


@dataclass
class Curtain:
    drawn: bool = False


@dataclass(frozen=True)
class Behind:
    """A source behind the curtain. Time goes on as it does in front of it."""

    source: Source
    curtain: Curtain

    async def frames(self) -> AsyncIterator[tuple[float, Samples]]:
        async for at_ms, frame in self.source.frames():
            yield at_ms, np.zeros_like(frame) if self.curtain.drawn else frame
