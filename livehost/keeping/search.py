"""Searching kept sessions by words, product and viewer: lines of chat, the host's words, what was answered.

Lines are decoded only where the words stand in them, so that a shelf of long evenings is read at the disk's pace.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import msgspec

from livehost import commands, events
from livehost.keeping.shelf import archives_in, sessions_in
from livehost.knowledge import Knowledge
from livehost.record.folder import EVENTS, KNOWLEDGE
from livehost.record.reader import Told


class Hit(msgspec.Struct, frozen=True):
    """`what` is "chat", "host" or "answer"; `kind` and `route` are a chat line's decision where the search needed it."""

    session: str
    at_ms: int
    what: str
    who: str
    text: str
    platform: str = ""
    kind: str = ""
    route: str = ""
    product_id: str = ""


@dataclass(frozen=True)
class Wanted:
    """All of `words` must stand in the text, in any order; `viewer` is a name or id; `product` an id or a part of a title,
    `products` the ids that it means in a session. Empty: any."""

    words: tuple[str, ...] = ()
    product: str = ""
    viewer: str = ""
    products: frozenset[str] = frozenset()

    def in_text(self, text: str) -> bool:
        plain = text.casefold()
        return all(word in plain for word in self.words)


def wanted(words: str, product: str = "", viewer: str = "") -> Wanted:
    return Wanted(tuple(words.casefold().split()), product.strip().casefold(), viewer.strip().casefold())


def search(shelf: Path, what: Wanted) -> Iterator[Hit]:
    """Through all sessions of a folder, the archived ones, too."""
    for folder in sessions_in(shelf):
        try:
            knowledge = (folder / KNOWLEDGE).read_bytes() if what.product else b""
            with (folder / EVENTS).open("rb") as file:
                yield from hits(file, _meant(what, knowledge), folder.name)
        except OSError:
            continue
    for path in archives_in(shelf):
        try:
            with zipfile.ZipFile(path) as packed, packed.open(EVENTS) as file:
                knowledge = packed.read(KNOWLEDGE) if what.product else b""
                yield from hits(file, _meant(what, knowledge), f"{path.stem} (archived)")
        except (OSError, KeyError, zipfile.BadZipFile):
            continue


def _meant(what: Wanted, knowledge: bytes) -> Wanted:
    """With the products of this session that are meant."""
    if not what.product:
        return what
    try:
        known = msgspec.json.decode(knowledge, type=Knowledge).products
    except msgspec.DecodeError:
        known = ()
    same = frozenset(p.id for p in known if p.id.casefold() == what.product)
    like = frozenset(p.id for p in known if any(what.product in name.casefold() for name in p.names))
    return replace(what, products=same or like or frozenset({what.product}))


def hits(lines: IO[bytes] | Iterable[bytes], what: Wanted, session: str) -> Iterator[Hit]:
    """A recording's lines that fit, in order."""
    decoder = msgspec.json.Decoder(Told)
    looking = _Looking(what, session)
    event = b""
    for raw in lines:
        is_event = raw.find(b'"event"', 0, 80) >= 0
        event = raw if is_event else event
        if not looking.may_hold(raw):
            continue
        try:
            told = decoder.decode(raw)
            at_ms = told.at_ms if is_event else decoder.decode(event).at_ms
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        yield from looking.at(at_ms, told)


class _Looking:
    def __init__(self, what: Wanted, session: str) -> None:
        self._what = what
        self._session = session
        self._written: dict[str, Hit] = {}
        self._answered: set[int] = set()
        needles = [_needle(word) for word in (*what.words, what.viewer) if word]
        self._plain = [needle for needle in needles if needle.isascii()]
        self._folded = [needle for needle in needles if not needle.isascii()]
        self._products = [_needle(product) for product in what.products]

    def may_hold(self, raw: bytes) -> bool:
        """Quickly; a decision on a line that fits counts, too, when it is about the product."""
        if self._products:  # who wrote it stands in another line than what it was about
            return b'"ChatReceived"' in raw or any(product in raw for product in self._products)
        if self._plain and not all(needle in raw.lower() for needle in self._plain):
            return False
        if self._folded:
            folded = raw.decode(errors="replace").casefold()
            return all(needle.decode() in folded for needle in self._folded)
        return bool(self._plain)

    def at(self, at_ms: int, told: Told) -> Iterator[Hit]:
        what = self._what
        match told.event or told.command:
            case events.ChatReceived(line=line) if self._is_viewer(line.user.id, line.user.name):
                hit = Hit(self._session, at_ms, "chat", line.user.name or line.user.id, line.text, line.platform)
                if not what.in_text(line.text):
                    return
                if what.product:
                    self._written[line.id] = hit
                else:
                    yield hit
            case events.HostSaid(text=text) if not (what.viewer or what.product) and what.in_text(text):
                yield Hit(self._session, at_ms, "host", "host", text)
            case commands.ShowDecision(line_id=line_id, decision=decision) if what.product:
                written = self._written.pop(line_id, None)
                about = sorted(what.products & decision.products)
                if about and written:
                    yield msgspec.structs.replace(
                        written, kind=decision.kind, route=decision.route, product_id=about[0]
                    )
            case commands.ShowItem(state="speaking" | "posted" | "answered") as shown if not (
                what.viewer or what.product
            ):
                if shown.item not in self._answered and what.in_text(shown.text):
                    self._answered.add(shown.item)
                    yield Hit(self._session, at_ms, "answer", "co-host", shown.text)

    def _is_viewer(self, user_id: str, name: str) -> bool:
        return not self._what.viewer or self._what.viewer in (user_id.casefold(), name.casefold())


def _needle(word: str) -> bytes:
    """As the word stands in JSON."""
    return json.dumps(word, ensure_ascii=False)[1:-1].encode()


def in_words(found: Hit, clock: str) -> str:
    about = f" [{found.kind} → {found.route}]" if found.kind else ""
    return f"{found.session}  {clock}  {found.who or 'a viewer'}: {' '.join(found.text.split())[:200]}{about}"
