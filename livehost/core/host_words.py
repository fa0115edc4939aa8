"""What the host says: taken to the table, to what waits, to doubts and to whose turn it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from livehost import events
from livehost.chat import ChatLine, Viewer
from livehost.core.learning import Learning, why_held
from livehost.core.lines import Lines
from livehost.core.queries import Found, Queries
from livehost.decide.claims import numbers
from livehost.decide.cohost import CoHost
from livehost.decide.remarks import remark
from livehost.decide.waiting import HOST, Asker
from livehost.understand.normalise import PlainLine, plain_line

_WORDS_LEAST = 4  # a shorter remark of the host answers nothing
Act = Callable[[events.Acted, int], None]


class HostWords:
    def __init__(self, learning: Learning, cohost: CoHost, queries: Queries, lines: Lines, act: Act) -> None:
        self._learning = learning
        self._cohost = cohost
        self._queries = queries
        self._lines = lines
        self._act = act
        self._looked_up: dict[int, int] = {}  # the utterance → words that were looked up

    def so_far(self, said: events.HostPartial) -> None:
        """The rest is still to come."""
        self._cohost.turns.mouth.host_says(said.utterance, said.text)
        line = plain_line(said.text)
        if _words(line) >= max(_WORDS_LEAST, 2 * self._looked_up.get(said.utterance, 0)):
            self._looked_up = {said.utterance: _words(line)}
            if self._learning.knowledge.faqs:
                self._queries.ask(line.plain, "answers", partial(self._seems_to_answer, said.utterance))

    def said(self, said: events.HostSaid, at_ms: int) -> None:
        text, cohost = said.text, self._cohost
        if said.own and not text:
            cohost.turns.mouth.heard_itself(said.utterance, said.end_ms)
            cohost.host_first.understood(said.utterance)
            return
        cohost.turns.mouth.host_said(said.utterance, text)
        named = self._learning.reader.products_named(text)
        if len(named) == 1:
            self._name_product(named[0], text)
        cohost.wishes += self._learning.host_said(at_ms, text, cohost.turns.table)
        if doubts := self._learning.doubts:
            cohost.questions.hold_about({product: why_held(doubt) for product, doubt in doubts.items()})
        cohost.host_first.told(at_ms, numbers(text), frozenset({*named, cohost.turns.table} - {""}))
        self._whose_turn(said, at_ms)
        line = plain_line(text)
        if _words(line) >= _WORDS_LEAST and self._learning.knowledge.faqs:
            self._queries.ask(line.plain, "answers", partial(self._answered, said.utterance))
        else:
            cohost.host_first.understood(said.utterance)

    def _name_product(self, product_id: str, text: str) -> None:
        """It is on the table from now on; a product as a whole does not take away the variant of it that is shown."""
        turns, reader = self._cohost.turns, self._learning.reader
        whole = reader.is_whole(text)
        if not (whole and turns.variant and reader.one_product((product_id, turns.variant))):
            turns.put_on_table(product_id, whole=whole)

    def _whose_turn(self, said: events.HostSaid, at_ms: int) -> None:
        creator = self._learning.knowledge.creator
        meant = remark(said.text, [name for name in (creator.cohost, *creator.also_called) if name])
        match meant.kind:
            case "thinks":
                self._cohost.host_first.thinks(at_ms)
            case "music":
                self._cohost.host_first.plays_music(at_ms)
            case "go_ahead":
                self._cohost.turns.mouth.host_invites(at_ms)
            case "stop" | "wrong":
                self._act(events.Acted(meant.kind, f"{creator.name} (voice)"), at_ms)
            case "asks":
                line = ChatLine(id=f"host:{said.utterance}", user=Viewer("", creator.name), text=meant.rest)
                self._lines.take_in(Asker(HOST, line.id, "", creator.name), line, at_ms)

    def _seems_to_answer(self, utterance: int, found: Found, _at_ms: int) -> None:
        for faq in self._learning.reader.said_by_host(found or ()):
            self._cohost.host_first.answers(utterance, faq)

    def _answered(self, utterance: int, found: Found, at_ms: int) -> None:
        for faq in self._learning.reader.said_by_host(found or ()):
            self._cohost.host_first.answered(at_ms, faq)
        self._cohost.host_first.understood(utterance)


def _words(line: PlainLine) -> int:
    """How many words it has; two Chinese characters are about one."""
    return len(line.plain) // 2 if line.language == "zh" else len(line.plain.split())
