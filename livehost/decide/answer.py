"""From a meaning to a decision: the answer out of the creator's own words and fields, with its evidence, or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from livehost.decide.advice import advice_asked
from livehost.decide.claims import numbers, unfounded
from livehost.decide.field_answers import Drafted, drafted_field
from livehost.decide.phrases import phrases_for
from livehost.decide.wording import forbidden
from livehost.decision import Decision, Evidence, Route
from livehost.knowledge import Knowledge
from livehost.language import language_of
from livehost.meaning import Meaning

NEVER = "a topic that is never answered"


def decide(meaning: Meaning, knowledge: Knowledge, now: datetime | None = None) -> Decision:
    """Pure. `now` is when it is asked, for what has dates; None: not known. The route is the policy's for the kind, and a
    person's where anything is in doubt."""
    policy = knowledge.creator.policy
    drafted = _draft(meaning, knowledge, now) if meaning.kind == "routine" else Drafted()
    route, reasons = _route(meaning, drafted, knowledge)
    lowered = meaning.text.lower()
    if meaning.kind != "hostile" and _mentions(lowered, policy.never):
        route, reasons = "host", (*reasons, NEVER)
    elif meaning.kind != "hostile" and _mentions(lowered, policy.hold):
        route, reasons = "hold", (*reasons, "a word that is always held")
    return Decision(
        text=meaning.text,
        language=meaning.language,
        kind=meaning.kind,
        route=route,
        confidence=meaning.confidence,
        answer=" ".join(part for part in (drafted.spoken, drafted.link) if part),
        spoken=drafted.spoken,
        spoken_language=language_of(drafted.spoken) if drafted.spoken else "",
        asks_back=drafted.asks_back,
        product_id=meaning.product_id,
        link=drafted.link,
        faq=meaning.faq,
        evidence=drafted.evidence,
        reasons=(*meaning.reasons, *reasons),
    )


def together(text: str, decisions: Sequence[Decision]) -> Decision:
    """The decisions on the questions of one line as one: answered when all are, else where the first goes that is not."""
    first = decisions[0]
    if len(decisions) == 1:
        return first
    open_ones = [d for d in decisions if d.route != "answer"]
    space = "" if first.language == "zh" else " "
    spoken = space.join(dict.fromkeys(d.spoken for d in decisions if d.spoken))
    links = tuple(dict.fromkeys(d.link for d in decisions if d.link))
    leading = open_ones[0] if open_ones else first
    return msgspec.structs.replace(
        leading,
        text=text,
        confidence=min(d.confidence for d in decisions),
        answer=" ".join(part for part in (spoken, *links) if part),
        spoken=spoken,
        spoken_language=language_of(spoken) if spoken else "",
        product_id=next((d.product_id for d in decisions if d.product_id), ""),
        link=links[0] if links else "",
        faq=next((d.faq for d in decisions if d.faq), ""),
        evidence=tuple(piece for d in decisions for piece in d.evidence),
        reasons=tuple(reason for d in decisions for reason in d.reasons),
    )


def _route(meaning: Meaning, drafted: Drafted, knowledge: Knowledge) -> tuple[Route, tuple[str, ...]]:
    policy = knowledge.creator.policy
    route = policy.route(meaning.kind)
    if meaning.kind != "routine" or route != "answer":
        return route, ()
    if drafted.problem:
        return "hold", (drafted.problem,)
    if not drafted.evidence:
        return policy.other_question, ("no evidence",)
    loose = unfounded(drafted.spoken, drafted.evidence)
    if loose:
        return "hold", (f"not in the evidence: {', '.join(loose)}",)
    if unsayable := forbidden(drafted.spoken, policy):
        return "hold", unsayable
    if advice := advice_asked(meaning.text):
        return policy.advice, (f"{advice} advice to a person",)
    return "answer", ()


def _draft(meaning: Meaning, knowledge: Knowledge, now: datetime | None) -> Drafted:
    if meaning.rivals:
        return _ask_back(meaning, knowledge)
    if meaning.faq:
        return _from_faq(meaning, knowledge)
    say = phrases_for(_spoken_language(meaning, knowledge))
    return drafted_field(meaning, knowledge, say, now)


def _ask_back(meaning: Meaning, knowledge: Knowledge) -> Drafted:
    rivals = [knowledge.product_by_id[rival] for rival in meaning.rivals]
    if len(rivals) != 2:
        return Drafted(problem=f"{len(rivals)} products could be meant")
    say = phrases_for(_answer_language(meaning, knowledge))
    evidence = tuple(Evidence("products.csv", p.id, "title", p.title) for p in rivals)
    spoken = say.which_one.format(first=rivals[0].title, second=rivals[1].title)
    return Drafted(spoken=spoken, evidence=evidence, asks_back=True)


def _from_faq(meaning: Meaning, knowledge: Knowledge) -> Drafted:
    faq = knowledge.faq_by_id.get(meaning.faq)
    if faq is None:  # a tool's, which holds no answer itself
        return Drafted()
    product = knowledge.product_by_id.get(meaning.product_id or faq.product_id)
    outdated = _outdated(faq.answer, faq.product_id, knowledge)
    evidence = (Evidence("faq.csv", faq.id, "answer", faq.answer),)
    return Drafted(spoken=faq.answer, link=product.link if product else "", evidence=evidence, problem=outdated)


def _outdated(answer: str, product_id: str, knowledge: Knowledge) -> str:
    """Why a prepared answer may be wrong since the host said otherwise than the feed: the feed's number is in it."""
    for word in knowledge.words:
        amounts = numbers(word.feed)
        if word.product_id == product_id and word.field == "price" and amounts & numbers(answer):
            return f"it names {word.feed}, which a person said is {word.value}"
    return ""


def _spoken_language(meaning: Meaning, knowledge: Knowledge) -> str:
    """Chinese for a product with a Chinese title, whose colours and materials are in Chinese, too."""
    chinese = language_of(knowledge.product_by_id[meaning.product_id].title) == "zh"
    return "zh" if chinese else _answer_language(meaning, knowledge)


def _answer_language(meaning: Meaning, knowledge: Knowledge) -> str:
    languages = knowledge.creator.languages
    return meaning.language if meaning.language in languages else languages[0]


def _mentions(lowered: str, words: tuple[str, ...]) -> bool:
    return any(word.lower() in lowered for word in words)
