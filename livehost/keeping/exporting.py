"""A session copied without names."""

from __future__ import annotations

import shutil
from pathlib import Path

from livehost import events
from livehost.keeping.people import Aliases, People, Person
from livehost.keeping.recording import Forgot, known_words, rewrite
from livehost.keeping.rewriting import Rewriter, Words
from livehost.record.folder import EVENTS, KNOWLEDGE, new_folder, read_header, rewrite_header
from livehost.record.reader import told
from livehost.record.tracks import TRACKS, track_path


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
    return copy, rewrite(copy, Rewriter(people, Words()), "exported", len(set(people.names.values())))


def _sounds(folder: Path) -> tuple[str, ...]:
    return tuple(path.name for name in TRACKS if (path := track_path(folder, name)))


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
    aliases, show, count = Aliases(names), known_words(folder), 0
    for (_, identity), (called, lines) in by_id.items():
        alias = people.names.get(next(iter(called))) or aliases.like(next(iter(sorted(called))))
        people.add(Person(alias, frozenset({identity}), frozenset(called)), show)
        for line_id in lines:
            count += 1
            people.ids.setdefault(line_id, f"line-{count}")
    return people
