"""The sessions that lie in a folder, as folders and as archives, and what can be told of each without reading it whole."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from livehost import clock
from livehost.errors import BadInput
from livehost.record.folder import EVENTS, HEADER, Header, read_header
from livehost.record.reader import Told
from livehost.record.tracks import is_sealed, track_path, tracks_there

ARCHIVE, ARCHIVED = "archive", ".zip"
KEPT = "kept.json"  # within an archive: its row of the list
_TAIL_BYTES = 65536
_RUNNING_SECONDS = 60


class Kept(msgspec.Struct, frozen=True):
    """A row of the list. `duration_ms` is None where the recording holds no event; `lines` and `coverage` are its report's,
    None: there is no report of it as it is now. `forgotten` viewers were taken out of it."""

    session: str
    path: str
    creator: str
    started_at: str
    duration_ms: int | None
    ended: bool
    lines: int | None
    coverage: float | None
    size_bytes: int
    sound: tuple[str, ...]
    encrypted: bool
    archived: bool
    logic_version: int
    forgotten: int
    problem: str = ""


class _Counts(msgspec.Struct):
    lines: int
    coverage: float | None


class _Reported(msgspec.Struct):
    events_bytes: int
    figures: _Counts


def sessions_in(shelf: Path) -> list[Path]:
    """The folders of sessions directly in `shelf`, by name."""
    return sorted(path.parent for path in shelf.glob(f"*/{HEADER}"))


def archives_in(shelf: Path) -> list[Path]:
    return sorted((shelf / ARCHIVE).glob(f"*{ARCHIVED}"))


def kept_in(shelf: Path) -> list[Kept]:
    """All of them, the oldest first. Raises BadInput where there is no such folder."""
    if not shelf.is_dir():
        raise BadInput("there is no such folder", where=str(shelf), fix="Give the folder of your sessions with --in")
    from livehost.keeping.archive import row_of

    rows = [*(row(folder) for folder in sessions_in(shelf)), *(row_of(path) for path in archives_in(shelf))]
    return sorted(rows, key=lambda kept: (kept.started_at, kept.session))


def row(folder: Path) -> Kept:
    try:
        header, problem = read_header(folder), ""
    except BadInput as trouble:
        header, problem = Header(0, 0, "", "", "", 0, ""), trouble.what
    events = folder / EVENTS
    reported = _reported(folder, events)
    at_ms, ended = last_moment(events)
    sound = tracks_there(folder)
    return Kept(
        session=folder.resolve().name,
        path=str(folder),
        creator=header.creator,
        started_at=header.started_at,
        duration_ms=at_ms,
        ended=ended,
        lines=reported.lines if reported else None,
        coverage=reported.coverage if reported else None,
        size_bytes=size_of(folder),
        sound=sound,
        encrypted=any(is_sealed(path) for name in sound if (path := track_path(folder, name))),
        archived=False,
        logic_version=header.logic_version,
        forgotten=header.changed.viewers if header.changed else 0,
        problem=problem,
    )


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def last_moment(events: Path) -> tuple[int | None, bool]:
    """When the last whole event was, and whether it was the session's end; reads the file's end alone."""
    try:
        with events.open("rb") as file:
            file.seek(max(0, events.stat().st_size - _TAIL_BYTES))
            lines = file.read().split(b"\n")
    except OSError:
        return None, False
    for line in reversed(lines[:-1]):
        try:
            told = msgspec.json.decode(line, type=Told)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        if told.event is not None:
            return told.at_ms, type(told.event).__name__ == "SessionEnded"
    return None, False


def refuse_running(folder: Path) -> None:
    """Raises BadInput where the session is being recorded: it has no end, and was written a moment ago."""
    events = folder / EVENTS
    if not events.is_file() or last_moment(events)[1]:
        return
    if clock.local_now().timestamp() - events.stat().st_mtime < _RUNNING_SECONDS:
        raise BadInput("this session is still running", where=str(folder), fix="End it first, or wait a minute")


def _reported(folder: Path, events: Path) -> _Counts | None:
    try:
        found = msgspec.json.decode((folder / "report.json").read_bytes(), type=_Reported)
        return found.figures if found.events_bytes == events.stat().st_size else None
    except (OSError, msgspec.DecodeError):
        return None


def named(shelf: Path, names: Iterable[str], *, archived: bool = False) -> list[Path]:
    """The folders that are meant: a path, or a name in the shelf. Raises BadInput."""
    return [_named(shelf, name, archived) for name in names]


def _named(shelf: Path, name: str, archived: bool) -> Path:
    tried = [Path(name), shelf / name]
    if archived:
        tried += [shelf / ARCHIVE / name, shelf / ARCHIVE / f"{name}{ARCHIVED}"]
    for path in tried:
        if (path / HEADER).is_file() or (archived and path.suffix == ARCHIVED and path.is_file()):
            return path
    known = [folder.name for folder in sessions_in(shelf)] + ([a.stem for a in archives_in(shelf)] if archived else [])
    import difflib

    near = difflib.get_close_matches(Path(name).name, known, n=1, cutoff=0.4)
    fix = f"Did you mean {near[0]!r}?" if near else "`livehost sessions` lists them"
    raise BadInput(f"there is no session {name!r}", where=str(shelf), fix=fix)


def older_than(rows: Iterable[Kept], days: float, now: datetime.datetime) -> Iterator[Kept]:
    """Those that began more than `days` ago; what does not tell when it began is never old."""
    for kept in rows:
        began = _moment(kept.started_at)
        if began and now - began > datetime.timedelta(days=days):
            yield kept


def _moment(text: str) -> datetime.datetime | None:
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.astimezone()


def in_words(rows: Iterable[Kept], shown: Callable[[int], str]) -> str:
    """A line each, the newest last."""
    lines = []
    for kept in rows:
        length = shown(kept.duration_ms) if kept.duration_ms is not None else "–"
        told = f"{kept.lines:,} lines" if kept.lines is not None else ""
        answered = f"{kept.coverage:.0%} answered" if kept.coverage is not None else ""
        marks = ["archived"] * kept.archived + ["encrypted"] * kept.encrypted + ["no sound"] * (not kept.sound)
        marks += ["no end"] * (not kept.ended) + ([f"{kept.forgotten} forgotten"] if kept.forgotten else [])
        marks += [kept.problem] if kept.problem else []
        size = f"{kept.size_bytes / 1e6:.1f} MB"
        began = kept.started_at[:16].replace("T", " ")
        cells = f"{kept.session:28} {began:16} {length:>8} {told:>14} {answered:>13} {size:>10}"
        lines.append(f"{cells}  {', '.join(marks)}".rstrip())
    return "\n".join(lines)


def bytes_in(path: Path) -> int:
    return path.stat().st_size if path.is_file() else size_of(path)
