"""From a meaning to a decision: the answer out of the creator's own words and fields, with its evidence, or none."""

from __future__ import annotations

import msgspec

from livehost.decide.claims import numbers, unfounded
from livehost.decide.phrases import Phrases, availability_words, money_words, phrases_for
from livehost.decision import Decision, Evidence, Route
from livehost.knowledge import Knowledge, Money, Product
from livehost.language import language_of
from livehost.meaning import Meaning


class Drafted(msgspec.Struct, frozen=True):
    """What could be said, and where each fact of it stands. No evidence: it must not be said."""

    spoken: str = ""
    link: str = ""
    evidence: tuple[Evidence, ...] = ()
    asks_back: bool = False
    problem: str = ""  # why a person must look, though there is a draft


def decide(meaning: Meaning, knowledge: Knowledge) -> Decision:
    """Pure. The route is the policy's for the kind, and a person's where anything is in doubt."""
    policy = knowledge.creator.policy
    drafted = _draft(meaning, knowledge) if meaning.kind == "routine" else Drafted()
    route, reasons = _route(meaning, drafted, knowledge)
    lowered = meaning.text.lower()
    if meaning.kind != "hostile" and _mentions(lowered, policy.never):
        route, reasons = "host", (*reasons, "a topic that is never answered")
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
    banned = [word for word in policy.banned_words if word.lower() in drafted.spoken.lower()]
    if banned:
        return "hold", (f"banned: {', '.join(banned)}",)
    return "answer", ()


def _draft(meaning: Meaning, knowledge: Knowledge) -> Drafted:
    if meaning.rivals:
        return _ask_back(meaning, knowledge)
    if meaning.faq:
        return _from_faq(meaning, knowledge)
    return _from_field(meaning, knowledge)


def _ask_back(meaning: Meaning, knowledge: Knowledge) -> Drafted:
    rivals = [knowledge.product_by_id[rival] for rival in meaning.rivals]
    if len(rivals) != 2:
        return Drafted(problem=f"{len(rivals)} products could be meant")
    say = phrases_for(_answer_language(meaning, knowledge))
    evidence = tuple(Evidence("products.csv", p.id, "title", p.title) for p in rivals)
    spoken = say.which_one.format(first=rivals[0].title, second=rivals[1].title)
    return Drafted(spoken=spoken, evidence=evidence, asks_back=True)


def _from_faq(meaning: Meaning, knowledge: Knowledge) -> Drafted:
    faq = knowledge.faq_by_id[meaning.faq]
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


def _from_field(meaning: Meaning, knowledge: Knowledge) -> Drafted:
    product = knowledge.product_by_id[meaning.product_id]
    chinese = language_of(product.title) == "zh"  # whose colours and materials are in Chinese, too
    say = phrases_for("zh" if chinese else _answer_language(meaning, knowledge))
    match meaning.field:
        case "price":
            return _price(product, say, knowledge)
        case "availability":
            return _availability(product, say, knowledge)
        case "color" | "size":
            return _choice(product, meaning, say, knowledge)
        case "link":
            return _link(product, say)
        case _:
            return _plain_field(product, meaning.field, say)


def _price(product: Product, say: Phrases, knowledge: Knowledge) -> Drafted:
    if product.price is None:
        return Drafted()
    evidence = [*_stands(product, "price", str(product.price), knowledge)]
    price = money_words(product.price, say)
    spoken = say.about(say.price, product.title, price=price)
    problem = ""
    if product.sale_price is not None:
        evidence.append(Evidence("products.csv", product.id, "sale_price", str(product.sale_price)))
        problem = _doubtful_sale(product.price, product.sale_price, product.sale_dates)
        spoken = say.about(say.sale, product.title, price=price, sale=money_words(product.sale_price, say))
    return _about(product, spoken, tuple(evidence), problem)


def _doubtful_sale(price: Money, sale: Money, dates: str) -> str:
    """Why a sale price can't be said unseen."""
    if sale.currency != price.currency or sale.amount >= price.amount:
        return "the sale price is not below the price"
    return "the sale has dates" if dates else ""


def _availability(product: Product, say: Phrases, knowledge: Knowledge) -> Drafted:
    if not product.availability:
        return Drafted()
    spoken = availability_words(product, say)
    return _about(product, spoken, _stands(product, "availability", product.availability, knowledge))


def _choice(product: Product, meaning: Meaning, say: Phrases, knowledge: Knowledge) -> Drafted:
    """What colours or sizes there are, or whether the one asked for is among them."""
    field = meaning.field
    values: tuple[str, ...] = product.color if field == "color" else product.size
    if not values:
        return Drafted()
    listed = say.joined(values)
    evidence = _stands(product, field, "/".join(values), knowledge)
    if not meaning.value:
        spoken = say.about(say.comes_in, product.title, values=listed)
    elif found := next((v for v in values if v.lower() == meaning.value), ""):
        spoken = say.about(say.yes_comes_in, product.title, value=found)
    else:
        spoken = say.about(say.no_comes_in, product.title, values=listed)
    return _about(product, spoken, evidence)


def _link(product: Product, say: Phrases) -> Drafted:
    if not product.link:
        return Drafted()
    evidence = [Evidence("products.csv", product.id, "link", product.link)]
    spoken = say.about(say.link, product.title)
    if product.link_number is not None:
        evidence.append(Evidence("products.csv", product.id, "link_number", str(product.link_number)))
        spoken = say.about(say.numbered_link, product.title, number=str(product.link_number))
    return _about(product, spoken, tuple(evidence))


def _plain_field(product: Product, field: str, say: Phrases) -> Drafted:
    value: str = getattr(product, field, "") if field else ""
    if not value:
        return Drafted()
    spoken = say.about(getattr(say, field), product.title, value=value)
    return _about(product, spoken, (Evidence("products.csv", product.id, field, value),))


def _stands(product: Product, field: str, value: str, knowledge: Knowledge) -> tuple[Evidence, ...]:
    """Where a value stands: in the feed, or in what a person told since."""
    word = knowledge.word_by_field.get((product.id, field))
    if word is None:
        return (Evidence("products.csv", product.id, field, value),)
    who = Evidence("moderator", word.who, "confirm" if word.spoken else "correct", value)
    return (Evidence("host", product.id, field, word.quote), who) if word.spoken else (who,)


def _about(product: Product, spoken: str, evidence: tuple[Evidence, ...], problem: str = "") -> Drafted:
    """An answer about a product, its title being evidence too."""
    title = Evidence("products.csv", product.id, "title", product.title)
    return Drafted(spoken, product.link, (*evidence, title), problem=problem)


def _answer_language(meaning: Meaning, knowledge: Knowledge) -> str:
    languages = knowledge.creator.languages
    return meaning.language if meaning.language in languages else languages[0]


def _mentions(lowered: str, words: tuple[str, ...]) -> bool:
    return any(word.lower() in lowered for word in words)
