"""The guard in front of a model's sentence: it claims nothing but its evidence, offers nothing, leads nowhere, and speaks
the room's language. What fails here is never said; the caller takes the grounded template, or a person. Pure.
"""

from __future__ import annotations

import re
from decimal import Decimal

import msgspec

from livehost.decide.claims import numbers, unfounded
from livehost.decide.glue import CHINESE, ENGLISH
from livehost.decide.wording import forbidden
from livehost.decision import Evidence
from livehost.prompting import RULES
from livehost.settings import LlmUse, Policy

_LONGEST = {"en": 220, "zh": 90}
_LINK = re.compile(
    r"https?:|www\.|\b[\w-]+\.(?:com|cn|net|org|shop|store|io|tv|co|me|gg|ly|xyz|top|ru|app|link|live)\b|@\w"
    r"|\bdot (?:com|net|org|shop)\b"
    r"|\b(?:discord|telegram|whatsapp|instagram|insta|tiktok|wechat|weixin|patreon|onlyfans|paypal)\b"
    r"|微信|加v|加我|vx\b|v信|qq|扣扣|私信|进群|加群|公众号|淘口令|别的主播|隔壁|其他直播间|点com",
    re.I,
)
_LEAK = re.compile(
    r"system prompt|\bprompt\b|instruction|language model|as an ai\b|\bjson\b|the pieces|the draft|\brules\b|\bassistant\b|openai"
    r"|chatgpt|deepseek|qwen|doubao|提示词|系统提示|指令|语言模型|规则是|设定是|人工智能助手|大模型|豆包|草稿|素材",
    re.I,
)
_MARKUP = re.compile(r"[<>{}\[\]|*#`\\_=~^]|\n|^\s*\w+\s*[:：]\s")
_OFFER = re.compile(
    r"\b(?:discount\w*|coupons?|vouchers?|promo\w*|codes?|deals?|bonus\w*|gifts?|giveaway\w*|sale|off|cheap\w*|save|saving\w*|bundle\w*"
    r"|half|limited|hurry|last|left|exclusive\w*|cashback|rebate\w*|free\w*)\b"
    r"|打折|[0-9一二三四五六七八九]折|折扣|优惠|立减|满减|减免|返现|券|赠|送|秒杀|特价|降价|便宜|划算|福利|限量|限时|抢|库存|包邮|免",
    re.I,
)
_NOT = {
    "en": re.compile(r"\b(?:no|not|never|none|neither|nor|without|cannot|can't|unable|\w+n't)\b", re.I),
    "zh": re.compile(r"不(?:是|能|会|可|要|用|支持|带|含|包|发|送|行|防)|没|无|未|别|非"),
}
_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?", re.I)
_HAN_RUN = re.compile(r"[㐀-鿿]+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？；])")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_STEM = 5
_ALIKE_ENGLISH = 0.3  # share of a small-talk line's words that are plain English
_LEAKED_WORDS, _LEAKED_HAN = 5, 12


class Grounds(msgspec.Struct, frozen=True):
    """What a sentence may rest on. `draft`: the template that it puts into other words, whose facts it must keep."""

    task: LlmUse
    asked: str
    language: str
    evidence: tuple[Evidence, ...]
    draft: str = ""
    style: tuple[str, ...] = ()  # phrases of the creator's that carry no fact
    persona: str = ""  # for the guard against its being told

    @property
    def told(self) -> str:
        return " ".join((self.draft, *(piece.value for piece in self.evidence)))


def faults(text: str, grounds: Grounds, policy: Policy) -> tuple[str, ...]:
    """Why the sentence must not be said; empty: it may."""
    found: list[str] = []
    if not any(c.isalnum() for c in text) or len(text) > _LONGEST["zh" if grounds.language == "zh" else "en"]:
        found.append("its length")
    for what, pattern in (("a link or another place", _LINK), ("a leak", _LEAK), ("markup", _MARKUP)):
        found += [f"{what}: {m.group()!r}" for m in pattern.finditer(text)][:1]
    if _repeats(text, (*RULES, grounds.persona)):
        found.append("a leak: the rules' or the persona's own words")
    if not _in_language(text, grounds):
        found.append(f"not in {grounds.language}")
    evidence = (*grounds.evidence, Evidence("livehost", "", "draft", grounds.draft))
    found += [f"not in the evidence: {what}" for what in unfounded(text, evidence)]
    found += forbidden(text, policy)
    lowered = grounds.told.casefold()
    found += [f"an offer: {m.group()}" for m in _OFFER.finditer(text) if m.group().casefold() not in lowered]
    if grounds.task != "smalltalk":
        nearest = _nearest(text, grounds)
        known = grounds.told if grounds.draft else nearest  # words of two sentences can say what neither does
        found += [f"a strange word: {word}" for word in _strange(text, " ".join((known, *grounds.style)))]
        if not _in_order(text, grounds.draft or nearest):
            found.append("its numbers are not in the order of the evidence")
        if _denies(text, grounds.language) != _denies(nearest, grounds.language):
            found.append("it denies what the evidence says, or the other way round")
    return tuple(dict.fromkeys(found))


def keeps(text: str, draft: str) -> bool:
    """Whether all numbers of a template are in the words that stand for it."""
    kept: frozenset[Decimal] = numbers(draft)
    return kept <= numbers(text)


def _in_order(text: str, told: str) -> bool:
    """Whether its numbers come as they do there: 139 instead of 159 is not 159 instead of 139."""
    left = iter(_NUMBER.findall(told))
    return all(any(number == other for other in left) for number in _NUMBER.findall(text))


def _in_language(text: str, grounds: Grounds) -> bool:
    han = sum(len(run) for run in _HAN_RUN.findall(text))
    words = [word.casefold() for word in _WORD.findall(text)]
    if re.search(r"[\u0370-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u3040-\u30ff\uac00-\ud7af]", text):
        return False
    if grounds.language == "zh":
        return han > 0 and all(word in grounds.told.casefold() or word in grounds.asked.casefold() for word in words)
    if han and not set(_HAN_RUN.findall(text)) <= set(_HAN_RUN.findall(grounds.told)):
        return False
    plain = sum(word.replace("’", "'") in ENGLISH for word in words)
    return bool(words) and (grounds.task != "smalltalk" or plain >= _ALIKE_ENGLISH * len(words))


def _denies(text: str, language: str) -> bool:
    return bool(_NOT["zh" if language == "zh" else "en"].search(text))


def _nearest(text: str, grounds: Grounds) -> str:
    """The sentence of what is told that has most in common with the text."""
    parts = [part for part in _SENTENCE.split(grounds.told) if part.strip()]
    mine = _bits(text)
    return max(parts, key=lambda part: len(mine & _bits(part)), default="")


def _bits(text: str) -> set[str]:
    pairs = {run[at : at + 2] for run in _HAN_RUN.findall(text) for at in range(len(run) - 1)}
    return pairs | {word.casefold()[:_STEM] for word in _WORD.findall(text)} | set(re.findall(r"\d+", text))


def _strange(text: str, known: str) -> list[str]:
    """Words that stand neither in what is known nor among those that carry no fact. The viewer's own are no ground."""
    stems = {word.casefold()[:_STEM] for word in _WORD.findall(known)}
    words = [word.casefold().replace("’", "'") for word in _WORD.findall(text)]
    strange = [word for word in words if word not in ENGLISH and word[:_STEM] not in stems]
    for run in _HAN_RUN.findall(text):
        strange += _uncovered(run, known)
    return strange


def _uncovered(run: str, told: str) -> list[str]:
    """Stretches of Chinese that neither stand in what is told, two characters at a time, nor are made of plain words."""
    covered = [False] * len(run)
    for at in range(len(run) - 1):
        if run[at : at + 2] in told:
            covered[at] = covered[at + 1] = True
    at = 0
    while at < len(run):
        word = next((w for w in CHINESE if run.startswith(w, at)), "")
        for place in range(at, at + len(word)):
            covered[place] = True
        at += len(word) or 1
    marked = "".join(c if not done else " " for c, done in zip(run, covered, strict=True))
    return [stretch for stretch in marked.split() if len(stretch) > 1 or stretch not in told]


def _repeats(text: str, secrets: tuple[str, ...]) -> bool:
    """Whether a stretch of the secret texts is in it word for word."""
    words = [word.casefold() for word in _WORD.findall(text)]
    hidden = " ".join(word.casefold() for secret in secrets for word in _WORD.findall(secret))
    runs = (" ".join(words[at : at + _LEAKED_WORDS]) for at in range(len(words) - _LEAKED_WORDS + 1))
    if any(run in hidden for run in runs):
        return True
    han = "".join(_HAN_RUN.findall(text))
    hidden = "".join(_HAN_RUN.findall("".join(secrets)))
    return any(han[at : at + _LEAKED_HAN] in hidden for at in range(len(han) - _LEAKED_HAN + 1))
