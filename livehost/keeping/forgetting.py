"""A viewer taken out of kept sessions, and a session copied without names.

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

from livehost import clock, events
from livehost.errors import BadInput
from livehost.evaluation import Case
from livehost.keeping.archive import pack, unpack
from livehost.keeping.people import Aliases, People, Person, words_of_show
from livehost.keeping.removal import CLIPS, REPORTS, TRANSCRIPT
from livehost.keeping.rewriting import Rewriter, Words, rewritten
from livehost.keeping.shelf import archives_in, refuse_running, sessions_in
from livehost.keeping.silencing import silence
from livehost.record.folder import (
    EVENTS,
    KNOWLEDGE,
    Changed,
    Header,
    new_folder,
    read_header,
    read_knowledge,
    rewrite_header,
)
from livehost.record.raw_frames import FOLDER as RAW
from livehost.record.reader import told
from livehost.replay import replay
from livehost.understand.normalise import plain_line

CASES = "accepted-cases.jsonl"


class Match(msgspec.Struct, frozen=True, order=True):
    """Somebody who wrote, and how much, in how many sessions."""

    platform: str
    user_id: str
    name: str
    lines: int
    sessions: int


class Forgot(msgspec.Struct, frozen=True):
    """What was done to a session. `verifies`: it replays identically as it is now; `silenced_ms` of sound said a name;
    `deleted` are what can be made again, and held names; `problem`: nothing was done, and why."""

    session: str
    lines: int
    verifies: bool
    differing: int
    silenced_ms: int
    report_outdated: bool
    deleted: tuple[str, ...] = ()
    problem: str = ""


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
    people.add(Person(alias, frozenset(found.ids | found.lines), frozenset(found.names)), _words_of_show(folder))
    people.ids |= {line: f"{alias.casefold()}-{number}" for number, line in enumerate(sorted(found.lines), 1)}
    deleted = _forget_beside(folder, found)
    words, lines = (Words(), frozenset[str]()) if keep_words else (found.words, frozenset(found.lines))
    done = _rewrite(folder, Rewriter(people, words, lines), "forgotten", 1)
    return msgspec.structs.replace(done, lines=len(found.lines), deleted=deleted)


def _words_of_show(folder: Path) -> frozenset[str]:
    try:
        return words_of_show(read_knowledge(folder))
    except BadInput:
        return frozenset()


def export(folder: Path, to: Path, *, sound: bool) -> tuple[Path, Forgot]:
    """A copy of a session in which nobody but the creator has a name. Without the frames of the platforms, and without sound
    unless it is wished for; names that are said in it are silent. Raises BadInput."""
    header = read_header(folder)
    people = _everybody(folder)
    copy = new_folder(to)
    (copy / KNOWLEDGE).parent.mkdir()
    for name in (EVENTS, KNOWLEDGE, *(_sounds(folder) if sound else ())):
        shutil.copyfile(folder / name, copy / name)
    rewrite_header(copy, header)
    return copy, _rewrite(copy, Rewriter(people, Words()), "exported", len(set(people.names.values())))


def _sounds(folder: Path) -> tuple[str, ...]:
    from livehost.record.tracks import TRACKS, track_path

    return tuple(path.name for name in TRACKS if (path := track_path(folder, name)))


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


def _everybody(folder: Path) -> People:
    """Every viewer and moderator of a recording under another name."""
    by_id: dict[tuple[str, str], tuple[set[str], list[str]]] = {}
    people, names = People(), set()
    for _, line in told(folder):
        if isinstance(line.event, events.ChatReceived):
            chat = line.event.line
            known = by_id.setdefault((chat.platform, chat.user.id or chat.user.name), (set(), []))
            known[0].add(chat.user.name)
            known[1].append(chat.id)
            names.add(chat.user.name)
        elif isinstance(line.event, events.Acted):
            names.add(line.event.who)
            by_id.setdefault(("", line.event.who), ({line.event.who}, []))
    aliases, show, count = Aliases(names), _words_of_show(folder), 0
    for (_, identity), (called, lines) in by_id.items():
        alias = people.names.get(next(iter(called))) or aliases.like(next(iter(sorted(called))))
        people.add(Person(alias, frozenset({identity}), frozenset(called)), show)
        for line_id in lines:
            count += 1
            people.ids.setdefault(line_id, f"line-{count}")
    return people


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
    made = [name for name in (TRANSCRIPT, CLIPS) if (folder / name).exists()]
    (folder / TRANSCRIPT).unlink(missing_ok=True)
    shutil.rmtree(folder / CLIPS, ignore_errors=True)
    return tuple(made)


def _is_theirs(line: bytes, words: Words) -> bool:
    try:
        return words.are_gone(msgspec.json.decode(line, type=Case).text)
    except msgspec.DecodeError:
        return False


def _rewrite(folder: Path, rewriter: Rewriter, why: str, viewers: int) -> Forgot:
    header = read_header(folder)
    verified = _verified(folder, header)
    events_file = folder / EVENTS
    fresh = events_file.with_name(f".{EVENTS}.new")
    with fresh.open("wb") as file:
        file.writelines(rewritten(events_file, rewriter))
    silenced_ms = silence(folder, rewriter)
    shutil.copystat(events_file, fresh)  # when it was recorded
    fresh.replace(events_file)
    outcome = _outcome(folder)
    rewrite_header(
        folder, msgspec.structs.replace(header, changed=_changed(header, why, viewers, rewriter, verified, outcome))
    )
    return Forgot(
        session=folder.name,
        lines=len(rewriter.lines),
        verifies=outcome == 0,
        differing=outcome,
        silenced_ms=silenced_ms,
        report_outdated=(folder / "report.html").is_file(),
    )


def _changed(  # noqa: PLR0913, PLR0917 - all that the header tells of it
    header: Header, why: str, viewers: int, rewriter: Rewriter, verified: bool | None, differing: int
) -> Changed:
    """Added to what was taken out of it before."""
    before = header.changed
    return Changed(
        at=clock.local_now().isoformat(timespec="seconds"),
        viewers=viewers + (before.viewers if before else 0),
        lines=len(rewriter.lines) + (before.lines if before else 0),
        verified=before.verified if before else verified,
        differing=differing,
        why=why,
    )


def _verified(folder: Path, header: Header) -> bool | None:
    if header.changed:
        return header.changed.verified
    try:
        outcome = replay(folder)
    except BadInput:
        return False
    same_logic = outcome.logic_version == outcome.recorded_logic_version
    return outcome.identical if same_logic or outcome.identical else None


def _outcome(folder: Path) -> int:
    """How many events differ in a replay; -1: it can't be replayed."""
    try:
        return replay(folder).differences
    except BadInput:
        return -1
