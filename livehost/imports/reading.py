"""What is in a file: rows for products.csv or faq.csv, or a document's text. Runs apart: the file may be a stranger's."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from livehost.errors import BadInput, MissingPart
from livehost.imports import entries, feeds
from livehost.imports.feeds import Shop
from livehost.tables import read_table, read_text

TEXTS = frozenset({".md", ".txt"})
DOCUMENTS = "knowledge"
_CONVERTED = frozenset({".pdf", ".docx", ".html", ".htm", ".pptx", ".xlsx"})
_PRODUCTS, _FAQ = "products.csv", "faq.csv"


class Read(msgspec.Struct, frozen=True):
    """`into` is products.csv or faq.csv with `rows`, or knowledge with `text`."""

    what: str
    into: str
    rows: tuple[dict[str, str], ...] = ()
    left_out: tuple[str, ...] = ()
    text: str = ""


def read(path: Path, currency: str, address: str) -> Read:
    """Raises BadInput when the file is none that is known."""
    shop, suffix = Shop(currency, address), path.suffix.lower()
    if suffix in TEXTS | _CONVERTED:
        text = read_text(path) if suffix in TEXTS else _as_markdown(path)
        return Read("document", DOCUMENTS, text=text)
    if suffix == ".json":
        rows, left_out = entries.bot_rows(_json(path), str(path))
        return Read("bot commands", _FAQ, tuple(rows), tuple(left_out))
    if suffix == ".xml":
        return Read("Google Merchant", _PRODUCTS, tuple(feeds.google_xml(read_text(path), str(path))))
    table = [row for _, row in read_table(path, ())]
    columns = set(table[0]) if table else set()
    if {"question", "answer"} <= columns:
        asked_only = [row for row in table if row["question"] and not row["answer"] and not row.get("id")]
        rows = entries.faq_rows(row for row in table if row not in asked_only)
        left_out = [f"{row['question']!r}: without an answer" for row in asked_only]
        return Read("FAQ", _FAQ, tuple(rows), tuple(left_out))
    spaced = {name.replace("_", " ").removeprefix("g:") for name in columns}
    for name, known_by, rows_of in feeds.SHOP_EXPORTS:
        if known_by <= columns | spaced:
            return Read(name, _PRODUCTS, tuple(rows_of(table, shop, str(path))))
    raise BadInput(
        "neither a product feed, a shop's export nor a FAQ" if table else "there is no row in it",
        where=str(path),
        fix="Known are Google Merchant (csv, tsv, xml), Shopify, WooCommerce, a table with question and answer, "
        "Nightbot and StreamElements (json), documents (md, txt, pdf, docx, html), films and their subtitles",
    )


def _as_markdown(path: Path) -> str:
    try:
        from markitdown import MarkItDown
    except ImportError:
        raise MissingPart(
            f"{path.suffix} needs the document reader", where=str(path), fix="pip install 'livehost[documents]'"
        ) from None
    try:
        text = str(MarkItDown().convert_local(str(path)).text_content)
    except Exception as trouble:  # the reader's formats fail in their own ways
        raise BadInput(f"it can't be read: {trouble}", where=str(path)) from None
    if not text.strip():
        raise BadInput("there is no text in it", where=str(path), fix="A scanned page needs text recognition first")
    return text


def _json(path: Path) -> object:
    try:
        return json.loads(read_text(path))
    except (json.JSONDecodeError, RecursionError) as trouble:
        raise BadInput(f"not valid JSON: {trouble}", where=str(path)) from None
