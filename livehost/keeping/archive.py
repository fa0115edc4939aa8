"""A session as one compressed file and back. The folder goes only when the archive was read back whole."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import IO

import msgspec

from livehost.errors import BadInput
from livehost.keeping.removal import delete
from livehost.keeping.shelf import ARCHIVE, ARCHIVED, KEPT, Kept, refuse_running, row
from livehost.record.folder import HEADER, new_folder

_UNPACKED_MOST = 64 * 1024**3
_PACKED_ALREADY = (".opus", ".sealed", ".png", ".jpg")


def archive(folder: Path) -> Path:
    """Packs `folder` into `archive/NAME.zip` beside it and removes it. Raises BadInput."""
    folder = folder.resolve()
    refuse_running(folder)
    place = folder.parent / ARCHIVE / f"{folder.name}{ARCHIVED}"
    if place.exists():
        raise BadInput("there is an archive of this name already", where=str(place), fix="Rename or restore it first")
    try:
        place.parent.mkdir(exist_ok=True)
        pack(folder, place)
    except OSError as trouble:
        raise BadInput(f"the archive can't be written: {trouble.strerror}", where=str(place)) from None
    delete(folder)
    return place


def pack(folder: Path, place: Path) -> None:
    """Writes the archive whole or not at all, in the place of one that is there."""
    kept = msgspec.structs.replace(row(folder), archived=True)
    fresh = place.with_name(f".{place.name}.new")
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(KEPT, msgspec.json.encode(kept))
        for path in files:
            how = zipfile.ZIP_STORED if path.suffix in _PACKED_ALREADY else zipfile.ZIP_DEFLATED
            packed.write(path, path.relative_to(folder).as_posix(), how)
    with zipfile.ZipFile(fresh) as packed:
        sizes = {info.filename: info.file_size for info in packed.infolist()}
        whole = packed.testzip() is None and all(
            sizes.get(path.relative_to(folder).as_posix()) == path.stat().st_size for path in files
        )
    if not whole:
        fresh.unlink()
        raise BadInput("the archive could not be read back; the session stays as it is", where=str(place))
    fresh.replace(place)


def restore(place: Path) -> Path:
    """Unpacks an archive beside its folder of archives, and removes it. Raises BadInput; returns the session's folder."""
    shelf = place.resolve().parent
    folder = new_folder((shelf.parent if shelf.name == ARCHIVE else shelf) / place.stem)
    try:
        unpack(place, folder)
    except BadInput:
        shutil.rmtree(folder)
        raise
    place.unlink()
    return folder


def unpack(place: Path, folder: Path) -> None:
    """Into a folder that is there and empty. An archive may come from somebody else: nothing of it gets out of the folder."""
    try:
        with zipfile.ZipFile(place) as packed:
            names = packed.namelist()
            if HEADER not in names:
                raise BadInput("this is no archive of a session", where=str(place))
            if sum(info.file_size for info in packed.infolist()) > min(_UNPACKED_MOST, shutil.disk_usage(folder).free):
                raise BadInput("there is no room for what is in it", where=str(place))
            for name in names:
                target = (folder / name).resolve()
                if name != KEPT and not name.endswith("/"):
                    if not target.is_relative_to(folder.resolve()):
                        raise BadInput(f"it holds a file outside of itself: {name!r}", where=str(place))
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with packed.open(name) as source, target.open("wb") as file:
                        _copy(source, file, packed.getinfo(name).file_size, place)
    except (OSError, zipfile.BadZipFile, EOFError) as trouble:
        raise BadInput(f"the archive can't be read: {trouble}", where=str(place)) from None


def _copy(source: IO[bytes], file: IO[bytes], size: int, place: Path) -> None:
    """No more than the archive says: what it says was measured against the disk."""
    while piece := source.read(1 << 20):
        size -= len(piece)
        if size < 0:
            raise BadInput("a file in it is larger than it says", where=str(place))
        file.write(piece)


def row_of(place: Path) -> Kept:
    """The row that was written into the archive."""
    try:
        with zipfile.ZipFile(place) as packed:
            kept = msgspec.json.decode(packed.read(KEPT), type=Kept)
    except (OSError, KeyError, zipfile.BadZipFile, msgspec.DecodeError):
        return Kept(place.stem, str(place), "", "", None, False, None, None, place.stat().st_size, (), False, True, 0, 0,
                    "the archive can't be read")  # fmt: skip
    return msgspec.structs.replace(kept, path=str(place), size_bytes=place.stat().st_size)
