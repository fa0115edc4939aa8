"""What goes into the chats as text: labelled as AI, each item once, and set right when a person says it was wrong."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from livehost import commands
from livehost.commands import Command
from livehost.decide.given import Gift, Given, Sent
from livehost.decide.waiting import Asker, Item

_LABEL = {"en": "[AI] ", "zh": "【AI】"}
_AWAITED_MOST = 500


class Posts:
    """`chats` are the connectors that lines for all go to."""

    def __init__(self, language: str, given: Given, wish: Callable[[Command], None]) -> None:
        self.language = language
        self.chats: tuple[str, ...] = ()
        self._given = given
        self._wish = wish
        self._count = 0
        self._of_item: OrderedDict[int, int] = OrderedDict()  # post → the item that waits for it, the latest

    def answer(self, item: Item) -> None:
        """In reply to who asked first; an item that nobody asked for goes to all chats."""
        item.posted = True
        if item.askers and item.origin != "host":
            first = item.askers[0]
            self._answer_to(item, first.source, first.line_id)
        else:
            for chat in self.chats:
                self._answer_to(item, chat, "")

    def over(self, post: int) -> tuple[int, bool]:
        """What became of a post is known: its item (0: none waits for it), and whether others of it are still on the way."""
        item = self._of_item.pop(post, 0)
        return item, item in self._of_item.values()

    def take_back(self, gift: Gift) -> None:
        """Its posts are deleted where the platform told an id for them."""
        for post, sent in gift.posts.items():
            if sent.line_id:
                self._wish(commands.Unpost(post, sent.source, sent.line_id))

    def reply(self, asker: Asker, text: str) -> None:
        """To who wrote a line, about no item."""
        self._send(asker.source, asker.line_id, text)

    def correct(self, gift: Gift, correction: str) -> None:
        """To where the answer went, in reply to the same lines."""
        for sent in gift.posts.values():
            self._send(sent.source, sent.reply_to, correction)

    def _answer_to(self, item: Item, source: str, reply_to: str) -> None:
        post = self._send(source, reply_to, item.decision.answer)
        self._given.sent(item, post, Sent(source, reply_to))
        if item.decision.says_it_is_posted:
            self._of_item[post] = item.number
            if len(self._of_item) > _AWAITED_MOST:
                self._of_item.popitem(last=False)

    def next_number(self) -> int:
        """Of a post."""
        self._count += 1
        return self._count

    def _send(self, source: str, reply_to: str, text: str) -> int:
        post = self.next_number()
        label = _LABEL.get(self.language, _LABEL["en"])
        self._wish(commands.Post(post, source, reply_to, label + text))
        return post
