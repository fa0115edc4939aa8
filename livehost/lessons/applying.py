"""Proposals written into the creator's folder, and taken back in one step.

creators/anna/.learned/0003/   lesson.toml: what was done, and what the files were afterwards; the files as they were before
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import tomllib
from collections.abc import Sequence
from pathlib import Path

from livehost import clock
from livehost.creators import load
from livehost.errors import BadInput
from livehost.folder import cell, is_plain_utf8
from livehost.knowledge import Knowledge
from livehost.lessons.effect import new_id
from livehost.lessons.proposals import Proposal
from livehost.private import as_it_was
from livehost.speak.pronunciation import FILE as PRONUNCIATION
from livehost.speak.pronunciation import read_pronunciation
from livehost.tables import read_text, separator_of

FOLDER = ".learned"
_DECLINED = "declined.txt"
_LESSON = "lesson.toml"
_FILES = ("faq.csv", "creator.toml", PRONUNCIATION)
_COLUMNS = ("id", "question", "answer", "product_id", "also_asked")


def apply(creator: Path, chosen: Sequence[Proposal]) -> Path:
    """All of them, or none: the folder is loaded with them before it counts. Raises BadInput; returns where the step is kept."""
    knowledge = load(creator)
    step = _new_step(creator)
    before = {name: (creator / name).read_bytes() if (creator / name).is_file() else None for name in _FILES}
    try:
        for one in chosen:
            _write(creator, knowledge, one)
            knowledge = load(creator)
        read_pronunciation(creator)
    except (BadInput, OSError):
        _put_back(creator, before)
        shutil.rmtree(step)
        raise
    changed = [name for name in _FILES if _bytes(creator / name) != before[name]]
    lines = [f"at = {json.dumps(clock.local_now().isoformat(timespec='seconds'))}"]
    lines.append(f"what = {json.dumps([in_short(one) for one in chosen], ensure_ascii=False)}")
    lines += ["", "[after]", *(f'"{name}" = "{_digest(creator / name)}"' for name in changed)]
    for name in changed:
        if (content := before[name]) is not None:
            (step / name).write_bytes(content)
    (step / _LESSON).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return step


def undo(creator: Path) -> list[str]:
    """Takes the last step back; what it was. Raises BadInput where there is none, or a file was edited since."""
    steps = sorted(path.parent for path in (creator / FOLDER).glob(f"*/{_LESSON}"))
    if not steps:
        raise BadInput("nothing was learned here that could be taken back", where=str(creator))
    step = steps[-1]
    told = tomllib.loads((step / _LESSON).read_text(encoding="utf-8"))
    for name, digest in told["after"].items():
        if _digest(creator / name) != digest:
            raise BadInput(
                f"{name} was edited since",
                where=str(creator),
                fix=f"As it was before, it lies in {step}; merge by hand",
            )
    _put_back(creator, {name: _bytes(step / name) for name in told["after"]})
    shutil.rmtree(step)
    return list(told["what"])


def declined(creator: Path) -> frozenset[str]:
    """Keys of proposals that are not made again."""
    path = creator / FOLDER / _DECLINED
    return frozenset(path.read_text(encoding="utf-8").split()) if path.is_file() else frozenset()


def decline(creator: Path, chosen: Sequence[Proposal]) -> None:
    path = creator / FOLDER / _DECLINED
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{one.key}\n" for one in chosen)


def in_short(one: Proposal) -> str:
    match one.kind:
        case "wording":
            return f"{one.faq} is also asked as: {' | '.join(one.wordings)}"
        case "not asked so":
            return f"{one.faq} is not asked as: {' | '.join(one.wordings)}"
        case "answer":
            return f"{one.faq} is answered: {one.answer}"
        case "entry":
            return f"new entry: {one.question} → {one.answer}"
        case "pronunciation":
            return f"{one.word} is said {one.say}"
        case "threshold":
            return f"{one.setting} = {one.value}"


def _new_step(creator: Path) -> Path:
    numbers = [int(path.name) for path in (creator / FOLDER).glob("[0-9]*") if path.name.isdigit()]
    step = creator / FOLDER / f"{max(numbers, default=0) + 1:04}"
    try:
        step.mkdir(parents=True)
    except OSError as trouble:
        raise BadInput(f"the creator's folder can't be written: {trouble.strerror}", where=str(creator)) from None
    return step


def _write(creator: Path, knowledge: Knowledge, one: Proposal) -> None:
    match one.kind:
        case "pronunciation":
            _append_pronunciation(creator / PRONUNCIATION, one)
        case "threshold":
            _set_in_toml(creator / "creator.toml", one)
        case _:
            _edit_faq(creator / "faq.csv", knowledge, one)


def _edit_faq(path: Path, knowledge: Knowledge, one: Proposal) -> None:
    """The row, or a new one; other rows, columns, the separator and the encoding stay."""
    text = read_text(path) if path.exists() else ",".join(_COLUMNS) + "\n"
    separator = separator_of(text)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    head = [name.strip().lower() for name in rows[0]]
    column = {"wording": "also_asked", "not asked so": "not_asked", "answer": "answer"}.get(one.kind, "also_asked")
    if column not in head:
        rows[0].append(column)
        head.append(column)
    if one.kind == "entry":
        new = {
            "id": new_id(knowledge),
            "question": cell(one.question),
            "answer": cell(one.answer),
            "product_id": one.product_id,
            "also_asked": _several(one.wordings),
            "source": "corrections",
        }
        rows.append([new.get(name, "") for name in head])
    identity, at = head.index("id"), head.index(column)
    for row in rows[1:]:
        if one.kind != "entry" and len(row) > identity and row[identity].strip() == one.faq:
            row.extend([""] * (len(head) - len(row)))
            more = "|".join(filter(None, (row[at], _several(one.wordings))))
            row[at] = cell(one.answer) if column == "answer" else more
    written = io.StringIO()
    csv.writer(written, delimiter=separator, lineterminator="\n").writerows(rows)
    _replace(path, written.getvalue(), marked=path.exists() and not is_plain_utf8(path))


def _several(wordings: Sequence[str]) -> str:
    return "|".join(cell(wording.replace("|", "/")) for wording in wordings)


def _append_pronunciation(path: Path, one: Proposal) -> None:
    there = path.read_text(encoding="utf-8-sig") if path.is_file() else "word,say\n"
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow([one.word, one.say])
    _replace(path, there + ("" if there.endswith("\n") else "\n") + written.getvalue(), marked=False)


def _set_in_toml(path: Path, one: Proposal) -> None:
    """The one value, everything else as it was written."""
    table, _, key = one.setting.partition(".")
    lines = path.read_text(encoding="utf-8").splitlines()
    head = next((n for n, line in enumerate(lines) if re.match(rf"\s*\[\s*{table}\s*\]", line)), -1)
    wanted = f"{key} = {one.value}"
    if head < 0:
        lines += ["", f"[{table}]", wanted]
    else:
        end = next((n for n in range(head + 1, len(lines)) if re.match(r"\s*\[", lines[n])), len(lines))
        place = next((n for n in range(head + 1, end) if re.match(rf"\s*{key}\s*=", lines[n])), -1)
        if place < 0:
            lines.insert(head + 1, wanted)
        else:
            lines[place] = wanted
    _replace(path, "\n".join(lines) + "\n", marked=False)


def _replace(path: Path, text: str, *, marked: bool) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8-sig" if marked else "utf-8")
    as_it_was(fresh, path)
    fresh.replace(path)


def _put_back(creator: Path, files: dict[str, bytes | None]) -> None:
    for name, content in files.items():
        if content is None:
            (creator / name).unlink(missing_ok=True)
        elif _bytes(creator / name) != content:
            fresh = creator / f".{name}.new"
            fresh.write_bytes(content)
            as_it_was(fresh, creator / name)
            fresh.replace(creator / name)


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _digest(path: Path) -> str:
    return hashlib.sha256(_bytes(path) or b"").hexdigest()
