"""The sound of a kept session, plain or encrypted, as a file to read from."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from livehost.record.folder import COHOST_TRACK, HOST_TRACK
from livehost.record.sealed import SEALED, opened, recording_key
from livehost.secret import Secrets

TRACKS = {"host": HOST_TRACK, "cohost": COHOST_TRACK}


def track_path(folder: Path, name: str) -> Path | None:
    """Where the sound of "host" or "cohost" lies; None: there is none."""
    plain = folder / TRACKS[name]
    return next((path for path in (plain, plain.with_name(plain.name + SEALED)) if path.is_file()), None)


def tracks_there(folder: Path) -> tuple[str, ...]:
    return tuple(name for name in TRACKS if track_path(folder, name))


def is_sealed(path: Path) -> bool:
    return path.name.endswith(SEALED)


def open_track(path: Path) -> BinaryIO:
    """Raises BadInput where the key of an encrypted one is missing."""
    return opened(path, recording_key(Secrets())) if is_sealed(path) else path.open("rb")
