"""`livehost import`: finds out what a file is, and brings it into a creator's folder without losing what was there."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from livehost.apart import apart
from livehost.creators import load
from livehost.errors import BadInput
from livehost.imports import entries, feeds
from livehost.imports.feeds import Shop
from livehost.imports.reading import DOCUMENTS, TEXTS, Read
from livehost.imports.video import FILMS, About, video_row
from livehost.private import as_it_was
from livehost.tables import Row, read_table
from livehost.videos import COLUMNS as VIDEO_COLUMNS
from livehost.videos import FILE as VIDEOS

_COLUMNS = {"products.csv": feeds.COLUMNS, "faq.csv": entries.COLUMNS, VIDEOS: VIDEO_COLUMNS}


class Imported(msgspec.Struct, frozen=True):
    """What came of a file. `left_out` says for each thing that was not taken why."""

    what: str
    into: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    left_out: tuple[str, ...] = ()


def import_file(path: Path, creator: Path, shop: Shop, about: About | None = None) -> Imported:
    """Raises BadInput when the file is none that is known, or when the folder would not load afterwards: then nothing
    was changed."""
    if not path.is_file():
        raise BadInput("there is no such file", where=str(path))
    knowledge = load(creator)
    if path.suffix.lower() in FILMS:
        return _video(path, creator, video_row(path, creator, knowledge, about or About()))
    currencies = {p.price.currency for p in knowledge.products if p.price}
    if not shop.currency and len(currencies) == 1:
        shop = Shop(currencies.pop(), shop.address)
    given = apart("livehost.imports.reading:read", path, shop.currency, shop.address)
    found = msgspec.convert(given, Read)
    if found.into == DOCUMENTS:
        return _document(path, found.text, creator)
    return _merge(found.what, list(found.rows), creator / found.into, found.left_out)


def _merge(what: str, rows: list[Row], path: Path, left_out: Sequence[str] = ()) -> Imported:
    """Rows by id; a cell that the file leaves empty keeps what was written by hand."""
    columns = _COLUMNS[path.name]
    kept = {row["id"]: row for _, row in read_table(path, ("id",))} if path.exists() else {}
    before = {identity: dict(row) for identity, row in kept.items()}
    for row in rows:
        filled = {column: value for column in columns if (value := row.get(column, ""))}
        kept[row["id"]] = {**kept.get(row["id"], {}), **filled}
    header = list(dict.fromkeys([*columns, *(column for row in kept.values() for column in row)]))
    _write_checked(path, _csv(header, list(kept.values())))
    ids = {row["id"] for row in rows}
    changed = sum(identity in before and _differs(kept[identity], before[identity]) for identity in ids)
    added = sum(identity not in before for identity in ids)
    return Imported(what, str(path), added, changed, len(ids) - added - changed, tuple(left_out))


def _differs(row: Row, before: Row) -> bool:
    return any(row.get(column, "") != before.get(column, "") for column in {*row, *before})


def _csv(header: Sequence[str], rows: Sequence[Row]) -> str:
    written = io.StringIO()
    writer = csv.DictWriter(written, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def _write_checked(path: Path, text: str) -> None:
    """The new file is loaded in a copy of the folder first, so that a bad import changes nothing."""
    creator, name = path.parent, path.name
    with tempfile.TemporaryDirectory() as scratch:
        trial = Path(scratch) / creator.name
        trial.mkdir()
        for kept in ("creator.toml", *_COLUMNS):
            if (creator / kept).exists():
                shutil.copy(creator / kept, trial / kept)
        (trial / name).write_text(text, encoding="utf-8")
        try:
            load(trial)
        except BadInput as trouble:
            raise BadInput(f"nothing was changed, since the rows have faults: {trouble.what}", where=name) from None
    fresh = path.with_name(f".{name}.new")
    fresh.write_text(text, encoding="utf-8")
    as_it_was(fresh, path)
    fresh.replace(path)


def _video(path: Path, creator: Path, row: Row) -> Imported:
    """What was written by hand of a video that comes again stays: its title, and its moments."""
    table = creator / VIDEOS
    was = next((r for _, r in read_table(table, ("id",)) if r["id"] == row["id"]), {}) if table.exists() else {}
    kept = {"title": row["title"] or was.get("title") or path.stem, "moments": was.get("moments") or row["moments"]}
    return _merge("video", [{**row, **kept}], table)


def _document(path: Path, text: str, creator: Path) -> Imported:
    folder = creator / DOCUMENTS
    target = folder / (path.name if path.suffix.lower() in TEXTS else f"{path.stem}.md")
    folder.mkdir(exist_ok=True)
    was = target.read_text(encoding="utf-8") if target.exists() else None
    target.write_text(text, encoding="utf-8")
    return Imported("document", str(target), int(was is None), int(was not in (None, text)), int(was == text))
