"""Reads a recording back, event by event, as far as it goes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from livehost.commands import Command
from livehost.errors import BadInput
from livehost.events import Envelope, Event
from livehost.record.folder import EVENTS

_TOLD_EVERY = 2000  # lines
_BLOCK = 65536  # more than an event's line is long, as a rule
_EVENT = re.compile(rb'^\{"seq":\d+,"at_ms":(\d+),"event":.*\n', re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """An event and the commands recorded behind it, each as its bytes in the file; `place` is the byte where it begins."""

    envelope: Envelope
    wishes: tuple[bytes, ...]
    place: int = 0


class Told(msgspec.Struct):
    """A line of the recording, decoded: an event with its moment, or a command with the number of its event.

    `unread` is the kind of a line that this version does not know, or "damaged": then there is neither.
    """

    seq: int
    at_ms: int = 0
    event: Event | None = None
    command: Command | None = None
    unread: str = ""


class _Line(msgspec.Struct):
    seq: int
    at_ms: int = 0
    event: msgspec.Raw = msgspec.Raw()
    command: msgspec.Raw = msgspec.Raw()


class _Tagged(msgspec.Struct):
    type: str = ""


def told(
    folder: Path, passed: Callable[[int], None] = lambda _: None, most: int | None = None
) -> Iterator[tuple[int, Told]]:
    """Each whole line, decoded, with its place in the file (bytes); `passed` hears how far the reading got. `most`: only the
    lines that begin in so many bytes.

    For looking at a session rather than verifying it: a line that can't be read is passed on as unread, and the rest follows.
    """
    path = folder / EVENTS
    decoder = msgspec.json.Decoder(Told)
    place = 0
    with _opened(path) as file:
        for number, raw in enumerate(file, 1):
            if not raw.endswith(b"\n") or (most is not None and place >= most):
                return
            try:
                line = decoder.decode(raw)
            except (msgspec.DecodeError, UnicodeDecodeError):
                line = _unread(raw)
            yield place, line
            place += len(raw)
            if not number % _TOLD_EVERY:
                passed(place)
    passed(place)


def _unread(raw: bytes) -> Told:
    try:
        line = msgspec.json.decode(raw, type=_Line)
        tag = msgspec.json.decode(line.event or line.command, type=_Tagged)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Told(0, unread="damaged")
    return Told(line.seq, line.at_ms, unread=tag.type or "damaged")


def line_at(folder: Path, place: int) -> Told:
    """The line that begins at this byte, as `told` gave it."""
    with _opened(folder / EVENTS) as file:
        file.seek(place)
        return msgspec.json.decode(file.readline(), type=Told)


def last_moment(folder: Path) -> int:
    """When the recording's last event happened that is whole (ms), found from the end of the file; 0: it holds none."""
    with _opened(folder / EVENTS) as file:
        size = file.seek(0, os.SEEK_END)
        for end in range(size, 0, -_BLOCK):
            start = max(0, end - _BLOCK)
            file.seek(start)
            if found := _EVENT.findall(file.read(end - start + _BLOCK)):
                return int(found[-1])
    return 0


def torn_bytes(folder: Path) -> int:
    """The length of a torn last line, which no reader sees; 0: the file ends with a whole line."""
    with _opened(folder / EVENTS) as file:
        size = file.seek(0, os.SEEK_END)
        kept = b""
        for end in range(size, 0, -_BLOCK):
            start = max(0, end - _BLOCK)
            file.seek(start)
            kept = file.read(end - start)
            if (found := kept.rfind(b"\n")) >= 0:
                return size - (start + found + 1)
        return size


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as trouble:
        raise BadInput(f"the recording can't be read: {trouble.strerror}", where=str(path)) from None


def steps(folder: Path) -> Iterator[Step]:
    """In order. A torn last line is passed over; any other bad line raises BadInput with its number."""
    path = folder / EVENTS
    with _opened(path) as file:
        envelope: Envelope | None = None
        wishes: list[bytes] = []
        place = end = 0
        for number, raw in enumerate(file, 1):
            if not raw.endswith(b"\n"):
                break
            end += len(raw)
            line = _decoded(path, number, raw)
            if line.command:
                if envelope is None or line.seq != envelope.seq:
                    raise BadInput("a command without its event", where=f"{path}, line {number}")
                wishes.append(bytes(line.command))
                continue
            if envelope is not None:
                yield Step(envelope, tuple(wishes), place)
            envelope, wishes, place = _envelope(path, number, raw), [], end - len(raw)
        if envelope is not None:
            yield Step(envelope, tuple(wishes), place)


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
        raise _unknown(trouble, path, number) from None


def _unknown(trouble: msgspec.DecodeError, path: Path, number: int) -> BadInput:
    return BadInput(
        f"a line that this livehost does not know: {trouble}",
        where=f"{path}, line {number}",
        fix="It was recorded by a newer livehost, or changed by hand; cut the file before this line to read the rest",
    )
