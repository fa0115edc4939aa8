"""How the knowledge grows: what viewers ask and nobody prepared, what the host then says to it, and what a person makes of it.

ShowWanted(open) ─▶ host speaks of it ─▶ ShowWanted(proposed), ShowProposal(open) ─▶ accept ─▶ KeepFaq, both answered
               └──▶ a person writes the answer ("teach") ─────────────────────────────▶ KeepFaq, answered
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from livehost import commands
from livehost.commands import Command, WantedState
from livehost.decide.waiting import Asker, Gone
from livehost.events import Acted
from livehost.knowledge import Faq

_WANTED_MOST, _PROPOSALS_MOST, _ASKERS_MOST = 200, 50, 500
_HOST_ANSWERS_MS = 180_000  # so long after a question was asked, what the host says may be its answer
_READ_ALOUD_MS = 12_000  # so soon after the host read a question aloud, the answer follows
_ANSWER_CHARACTERS = 240
_ANSWER_WORDS_LEAST = 3


@dataclass
class Wanted:
    """A question without an answer. `plain` tells it from others, `text` is how it was first asked."""

    number: int
    text: str
    plain: str
    product_id: str
    first: Asker
    first_ms: int
    last_ms: int
    state: WantedState = "open"
    askers: set[str] = field(default_factory=set)
    times: int = 0

    @property
    def count(self) -> int:
        return max(len(self.askers), 1)


@dataclass
class Proposal:
    number: int
    wanted: int
    question: str
    answer: str
    source: str
    product_id: str


@dataclass(frozen=True)
class Reading:
    """How plain lines are compared: whether two ask the same, whether one speaks of what the other asks, and running
    text without its questions. Comes from understanding."""

    plain: Callable[[str], str]
    same: Callable[[str, str], bool]
    answers: Callable[[str, str], bool]
    without_questions: Callable[[str], str]


class Growing:
    """Pure; every method returns the commands that follow."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._wanted: dict[int, Wanted] = {}
        self._proposals: dict[int, Proposal] = {}
        self._counts = {"wanted": 0, "proposal": 0, "faq": 0}
        self._read_aloud: tuple[int, int] = (0, 0)  # the question that the host read, and when

    def asked(self, at_ms: int, text: str, asker: Asker, product_id: str = "") -> list[Command]:
        """A viewer asked what the knowledge does not hold, about a product or about none."""
        plain = self._reading.plain(text)
        of_product = [w for w in self._wanted.values() if w.product_id == product_id]
        wanted = next((w for w in of_product if w.plain == plain), None) or next(
            (w for w in of_product if self._reading.same(w.plain, plain)), None
        )
        if wanted is None:
            self._counts["wanted"] += 1
            wanted = Wanted(self._counts["wanted"], text[:300], plain, product_id, asker, at_ms, at_ms)
            self._make_room()
            self._wanted[wanted.number] = wanted
        wanted.last_ms, wanted.times = at_ms, wanted.times + 1
        if len(wanted.askers) < _ASKERS_MOST:
            wanted.askers.add(asker.viewer)
        return [_shown(wanted)]

    def host_said(self, at_ms: int, text: str) -> list[Command]:
        """A proposal where the host spoke of an open question."""
        told = self._reading.without_questions(text)
        plain, whole = self._reading.plain(told), self._reading.plain(text)
        open_ones = [w for w in self._wanted.values() if w.state == "open" and at_ms - w.last_ms <= _HOST_ANSWERS_MS]
        spoken_of = [w for w in open_ones if self._reading.answers(w.plain, whole)]
        read, read_ms = self._read_aloud
        if not spoken_of and at_ms - read_ms <= _READ_ALOUD_MS:
            spoken_of = [w for w in open_ones if w.number == read]
        if not spoken_of:
            return []
        wanted = max(spoken_of, key=lambda w: (w.count, w.last_ms))
        read_now = told != text.strip()
        if _words(plain) < (1 if read_now and plain else _ANSWER_WORDS_LEAST):
            self._read_aloud = (wanted.number, at_ms)
            return []
        self._read_aloud = (0, 0)
        return self._propose(wanted, told[:_ANSWER_CHARACTERS].strip(), text)

    def accept(self, act: Acted, taken: Callable[[str], bool]) -> list[Command]:
        """A proposal goes into the FAQ, in other words if some are given; `taken` tells which ids are."""
        proposal = self._proposals.pop(act.target, None)
        if proposal is None:
            return []
        question, answer = act.question or proposal.question, act.text or proposal.answer
        entry = Faq(self._id(taken), question, answer, proposal.product_id)
        shown = commands.ShowProposal(proposal.number, question, answer, proposal.source, "accepted")
        source = f"host: {proposal.source} (accepted by {act.who})"
        return [commands.KeepFaq(entry, source), shown, *self._settle(proposal.wanted)]

    def decline(self, number: int) -> list[Command]:
        proposal = self._proposals.pop(number, None)
        if proposal is None:
            return []
        shown = commands.ShowProposal(number, proposal.question, proposal.answer, proposal.source, "declined")
        wanted = self._wanted.get(proposal.wanted)
        if wanted is None:
            return [shown]
        wanted.state = "open"
        return [shown, _shown(wanted)]

    def teach(self, act: Acted, taken: Callable[[str], bool]) -> list[Command]:
        """A person wrote the answer to a wanted question, or to one of their own."""
        wanted = self.wanted(act.target, act.question)
        question = act.question or (wanted.text if wanted else "")
        if not question or not act.text:
            return []
        entry = Faq(self._id(taken), question, act.text, wanted.product_id if wanted else "")
        return [commands.KeepFaq(entry, f"written by {act.who}"), *(self._settle(wanted.number) if wanted else [])]

    def wanted(self, number: int, question: str) -> Wanted | None:
        return self._wanted.get(number) or self._alike(question)

    def withdraw(self, gone: Gone) -> list[Command]:
        """A message was deleted or its writer banned: what nobody else asks is no longer wanted."""
        wishes: list[Command] = []
        for wanted in list(self._wanted.values()):
            of_line = bool(gone.line_id) and wanted.first.is_of(gone) and len(wanted.askers) == 1
            wanted.askers.discard(gone.viewer)
            if of_line or not wanted.askers:
                wishes += self._settle(wanted.number)
        return wishes

    # --- helpers

    def _propose(self, wanted: Wanted, answer: str, source: str) -> list[Command]:
        self._counts["proposal"] += 1
        proposal = Proposal(self._counts["proposal"], wanted.number, wanted.text, answer, source, wanted.product_id)
        self._proposals[proposal.number] = proposal
        wanted.state = "proposed"
        shown: list[Command] = []
        if len(self._proposals) > _PROPOSALS_MOST:
            shown = self.decline(min(self._proposals))
        return [
            *shown,
            commands.ShowProposal(proposal.number, proposal.question, answer, source),
            _shown(wanted),
        ]

    def _settle(self, number: int) -> list[Command]:
        wanted = self._wanted.pop(number, None)
        if wanted is None:
            return []
        wanted.state = "answered"
        return [_shown(wanted)]

    def _alike(self, question: str) -> Wanted | None:
        plain = self._reading.plain(question)
        return next((w for w in self._wanted.values() if plain and self._reading.same(w.plain, plain)), None)

    def _make_room(self) -> None:
        """The question of fewest askers goes, the longest unasked of them."""
        if len(self._wanted) >= _WANTED_MOST:
            del self._wanted[min(self._wanted.values(), key=lambda w: (w.count, w.last_ms)).number]

    def _id(self, taken: Callable[[str], bool]) -> str:
        while True:
            self._counts["faq"] += 1
            identity = f"live-{self._counts['faq']}"
            if not taken(identity):
                return identity


def _words(plain: str) -> int:
    """Words, a Chinese character being half a one."""
    chinese = sum("㐀" <= c <= "鿿" for c in plain)
    return chinese // 2 + len([w for w in plain.split() if w[0] < "㐀"])


def _shown(wanted: Wanted) -> Command:
    return commands.ShowWanted(wanted.number, wanted.text, wanted.count, wanted.state)
