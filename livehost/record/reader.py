"""Reads a recording back, event by event, as far as it goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from livehost.errors import BadInput
from livehost.events import Envelope
from livehost.record.folder import EVENTS


@dataclass(frozen=True)
class Step:
    """An event and the commands recorded behind it, each as its bytes in the file."""

    envelope: Envelope
    wishes: tuple[bytes, ...]


class _Line(msgspec.Struct):
    seq: int
    at_ms: int = 0
    event: msgspec.Raw = msgspec.Raw()
    command: msgspec.Raw = msgspec.Raw()


def steps(folder: Path) -> Iterator[Step]:
    """In order. A torn last line is passed over; any other bad line raises BadInput with its number."""
    path = folder / EVENTS
    try:
        file = path.open("rb")
    except OSError as trouble:
        raise BadInput(f"the recording can't be read: {trouble.strerror}", where=str(path)) from None
    with file:
        envelope: Envelope | None = None
        wishes: list[bytes] = []
        for number, raw in enumerate(file, 1):
            if not raw.endswith(b"\n"):
                break
            line = _decoded(path, number, raw)
            if line.command:
                if envelope is None or line.seq != envelope.seq:
                    raise BadInput("a command without its event", where=f"{path}, line {number}")
                wishes.append(bytes(line.command))
                continue
            if envelope is not None:
                yield Step(envelope, tuple(wishes))
            envelope, wishes = _envelope(path, number, raw), []
        if envelope is not None:
            yield Step(envelope, tuple(wishes))


def _decoded(path: Path, number: int, raw: bytes) -> _Line:
    try:
        return msgspec.json.decode(raw, type=_Line)
    except msgspec.DecodeError as trouble:
        raise BadInput(
            f"not a line of a recording: {trouble}",
            where=f"{path}, line {number}",
            fix="Cut the file before this line to read the rest",
        ) from None


def _envelope(path: Path, number: int, raw: bytes) -> Envelope:
    try:
        return msgspec.json.decode(raw, type=Envelope)
    except msgspec.DecodeError as trouble:
        raise BadInput(
            f"an event that this livehost does not know: {trouble}",
            where=f"{path}, line {number}",
            fix="It was recorded by a newer livehost, or changed by hand",
        ) from None
