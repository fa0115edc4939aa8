"""What goes into the chats as text: labelled as AI, each item once, and set right when a person says it was wrong."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from livehost import commands
from livehost.commands import Command
from livehost.decide.waiting import Asker, Item

_LABEL = {"en": "[AI] ", "zh": "【AI】"}
_GIVEN_MOST = 500


class Posts:
    """`chats` are the connectors that lines for all go to."""

    def __init__(self, language: str, wish: Callable[[Command], None]) -> None:
        self.language = language
        self.chats: tuple[str, ...] = ()
        self._wish = wish
        self._count = 0
        self._given: OrderedDict[int, tuple[str, Asker]] = OrderedDict()  # item → key and first asker, the latest
        self._of_item: OrderedDict[int, int] = OrderedDict()  # post → the item that waits for it, the latest

    def answer(self, item: Item) -> None:
        """In reply to who asked first; an item that nobody asked for goes to all chats."""
        item.posted = True
        if item.askers and item.origin != "host":
            first = item.askers[0]
            self._given[item.number] = (item.key, first)
            if len(self._given) > _GIVEN_MOST:
                self._given.popitem(last=False)
            self._await(item, self._send(first.source, first.line_id, item.decision.answer))
        else:
            for chat in self.chats:
                self._await(item, self._send(chat, "", item.decision.answer))

    def over(self, post: int) -> tuple[int, bool]:
        """What became of a post is known: its item (0: none waits for it), and whether others of it are still on the way."""
        item = self._of_item.pop(post, 0)
        return item, item in self._of_item.values()

    def given(self, number: int) -> tuple[str, Asker] | None:
        """The key and the first asker of an answer that was given."""
        return self._given.get(number)

    def correct(self, asker: Asker, correction: str) -> None:
        self._send(asker.source, asker.line_id, correction)

    def _await(self, item: Item, post: int) -> None:
        if item.decision.says_it_is_posted:
            self._of_item[post] = item.number
            if len(self._of_item) > _GIVEN_MOST:
                self._of_item.popitem(last=False)

    def _send(self, source: str, reply_to: str, text: str) -> int:
        self._count += 1
        label = _LABEL.get(self.language, _LABEL["en"])
        self._wish(commands.Post(self._count, source, reply_to, label + text))
        return self._count
