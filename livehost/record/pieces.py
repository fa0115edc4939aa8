"""A track in pieces, each from one start of a session that was cut off to the next; made one again at the session's end.

host.opus  host@93250.opus  host@121007.opus     sample 0 of a piece is the moment in its name, in ms
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from livehost.record.sealed import SEALED, SealedWriter, opened

_BLOCK_SECONDS = 10


def piece(track: Path, from_ms: int) -> Path:
    return track.with_stem(f"{track.stem}@{from_ms}") if from_ms else track


def pieces_of(track: Path) -> list[tuple[int, Path]]:
    """Those behind the first one, with the moment of each; encrypted ones, too."""
    found = []
    for path in track.parent.glob(f"{track.stem}@*{track.suffix}*"):
        moment = path.name.removesuffix(SEALED).removesuffix(track.suffix).partition("@")[2]
        if moment.isdigit():
            found.append((int(moment), path))
    return sorted(found)


def joined(track: Path, rate: int, comment: str, key: bytes | None) -> None:
    """One file again, silent where nothing ran. What can't be read of a piece is silent; where the joining itself fails, the
    pieces stay."""
    behind = pieces_of(track)
    if not behind:
        return
    import soundfile

    first = track if track.exists() else track.with_name(track.name + SEALED)
    fresh = track.with_name(f".{track.name}.new")
    to = track if key is None else track.with_name(track.name + SEALED)
    try:
        with _to(fresh, key) as out, soundfile.SoundFile(out, "w", rate, 1, format="OGG", subtype="OPUS") as file:
            file.comment = comment
            written = 0
            for from_ms, path in [(0, first), *behind]:
                for block in _read(path, rate, key, silent=round(from_ms * rate / 1000) - written):
                    file.write(block)
                    written += len(block)
    except (OSError, RuntimeError):
        fresh.unlink(missing_ok=True)
        return
    fresh.replace(to)
    for path in {path for _, path in behind} | ({first} - {to}):
        path.unlink(missing_ok=True)


def _to(path: Path, key: bytes | None) -> AbstractContextManager[Path | SealedWriter]:
    return nullcontext(path) if key is None else SealedWriter(path, key)


def _read(path: Path, rate: int, key: bytes | None, silent: int) -> Iterator[Any]:
    """`silent` samples (fewer than none: so many of the piece are left out), then the piece."""
    import soundfile

    while silent > 0:
        yield np.zeros(min(silent, rate), dtype=np.float32)
        silent -= rate
    if not path.exists():
        return
    try:
        with _from(path, key) as source, soundfile.SoundFile(source) as file:
            while len(block := file.read(_BLOCK_SECONDS * rate, dtype="float32")):
                yield block
    except (OSError, RuntimeError):  # torn before its first page
        return


def _from(path: Path, key: bytes | None) -> AbstractContextManager[Path | BinaryIO]:
    return opened(path, key) if key is not None and path.name.endswith(SEALED) else nullcontext(path)
