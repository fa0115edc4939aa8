"""A session's recording while it runs: events, both tracks, raw frames; a new folder, or the one of a session that goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from livehost import events
from livehost.commands import Command
from livehost.events import Envelope
from livehost.knowledge import Knowledge
from livehost.labelling import sound_comment
from livehost.record.audio import Track
from livehost.record.folder import COHOST_TRACK, EVENTS, HOST_TRACK, Header, write_header
from livehost.record.left import held
from livehost.record.log import EventLog
from livehost.record.pieces import joined
from livehost.record.raw_frames import FOLDER as RAW_FRAMES
from livehost.record.raw_frames import RawFrames
from livehost.sound import HEARD_RATE, SPOKEN_RATE, Samples

_SETTLE_SECONDS = 0.1


@dataclass(frozen=True)
class Before:
    """What is there of it already: `good_bytes` of the events, `last` to be written behind them, sound up to `now_ms`;
    `own` holds the folder."""

    good_bytes: int
    last: tuple[Envelope, Sequence[Command]]
    now_ms: int
    own: BinaryIO


@dataclass(frozen=True)
class Recording:
    header: Header
    log: EventLog
    host: Track | None
    cohost: Track | None
    raw_frames: RawFrames

    async def settle(self) -> None:
        """Returns when what the log was given outlives this process; a disk that hangs is not waited for."""
        written = asyncio.ensure_future(asyncio.wrap_future(self.log.written()))
        await asyncio.wait([written], timeout=_SETTLE_SECONDS)


def unheard(at_ms: float, samples: Samples) -> None:
    """Sound that nobody keeps."""


@contextmanager
def recording(  # noqa: PLR0913, PLR0917 - what a recording is made of
    folder: Path,
    header: Header,
    knowledge: Knowledge,
    put: Callable[[events.Event], None],
    key: bytes | None,
    before: Before | None,
) -> Iterator[Recording]:
    def tell(trouble: str) -> None:
        put(events.PartChanged("recorder", "lost" if trouble else "ok", trouble))

    def tell_of(part: str, trouble: str) -> None:
        put(events.PartChanged(part, "degraded" if trouble else "ok", trouble))

    if before is None:
        write_header(folder, header, knowledge)
        own = held(folder)
        log = EventLog(folder / EVENTS, tell)
    else:
        own = before.own
        log = EventLog(folder / EVENTS, tell, before.good_bytes)
        log.write(*before.last)
    from_ms = before.now_ms if before else 0
    host = cohost = None
    if knowledge.creator.recording.sound:
        host = Track(folder / HOST_TRACK, HEARD_RATE, "host", partial(tell_of, "recorded host"), key, from_ms)
        comment = sound_comment(folder.name)
        cohost = Track(folder / COHOST_TRACK, SPOKEN_RATE, comment, partial(tell_of, "recorded co-host"), key, from_ms)
    raw_frames = RawFrames(folder / RAW_FRAMES, partial(tell_of, "raw frames"))
    ended = False
    try:
        yield Recording(header, log, host, cohost, raw_frames)
        ended = True
    finally:
        for part in (log, host, cohost, raw_frames):
            if part:
                part.close()
        if ended:  # else it may go on, and its sound stays in pieces until then
            joined(folder / HOST_TRACK, HEARD_RATE, "host", key)
            joined(folder / COHOST_TRACK, SPOKEN_RATE, sound_comment(folder.name), key)
        if own:
            own.close()
