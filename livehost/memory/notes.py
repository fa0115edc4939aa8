"""Sums up a session while it runs: who asked what, what was answered, bought, given, and said of themselves. Pure."""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Sequence

from livehost import commands, events
from livehost.chat import ChatLine
from livehost.commands import Command
from livehost.decision import Decision
from livehost.events import Envelope
from livehost.memory.store import Fact, Remembered, Room, Sort

_VIEWERS_MOST = 20_000
_LINES_MOST = 2000  # whose decision is still to come
_SAID = re.compile(
    r"\b(?:i have|i've got|i am|i'm|my) (?:(?:very|a|an|so|really) )?"
    r"(?:(?:dry|oily|sensitive|combination|normal) (?:skin|hair)|size \w{1,4}|allergic to \w+|vegan|vegetarian|skin is \w+)\b"
    r"|\bi (?:wear|take) (?:a )?size \w{1,4}\b|\bi (?:love|like|prefer) (?:the )?(?:color )?\w+(?: color)?\b"
    r"|我(?:是|的皮肤是)?(?:干皮|油皮|混油皮|混干皮|敏感肌|干性皮肤|油性皮肤)|我(?:穿|平时穿)\w{1,4}码|我对\w{1,6}过敏|我(?:吃素|是素食)|我喜欢\w{1,6}色",
    re.IGNORECASE,
)


class Notes:
    """`forgotten` are left out for the rest of the session."""

    def __init__(self) -> None:
        self._viewers: OrderedDict[tuple[str, str], tuple[str, Counter[tuple[Sort, str]]]] = OrderedDict()
        self._writer: OrderedDict[str, tuple[str, str]] = OrderedDict()  # line → viewer
        self._forgotten: set[tuple[str, str]] = set()
        self._covered: Counter[str] = Counter()
        self._open: set[int] = set()

    def step(self, envelope: Envelope, wishes: Sequence[Command]) -> None:
        """A watcher of the session."""
        match envelope.event:
            case events.ChatReceived(line=line) if line.user.id and not line.private:
                self._line(line)
            case events.Forgotten(platform=platform, user=user):
                self.forget(platform, user)
        for wish in wishes:
            match wish:
                case commands.ShowDecision():
                    self._decided(wish.line_id, wish.decision)
                case commands.ShowWanted():
                    self._open |= {wish.question}

    def forget(self, platform: str, user: str) -> None:
        self._forgotten.add((platform, user))
        self._viewers.pop((platform, user), None)

    def viewers(self, day: str) -> list[Remembered]:
        return [
            Remembered(platform, user, name, day, day, 1, tuple(Fact(s, w, day, n) for (s, w), n in facts.items()))
            for (platform, user), (name, facts) in self._viewers.items()
        ]

    def room(self, session: str, day: str) -> Room:
        return Room(session, day, dict(self._covered.most_common(100)), len(self._open))

    def _line(self, line: ChatLine) -> None:
        viewer = (line.platform, line.user.id)
        if viewer in self._forgotten:
            return
        _, facts = self._viewers.pop(viewer, ("", Counter()))
        self._viewers[viewer] = (line.user.name, facts)
        if len(self._viewers) > _VIEWERS_MOST:
            self._viewers.popitem(last=False)
        match line.type:
            case "order" if line.product_id:
                facts["bought", line.product_id] += max(1, line.count)
            case "gift" if line.gift:
                facts["gave", line.gift.name[:40] or "gift"] += max(1, line.gift.count)
            case "message":
                facts.update(("said", found.group()[:80].lower()) for found in _SAID.finditer(line.text[:500]))
                self._writer[line.id] = viewer
                if len(self._writer) > _LINES_MOST:
                    self._writer.popitem(last=False)

    def _decided(self, line_id: str, decision: Decision) -> None:
        if decision.kind != "routine":
            return
        about = _about(decision)
        viewer = self._writer.get(line_id, ("", ""))
        self._covered[about] += 1
        if viewer in self._viewers:
            facts = self._viewers[viewer][1]
            facts["asked", about] += 1
            if decision.route == "answer":
                facts["told", decision.spoken[:120]] += 1


def _about(decision: Decision) -> str:
    """ "returns", "ridge-jacket price": the creator's own names of things, not the viewer's words."""
    if decision.faq:
        return decision.faq
    fields = [e.field for e in decision.evidence if e.source == "products.csv" and e.field != "title"]
    return (
        " ".join((decision.product_id, *fields[:1])).strip() or decision.evidence[0].source
        if decision.evidence
        else "?"
    )
