"""The creator's opinions, asked once: each answer becomes a FAQ entry, said as theirs ("Anna says: …") and cited like any other.

What nobody asked them is never said in their name: a question without an answer stays a person's.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from livehost.creators import load
from livehost.decide.advice import advice_asked
from livehost.decide.wording import forbidden
from livehost.errors import BadInput
from livehost.folder import write_entry
from livehost.knowledge import Faq, Knowledge

PREFIX = "opinion-"
SOURCE = "the creator's own answer to a question of livehost"
_LONGEST = 300  # characters


class Question(msgspec.Struct, frozen=True):
    """`asked`: how it is put to the creator; `by_viewers`: how viewers ask for the answer."""

    id: str
    asked: str
    by_viewers: tuple[str, ...]


QUESTIONS: dict[str, tuple[Question, ...]] = {
    "en": (
        Question("favourite", "Which of your things do you like most, and why?",
                 ("what is your favourite product?", "which one is your favourite?", "which one do you like most?")),
        Question("own", "What do you use yourself?",
                 ("which one do you use yourself?", "what do you use yourself?", "do you use it yourself?",
                  "what do you personally wear?", "which of these products do you use yourself?", "which one do you own?")),
        Question("begin", "What should somebody begin with?",
                 ("what do you recommend for beginners?", "what should a beginner start with?", "where should i start?")),
        Question("worth", "For whom is it worth its price, and for whom not?",
                 ("is it worth the money?", "is it worth it?", "is it really worth the price?")),
        Question("mistake", "What do most people do wrong?",
                 ("what do most people do wrong?", "what mistakes should i avoid?", "any mistakes to avoid?",
                  "what are the most common mistakes?", "what do beginners get wrong?")),
        Question("choose", "How do you choose what you show?",
                 ("how do you choose what you sell?", "how do you pick your products?", "do you test your products yourself?")),
        Question("why", "Why do you do this?",
                 ("why did you start this?", "how did you get into this?", "what made you start the channel?")),
    ),
    "zh": (
        Question("favourite", "您自己最喜欢哪一样，为什么？", ("主播最喜欢哪一款", "你最喜欢哪个", "主播自己喜欢哪款")),
        Question("own", "您自己在用什么？", ("主播自己用哪款", "你自己在用吗", "你平时自己用什么",
                  "你家里用的是哪个", "主播自己买了哪款")),
        Question("begin", "新手从哪一样开始好？", ("新手推荐哪款", "新手从哪个开始", "第一次买选哪个")),
        Question("worth", "什么人买了值，什么人不必买？", ("值得买吗", "值不值这个价", "真的值吗")),
        Question("mistake", "大家常在哪里弄错？", ("大家常犯什么错", "有什么要避开的坑", "新手容易踩什么坑",
                  "最常见的错误是什么", "很多人哪里做得不对")),
        Question("choose", "您怎么挑要卖的东西？", ("你们怎么选品的", "你是怎么选品的", "这些你自己试过吗")),
        Question("why", "您为什么做这个？", ("你为什么做直播", "怎么开始做这个的", "当初为什么做这行")),
    ),
}  # fmt: skip
_SAYS = {"en": "{name} says: {words}", "zh": "{name}说：{words}"}


def open_questions(knowledge: Knowledge) -> list[Question]:
    """Those that are not answered yet, in the creator's first language."""
    language = "zh" if knowledge.creator.languages[0] == "zh" else "en"
    return [question for question in QUESTIONS[language] if f"{PREFIX}{question.id}" not in knowledge.faq_by_id]


def wrong_with(words: str, knowledge: Knowledge) -> str:
    """Why an answer can't be said to viewers; empty: it can."""
    if len(words) > _LONGEST:
        return f"it is longer than {_LONGEST} characters"
    if found := forbidden(words, knowledge.creator.policy):
        return f"it must not be said: {', '.join(found)}"
    if advice := advice_asked(words):
        return f"it is about {advice} advice, which is a person's"
    return ""


def ask(creator: Path, answer: Callable[[str], str], tell: Callable[[str], None]) -> int:
    """Puts each open question to the creator; an empty answer leaves it out. How many were written; raises BadInput."""
    knowledge = load(creator)
    language = "zh" if knowledge.creator.languages[0] == "zh" else "en"
    products = {product.id for product in knowledge.products}
    written = 0
    for question in open_questions(knowledge):
        words = " ".join(answer(question.asked).split())
        while words and (wrong := wrong_with(words, knowledge)):
            tell(wrong)
            words = " ".join(answer(question.asked).split())
        if words:
            said = _SAYS[language].format(name=knowledge.creator.name, words=words)
            first, *others = question.by_viewers
            entry = Faq(f"{PREFIX}{question.id}", first, said, also_asked=tuple(others))
            write_entry(creator / "faq.csv", entry, SOURCE, products)
            written += 1
    return written


def read_answers(path: Path, knowledge: Knowledge) -> dict[str, str]:
    """Question → answer of a file with lines "id: words"; raises BadInput for a line or an answer that can't be taken."""
    known = {question.id: question.asked for question in open_questions(knowledge)}
    found: dict[str, str] = {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as trouble:
        raise BadInput(f"it can't be read: {trouble}", where=str(path)) from None
    for number, line in enumerate(lines, 1):
        identity, colon, words = line.partition(":")
        if not line.strip():
            continue
        if not colon or identity.strip() not in known:
            fix = f"Open questions are {', '.join(known)}"
            raise BadInput(f"line {number}: there is no open question {identity.strip()!r}", where=str(path), fix=fix)
        if wrong := wrong_with(words.strip(), knowledge):
            raise BadInput(f"line {number}: {wrong}", where=str(path))
        found[known[identity.strip()]] = words.strip()
    return found
