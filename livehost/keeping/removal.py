"""Sessions deleted: only what Livehost made of them; a file of somebody else in the folder stays, and the folder with it."""

from __future__ import annotations

import datetime
import shutil
import sys
from pathlib import Path

from livehost.errors import BadInput
from livehost.keeping.shelf import archives_in, older_than, refuse_running, row, sessions_in
from livehost.observe.journal import LOG, LOG_BEFORE
from livehost.record.folder import EVENTS, HEADER, KNOWLEDGE
from livehost.record.raw_frames import FOLDER as RAW
from livehost.record.sealed import SEALED
from livehost.record.tracks import TRACKS
from livehost.settings import Recording

_SOUND = tuple(f"{name}{ending}" for name in TRACKS.values() for ending in ("", SEALED))
CLIPS, TRANSCRIPT = "clips", "transcript.md"
REPORTS = ("report.html", "report.json", "report.csv", "unanswered-faq.csv")
LOGS = (LOG, LOG_BEFORE)  # can be made again of the recording
_MADE = (EVENTS, *_SOUND, *LOGS, *REPORTS, TRANSCRIPT, "accepted-cases.jsonl")
_FOLDERS = (str(Path(KNOWLEDGE).parent), RAW, CLIPS)


def delete(folder: Path) -> list[str]:
    """The session's files, its header last, so that one that was broken off is found again. Returns what was left there.

    Raises BadInput where a file can't be removed, or the session is running.
    """
    if folder.is_symlink() or not (folder / HEADER).is_file():
        raise BadInput("this is no session's folder", where=str(folder))
    refuse_running(folder)
    try:
        for name in _FOLDERS:
            if (folder / name).is_dir():
                shutil.rmtree(folder / name)
        for name in (*_MADE, HEADER):
            (folder / name).unlink(missing_ok=True)
        left = sorted(path.name for path in folder.iterdir())
        if not left:
            folder.rmdir()
    except OSError as trouble:
        raise BadInput(f"it can't be deleted: {trouble.strerror}", where=str(folder)) from None
    return left


def delete_sound(folder: Path) -> int:
    """The sound alone; the recording stays and verifies. Returns how many bytes it was."""
    freed = 0
    for name in _SOUND:
        path = folder / name
        if path.is_file():
            freed += path.stat().st_size
            path.unlink()
    return freed


def tidy(shelf: Path, creator: str, kept: Recording, now: datetime.datetime) -> list[str]:
    """What a creator's settings let go by age; a line for each that went."""
    told = []
    rows = [found for folder in sessions_in(shelf) if (found := row(folder)).creator == creator]
    if kept.session_days:
        for old in older_than(rows, kept.session_days, now):
            delete(Path(old.path))
            told.append(f"{old.session}: older than {kept.session_days} days, deleted")
        from livehost.keeping.archive import row_of

        archived = [found for path in archives_in(shelf) if (found := row_of(path)).creator == creator]
        for old in older_than(archived, kept.session_days, now):
            Path(old.path).unlink()
            told.append(f"{old.session} (archived): older than {kept.session_days} days, deleted")
    if kept.sound_days:
        for old in older_than(rows, kept.sound_days, now):
            if old.sound and Path(old.path).is_dir() and delete_sound(Path(old.path)):
                told.append(f"{old.session}: its sound was older than {kept.sound_days} days, deleted")
    return told


def tidy_after(session: Path, creator: str, kept: Recording, now: datetime.datetime) -> None:
    """At a session's end; a trouble is told on stderr and spoils nothing else."""
    try:
        for line in tidy(session.resolve().parent, creator, kept, now):
            sys.stderr.write(f"livehost: {line}\n")
    except (BadInput, OSError) as trouble:
        sys.stderr.write(f"livehost: old sessions were not tidied away: {trouble}\n")
