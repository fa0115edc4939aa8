"""The fan page's twin: the same core beside the room's, on a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import msgspec
import pytest

from livehost import clock, events
from livehost.clock import SessionClock
from livehost.commands import Among, Command
from livehost.core import Core
from livehost.decision import Decision
from livehost.errors import LivehostError
from livehost.events import Candidate, Envelope, Event
from livehost.knowledge import Change, Faq
from livehost.twin import Twin, silent
from tests.attacks import attacks
from tests.story import shop

KNOWLEDGE = silent(shop(mode="lively", greeting="Hello!"))
KNOWN = {
    "do you ship to canada": ("ship-canada", 0.97),
    "what is your return policy": ("returns", 0.97),
    "is the hood removable": ("hood", 0.97),
}


@dataclass
class Finds:
    """Knows the questions above word for word."""

    known: dict[str, tuple[str, float]] = field(default_factory=lambda: dict(KNOWN))

    def match(self, text: str, among: Among = "questions", hurried: bool = False) -> tuple[Candidate, ...]:
        found = self.known.get(text.rstrip("?"))
        return (Candidate(*found), Candidate("wash", 0.2)) if found and among == "questions" else ()


Steps = list[tuple[Envelope, list[Command]]]


def _with_twin(story: Callable[[Twin], Awaitable[None]], finds: Finds | None = None) -> Steps:
    kept: Steps = []

    def record(envelope: Envelope, wishes: Sequence[Command]) -> None:
        kept.append((envelope, list(wishes)))

    async def run() -> None:
        twin = Twin(KNOWLEDGE, SessionClock(asyncio.get_running_loop()), lambda: finds or Finds(), record)
        twin.follow(
            _told(events.SessionStarted("anna", "lively", 1, "2026-11-25T20:00:00+01:00", ("twitch:anna",))), ()
        )
        try:
            await story(twin)
        finally:
            await twin.aclose()

    clock.run(run(), virtual=True)
    return kept


def _told(event: Event) -> Envelope:
    return Envelope(1, 0, event)


def _asked(text: str, *before: Event) -> tuple[Decision, ...]:
    given: list[Decision] = []

    async def story(twin: Twin) -> None:
        for event in before:
            twin.follow(_told(event), ())
        given.extend(await twin.ask("fan 1", text))

    _with_twin(story)
    return tuple(given)


def test_what_the_knowledge_holds_is_answered_with_its_evidence() -> None:
    (decision,) = _asked("Do you ship to Canada?")
    assert (decision.route, decision.spoken) == ("answer", "Yes, we ship to Canada in 5 to 8 days.")
    assert [piece.id for piece in decision.evidence] == ["ship-canada"]


def test_each_question_of_a_line_gets_its_own_answer() -> None:
    asked = _asked("Do you ship to Canada? And what is your return policy?")
    assert {decision.faq for decision in asked} == {"ship-canada", "returns"}


@pytest.mark.parametrize("text", ["where is my order 4821?", "what is your favourite film Anna?"])
def test_what_only_people_can_answer_is_left_to_them(text: str) -> None:
    assert {decision.route for decision in _asked(text)} <= {"hold", "host"}


def test_no_attack_changes_what_it_says() -> None:
    true = {faq.answer for faq in KNOWLEDGE.faqs} | {"The Ridge Jacket is $129.", "The Ridge Jacket is in stock."}

    async def story(twin: Twin) -> None:
        for number, attack in enumerate(attacks()[::5]):
            for decision in await twin.ask(f"fan {number}", attack):
                assert decision.route != "answer" or decision.spoken in true, attack

    _with_twin(story)


def test_a_price_that_the_host_named_otherwise_is_held_until_a_person_told_which_is_true() -> None:
    said = events.HostSaid(1, "The Ridge Jacket, today only 99!", "en", 0, 2000, 0)
    (held,) = _asked("how much is the ridge jacket?", said)
    assert held.route == "hold" and "the host said 99 USD" in held.reasons[-1]
    (told,) = _asked("how much is the ridge jacket?", said, events.Acted("confirm", "Mo", 1))
    assert (told.route, told.spoken) == ("answer", "The Ridge Jacket is $99.")


def test_an_edit_counts_for_the_next_question() -> None:
    answer = "Yes, in 3 days now."
    edit = events.KnowledgeChanged(Change(faqs=(Faq("ship-canada", "Do you ship to Canada?", answer),)))
    assert _asked("Do you ship to Canada?", edit)[0].spoken == answer


def test_nobodys_question_waits_for_another_forever() -> None:
    async def story(twin: Twin) -> None:
        asking = [twin.ask(f"fan {n}", "Do you ship to Canada?") for n in range(150)]
        given = await asyncio.gather(*asking, return_exceptions=True)
        assert sum(isinstance(one, LivehostError) for one in given) == 50
        assert all(len(one) == 1 for one in given if isinstance(one, tuple))

    _with_twin(story)


def test_its_own_recording_replays_to_the_same_commands_and_it_never_speaks() -> None:
    async def story(twin: Twin) -> None:
        await twin.ask("fan 1", "Do you ship to Canada?")
        await twin.ask("fan 2", "how much is the ridge jacket?")
        await twin.ask("fan 1", "where is my order 4821?")

    kept = _with_twin(story)
    core = Core(KNOWLEDGE)
    for envelope, wishes in kept:
        assert [msgspec.json.encode(wish) for wish in core.step(envelope)] == [msgspec.json.encode(w) for w in wishes]
    assert not {type(wish).__name__ for _, wishes in kept for wish in wishes} & {"Play", "Synthesise", "Post"}
