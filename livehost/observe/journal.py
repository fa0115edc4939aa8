"""log.jsonl: one JSON object a line, in a file that does not grow without end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from livehost.observe.entries import Entry

LOG, LOG_BEFORE = "log.jsonl", "log.1.jsonl"


def line_of(entry: Entry, began_at: datetime, *, personal: bool) -> bytes:
    """Without `personal`, what is of people is left out."""
    told: dict[str, object] = {
        "at": (began_at + timedelta(milliseconds=entry.at_ms)).isoformat(timespec="milliseconds"),
        "at_ms": entry.at_ms,
        "seq": entry.seq,
        "level": entry.level,
        "message": entry.message,
        **entry.fields,
    }
    if personal and entry.personal:
        told["personal"] = entry.personal
    return msgspec.json.encode(told) + b"\n"


class Journal:
    """`write` raises OSError where the disk refuses."""

    def __init__(self, folder: Path, began_at: datetime, *, personal: bool, most_bytes: int) -> None:
        self._path = folder / LOG
        self._began_at = began_at
        self._personal = personal
        self._most_bytes = most_bytes

    def write(self, entries: Sequence[Entry]) -> bool:
        lines = b"".join(line_of(entry, self._began_at, personal=self._personal) for entry in entries)
        size = self._path.stat().st_size if self._path.exists() else 0
        if size and size + len(lines) > self._most_bytes:
            self._path.replace(self._path.with_name(LOG_BEFORE))
        with self._path.open("ab") as file:
            file.write(lines)
        return True
