"""The creator's sessions before this one, for comparison: out of their reports where those are there, else counted anew."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from livehost.errors import BadInput
from livehost.record.folder import EVENTS, Header, read_header, read_knowledge
from livehost.review.timeline_reader import read_timeline

_MOST = 12
_READ_AT_MOST_BYTES = (
    64 * 1024 * 1024
)  # a longer recording without a report is left out: reading it would take its time


class Former(msgspec.Struct, frozen=True):
    """`aloud_p50_ms`: from a question to the first sample; None where nothing was answered."""

    session: str
    started_at: str
    duration_ms: int
    lines: int
    routine: int
    coverage: float | None
    asked: int
    asked_coverage: float | None
    precision: float | None
    aloud_p50_ms: int | None
    deeds: int


class _Times(msgspec.Struct):
    p50: int


class _Counts(msgspec.Struct):
    duration_ms: int
    lines: int
    routine: int
    coverage: float | None
    asked: int
    asked_coverage: float | None
    precision: float | None
    aloud: _Times | None
    deeds: tuple[Any, ...]


class _Reported(msgspec.Struct):
    events_bytes: int
    figures: _Counts


def former_sessions(folder: Path, header: Header) -> tuple[Former, ...]:
    """The latest ones of the same creator beside it, the oldest first; what can't be read is left out."""
    before = sorted(
        ((other.started_at, path, other) for path, other in _beside(folder, header) if other.started_at < header.started_at),
        key=lambda found: found[0],
    )  # fmt: skip
    rows = (_former(path, other) for _, path, other in before[-_MOST:])
    return tuple(row for row in rows if row is not None)


def _beside(folder: Path, header: Header) -> Iterable[tuple[Path, Header]]:
    for path in folder.resolve().parent.glob("*/session.toml"):
        if path.parent == folder.resolve():
            continue
        try:
            other = read_header(path.parent)
        except BadInput:
            continue
        if other.creator == header.creator:
            yield path.parent, other


def _former(folder: Path, header: Header) -> Former | None:
    try:
        size = (folder / EVENTS).stat().st_size
        counts = _kept(folder, size) or (_counted(folder) if size <= _READ_AT_MOST_BYTES else None)
    except (OSError, BadInput):
        return None
    if counts is None:
        return None
    return Former(
        session=folder.name,
        started_at=header.started_at,
        duration_ms=counts.duration_ms,
        lines=counts.lines,
        routine=counts.routine,
        coverage=counts.coverage,
        asked=counts.asked,
        asked_coverage=counts.asked_coverage,
        precision=counts.precision,
        aloud_p50_ms=counts.aloud.p50 if counts.aloud else None,
        deeds=len(counts.deeds),
    )


def _kept(folder: Path, size: int) -> _Counts | None:
    try:
        reported = msgspec.json.decode((folder / "report.json").read_bytes(), type=_Reported)
    except (OSError, msgspec.DecodeError):
        return None
    return reported.figures if reported.events_bytes == size else None


def _counted(folder: Path) -> _Counts:
    from livehost.review.figures import figures

    found = figures(read_timeline(folder), read_knowledge(folder), hash)
    return msgspec.convert(msgspec.to_builtins(found), _Counts)
