"""Who did what in a session, and when: out of its recording."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from livehost import commands, events
from livehost.record.folder import read_header
from livehost.record.reader import told
from livehost.show.inert import inert


class Deed(msgspec.Struct, frozen=True):
    """`about`: the question that the item answers, or that was answered; `by`: where it was done."""

    at: str  # ISO 8601 with zone
    at_ms: int
    who: str
    action: str
    item: int
    text: str
    about: str
    by: str  # "person", or "chat or voice"


def audit(folder: Path) -> Iterator[Deed]:
    """In the order of their doing; raises BadInput where the folder holds no readable recording."""
    began = datetime.fromisoformat(read_header(folder).started_at)
    questions: dict[int, str] = {}
    at_ms = 0
    for _, line in told(folder):
        if line.event:
            at_ms = line.at_ms
        match line.event or line.command:
            case commands.ShowDecision() as shown if shown.item:
                questions.setdefault(shown.item, shown.decision.text)
            case events.Acted() as act:
                about = act.question or questions.get(act.target, "")
                yield _deed(began, at_ms, act.who, act.action, act.target, act.text, about, "person")
            case commands.ShowActed() as act:
                yield _deed(began, at_ms, act.who, act.action, 0, act.text, "", "chat or voice")


def _deed(  # noqa: PLR0913, PLR0917 - a row of the table
    began: datetime, at_ms: int, who: str, action: str, item: int, text: str, about: str, by: str
) -> Deed:
    at = (began + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds")
    return Deed(at, at_ms, inert(who, 80), action, item, inert(text), inert(about), by)


def in_words(deed: Deed) -> str:
    """One line, for people."""
    item = f" {deed.item}" if deed.item else ""
    about = f" ({deed.about})" if deed.about else ""
    text = f": {deed.text}" if deed.text else ""
    return f"{deed.at[:19].replace('T', ' ')}  {deed.who}  {deed.action}{item}{about}{text}"
