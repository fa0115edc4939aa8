"""The fan page's twin: the same core beside the room's, on a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import msgspec
import pytest

from livehost import clock, commands, events
from livehost.clock import SessionClock
from livehost.commands import Among, Command
from livehost.core import Core
from livehost.decision import Decision, Evidence
from livehost.errors import LivehostError
from livehost.events import Candidate, Envelope, Event
from livehost.knowledge import Change, Faq, Knowledge, Passage
from livehost.twin import Put, Twin, silent
from tests.attacks import attacks
from tests.story import shop
from tests.test_look_ups import BOX

LLM = {"base_url": "http://127.0.0.1:1/v1", "model": "m", "use": ["phrase", "answer", "smalltalk"]}
MUSIC = Passage("music.md", "1", "The song in the intro is called Slow River.")
KNOWLEDGE = silent(shop(mode="lively", greeting="Hello!"))
BEYOND = silent(msgspec.structs.replace(shop(llm=LLM, memory={"on": True}), tools=BOX.tool, passages=(MUSIC,)))
KNOWN = {
    "do you ship to canada": ("ship-canada", 0.97),
    "what is your return policy": ("returns", 0.97),
    "is the hood removable": ("hood", 0.97),
}


@dataclass
class Finds:
    """Knows the questions above word for word."""

    known: dict[str, tuple[str, float]] = field(default_factory=lambda: dict(KNOWN))

    def match(self, text: str, among: Among = "questions") -> tuple[Candidate, ...]:
        found = self.known.get(text.rstrip("?"))
        return (Candidate(*found), Candidate("wash", 0.2)) if found and among == "questions" else ()


@dataclass
class Outside:
    """A model that says `says` out of the music's passage, and tools that give `tools`; both take as long as told."""

    finds: Finds
    says: tuple[str, ...] = ()
    tools: dict[str, dict[str, str] | str] = field(default_factory=dict)
    takes_ms: int = 300
    asked: list[Command] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    clock: SessionClock | None = None

    @property
    def matcher(self) -> Finds:
        return self.finds

    def carry_out(self, command: Command) -> None:
        self.asked.append(command)

    async def consult(self, wish: commands.Compose | commands.CallTool, put: Put) -> None:
        assert self.clock
        self.asked.append(wish)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        await self.clock.sleep_until_ms(self.clock.now_ms() + self.takes_ms)
        self.at_once -= 1
        if isinstance(wish, commands.Compose):
            for sentence in self.says:
                put(events.Composed(wish.request, sentence, (Evidence(MUSIC.source, MUSIC.id, "text", MUSIC.text),)))
            put(events.ComposeEnded(wish.request))
            return
        told = self.tools.get(wish.tool, "HTTP 500")
        if isinstance(told, str):
            put(events.ToolFailed(wish.call, told))
        else:
            found = tuple(Evidence(f"tool:{wish.tool}", "", name, value) for name, value in told.items())
            put(events.ToolAnswered(wish.call, found))


Steps = list[tuple[Envelope, list[Command]]]


def _with_twin(story: Callable[[Twin], Awaitable[None]], outside: Outside | None = None) -> Steps:
    asked, knowledge = outside or Outside(Finds()), BEYOND if outside else KNOWLEDGE
    kept: Steps = []

    def record(envelope: Envelope, wishes: Sequence[Command]) -> None:
        kept.append((envelope, list(wishes)))

    async def run() -> None:
        asked.clock = SessionClock(asyncio.get_running_loop())
        twin = Twin(knowledge, asked.clock, asked, record)
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


def _asked(text: str, *before: Event, outside: Outside | None = None) -> tuple[Decision, ...]:
    given: list[Decision] = []

    async def story(twin: Twin) -> None:
        for event in before:
            twin.follow(_told(event), ())
        given.extend(await twin.ask("fan 1", text))

    _with_twin(story, outside)
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
    _replays(kept, KNOWLEDGE)
    assert not {type(wish).__name__ for _, wishes in kept for wish in wishes} & {"Play", "Synthesise", "Post"}


def _replays(kept: Steps, knowledge: Knowledge = BEYOND) -> None:
    core = Core(knowledge)
    for envelope, wishes in kept:
        assert [msgspec.json.encode(wish) for wish in core.step(envelope)] == [msgspec.json.encode(w) for w in wishes]


WORKS = (events.PartChanged("llm", "ok"), events.PartChanged("tools", "ok"))


def _town(**more: object) -> Outside:
    known = {
        **KNOWN,
        "how long is the queue at soho": ("tool:queue", 0.97),
        "how long is the queue": ("tool:queue", 0.97),
    }
    return Outside(Finds(known), tools={"queue": {"tables": "7", "minutes": "25"}}, **more)  # type: ignore[arg-type]


def test_a_tool_answers_here_with_its_result_as_evidence() -> None:
    (told,) = _asked("How long is the queue at Soho?", *WORKS, outside=_town())
    assert (told.route, told.spoken) == ("answer", "7 tables are waiting at Soho, that is about 25 minutes.")
    assert ("tool:queue", "minutes", "25") in {(e.source, e.field, e.value) for e in told.evidence}


def test_what_a_tool_needs_is_asked_back_and_the_same_visitor_goes_on() -> None:
    told: list[str] = []

    async def story(twin: Twin) -> None:
        for event in WORKS:
            twin.follow(_told(event), ())
        for visitor, text in (("fan 1", "How long is the queue?"), ("fan 2", "soho"), ("fan 1", "soho")):
            told.extend(decision.spoken for decision in await twin.ask(visitor, text))

    _replays(_with_twin(story, _town()))
    assert told == [
        "Which one do you mean, Soho or Harbour?",
        "",
        "7 tables are waiting at Soho, that is about 25 minutes.",
    ]


@pytest.mark.parametrize("outside", [_town(), Outside(Finds({"how long is the queue at soho": ("tool:queue", 0.97)}))])
def test_a_tool_that_fails_or_does_not_work_leaves_it_to_a_person(outside: Outside) -> None:
    works = () if outside.tools else WORKS
    (told,) = _asked("How long is the queue at Soho?", *works, outside=outside)
    assert (told.route, told.spoken) == ("host", "")


def test_a_booking_is_a_persons_and_an_order_is_for_private_lines() -> None:
    outside = _town()
    outside.finds.known["book a table for 4 at 7:30"] = ("tool:book", 0.97)
    (booking,) = _asked("book a table for 4 at 7:30", *WORKS, outside=outside)
    (order,) = _asked("where is my order 4821?", *WORKS, outside=outside)
    assert booking.route == "hold" and not outside.asked
    assert order.spoken == "For your own order please write to us in private, I can't look at orders here."


def test_a_model_answers_out_of_the_passages_and_its_lies_are_passed_on() -> None:
    question = "what is the song in your intro called?"
    (told,) = _asked(question, *WORKS, outside=_town(says=("The song in the intro is called Slow River.",)))
    assert (told.route, told.spoken) == ("answer", "The song in the intro is called Slow River.")
    assert told.evidence == (Evidence(MUSIC.source, MUSIC.id, "text", MUSIC.text),)
    for lie in ("The song costs $3.", "The song is called Fast Lake 2."):
        (passed,) = _asked(question, *WORKS, outside=_town(says=(lie,)))
        assert (passed.route, passed.spoken) == ("host", "")


def test_one_visitors_slow_model_keeps_nobody_else_waiting_and_visitors_have_it_one_at_a_time() -> None:
    outside = _town(says=("The song in the intro is called Slow River.",), takes_ms=2000)
    answered: list[int] = []

    async def story(twin: Twin) -> None:
        for event in WORKS:
            twin.follow(_told(event), ())

        async def one(text: str) -> None:
            await twin.ask(f"fan {text}", text)
            assert outside.clock
            answered.append(outside.clock.now_ms())

        slow = (f"what is the song in your {place} called?" for place in ("intro", "outro", "trailer"))
        await asyncio.gather(*(one(text) for text in slow), one("Do you ship to Canada?"))

    _replays(_with_twin(story, outside))
    assert answered[0] < 1000 and len(answered) == 4
    assert outside.most_at_once == 1
    assert [wish.request for wish in outside.asked if isinstance(wish, commands.Compose)] == [-1, -2, -3]


def test_smalltalk_is_answered_where_the_creator_lets_a_model_do_it() -> None:
    (told,) = _asked("good evening everyone", *WORKS, outside=_town(says=("Good evening, nice to see you!",)))
    assert (told.route, told.spoken) == ("answer", "Good evening, nice to see you!")
