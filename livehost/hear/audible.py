"""A microphone that gives nothing at all: muted in its own switch, or the wrong device."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from livehost.hear.ear import Source
from livehost.sound import Samples

_NOTHING = 1e-5  # of full scale: no open microphone is as silent
_LONG_MS = 8000


@dataclass(frozen=True)
class Audible:
    """A source as it is; `tell` is told when it has given nothing for long, and when it is heard again."""

    source: Source
    tell: Callable[[bool], None]

    async def frames(self) -> AsyncIterator[tuple[float, Samples]]:
        heard_ms: float | None = None
        audible = True
        async for at_ms, frame in self.source.frames():
            if heard_ms is None or float(abs(frame).max()) > _NOTHING:
                heard_ms = at_ms
            if (at_ms - heard_ms < _LONG_MS) is not audible:
                audible = not audible
                self.tell(audible)
            yield at_ms, frame
