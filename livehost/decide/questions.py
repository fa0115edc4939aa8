"""Questions on their way to the list: who asks, joined to those that ask the same, held where a person has to decide."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace

import msgspec

from livehost import commands
from livehost.chat import ChatLine
from livehost.commands import Origin
from livehost.decide.air import Air
from livehost.decide.modes import Conduct
from livehost.decide.people import People
from livehost.decide.phrases import on_screen
from livehost.decide.turns import Turns
from livehost.decide.waiting import Asker, Gone, Item
from livehost.decide.worth import value_of
from livehost.decision import Decision

_GIVERS_MOST, _GIVER_MS = 1000, 600_000  # who gave something is remembered so long


class Questions:
    def __init__(self, conduct: Conduct, turns: Turns, people: People, air: Air) -> None:
        self._conduct = conduct
        self._air = air
        self._turns = turns
        self._people = people
        self._givers: OrderedDict[str, int] = OrderedDict()  # viewer → when they gave something

    def asker(self, source: str, line: ChatLine, at_ms: int) -> Asker:
        """Who wrote a line, with what they did for the room."""
        scene = line.scene if line.scene != "room" or self._air.on(at_ms) else "group"
        asker = Asker(
            source,
            line.id,
            line.user.id,
            line.user.name,
            line.platform,
            private=line.private,
            account=line.account,
            scene=scene,
        )
        gave = at_ms - self._givers.get(asker.viewer, -_GIVER_MS) < _GIVER_MS
        return replace(asker, value=value_of(line, gave=gave))

    def gave(self, viewer: str, line: ChatLine, at_ms: int) -> None:
        """`viewer` as an Asker's."""
        if line.type in ("gift", "order") and line.user.id:
            self._givers[viewer] = at_ms
            self._givers.move_to_end(viewer)
            if len(self._givers) > _GIVERS_MOST:
                self._givers.popitem(last=False)

    def answer_privately(self, at_ms: int, decision: Decision, asker: Asker) -> int:
        """In reply to the one line alone, as text; in ask-first a person agrees first."""
        self._turns.wish(commands.ShowDecision(asker.line_id, 0, without_its_words(decision)))
        if decision.route not in ("answer", "hold"):
            return 0
        number = self.take(at_ms, f"private:{asker.source}:{asker.line_id}", decision, asker)
        if item := self._turns.list.open(number):
            item.silent = True
        return number

    def take(self, at_ms: int, key: str, decision: Decision, asker: Asker, origin: Origin = "chat") -> int:
        """An answerable or held question; joins the item of the same key. Returns the item's number."""
        turns = self._turns
        item = turns.list.find(key, at_ms)
        blocked = key in self._people.wrong
        if item and not (item.standing == "over" and (origin == "host" or blocked)):
            item.ask(asker)
            item.last_ms = at_ms
            if item.standing != "over":
                turns.show(item, turns.state_of(item), "asked again")
            return item.number
        held = decision.route == "hold" or self._conduct.rules.asks_first or blocked
        item = turns.list.add(key, decision, at_ms, "held" if held else "waiting", origin)
        item.ask(asker)
        # There is no line of the host's to reply to; a link that is to be in the chat goes to all of them.
        item.spoken_only = origin == "host" and not decision.says_it_is_posted
        why = "was marked as wrong before" if blocked else "ask-first" if held and decision.route == "answer" else ""
        turns.show(item, "held" if held else "waiting", why)
        return item.number

    def withdraw(self, at_ms: int, gone: Gone) -> None:
        """A message was deleted or its writer banned: items that nobody else asks for go, in mid-sentence too."""
        for item in self._turns.everything():
            if item.withdraw(gone):
                self._turns.drop(at_ms, item, "withdrawn", "the message was deleted")

    def posted(self, post: int, line_id: str, *, link: bool) -> None:
        """The platform took a line: what its words say of it may be said, unless its link was left out."""
        self._turns.given.taken(post, line_id)
        if not link:
            self.post_failed(post, "links are left out there")
            return
        number, _ = self._turns.posts.over(post)
        if item := self._turns.list.open(number):
            item.in_chat = True

    def post_failed(self, post: int, problem: str) -> None:
        """A link that is not in the chat is not said to be there: a person decides on it."""
        number, others_on_the_way = self._turns.posts.over(post)
        item = self._turns.list.open(number)
        if item and not item.in_chat and not others_on_the_way:
            if self._shows_links(item):
                item.decision, item.in_chat = on_screen(item.decision), True
                self._turns.show(item, self._turns.state_of(item), f"its link is on the screen alone: {problem}")
                return
            item.posted = False  # approved again, it is sent again
            self._turns.withhold(item, f"its link is not in the chat: {problem}")

    def _shows_links(self, item: Item) -> bool:
        """Whether the creator has said that the overlay, with the link of what is spoken of, is in that platform's picture."""
        platform = item.askers[0].platform if item.askers else ""
        return self._conduct.creator.platforms.get(platform, {}).get("overlay") is True

    # --- doubts about what the feed says

    def hold_about(self, products: Mapping[str, str]) -> None:
        """Answers about these products wait for a person; the value is why."""
        for item in self._turns.everything():
            why = next((products[p] for p in sorted(item.decision.products) if p in products), "")
            if not why or item.doubted or item.standing == "held":
                continue
            item.doubted = True
            item.decision = msgspec.structs.replace(item.decision, route="hold", reasons=(*item.decision.reasons, why))
            self._turns.withhold(item, why)

    def redecide(self, at_ms: int, number: int, decision: Decision) -> None:
        """What a held item is answered with now; it goes out where nothing else holds it."""
        item = self._turns.list.get(number)
        if item is None or item.standing != "held":
            return
        item.decision, item.doubted, item.last_ms, item.rest = decision, False, at_ms, ()
        asks_first = self._conduct.rules.asks_first
        free = decision.route == "answer" and not asks_first and item.key not in self._people.wrong
        item.standing = "waiting" if free else "held"
        self._turns.show(item, item.standing, "a person told what is true")


def without_its_words(decision: Decision) -> Decision:
    """A private line's decision for those who watch the room."""
    return msgspec.structs.replace(
        decision, text="(private)", answer="", spoken="", link="", evidence=(), reasons=("a private line",)
    )
