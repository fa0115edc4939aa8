"""Tables and texts as people save them: CSV with any separator, UTF-8 or what Excel writes in China."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from livehost.errors import BadInput

Row = dict[str, str]


def read_table(path: Path, needed: Sequence[str]) -> Iterator[tuple[int, Row]]:
    """Line number and columns of each row; raises BadInput for a missing column or unreadable file."""
    text = read_text(path)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator_of(text))
    columns = [name.strip().lower() for name in reader.fieldnames or []]
    for name in needed:
        if name not in columns:
            near = difflib.get_close_matches(name, columns, n=1)
            hint = f"; is it the one called {near[0]!r}?" if near else ""
            raise BadInput(
                f"the column {name!r} is missing{hint}", where=str(path), fix=f"It has: {', '.join(columns)}"
            )
    reader.fieldnames = columns
    try:
        for row in reader:
            if any(value and value.strip() for value in row.values() if isinstance(value, str)):
                yield reader.line_num, {key: (value or "").strip() for key, value in row.items() if key is not None}
    except csv.Error as trouble:
        raise BadInput(f"not a table: {trouble}", where=f"{path}, line {reader.line_num}") from None


def separator_of(table: str) -> str:
    """What stands between the columns, by the first line."""
    return max(",;\t", key=table.split("\n", 1)[0].count)


def read_text(path: Path) -> str:
    """UTF-8, or what Excel writes in China."""
    try:
        raw = path.read_bytes()
    except OSError as trouble:
        raise BadInput(f"it can't be read: {trouble.strerror}", where=str(path)) from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput("this is neither UTF-8 nor GB18030 text", where=str(path), fix="Save it as CSV in UTF-8")
