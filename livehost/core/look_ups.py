"""The core's part for tools: which line calls which, what is still missing, who must agree, and what is said of the result.

line ─▶ tool ─▶ private? ─▶ something missing? ask back ─▶ writes? held until a person agrees ─▶ CallTool
                                                                    ToolAnswered ─▶ an answer with its evidence
                                                                    ToolFailed ───▶ what is decided without it
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

import msgspec

from livehost import commands
from livehost.commands import Command
from livehost.decide.claims import unfounded
from livehost.decide.waiting import Asker, Gone
from livehost.decide.wording import forbidden
from livehost.decision import Decision, Evidence, Route
from livehost.knowledge import Knowledge, Tool
from livehost.language import language_of
from livehost.meaning import Meaning
from livehost.toolbox import PREFIX, holds, sentence, tool_of
from livehost.understand.arguments import alone, arguments_in, by_words, missing

_PENDING_MOST = 20
_ASKED_BACK_MOST, _ASKED_BACK_MS = 500, 60_000


@dataclass
class Call:
    """One call that is under way, or wants a person's consent first. `item` 0: none holds it."""

    tool: Tool
    arguments: dict[str, str]
    meaning: Meaning
    decision: Decision  # what stands without it
    askers: list[Asker] = field(default_factory=list)
    item: int = 0
    who: str = ""  # agreed to it


@dataclass
class _AskedBack:
    at_ms: int
    call: Call


class LookUps:
    def __init__(self) -> None:
        self._calls: dict[int, Call] = {}
        self._to_agree: OrderedDict[int, Call] = OrderedDict()  # by item
        self._asked_back: OrderedDict[str, _AskedBack] = OrderedDict()  # by viewer
        self._count = 0

    def wanted(
        self, meaning: Meaning, decision: Decision, knowledge: Knowledge, asker: Asker, at_ms: int
    ) -> Call | None:
        """The call that a line wants, with the arguments as far as it gives them."""
        if going_on := self._goes_on(meaning.text, asker, at_ms):
            return going_on
        tool = by_words(meaning, knowledge.tools) or tool_of(meaning.faq, knowledge)
        tool = tool or next((t for t in knowledge.tools if meaning.kind == t.kind), None)
        if tool is None and meaning.field and meaning.product_id:
            tool = next((t for t in knowledge.tools if meaning.field in t.fields), None)
        if tool is None:
            return None
        arguments = arguments_in(meaning.text, tool)
        if tool.private and asker.private and asker.account:
            arguments["account"] = asker.account
        if meaning.product_id:
            arguments["product"] = meaning.product_id
        return Call(tool, arguments, meaning, decision, [asker])

    def first_step(self, call: Call, knowledge: Knowledge, at_ms: int) -> Decision | None:
        """What is decided before the call is made; None: it may be made."""
        language = said_in(call.meaning, knowledge)
        if call.tool.private and "account" not in call.arguments:
            words = sentence(call.tool.elsewhere, language, call.arguments, call.tool)
            return creators_words(call, words, "elsewhere") if words else _to_a_person(call, "only in private")
        if asked := self._ask_back(call, knowledge, at_ms):
            return asked
        if call.tool.writes:
            words = sentence(call.tool.confirm, language, call.arguments, call.tool) or told_apart(call).value
            return msgspec.structs.replace(creators_words(call, words, "confirm"), route="hold")
        return None

    def _ask_back(self, call: Call, knowledge: Knowledge, at_ms: int) -> Decision | None:
        """The question for what is missing; None where nothing is. Nothing to ask with: a person's."""
        parameter = missing(call.arguments, call.tool)
        if parameter is None:
            return None
        words = sentence(parameter.ask, said_in(call.meaning, knowledge), call.arguments, call.tool)
        if not words:
            return without(call, f"{parameter.name} is missing", knowledge)
        viewer = call.askers[0].viewer
        self._asked_back[viewer] = _AskedBack(at_ms, call)
        while len(self._asked_back) > _ASKED_BACK_MOST:
            self._asked_back.popitem(last=False)
        return msgspec.structs.replace(creators_words(call, words, "ask"), asks_back=True)

    def start(self, call: Call) -> Command | None:
        """The same call that is under way serves all who want it; too many at once, and it is not made."""
        for other in self._calls.values():
            same = (other.tool.id, other.arguments) == (call.tool.id, call.arguments)
            if same and not call.tool.writes and not call.tool.private:
                other.askers += call.askers
                return None
        self._count += 1
        self._calls[self._count] = call
        return commands.CallTool(self._count, call.tool.id, tuple(sorted(call.arguments.items())))

    @property
    def full(self) -> bool:
        return len(self._calls) >= _PENDING_MOST

    def over(self, number: int) -> Call | None:
        return self._calls.pop(number, None)

    def wait_for_consent(self, item: int, call: Call) -> None:
        call.item = item
        self._to_agree[item] = call
        while len(self._to_agree) > _PENDING_MOST:
            self._to_agree.popitem(last=False)

    def agreed(self, item: int, who: str) -> Call | None:
        """The call that waited for this item's approval."""
        call = self._to_agree.pop(item, None)
        if call:
            call.who = who
        return call

    def withdraw(self, gone: Gone) -> None:
        """Nobody waits for it any more: its result is dropped."""
        for number, call in list(self._calls.items()):
            call.askers = [asker for asker in call.askers if not asker.is_of(gone)]
            if not call.askers:
                del self._calls[number]
        for item, call in list(self._to_agree.items()):
            call.askers = [asker for asker in call.askers if not asker.is_of(gone)]
            if not call.askers:
                del self._to_agree[item]

    def stop(self) -> None:
        self._calls.clear()
        self._to_agree.clear()

    def _goes_on(self, text: str, asker: Asker, at_ms: int) -> Call | None:
        """A viewer's answer to what they were asked back."""
        asked = self._asked_back.get(asker.viewer)
        if asked is None or at_ms - asked.at_ms > _ASKED_BACK_MS:
            return None
        parameter = missing(asked.call.arguments, asked.call.tool)
        value = alone(text, parameter) if parameter else ""
        if parameter is None or not value:
            return None
        del self._asked_back[asker.viewer]
        call = asked.call
        return Call(call.tool, {**call.arguments, parameter.name: value}, call.meaning, call.decision, [asker])


def said_in(meaning: Meaning, knowledge: Knowledge) -> str:
    """The viewer's language where the creator speaks it."""
    languages = knowledge.creator.languages
    return meaning.language if meaning.language in languages else languages[0]


def answered(call: Call, found: tuple[Evidence, ...], knowledge: Knowledge) -> Decision:
    """The creator's sentence for what the tool said; a person's where it says what must not be said."""
    values = {**call.arguments, **{piece.field: piece.value for piece in found}}
    said = next((answer for answer in call.tool.answer if holds(answer.when, values)), None)
    words = sentence(said, said_in(call.meaning, knowledge), values, call.tool) if said else ""
    if not words:
        return without(call, "no answer fits the result", knowledge)
    given = tuple(Evidence(f"tool:{call.tool.id}", "", name, value) for name, value in call.arguments.items())
    template = Evidence("tools.toml", call.tool.id, "answer", f"{said.en} {said.zh}" if said else "")
    evidence = (*found, *given, template)
    loose = unfounded(words, (*evidence, *_names(call.tool)))
    wrong = forbidden(words, knowledge.creator.policy) or tuple(f"not in the evidence: {what}" for what in loose)
    route: Route = "hold" if wrong else "answer"
    agreed = (Evidence("moderator", call.who, "approve", call.tool.id),) if call.who else ()
    return _decision(call, words, (*evidence, *agreed), ("tool " + call.tool.id, *wrong), route)


def without(call: Call, why: str, knowledge: Knowledge) -> Decision:
    """The tool gave nothing: a field is told out of the feed where there is one, else it is a question without an answer."""
    decision = call.decision
    if decision.spoken and decision.evidence:
        return msgspec.structs.replace(decision, reasons=(*decision.reasons, f"tool {call.tool.id}: {why}"))
    return msgspec.structs.replace(
        decision,
        kind="other_question",
        route=knowledge.creator.policy.other_question,
        faq="",
        reasons=(*call.meaning.reasons, f"tool {call.tool.id}: {why}"),
    )


def _to_a_person(call: Call, why: str) -> Decision:
    return msgspec.structs.replace(
        call.decision, route="hold", reasons=(*call.meaning.reasons, f"tool {call.tool.id}: {why}")
    )


def creators_words(call: Call, words: str, what: str) -> Decision:
    """A sentence of tools.toml itself."""
    return _decision(
        call, words, (Evidence("tools.toml", call.tool.id, what, words),), (f"tool {call.tool.id}: {what}",), "answer"
    )


def _decision(
    call: Call, words: str, evidence: tuple[Evidence, ...], reasons: tuple[str, ...], route: Route
) -> Decision:
    return msgspec.structs.replace(
        call.decision,
        kind="routine",
        route=route,
        confidence=call.meaning.confidence,
        faq="",
        product_id=call.meaning.product_id,
        answer=words,
        spoken=words,
        spoken_language=language_of(words),
        link="",
        evidence=evidence,
        reasons=(*call.meaning.reasons, *reasons),
    )


def told_apart(call: Call) -> Meaning:
    """The meaning with the arguments in it, so that two branches' queues are two questions."""
    given = "&".join(f"{name}={value}" for name, value in sorted(call.arguments.items()))
    return msgspec.structs.replace(call.meaning, faq=f"{PREFIX}{call.tool.id}", value=given or "?")


def _names(tool: Tool) -> tuple[Evidence, ...]:
    """How the values of choices are called: the creator's own words, too."""
    return tuple(
        Evidence("tools.toml", tool.id, parameter.name, " ".join(names))
        for parameter in tool.parameter
        for names in parameter.choices.values()
    )
