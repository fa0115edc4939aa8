"""A recording rewritten in its folder: events, sound and header; and whether it still follows from its own events."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec

from livehost import clock
from livehost.errors import BadInput
from livehost.keeping.people import words_of_show
from livehost.keeping.rewriting import Rewriter, rewritten
from livehost.keeping.silencing import silence
from livehost.record.folder import EVENTS, Changed, Header, read_header, read_knowledge, rewrite_header
from livehost.replay import replay


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


def rewrite(folder: Path, rewriter: Rewriter, why: str, viewers: int) -> Forgot:
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


def known_words(folder: Path) -> frozenset[str]:
    try:
        return words_of_show(read_knowledge(folder))
    except BadInput:
        return frozenset()
