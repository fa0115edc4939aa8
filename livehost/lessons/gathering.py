"""The creator's kept sessions, read for what people corrected in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from livehost.errors import BadInput
from livehost.keeping.shelf import sessions_in
from livehost.lessons.corrections import Correction, corrections
from livehost.record.folder import read_header
from livehost.review.timeline import Timeline
from livehost.review.timeline_reader import read_timeline


@dataclass
class Gathered:
    """`sessions` are their folders; a recording is in memory only while it is looked at."""

    sessions: list[Path] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)

    def seen(self) -> Iterator[Timeline]:
        for folder in self.sessions:
            yield read_timeline(folder)


def gather(shelf: Path, creator: str) -> Gathered:
    """Of the sessions of this creator, the oldest first; what can't be read is left out. Raises BadInput where there is none."""
    found = Gathered()
    dated = []
    for folder in sessions_in(shelf):
        try:
            header = read_header(folder)
            if header.creator == creator:
                dated.append((header.started_at, folder, read_timeline(folder)))
        except BadInput:
            continue
    for _, folder, seen in sorted(dated, key=lambda one: (one[0], one[1])):
        found.sessions.append(folder)
        found.corrections += corrections(folder.name, seen)
    if not found.sessions:
        raise BadInput(
            f"there is no session of {creator!r}", where=str(shelf), fix="Give the folder of your sessions with --in"
        )
    return found
