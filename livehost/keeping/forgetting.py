"""A viewer taken out of kept sessions.

    find who is meant ─▶ rewrite events.jsonl ─▶ silence the sound that says a name ─▶ replay: does it still follow? ─▶ header

The recording replays identically where the core makes the same of the new names; where it does not (words were left out), the
header tells how many events differ and that it did verify before, and `livehost replay` says so instead of calling it a fault.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from livehost import events
from livehost.errors import BadInput
from livehost.evaluation import Case
from livehost.keeping.archive import pack, unpack
from livehost.keeping.people import Aliases, People, Person
from livehost.keeping.recording import Forgot, known_words, rewrite
from livehost.keeping.removal import CLIPS, LOGS, REPORTS, TRANSCRIPT
from livehost.keeping.rewriting import Rewriter, Words
from livehost.keeping.shelf import archives_in, refuse_running, sessions_in
from livehost.record.folder import EVENTS
from livehost.record.raw_frames import FOLDER as RAW
from livehost.record.reader import told
from livehost.understand.normalise import plain_line

CASES = "accepted-cases.jsonl"


class Match(msgspec.Struct, frozen=True, order=True):
    """Somebody who wrote, and how much, in how many sessions."""

    platform: str
    user_id: str
    name: str
    lines: int
    sessions: int


@dataclass(frozen=True)
class Who:
    """A viewer by name or id (as it is written, in either case); `platform` narrows it."""

    viewer: str
    platform: str = ""

    def is_meant(self, line: events.ChatReceived) -> bool:
        user = line.line.user
        wanted = self.viewer.casefold()
        return wanted in (user.id.casefold(), user.name.casefold()) and self.platform in ("", line.line.platform)


@dataclass
class _Found:
    """What one pass over a recording tells of the people in it."""

    ids: set[str]
    names: set[str]
    lines: set[str]
    words: Words
    everybody: set[str]  # all names


def matches(shelf: Path, who: Who) -> list[Match]:
    """Who would be forgotten, the most talkative first."""
    lines: Counter[tuple[str, str, str]] = Counter()
    sessions: dict[tuple[str, str, str], set[str]] = {}
    for name, folder in _each(shelf):
        for _, line in told(folder):
            if isinstance(line.event, events.ChatReceived) and who.is_meant(line.event):
                chat = line.event.line
                key = (chat.platform, chat.user.id, chat.user.name)
                lines[key] += 1
                sessions.setdefault(key, set()).add(name)
    rows = [Match(*key, count, len(sessions[key])) for key, count in lines.items()]
    return sorted(rows, key=lambda row: (-row.lines, row.name))


def _each(shelf: Path) -> Iterator[tuple[str, Path]]:
    """Each session's name and a folder with its recording; of archives only what is needed is unpacked, for a moment."""
    for folder in sessions_in(shelf):
        if (folder / EVENTS).is_file():
            yield folder.name, folder
    for place in archives_in(shelf):
        with tempfile.TemporaryDirectory(dir=place.parent) as temporary:
            unpack(place, Path(temporary))
            if (Path(temporary) / EVENTS).is_file():
                yield place.stem, Path(temporary)


def forget(
    shelf: Path, who: Who, tell: Callable[[str], None] = lambda _: None, *, keep_words: bool = False
) -> list[Forgot]:
    """In all sessions of a folder, archived ones, too; those that the viewer is not in stay as they are. Raises BadInput."""
    done = []
    for folder in sessions_in(shelf):
        tell(folder.name)
        done.append(_tried(folder.name, lambda folder=folder: forget_in(folder, who, keep_words=keep_words)))  # type: ignore[misc]
    for place in archives_in(shelf):
        tell(f"{place.stem} (archived)")
        done.append(_tried(place.stem, lambda place=place: _forget_archived(place, who, keep_words)))  # type: ignore[misc]
    return [one for one in done if one]


def _tried(name: str, work: Callable[[], Forgot | None]) -> Forgot | None:
    """One that can't be read or written keeps none of the others from being done."""
    try:
        return work()
    except (BadInput, OSError) as trouble:
        return Forgot(name, 0, False, 0, 0, False, problem=str(trouble))


def _forget_archived(place: Path, who: Who, keep_words: bool) -> Forgot | None:
    with tempfile.TemporaryDirectory(dir=place.parent) as temporary:
        folder = Path(temporary) / place.stem
        folder.mkdir()
        unpack(place, folder)
        found = forget_in(folder, who, keep_words=keep_words)
        if found:
            for name in REPORTS:  # they hold names, and can be made again
                (folder / name).unlink(missing_ok=True)
            pack(folder, place)
        return msgspec.structs.replace(found, report_outdated=False) if found else None


def forget_in(folder: Path, who: Who, *, keep_words: bool = False) -> Forgot | None:
    """Takes the viewer out of one session, with what they wrote unless that is to stay; None: they are not in it."""
    if not (folder / EVENTS).is_file():
        return None
    found = _found(folder, who)
    if not found.lines:
        return None
    refuse_running(folder)
    alias = Aliases(found.everybody).like(next(iter(sorted(found.names)), ""))
    people = People()
    people.add(Person(alias, frozenset(found.ids | found.lines), frozenset(found.names)), known_words(folder))
    people.ids |= {line: f"{alias.casefold()}-{number}" for number, line in enumerate(sorted(found.lines), 1)}
    deleted = _forget_beside(folder, found)
    words, lines = (Words(), frozenset[str]()) if keep_words else (found.words, frozenset(found.lines))
    done = rewrite(folder, Rewriter(people, words, lines), "forgotten", 1)
    return msgspec.structs.replace(done, lines=len(found.lines), deleted=deleted)


def _found(folder: Path, who: Who) -> _Found:
    found = _Found(set(), set(), set(), Words(), set())
    for _, line in told(folder):
        if not isinstance(line.event, events.ChatReceived):
            continue
        chat = line.event.line
        plain = plain_line(chat.text).plain or chat.text.strip().casefold()
        found.everybody.add(chat.user.name)
        if who.is_meant(line.event):
            found.ids.add(chat.user.id)
            found.names.add(chat.user.name)
            found.lines.add(chat.id)
            found.words.own.add(plain)
        elif plain:
            found.words.others.add(plain)
    found.names.discard("")
    found.words.own.discard("")
    return found


def _forget_beside(folder: Path, found: _Found) -> tuple[str, ...]:
    """What else a session's folder holds of them: raw frames and accepted cases, and what was made of the session."""
    for frames in (folder / RAW).glob("*.frames"):
        needles = [needle for needle in (*found.ids, *found.names, *found.lines) if len(needle) > 2]
        kept = [
            line
            for line in frames.read_text("utf-8", "replace").splitlines(True)
            if not any(n in line for n in needles)
        ]
        frames.write_text("".join(kept), encoding="utf-8")
    cases = folder / CASES
    if cases.is_file():
        lines = cases.read_bytes().splitlines(keepends=True)
        cases.write_bytes(b"".join(line for line in lines if not _is_theirs(line, found.words)))
    made = [name for name in (TRANSCRIPT, CLIPS, *LOGS) if (folder / name).exists()]
    for name in (TRANSCRIPT, *LOGS):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / CLIPS, ignore_errors=True)
    return tuple(made)


def _is_theirs(line: bytes, words: Words) -> bool:
    try:
        return words.are_gone(msgspec.json.decode(line, type=Case).text)
    except msgspec.DecodeError:
        return False
