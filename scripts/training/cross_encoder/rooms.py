"""Rooms as they were written, and five development rooms → what is trained on. Wordings and lines are made plain as the program
does, and each line has its room's entries in the order in which the program's first stage finds them like it.

# name | language | trade
## id | question | other wordings => answer      lines below are answered by it; with ~, only alike
## field price                                   lines below ask a product's field
## -                                             lines below are answered by nothing here
"""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from livehost.understand.concepts import read_corpus
from livehost.understand.cross_encoder import FIELDS
from livehost.understand.normalise import plain_line
from livehost.understand.sentences import Sentences

ROOMS = Path(__file__).parents[1] / "rooms"
SETS = Path(__file__).parents[3] / "tests" / "evaluation"
DEVELOPMENT = ("beauty", "snacks", "pets", "wardrobe", "tavern")
_LONGEST = 200  # characters of a line


@dataclass
class Entry:
    id: str
    asked: list[str]
    answer: str


@dataclass
class Line:
    """`gold`: entries that answer it; `near`: entries that only look so; `like`: all of its room, the likest first."""

    text: str
    gold: list[int] = field(default_factory=list)
    near: list[int] = field(default_factory=list)
    like: list[int] = field(default_factory=list)


@dataclass
class Room:
    name: str
    entries: list[Entry]
    lines: list[Line]


def plain(text: str) -> str:
    return plain_line(text).plain


def field_entries() -> list[Entry]:
    return [Entry(f"field:{name}", list(asked), answer) for name, (asked, answer) in FIELDS.items()]


def read(path: Path) -> Room:
    entries: list[Entry] = []
    lines: list[tuple[str, str]] = []  # text, what it belongs to
    under = ""
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        row = raw.strip()
        if row.startswith("## ") and "=>" in row:
            asked, answer = row[3:].split("=>", 1)
            under, *wordings = (part.strip() for part in asked.split("|"))
            entries.append(Entry(under, [plain(wording) for wording in wordings if wording], plain(answer)))
        elif row.startswith("## field "):
            under = f"field:{row.split()[2]}"
        elif row == "## -":
            under = ""
        elif row.startswith("## "):
            raise SystemExit(f"{path.name}, line {number}: no entry: {row}")
        elif row and not row.startswith("# "):
            lines.append((row, under))
    if any(under.startswith("field:") for _, under in lines):
        entries += field_entries()
    place = {entry.id: n for n, entry in enumerate(entries)}
    return Room(path.stem, entries, [_line(text, place.get(under)) for text, under in lines if len(text) < _LONGEST])


def _line(text: str, entry: int | None) -> Line:
    said = plain(text.lstrip("~ "))
    if entry is None:
        return Line(said)
    return Line(said, near=[entry]) if text.startswith("~") else Line(said, gold=[entry])


def development(name: str) -> Room:
    """A development room; its lines that a product's field answers teach nothing about entries."""
    with (SETS / name / "faq.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    wordings = [(row["question"], *row["also_asked"].split("|")) for row in rows]
    entries = [
        Entry(row["id"], [plain(wording) for wording in some if wording.strip()], plain(row["answer"]))
        for row, some in zip(rows, wordings, strict=True)
    ]
    place = {row["id"]: n for n, row in enumerate(rows)}
    lines = []
    for raw in (SETS / name / "cases.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(raw)
        wanted = case["expect"].get("faq") or []
        wanted = [wanted] if isinstance(wanted, str) else wanted
        if wanted or case["expect"].get("kind") not in (None, "routine"):
            lines.append(Line(plain(case["text"]), gold=[place[one] for one in wanted]))
    return Room(name, entries, lines)


def rank_likeness(room: Room, sentences: Sentences) -> None:
    points = sentences.many([" / ".join(entry.asked) for entry in room.entries] + [line.text for line in room.lines])
    count = len(room.entries)
    for line, order in zip(room.lines, np.argsort(-(points[count:] @ points[:count].T), axis=1), strict=True):
        line.like = order.tolist()


if __name__ == "__main__":
    rooms = [*(read(path) for path in sorted(ROOMS.glob("*.txt"))), *map(development, DEVELOPMENT)]
    first_stage = Sentences(None)
    for each in rooms:
        rank_likeness(each, first_stage)
    written = json.dumps([asdict(room) for room in rooms], ensure_ascii=False, separators=(",", ":"))
    Path("rooms.json").write_text(written, encoding="utf-8")
    concepts: dict[str, list[str]] = {}
    for concept, wording in read_corpus():
        concepts.setdefault(concept, []).append(wording)
    Path("concepts.json").write_text(json.dumps(concepts, ensure_ascii=False), encoding="utf-8")
    print(f"{len(rooms)} rooms, {sum(len(room.lines) for room in rooms)} lines, {len(concepts)} concepts")
