"""`livehost replay --with … --set …`: which knowledge to put in the recorded one's place, and the differences in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from livehost.asking import matcher_for
from livehost.creator_file import with_changes
from livehost.creators import load
from livehost.decision import Decision
from livehost.errors import BadInput
from livehost.knowledge import Knowledge
from livehost.record.folder import read_knowledge
from livehost.review.whatif import CHANGES, Finds, WhatIf
from livehost.weights import data_dir

_SHOWN_MOST = 200
T = TypeVar("T")


def other_knowledge(session: Path, creator: Path | None, settings: Sequence[str]) -> tuple[Knowledge, Finds | None]:
    """The knowledge to try, and its matcher where other entries need another one. Raises BadInput."""
    recorded = read_knowledge(session)
    after = load(creator) if creator else recorded
    finds = None
    if (after.faqs, after.products) != (recorded.faqs, recorded.products):
        finds = matcher_for(after, data_dir() / "cache" / "embeddings.sqlite").match
    return msgspec.structs.replace(after, creator=with_changes(after.creator, settings)), finds


def chosen(differences: Sequence[T], pick: str, what: str = "differences") -> list[T]:
    """`pick` is "1,3-5" in the order they are shown; empty: all. Raises BadInput."""
    if not pick:
        return list(differences)
    numbers: list[int] = []
    for part in pick.split(","):
        found = re.fullmatch(r"\s*(\d+)(?:\s*-\s*(\d+))?\s*", part)
        first = int(found[1]) if found else 0
        last = int(found[2] or found[1]) if found else 0
        if not 1 <= first <= last <= len(differences):
            raise BadInput(f"--pick {part.strip()!r} is none of the {len(differences)} {what}", fix="Such as 1,3-5")
        numbers += range(first, last + 1)
    return [differences[number - 1] for number in dict.fromkeys(numbers)]


def in_words(found: WhatIf) -> str:
    """Side by side: how many of each, then each with what was and what would be."""
    counted = ", ".join(f"{found.counts[change]} {change}" for change in CHANGES if found.counts[change])
    lines = [
        f"{found.lines} lines, answered {found.answered_before} before and {found.answered_after} now; "
        + (counted or "no difference")
    ]
    for number, one in enumerate(found.differences[:_SHOWN_MOST], 1):
        times = f" ×{one.times}" if one.times > 1 else ""
        later = f" by {abs(one.later_ms) / 1000:.1f} s" if one.later_ms else ""
        at = f"{one.at_ms // 60_000}:{one.at_ms // 1000 % 60:02}"
        lines.append(f"{number:3} {one.change}{later}{times} at {at}: {one.text}")
        if not one.later_ms:
            lines += [f"      before: {_outcome(one.before)}", f"      now:    {_outcome(one.after)}"]
    if len(found.differences) > _SHOWN_MOST:
        lines.append(f"and {len(found.differences) - _SHOWN_MOST} more; --json has them all")
    return "\n".join(lines)


def _outcome(decision: Decision | None) -> str:
    if decision is None:
        return "not decided"
    said = f": {decision.answer}" if decision.answer else ""
    return f"{decision.kind} → {decision.route}{said} ({', '.join(decision.reasons)})"
