"""How it is said: whose question it is, several askers at once, thanks; never twice in a row in the same words. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from livehost.chat import LineType

_NAMES_SPOKEN = 3
_COUNTS = {
    "en": ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    "zh": ("两", "三", "四", "五", "六", "七", "八", "九", "十"),
}


class Words(msgspec.Struct, frozen=True):
    """`{name}`, `{count}`, `{names}` and `{question}` are filled in."""

    one: tuple[str, ...]  # of one asker, by name
    several: tuple[str, ...]  # of so many
    many: tuple[str, ...]
    lead_in: tuple[str, ...]  # of a co-host that may speak up by itself
    unknown: tuple[str, ...]  # the host asked, and the knowledge holds no answer
    retraction: str
    gifts: tuple[str, ...]
    subscriptions: tuple[str, ...]
    follows: tuple[str, ...]
    raids: tuple[str, ...]
    others: str  # after names, of those whose name is not said
    nobody_named: str
    viewers: str
    offer: tuple[str, ...]
    offers: str  # suggested questions, in text
    name_comma: str
    last_name: str
    space: str


_ENGLISH = Words(
    one=("{name} asks.", "For {name}.", "{name}, here you go.", "A question from {name}."),
    several=("{count} of you ask.", "{count} of you want to know.", "For {count} of you."),
    many=("Many of you ask.", "A lot of you want to know."),
    lead_in=("Quick one.", "One from the chat.", "From the chat.", "If I may."),
    unknown=("I don't have that in my notes.", "That one isn't in my notes, sorry."),
    retraction="I take back my last answer: that was wrong, sorry.",
    gifts=("Thank you for the gifts, {names}!", "{names}, thank you for the gifts!"),
    subscriptions=("Thank you for subscribing, {names}!", "{names}, thanks for the subscriptions!"),
    follows=("Welcome, {names}!", "Thanks for following, {names}!"),
    raids=("Welcome to everyone who came with {names}!", "Thank you for the raid, {names}!"),
    others="{count} more",
    nobody_named="everyone",
    viewers="{count} of you",
    offer=("You can ask me, for example: {question}", "If you wonder: {question} Just ask."),
    offers="You can ask me: {questions}",
    name_comma=", ",
    last_name=" and ",
    space=" ",
)
_CHINESE = Words(
    one=("{name}问。", "回答{name}。", "{name}的问题。", "{name}想知道。"),
    several=("有{count}位问到。", "{count}位朋友想知道。", "回答{count}位朋友。"),
    many=("很多朋友在问。", "好多位问到。"),
    lead_in=("插一句。", "评论里有人问。", "看到一个问题。", "回一条评论。"),
    unknown=("这个我的资料里没有。", "这一条资料里没写。"),
    retraction="更正一下，刚才那条我说得不对，抱歉。",
    gifts=("谢谢{names}的礼物！", "感谢{names}送的礼物！"),
    subscriptions=("谢谢{names}的订阅！", "感谢{names}开通会员！"),
    follows=("欢迎{names}！", "谢谢{names}的关注！"),
    raids=("欢迎{names}带来的朋友们！", "谢谢{names}带人来捧场！"),
    others="另外{count}位",
    nobody_named="各位",
    viewers="{count}位朋友",
    offer=("大家可以问我，比如：{question}", "想知道的可以问我：{question}"),
    offers="可以问我：{questions}",
    name_comma="、",
    last_name="和",
    space="",
)


class Manners:
    """Turns through the wordings of each sort, so that the same events give the same words."""

    def __init__(self) -> None:
        self._turns: Counter[str] = Counter()

    def opening(self, names: Sequence[str], asked_by: int, language: str) -> str:
        """Whose question it is. `names` are those that can be said, of all askers; empty when there is nothing to say."""
        words = words_for(language)
        if asked_by > len(_counts(language)) + 1:
            return self._choose("many", words.many)
        if asked_by > 1:
            count = _counts(language)[asked_by - 2]
            return _capital(self._choose("several", words.several).format(count=count))
        return self._choose("one", words.one).format(name=names[0]) if names else ""

    def lead_in(self, language: str) -> str:
        return self._choose("lead_in", words_for(language).lead_in)

    def unknown(self, language: str) -> str:
        return self._choose("unknown", words_for(language).unknown)

    def offer(self, question: str, language: str) -> str:
        return self._choose("offer", words_for(language).offer).format(question=question)

    def thanks(self, kind: str, names: Sequence[str], count: int, language: str) -> str:
        """`kind` is a line's type; `names` those that can be said, of `count` viewers."""
        words = words_for(language)
        sorts = {"gift": words.gifts, "subscribe": words.subscriptions, "follow": words.follows, "raid": words.raids}
        return self._choose(kind, sorts[kind]).format(names=_named(names, count, language))

    def _choose(self, sort: str, wordings: tuple[str, ...]) -> str:
        self._turns[sort] += 1
        return wordings[(self._turns[sort] - 1) % len(wordings)]


class Thanks:
    """Collects what viewers gave, and thanks for it together."""

    def __init__(self, every_ms: int) -> None:
        self.every_ms = every_ms
        self._given: dict[str, dict[str, str]] = {}  # line type → viewer → a name that can be said, or empty
        self._since_ms = -1

    def note(self, kind: LineType, viewer: str, name: str, at_ms: int) -> None:
        """`name` is empty when it can't be said."""
        if self.every_ms and kind in ("gift", "subscribe", "follow", "raid"):
            of_kind = self._given.setdefault(kind, {})
            if len(of_kind) < 1000:
                of_kind[viewer] = name
            self._since_ms = at_ms if self._since_ms < 0 else self._since_ms

    def forget(self, viewer: str) -> None:
        for of_kind in self._given.values():
            of_kind.pop(viewer, None)

    @property
    def due_ms(self) -> int | None:
        return None if self._since_ms < 0 else self._since_ms + self.every_ms

    def take(self, manners: Manners, language: str) -> str:
        """The thanks for all that was collected, which is then forgotten."""
        given, self._given, self._since_ms = self._given, {}, -1
        given = {kind: viewers for kind, viewers in given.items() if viewers}
        order = ("raid", "gift", "subscribe", "follow")
        said = [
            manners.thanks(kind, [name for name in given[kind].values() if name], len(given[kind]), language)
            for kind in order
            if kind in given
        ]
        return words_for(language).space.join(said)


def words_for(language: str) -> Words:
    return _CHINESE if language == "zh" else _ENGLISH


def retraction(language: str) -> str:
    """What is said of a wrong answer when nobody has given better words."""
    return words_for(language).retraction


def _counts(language: str) -> tuple[str, ...]:
    return _COUNTS["zh" if language == "zh" else "en"]


def _named(names: Sequence[str], count: int, language: str) -> str:
    """ "Mia, Ben and 3 more"."""
    words = words_for(language)
    shown = list(dict.fromkeys(names))[:_NAMES_SPOKEN]
    if not shown:
        return words.viewers.format(count=count) if count > 1 else words.nobody_named
    others = count - len(shown)
    parts = [*shown, words.others.format(count=others)] if others > 0 else shown
    return words.name_comma.join(parts[:-1]) + words.last_name + parts[-1] if len(parts) > 1 else parts[0]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
