"""`livehost import`: finds out what a file is, and brings it into a creator's folder without losing what was there."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from livehost.creators import load, read_table, read_text
from livehost.errors import BadInput, MissingPart
from livehost.imports import entries, feeds
from livehost.imports.feeds import Shop

Row = dict[str, str]
_TEXTS = {".md", ".txt"}
_COLUMNS = {"products.csv": feeds.COLUMNS, "faq.csv": entries.COLUMNS}
_CONVERTED = {".pdf", ".docx", ".html", ".htm", ".pptx", ".xlsx"}


class Imported(msgspec.Struct, frozen=True):
    """What came of a file. `left_out` says for each thing that was not taken why."""

    what: str
    into: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    left_out: tuple[str, ...] = ()


def import_file(path: Path, creator: Path, shop: Shop) -> Imported:
    """Raises BadInput when the file is none that is known, or when the folder would not load afterwards: then nothing
    was changed."""
    if not path.is_file():
        raise BadInput("there is no such file", where=str(path))
    knowledge = load(creator)
    suffix = path.suffix.lower()
    if suffix in _TEXTS | _CONVERTED:
        return _document(path, creator)
    if suffix == ".json":
        rows, left_out = entries.bot_rows(_json(path), str(path))
        return _merge("bot commands", rows, creator / "faq.csv", left_out)
    currencies = {p.price.currency for p in knowledge.products if p.price}
    if not shop.currency and len(currencies) == 1:
        shop = Shop(currencies.pop(), shop.address)
    if suffix == ".xml":
        rows = feeds.google_xml(read_text(path), str(path))
        return _merge("Google Merchant", rows, creator / "products.csv")
    table = [row for _, row in read_table(path, ())]
    columns = set(table[0]) if table else set()
    if {"question", "answer"} <= columns:
        asked_only = [row for row in table if row["question"] and not row["answer"] and not row.get("id")]
        rows = entries.faq_rows(row for row in table if row not in asked_only)
        return _merge(
            "FAQ", rows, creator / "faq.csv", [f"{row['question']!r}: without an answer" for row in asked_only]
        )
    spaced = {name.replace("_", " ").removeprefix("g:") for name in columns}
    for name, known_by, read in feeds.SHOP_EXPORTS:
        if known_by <= columns | spaced:
            return _merge(name, read(table, shop, str(path)), creator / "products.csv")
    raise BadInput(
        "neither a product feed, a shop's export nor a FAQ" if table else "there is no row in it",
        where=str(path),
        fix="Known are Google Merchant (csv, tsv, xml), Shopify, WooCommerce, a table with question and answer, "
        "Nightbot and StreamElements (json), and documents (md, txt, pdf, docx, html)",
    )


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
        for kept in ("creator.toml", "products.csv", "faq.csv"):
            if (creator / kept).exists():
                shutil.copy(creator / kept, trial / kept)
        (trial / name).write_text(text, encoding="utf-8")
        try:
            load(trial)
        except BadInput as trouble:
            raise BadInput(f"nothing was changed, since the rows have faults: {trouble.what}", where=name) from None
    fresh = path.with_name(f".{name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _document(path: Path, creator: Path) -> Imported:
    folder = creator / "knowledge"
    converted = path.suffix.lower() in _CONVERTED
    target = folder / (f"{path.stem}.md" if converted else path.name)
    text = _as_markdown(path) if converted else read_text(path)
    folder.mkdir(exist_ok=True)
    was = target.read_text(encoding="utf-8") if target.exists() else None
    target.write_text(text, encoding="utf-8")
    return Imported("document", str(target), int(was is None), int(was not in (None, text)), int(was == text))


def _as_markdown(path: Path) -> str:
    try:
        from markitdown import MarkItDown
    except ImportError:
        raise MissingPart(
            f"{path.suffix} needs the document reader", where=str(path), fix="pip install 'livehost[documents]'"
        ) from None
    try:
        text = str(MarkItDown().convert(str(path)).text_content)
    except Exception as trouble:  # the reader's formats fail in their own ways
        raise BadInput(f"it can't be read: {trouble}", where=str(path)) from None
    if not text.strip():
        raise BadInput("there is no text in it", where=str(path), fix="A scanned page needs text recognition first")
    return text


def _json(path: Path) -> object:
    try:
        return json.loads(read_text(path))
    except json.JSONDecodeError as trouble:
        raise BadInput(f"not valid JSON: {trouble}", where=str(path)) from None
