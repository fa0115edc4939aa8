"""The creator's folder while a session runs: edits are picked up, and what people teach is written into faq.csv."""

from __future__ import annotations

import asyncio
import codecs
import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

from livehost import events
from livehost.clock import SessionClock
from livehost.creators import (
    CART_COLUMN,
    cart_numbers,
    load,
    read_faq,
    read_products,
    renumbered,
)
from livehost.errors import BadInput, LivehostError
from livehost.events import Event
from livehost.knowledge import CartNumber, Change, Faq, Knowledge, difference
from livehost.private import as_it_was
from livehost.tables import read_text, separator_of
from livehost.videos import FILE as VIDEOS
from livehost.videos import FOLDER as VIDEO_WORDS
from livehost.workers import Matcher

_LOOK_MS = 500
_FORMULA = re.compile(r"^[\s=+\-@]+")  # a table program would run a cell that begins so
_NEXT_START = (
    "voice",
    "languages",
    "cohost",
    "platforms",
    "obs",
    "llm",
    "memory",
    "twin",
)  # settings that are read once

_HEADER = "id,question,answer,product_id,also_asked,source\n"

Put = Callable[[Event], None]
Signature = tuple[tuple[str, int, int], ...]


class CreatorFolder:
    """Looks every half second; what has stood still since the last look is loaded. A faulty edit is told, and what was
    known stays. `found` makes a matcher of new knowledge, off the loop; `use` is given it before the change is told."""

    def __init__(  # noqa: PLR0913, PLR0917 - the folder, and how what it holds is read and used
        self,
        path: Path,
        knowledge: Knowledge,
        clock: SessionClock,
        find: Callable[[Knowledge], Matcher],
        use: Callable[[Matcher], None],
        read: Callable[[Path], Knowledge] = load,
    ) -> None:
        self._path = path
        self._known = knowledge
        self._clock = clock
        self._find = find
        self._use = use
        self._load_from = read
        self._loaded = self._seen = _signature(path)
        self._faulty = False

    async def watch(self, put: Put) -> None:
        """Until it is cancelled."""
        while True:
            await self._clock.sleep_until_ms(self._clock.now_ms() + _LOOK_MS)
            await self.look(put)

    async def look(self, put: Put) -> None:
        """One look; what it finds new is loaded at the next one, when nobody writes it any more."""
        seen = await asyncio.to_thread(_signature, self._path)
        stands_still, self._seen = seen == self._seen, seen
        if stands_still and seen != self._loaded:
            self._loaded = seen
            await self._load(put)

    async def keep(self, faq: Faq, source: str) -> None:
        """Raises LivehostError or OSError when it can't be written; the next look finds it."""
        products = {product.id for product in self._known.products}
        await asyncio.to_thread(write_entry, self._path / "faq.csv", faq, source, products)

    async def renumber(self, product_id: str, platform: str, number: int) -> None:
        """Raises LivehostError or OSError when it can't be written; the next look finds it."""
        path = self._path / "products.csv"
        await asyncio.to_thread(write_cart_number, path, product_id, CartNumber(platform, number))

    async def _load(self, put: Put) -> None:
        try:
            new = await asyncio.to_thread(self._read)
            change = difference(self._known, new)
            if needs_matcher(self._known, change):
                self._use(await asyncio.to_thread(self._find, new))
        except (LivehostError, OSError) as trouble:
            self._faulty = True
            put(events.PartChanged("knowledge", "degraded", f"the edit was not taken: {trouble}"))
            return
        later = _only_at_next_start(self._known, change, tools=new.tools != self._known.tools)
        self._known = new
        if change:
            put(events.KnowledgeChanged(change))
        if change or later or self._faulty:
            self._faulty = False
            put(events.PartChanged("knowledge", "ok", f"{change}{later}"))

    def _read(self) -> Knowledge:
        for name, there in (("products.csv", self._known.products), ("faq.csv", self._known.faqs)):
            if there and not (self._path / name).exists():
                raise BadInput(f"{name} is gone; what was in it still counts", where=str(self._path))
        return self._load_from(self._path)


def needs_matcher(knowledge: Knowledge, change: Change) -> bool:
    """Whether lines are matched otherwise after the change: FAQ entries, or the titles of products that have some."""
    if change.faqs or change.faqs_gone or change.passages or change.passages_gone:
        return True
    asked_about = {faq.product_id for faq in knowledge.faqs}
    edited = [product for product in change.products if product.id in asked_about]
    return any(knowledge.product_by_id[p.id].title != p.title for p in edited if p.id in knowledge.product_by_id)


def write_entry(path: Path, faq: Faq, source: str, products: set[str]) -> None:
    """Appends a row to faq.csv, whole or not at all, in the file's own columns and separator; raises BadInput when the
    file would not load with it."""
    there = read_text(path) if path.exists() else _HEADER
    separator = separator_of(there)
    columns = next(csv.reader([there.split("\n", 1)[0]], delimiter=separator))
    row = {
        "id": faq.id,
        "question": cell(faq.question),
        "answer": cell(faq.answer),
        "product_id": faq.product_id,
        "also_asked": "|".join(map(cell, faq.also_asked)),
        "source": cell(source),
    }
    written = io.StringIO()
    csv.writer(written, delimiter=separator, lineterminator="\n").writerow(
        [row.get(column.strip().lower(), "") for column in columns]
    )
    text = there + ("" if there.endswith("\n") else "\n") + written.getvalue()
    _replace(path, text, lambda fresh: read_faq(fresh, products))


def write_cart_number(path: Path, product_id: str, cart: CartNumber) -> None:
    """Changes one cell of products.csv, whole or not at all (0: no number there; no platform: everywhere); raises BadInput
    when the product is not in it, or the file would not load with the change."""
    there = read_text(path)
    separator = separator_of(there)
    rows = list(csv.reader(io.StringIO(there, newline=""), delimiter=separator))
    columns = [name.strip().lower() for name in rows[0]]
    if CART_COLUMN not in columns:
        rows[0].append(CART_COLUMN)
        columns.append(CART_COLUMN)
    at, identity = columns.index(CART_COLUMN), columns.index("id")
    everywhere = columns.index("link_number") if "link_number" in columns and not cart.platform else at
    if product_id not in [row[identity].strip() for row in rows[1:] if len(row) > identity]:
        raise BadInput(f"the product {product_id!r} is not in it", where=str(path))
    for row in rows[1:]:
        row.extend([""] * (len(columns) - len(row)))
        mine = row[identity].strip() == product_id
        if everywhere != at and (mine or row[everywhere].strip() == str(cart.number)):
            row[everywhere] = ""  # a second cell that tells of the same would contradict this one
        if mine:
            row[at] = renumbered(row[at], cart)
        elif cart in cart_numbers(row[at]):
            row[at] = renumbered(row[at], CartNumber(cart.platform, 0))  # no number stands for two products
    written = io.StringIO()
    csv.writer(written, delimiter=separator, lineterminator="\r\n" if "\r\n" in there else "\n").writerows(rows)
    _replace(path, written.getvalue(), read_products)


def _replace(path: Path, text: str, read: Callable[[Path], object]) -> None:
    """Writes a table anew, if it loads; raises BadInput when not."""
    fresh = path.with_name(f".{path.name}.new")
    marked = path.exists() and not is_plain_utf8(path)
    fresh.write_text(text, encoding="utf-8-sig" if marked else "utf-8", newline="")  # Excel knows UTF-8 by the mark
    try:
        read(fresh)
    except BadInput:
        fresh.unlink()
        raise
    as_it_was(fresh, path)
    fresh.replace(path)


def is_plain_utf8(path: Path) -> bool:
    raw = path.read_bytes()
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not raw.startswith(codecs.BOM_UTF8)


def cell(text: str) -> str:
    """One line that no table program takes for a formula."""
    return _FORMULA.sub("", " ".join(text.split()))


def _signature(path: Path) -> Signature:
    """What tells one state of the folder from another: names, times and sizes of its files."""
    files = [path / name for name in ("creator.toml", "products.csv", "faq.csv", "tools.toml", VIDEOS)]
    folders = [path / "knowledge", path / VIDEO_WORDS]
    found = []
    for file in [*files, *(file for folder in folders if folder.is_dir() for file in sorted(folder.iterdir()))]:
        try:
            stat = file.stat()
        except OSError:
            continue
        found.append((file.name, stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def _only_at_next_start(knowledge: Knowledge, change: Change, *, tools: bool) -> str:
    new = change.creator
    names = [n for n in _NEXT_START if new and getattr(new, n) != getattr(knowledge.creator, n)]
    names += ["tools.toml"] if tools else []
    return f"; at the next start: {', '.join(names)}" if names else ""
