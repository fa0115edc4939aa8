"""The co-host: what it takes on, when it may speak, and what it does next. Pure; `wishes` collects the step's commands.

    chat, host, program ──▶ take ──▶ Turns (waiting list, mouth) ◀── People (moderators)
                                         ▲
                             advance: let go, speak up, post, make ready, start

Every method only changes state and appends wishes; `advance` then brings what waits one step further.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

import msgspec

from livehost import commands
from livehost.chat import ChatLine
from livehost.commands import Command, ItemState, Origin, Silence
from livehost.decide.claims import numbers
from livehost.decide.manners import Manners, Thanks
from livehost.decide.modes import MODES, ModeRules, strictest
from livehost.decide.names import spoken_name
from livehost.decide.people import People
from livehost.decide.program import Line, Program, spoken_line
from livehost.decide.turns import Turns
from livehost.decide.waiting import Asker, Item
from livehost.decide.worth import value_of
from livehost.decision import Decision, Evidence
from livehost.errors import Contradiction
from livehost.language import language_of
from livehost.settings import Creator, Mode

_GIVERS_MOST, _GIVER_MS = 1000, 600_000  # who gave something is remembered so long


class Script(Protocol):
    def __call__(self, text: str, language: str, opening: str = "") -> list[str]:
        """Sayable clauses of an answer, behind an opening where there is time for one."""
        ...


class CoHost:
    def __init__(self, creator: Creator, mode: Mode, script: Script) -> None:
        self.wishes: list[Command] = []
        self.turns = Turns(creator, self._wish)
        self.people = People(self.turns)
        self._creator = creator
        self._mode: Mode = mode
        self._script = script
        self._manners = Manners()
        self._program = Program(creator, self._manners)
        self._thanks = Thanks(round(creator.manners.thanks_seconds * 1000))
        self._platforms: set[str] = set(creator.platforms)
        self._givers: OrderedDict[str, int] = OrderedDict()  # viewer → when they gave something
        self._muted = self._paused = self._private = False
        self._muted_until_ms = 0  # 0: until somebody unmutes
        self._host_spoke = False
        self._notice = ""  # that a machine speaks; said before the first answer, until it was heard
        self._shown = commands.ShowFloor("nobody")
        self._wake_at_ms = -1
        self._own = 0

    # --- questions

    def asker(self, source: str, line: ChatLine, at_ms: int) -> Asker:
        """Who wrote a line, with what they did for the room."""
        self._platforms.add(line.platform)
        gave = at_ms - self._givers.get(line.user.id, -_GIVER_MS) < _GIVER_MS
        value = value_of(line, gave=gave)
        return Asker(source, line.id, line.user.id, line.user.name, line.platform, value)

    def take(self, at_ms: int, key: str, decision: Decision, asker: Asker, origin: Origin = "chat") -> int:
        """An answerable or held question; joins the item of the same key. Returns the item's number."""
        item = self.turns.list.find(key, at_ms)
        if item and not (origin == "host" and item.standing == "over"):
            item.ask(asker)
            item.last_ms = at_ms
            if item.standing != "over":
                self.turns.show(item, self.turns.state_of(item), "asked again")
            return item.number
        blocked = key in self.people.wrong
        held = decision.route == "hold" or self._rules.asks_first or blocked
        item = self.turns.list.add(key, decision, at_ms, "held" if held else "waiting", origin)
        item.ask(asker)
        # There is no line of the host's to reply to; a link that is to be in the chat goes to all of them.
        item.spoken_only = origin == "host" and not decision.says_it_is_posted
        why = "marked as wrong" if blocked else "ask-first" if held and decision.route == "answer" else ""
        self.turns.show(item, "held" if held else "waiting", why)
        return item.number

    def withdraw(self, at_ms: int, *, line_id: str = "", user_id: str = "") -> None:
        """A message was deleted or its writer banned: items that nobody else asks for go, in mid-sentence too."""
        self._thanks.forget(user_id)
        for item in self.turns.everything():
            if item.withdraw(line_id, user_id):
                self.turns.drop(at_ms, item, "withdrawn", "the message was deleted")

    def thank(self, line: ChatLine, at_ms: int) -> None:
        """A viewer gave something, subscribed, follows, or brought others along."""
        self._platforms.add(line.platform)
        if line.type in ("gift", "order") and line.user.id:
            self._givers[line.user.id] = at_ms
            self._givers.move_to_end(line.user.id)
            if len(self._givers) > _GIVERS_MOST:
                self._givers.popitem(last=False)
        self._thanks.note(line, self._name_for(line.user.name, self._language), at_ms)

    def hold_about(self, at_ms: int, products: Mapping[str, str]) -> None:
        """Answers about these products wait for a person; the value is why."""
        for item in self.turns.everything():
            why = next((products[p] for p in sorted(item.decision.products) if p in products), "")
            if not why or item.doubted or item.standing == "held":
                continue
            item.doubted = True
            item.decision = msgspec.structs.replace(item.decision, route="hold", reasons=(*item.decision.reasons, why))
            self.turns.withhold(item, why)

    def posted(self, post: int) -> None:
        """The platform took a line: what its words say of it may be said."""
        number, _ = self.turns.posts.over(post)
        if item := self.turns.list.open(number):
            item.in_chat = True

    def post_failed(self, post: int, problem: str) -> None:
        """A link that is not in the chat is not said to be there: a person decides on it."""
        number, others_on_the_way = self.turns.posts.over(post)
        item = self.turns.list.open(number)
        if item and not item.in_chat and not others_on_the_way:
            item.posted = False  # approved again, it is sent again
            self.turns.withhold(item, f"its link is not in the chat: {problem}")

    def redecide(self, at_ms: int, number: int, decision: Decision) -> None:
        """What a held item is answered with now; it goes out where nothing else holds it."""
        item = self.turns.list.get(number)
        if item is None or item.standing != "held":
            return
        item.decision, item.doubted, item.last_ms, item.rest = decision, False, at_ms, ()
        free = decision.route == "answer" and not self._rules.asks_first and item.key not in self.people.wrong
        item.standing = "waiting" if free else "held"
        self.turns.show(item, item.standing, "a person told what is true")

    # --- the host and the ears

    def host_started(self, at_ms: int, utterance: int, start_ms: int) -> None:
        self._host_spoke = True
        self.turns.mouth.host_started(at_ms, utterance, start_ms)

    def host_answers(self, utterance: int, faq: str) -> None:
        """The host seems to be saying this answer: it waits until that is certain."""
        for item in self.turns.not_begun():
            if item.decision.faq == faq and not item.host_on_it:
                item.host_on_it = utterance
                self.turns.show(item, self.turns.state_of(item), "the host is on it")

    def understood(self, utterance: int) -> None:
        """What the host said is known, with all that follows from it."""
        self.turns.mouth.understood(utterance)
        for item in self.turns.not_begun():
            if item.host_on_it == utterance:
                item.host_on_it = 0
                self.turns.show(item, self.turns.state_of(item), "the host spoke of something else")

    def host_answered(self, at_ms: int, faq: str) -> None:
        """What the host said aloud is not said again; an answer that is already going out is left to end."""
        for item in self.turns.not_begun():
            if item.decision.faq == faq:
                self._leave_to_host(at_ms, item)

    def host_told(self, at_ms: int, said: frozenset[Decimal], products: frozenset[str]) -> None:
        """The host named these numbers, of one of these products: questions for just them are answered."""
        for item in self.turns.not_begun():
            told = numbers(item.decision.spoken)
            if item.decision.product_id in products and not item.decision.faq and told and told <= said:
                self._leave_to_host(at_ms, item)

    def hearing(self, at_ms: int, *, works: bool) -> None:
        self.turns.mouth.hearing(at_ms, works=works)

    def host_thinks(self, at_ms: int) -> None:
        self.turns.mouth.host_thinks(at_ms + round(self._creator.floor.think_seconds * 1000))

    def host_asks(self, at_ms: int, key: str, decision: Decision, asker: Asker) -> int:
        """The host asked aloud, and is answered aloud at once; what is not known is said to be so."""
        self.turns.mouth.host_invites(at_ms)
        if decision.route in ("answer", "hold"):
            return self.take(at_ms, key, decision, asker, "host")
        if decision.kind in ("routine", "other_question") and not self._rules.asks_first:
            unknown = spoken_line(self._manners.unknown(decision.language), Evidence("livehost", "", "unknown", ""))
            self._add(at_ms, Line("host", "unknown", unknown, aloud=True, posted=False))
        return 0

    # --- speech

    def speech_failed(self, at_ms: int, utterance: int) -> None:
        spoken = self.turns.mouth.speech_failed(utterance)
        if spoken and (item := self.turns.list.get(spoken.item)):
            self.turns.put_back(at_ms, item, "speech failed")

    def playback_over(self, at_ms: int, utterance: int, heard_ms: int, *, cut: bool) -> None:
        spoken = self.turns.mouth.playback_over(at_ms, utterance, heard_ms, cut=cut)
        if spoken:
            if spoken.tells and (not cut or spoken.tells_ms <= heard_ms):
                self._notice = ""
            self.turns.ended(at_ms, spoken, cut=cut)

    # --- people

    def mute(self, at_ms: int, minutes: float = 0) -> None:
        """For so many minutes; 0: until somebody unmutes."""
        self._muted = True
        self._muted_until_ms = at_ms + round(minutes * 60_000) if minutes else 0
        self.turns.mouth.cut_now("mute")

    def unmute(self) -> None:
        self._muted, self._muted_until_ms = False, 0
        self._open_gate()

    def panic(self, at_ms: int) -> None:
        """Mute, with nothing left to come back."""
        self._muted, self._muted_until_ms = True, 0
        self.stop(at_ms)

    def stop(self, at_ms: int) -> None:
        self.people.stop(at_ms)
        self._open_gate()  # it was closed with the key, so that silence came first

    def private(self, *, on: bool) -> None:
        """Nothing is said while the host is in private; what was being said comes back afterwards."""
        self._private = on
        if on:
            self.turns.mouth.cut_now("private")
        self._open_gate()

    def pause(self, *, on: bool) -> None:
        self._paused = on

    def announce(self, notice: str) -> None:
        """What is said before the first answer, until it was heard."""
        self._notice = notice

    def set_mode(self, mode: Mode) -> None:
        """Raises Contradiction for solo where the creator did not allow it."""
        allowed = mode != "solo" or self._creator.floor.solo
        self._mode = mode if allowed else self._mode
        self._wish(commands.ShowMode(self._mode))
        if not allowed:
            raise Contradiction("the mode solo is not allowed: creator.toml needs solo = true in [floor]")

    def adopt(self, creator: Creator, at_ms: int) -> None:
        """Other settings; the mode stays what people chose."""
        self._creator = creator
        self.turns.list.bound(creator.floor)
        self.turns.rations.bound(creator.floor)
        self.turns.mouth.yield_how(creator.floor.interrupted)
        self.turns.posts.language = creator.languages[0]
        self._program.adopt(creator, at_ms)
        self._thanks.every_ms = round(creator.manners.thanks_seconds * 1000)
        self._platforms |= set(creator.platforms)

    def say(self, at_ms: int, decision: Decision) -> None:
        """A moderator's own words: spoken when the floor is free, not posted."""
        self._own += 1
        item = self.turns.list.add(f"say:{self._own}", decision, at_ms, "waiting", "moderator")
        item.spoken_only = True
        self.turns.show(item, "waiting", "say")

    def put_on_table(self, product_id: str) -> None:
        if product_id != self.turns.table:
            self.turns.table = product_id
            self._wish(commands.ShowTable(product_id))

    # --- one step further

    def advance(self, at_ms: int) -> None:
        if self._muted_until_ms and at_ms >= self._muted_until_ms:
            self.unmute()
        self.turns.mouth.advance(at_ms)
        if not self._paused:
            self._speak_up(at_ms)
        self._let_go(at_ms)
        silent, until_ms = self._silence(at_ms)
        if not self._paused:
            self._post(at_ms, text_only=silent in ("quiet", "host away"))
        if not silent:
            self._prepare(at_ms)
            self._start(at_ms)
        self._bound(at_ms)  # what was put off counts again
        self._show_floor(silent, until_ms)
        self._wake(at_ms, until_ms if silent == "budget" else 0)

    def _silence(self, at_ms: int) -> tuple[Silence, int]:
        """Why nothing may be begun aloud now, and until when where that is known."""
        if self._private:
            return "private", 0
        if self._muted:
            return "muted", self._muted_until_ms
        if self._paused:
            return "held", 0
        if not self._rules.aloud:
            return "quiet", 0
        if 0 < self._alone_from_ms <= at_ms:
            return "host away", 0
        opens_ms = self.turns.rations.opens_at_ms(at_ms)
        return ("budget", opens_ms) if opens_ms > at_ms else ("", 0)

    @property
    def _alone_from_ms(self) -> int:
        """From when a platform takes the room for unattended; 0: none does."""
        minutes = strictest(sorted(self._platforms), self._creator.platforms).host_within_minutes
        mouth = self.turns.mouth
        return mouth.host_heard_ms + round(minutes * 60_000) if minutes and not mouth.host_speaks else 0

    def _let_go(self, at_ms: int) -> None:
        """What is too old, and what is too much, in that order."""
        turns = self.turns
        turns.list.forget_old(at_ms)
        for item in turns.not_begun():
            if not turns.list.is_old(item, at_ms):
                continue
            if item.origin == "thanks" and item.standing == "waiting" and not self._paused:
                turns.posts.answer(item)  # late, but not lost
            text_stands = item.posted and item.standing != "held"
            state: ItemState = "posted" if text_stands else "expired"
            turns.drop(at_ms, item, "expired", "no time to say it" if text_stands else "too old", state)
        self._bound(at_ms)

    def _bound(self, at_ms: int) -> None:
        """What is worth least goes when there is too much."""
        while surplus := self.turns.least(at_ms):
            state: ItemState = "posted" if surplus.posted else "dropped"
            self.turns.drop(at_ms, surplus, "expired", "the list is full", state)

    def _speak_up(self, at_ms: int) -> None:
        for line in self._program.due(at_ms, self._quiet_since_ms, self._rules, host_spoke=self._host_spoke):
            self._add(at_ms, line)
        due_ms = self._thanks.due_ms
        if due_ms is not None and at_ms >= due_ms and (text := self._thanks.take(self._manners, self._language)):
            self._own += 1
            said = spoken_line(text, Evidence("chat", "", "thanks", text))
            posted = not self._rules.aloud
            self._add(at_ms, Line("thanks", f"thanks:{self._own}", said, aloud=not posted, posted=posted))

    def _add(self, at_ms: int, line: Line) -> None:
        """Something that answers no line of the chat."""
        held = self._rules.asks_first
        item = self.turns.list.add(line.key, line.decision, at_ms, "held" if held else "waiting", line.origin)
        item.spoken_only, item.silent = not line.posted, not line.aloud
        self.turns.show(item, "held" if held else "waiting", "ask-first" if held else "")
        if line.product_id and not held:
            self.put_on_table(line.product_id)

    def _post(self, at_ms: int, *, text_only: bool) -> None:
        if text_only and self.turns.mouth.next:
            self.turns.put_off("in text alone")
        for item in self.turns.list.live():
            if item.standing != "waiting":
                continue
            if not item.posted and not item.spoken_only:
                self.turns.posts.answer(item)
            if item.silent or (text_only and item.posted):
                self.turns.list.finish(item, at_ms, remember=True)
                self.turns.show(item, "posted")

    def _prepare(self, at_ms: int) -> None:
        turns = self.turns
        item = turns.best(at_ms)
        if item is None or not turns.make_way(at_ms, item):
            return
        language = item.decision.spoken_language or self._language
        clauses = tuple(item.rest or self._script(item.decision.spoken, language, self._opening(item, language)))
        if not clauses:
            turns.list.finish(item, at_ms, remember=True)
            turns.show(item, "posted", "nothing of it can be spoken")
            return
        item.standing = "planned"
        turns.show(item, "preparing")
        tells = self._tells(item)
        turns.mouth.plan(item.number, clauses, language, tells)

    def _tells(self, item: Item) -> tuple[str, ...]:
        """The notice, unless it is being said, or the item goes on where it broke off."""
        now = self.turns.mouth.now
        if not self._notice or item.rest or (now and now.tells):
            return ()
        return tuple(self._script(self._notice, self._language))

    def _opening(self, item: Item, language: str) -> str:
        """Whose question it is, where that costs nobody any time: the host or the co-host is still speaking."""
        there_is_time = self.turns.mouth.host_speaks or self.turns.mouth.now is not None
        if item.origin != "chat" or not there_is_time:
            return ""
        if self._creator.manners.names:
            names = [name for asker in item.askers[:1] if (name := self._name_for(asker.name, language))]
            opening = self._manners.opening(names, item.asked_by, "", language)
            if opening:
                return opening
        return self._manners.lead_in(language) if self._rules.eager else ""

    def _start(self, at_ms: int) -> None:
        ready = self.turns.mouth.next
        item = self.turns.list.get(ready.item) if ready else None
        if item and not item.host_on_it and self.turns.mouth.start(at_ms, self._pause_ms):
            self.turns.show(item, "speaking")

    def _show_floor(self, silent: Silence, until_ms: int) -> None:
        shown = commands.ShowFloor(self.turns.mouth.holder, silent, until_ms)
        if shown != self._shown:
            self._shown = shown
            self._wish(shown)

    def _wake(self, at_ms: int, budget_ms: int) -> None:
        moments = [*self.turns.mouth.moments(self._pause_ms), self._muted_until_ms, self._alone_from_ms, budget_ms]
        moments += self._program.due_ms(self._quiet_since_ms, self._rules)
        moments += [moment for moment in (self.turns.list.next_expiry_ms(), self._thanks.due_ms) if moment is not None]
        moments += [self.turns.rations.cooled_at_ms(item.viewers) for item in self.turns.list.live()]
        at = min((moment for moment in moments if moment > at_ms), default=-1)
        if at >= 0 and at != self._wake_at_ms:
            self._wake_at_ms = at
            self._wish(commands.WakeAt("turn", at))

    # --- helpers

    def _wish(self, wish: Command) -> None:
        self.wishes.append(wish)

    @property
    def _rules(self) -> ModeRules:
        return MODES[self._mode]

    @property
    def _language(self) -> str:
        return self._creator.languages[0]

    @property
    def _pause_ms(self) -> int:
        floor = self._creator.floor
        return floor.lively_pause_ms if self._rules.eager else floor.pause_ms

    @property
    def _quiet_since_ms(self) -> int:
        """Since when nobody has said anything nor has anything to say; -1: somebody has."""
        mouth = self.turns.mouth
        busy = mouth.host_speaks or mouth.now or mouth.next or self._muted or self._paused or self._private
        if busy or any(item.standing == "waiting" for item in self.turns.list.live()):
            return -1
        return max(mouth.host_heard_ms, mouth.cohost_heard_ms)

    def _name_for(self, name: str, language: str) -> str:
        """The name as the voice of this language can say it."""
        said = spoken_name(name)
        return said if said and language_of(said) == ("zh" if language == "zh" else "en") else ""

    def _leave_to_host(self, at_ms: int, item: Item) -> None:
        """Off the list; the link still goes into the chat."""
        if item.standing == "waiting" and not (item.posted or item.spoken_only) and item.decision.link:
            self.turns.posts.answer(item)
        self.turns.drop(at_ms, item, "answered", "the host answered", "answered")

    def _open_gate(self) -> None:
        if not self._muted and not self._private:
            self._wish(commands.OpenGate())
