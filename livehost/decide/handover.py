"""Who does not watch the show (a group, a comment, a message to the co-host alone, the room off air) is answered in text
where they wrote; what only a person can answer is handed over, with what was said before.

  line ─▶ answered here ─────────────────────────────────────────────────────────▶ reply
       └▶ held ─┬▶ the console, with the history
                ├▶ the person's own chat ([handover] to) ─▶ they reply to it ──▶ reply, in their words
                └▶ the viewer is told that it was passed on

Pure. A held one waits for `keep_hours`; a reply that the platform does not take is held again.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple, TypeVar

import msgspec

from livehost import commands
from livehost.chat import ChatLine
from livehost.decide.air import Air
from livehost.decide.handover_words import handover_words
from livehost.decide.histories import Histories
from livehost.decide.modes import Conduct
from livehost.decide.questions import Questions
from livehost.decide.turns import Turns
from livehost.decide.waiting import Asker, Item
from livehost.decision import Decision
from livehost.events import Acted
from livehost.settings import Handover as Settings

K = TypeVar("K")
_SENT_MOST, _TOLD_MOST = 500, 1000
_TOLD_EVERY_MS = 1_800_000  # a viewer is told so often that something was passed on
_SEND, _DROP = frozenset({"ok", "okay", "发送"}), frozenset({"drop", "不回"})  # no words that might be an answer


class _Person(NamedTuple):
    platform: str
    chat: str  # the platform's own id of it

    @property
    def address(self) -> str:
        """A reply to this goes into that chat, to no line in particular."""
        return f"{self.chat}:"


class Handover:
    def __init__(self, conduct: Conduct, turns: Turns, questions: Questions, histories: Histories, air: Air) -> None:
        self._conduct = conduct
        self._turns = turns
        self._questions = questions
        self._histories = histories
        self._air = air
        self.chats: tuple[str, ...] = ()  # the session's
        self._sent: OrderedDict[int, int] = OrderedDict()  # post into the person's chat → item
        self._asked: OrderedDict[str, int] = OrderedDict()  # the platform's id of that post → item
        self._told: OrderedDict[str, int] = OrderedDict()  # viewer → when they were told

    # --- viewers

    def take(self, at_ms: int, key: str, decision: Decision, asker: Asker) -> int:
        """The number of the item that comes of it; 0: none does."""
        self._histories.asked(asker, decision.text)
        if decision.route == "ignore":
            return 0
        number = self._questions.take(at_ms, key, decision, asker)
        item = self._turns.list.get(number)
        if item and item.askers[-1:] == [asker] and len(item.askers) == 1:
            item.silent = item.elsewhere = True
            if item.standing == "held":
                self._hand_over(at_ms, item, asker)
        return number

    def held_for(self, asker: Asker) -> int:
        """The viewer's item that waits for a person; 0: there is none."""
        found = (i.number for i in self._turns.list.live() if i.handed_over and asker in i.askers)
        return next(found, 0)

    def post_failed(self, post: int, problem: str) -> None:
        """A reply that was not taken waits for a person; a hand-over that did not arrive is told."""
        handed = self._turns.list.open(self._sent.pop(post, 0))
        if handed:
            self._turns.show(handed, "held", f"it did not reach {self._settings.to}: {problem}")
        gift = self._turns.given.of_post(post)
        if gift and gift.item.elsewhere:
            item = self._turns.list.again(gift.item)
            self._turns.show(item, "held", f"it was not sent: {problem}")

    # --- the person

    def comes_from(self, source: str, line: ChatLine) -> bool:
        """Whether a line was written in that person's chat: it is no viewer's. A bridge may call any platform its own."""
        person = self._person
        return person is not None and source.startswith(f"{person.platform}:") and line.id.startswith(person.address)

    def posted(self, post: int, line_id: str) -> None:
        item = self._sent.pop(post, 0)
        if item and line_id:
            _keep(self._asked, line_id, item, _SENT_MOST)

    def replied(self, source: str, line: ChatLine) -> Acted | None:
        """What a person's reply asks for; where it asks for nothing, they are told why."""
        number, words = self._asked.get(line.reply_to, 0), handover_words(self._conduct.language)
        item = self._turns.list.open(number)
        if item is None or item.standing != "held":
            self._say_to(source, line, words.closed if number else words.reply_to_which)
            return None
        who = f"{line.user.name or line.user.id} ({line.platform})"
        said = line.text.strip()
        word = said.casefold().rstrip(".!。！")
        if word in _DROP:
            return Acted("drop", who, number)
        if word in _SEND and not item.decision.spoken:
            self._say_to(source, line, words.nothing_to_send)
            return None
        return Acted("post", who, number, "" if word in _SEND else said)

    # --- helpers

    def _say_to(self, source: str, line: ChatLine, words: str) -> None:
        self._turns.posts.reply(Asker(source, line.id, line.user.id, line.user.name, line.platform), words)

    @property
    def _settings(self) -> Settings:
        return self._conduct.creator.handover

    @property
    def _person(self) -> _Person | None:
        platform, colon, chat = self._settings.to.partition(":")
        return _Person(platform, chat) if colon else None

    def _hand_over(self, at_ms: int, item: Item, asker: Asker) -> None:
        person, decision = self._person, item.decision
        chats = (chat for chat in self.chats if person and chat.startswith(f"{person.platform}:"))
        source = next(chats, "")
        post = self._turns.posts.next_number()
        self._turns.wish(
            commands.HandOver(
                item.number,
                post,
                asker.name or asker.user_id,
                asker.platform,
                self._histories.of(asker),
                decision.answer if decision.spoken else "",
                self._conduct.language,
                source,
                person.address if person and source else "",
            )
        )
        if source:
            _keep(self._sent, post, item.number, _SENT_MOST)
        if decision.route != "hold":
            return
        self._turns.show(item, "held", "handed over")
        if source or self._settings.notice:
            self._tell(at_ms, asker, decision.language)

    def _tell(self, at_ms: int, asker: Asker, language: str) -> None:
        """Once in a while: the next question of the same viewer goes along."""
        if at_ms - self._told.get(asker.viewer, -_TOLD_EVERY_MS) < _TOLD_EVERY_MS:
            return
        _keep(self._told, asker.viewer, at_ms, _TOLD_MOST)
        words, name = handover_words(language), self._conduct.creator.name
        text = self._settings.notice or words.passed_on.format(name=name)
        show = None if self._air.on(at_ms) else self._air.next_show(at_ms)
        if show:
            again = words.on_air_again.format(name=name, day=words.days[show.weekday()], time=f"{show:%H:%M}")
            text = f"{text}{words.space}{again}"
        self._turns.posts.reply(asker, text)
        self._histories.told(asker, text)


def for_a_person(decision: Decision) -> Decision:
    """Nobody shows it to the host: a person decides, who may be another one."""
    return msgspec.structs.replace(decision, route="hold") if decision.route == "host" else decision


def _keep(kept: OrderedDict[K, int], key: K, value: int, most: int) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
