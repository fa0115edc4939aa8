"""One decision without a session, and many in a row."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from livehost import clock
from livehost.core.look_ups import LookUps, answered, without
from livehost.core.recommending import Recommending
from livehost.decide.answer import decide, together
from livehost.decide.waiting import Asker as Writer
from livehost.decision import Decision, Evidence
from livehost.errors import BadInput, LivehostError
from livehost.knowledge import Knowledge
from livehost.meaning import Meaning
from livehost.toolbox import askable
from livehost.tools.runner import Runner
from livehost.understand.normalise import PlainLine
from livehost.understand.reader import Reader
from livehost.understand.which import held_up
from livehost.workers import Matcher

if TYPE_CHECKING:
    from livehost.understand.matching import Engines

_NEVER_MS = 1_000_000  # of what was asked back: the next line goes on from nothing


class Question(msgspec.Struct, frozen=True):
    """A line of `livehost classify`'s input."""

    id: str | int
    text: str


class Asked(msgspec.Struct, frozen=True):
    id: str | int
    decision: Decision


class Asker:
    """The same reading and deciding as the core's, with nothing on the table and nobody waiting."""

    def __init__(self, knowledge: Knowledge, matcher: Matcher, runner: Runner | None = None) -> None:
        """`runner` asks the creator's tools; without one they give no answer."""
        self._knowledge = knowledge
        self._reader = Reader(askable(knowledge))
        self._matcher = matcher
        self._runner = runner
        self._look_ups = LookUps()
        self._recommending = Recommending(knowledge)

    def ask(self, text: str, table: str = "") -> Decision:
        """`table` is the id of the product that is shown, or empty."""
        look = self._reader.first_look(text)
        meanings = (
            [look] if isinstance(look, Meaning) else [self._match(part, table) for part in self._reader.questions(look)]
        )
        return together(text, [self._looked_up(meaning, self._decided(meaning)) for meaning in meanings])

    def _decided(self, meaning: Meaning) -> Decision:
        now = clock.local_now()
        return self._recommending.instead(decide(meaning, self._knowledge, now), now)

    def _looked_up(self, meaning: Meaning, decision: Decision) -> Decision:
        """With what a tool says, where the line wants one."""
        knowledge = self._knowledge
        call = self._look_ups.wanted(meaning, decision, knowledge, Writer("", "", ""), 0) if knowledge.tools else None
        if call is None:
            return decision
        if first := self._look_ups.first_step(call, knowledge, -_NEVER_MS):
            return first
        try:
            values = self._runner.run(call.tool.id, call.arguments) if self._runner else {}
        except LivehostError as trouble:
            return without(call, str(trouble), knowledge)
        found = tuple(Evidence(f"tool:{call.tool.id}", "", name, value) for name, value in values.items())
        return answered(call, found, knowledge)

    def meaning(self, text: str, table: str = "") -> Meaning:
        look = self._reader.first_look(text)
        if isinstance(look, Meaning):
            return look
        return self._match(look, table)

    def _match(self, look: PlainLine, table: str) -> Meaning:
        return held_up(self._reader.second_look(look, self._matcher.match(look.plain), table), table)


def classify(lines: Iterable[bytes], asker: Asker) -> Iterator[bytes]:
    """A decision per line `{"id", "text"}`, in order; raises BadInput with the number of a line that is none."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            question = msgspec.json.decode(line, type=Question)
        except (msgspec.DecodeError, UnicodeDecodeError) as trouble:
            raise BadInput(
                f"not a line of questions: {trouble}", where=f"line {number}", fix='Each line is {"id": …, "text": "…"}'
            ) from None
        fields = msgspec.to_builtins(asker.ask(question.text))
        yield msgspec.json.encode({"id": question.id, **fields})


def matcher_for(knowledge: Knowledge, cache: Path, engines: Engines | None = None) -> Matcher:
    """The embedding matcher; tells on stderr when it must do without the embedding. `engines`: where it is computed."""
    from livehost.understand.matching import Matching

    matcher = Matching(askable(knowledge), cache, engines)
    if not matcher.by_meaning:
        sys.stderr.write("livehost: no embedding library here; lines are matched by their letters alone\n")
    return matcher
