"""What was given to the room: posts with the platforms' ids of them, and words that were heard; so that it can be taken back."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from livehost.decide.waiting import Item

_MOST = 500


@dataclass
class Sent:
    """A line for a chat. `line_id` is the platform's own of it, once it has told one."""

    source: str
    reply_to: str
    line_id: str = ""


@dataclass
class Gift:
    """Of one item. `heard`: at least a word of it was."""

    item: Item
    posts: dict[int, Sent] = field(default_factory=dict)
    heard: bool = False


class Given:
    """The latest; what is older can't be taken back any more."""

    def __init__(self) -> None:
        self._by_item: OrderedDict[int, Gift] = OrderedDict()
        self._by_post: OrderedDict[int, int] = OrderedDict()  # post → item
        self.last_heard = 0  # the item

    def sent(self, item: Item, post: int, sent: Sent) -> None:
        self._of(item).posts[post] = sent
        self._by_post[post] = item.number
        while len(self._by_post) > _MOST:
            self._by_post.popitem(last=False)

    def heard(self, item: Item) -> None:
        self._of(item).heard = True
        self.last_heard = item.number

    def taken(self, post: int, line_id: str) -> None:
        """The platform took it, under this id of its own."""
        gift = self.of_post(post)
        if gift and post in gift.posts:
            gift.posts[post].line_id = line_id

    def get(self, number: int) -> Gift | None:
        return self._by_item.get(number)

    def of_post(self, post: int) -> Gift | None:
        return self._by_item.get(self._by_post.get(post, 0))

    def _of(self, item: Item) -> Gift:
        gift = self._by_item.setdefault(item.number, Gift(item))
        self._by_item.move_to_end(item.number)
        while len(self._by_item) > _MOST:
            self._by_item.popitem(last=False)
        return gift
