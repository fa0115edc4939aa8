"""The core: one event in, the wishes that follow from it out. It reads no clock and waits for nothing.

ChatReceived ─▶ first look ─▶ (Match ─▶ Matched) ─▶ second look ─▶ decide ─▶ the co-host's turns ─▶ commands
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import cast, get_args

from livehost import commands, events
from livehost.chat import ChatLine, Viewer
from livehost.commands import Command
from livehost.decide.answer import decide
from livehost.decide.chat_commands import chat_command
from livehost.decide.claims import numbers
from livehost.decide.cohost import CoHost
from livehost.decide.remarks import remark
from livehost.decide.waiting import Asker, key_of
from livehost.decision import Decision, Evidence
from livehost.errors import Contradiction
from livehost.events import Envelope
from livehost.knowledge import Knowledge
from livehost.language import language_of
from livehost.learning import Learning, is_collected, settled, why_held
from livehost.meaning import Meaning
from livehost.settings import Floor, Mode
from livehost.speak.script import clauses_within, spoken_seconds
from livehost.understand.normalise import PlainLine, plain_line
from livehost.understand.viewers import Viewers

LOGIC_VERSION = 8

_PENDING_MOST = 200  # lines that wait for the matcher
_REMEMBERED_MOST = 2000  # matches that are kept for the next line of the same words
_MEANINGS_MOST = 500
_STILL_WAITS_MS = 120_000  # so long a viewer still waits for the answer that a moderator writes
_HOST = "host"  # the source of what the host asks the co-host
_HOST_WORDS_LEAST = 4  # a shorter remark of the host answers nothing


@dataclass
class _Query:
    """What the matcher was asked, and which lines wait for it; none: the host's own words."""

    line: PlainLine
    waiting: list[tuple[Asker, PlainLine]] = field(default_factory=list)
    utterance: int = 0  # of the host, when it is the host's own words
    goes_on: bool = False  # … which are not all yet
    outdated: bool = False  # the knowledge has changed since


class Core:
    """`step` is the only way in; the same events give the same commands on any machine."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._learning = Learning(knowledge)
        self._meanings: OrderedDict[int, Meaning] = OrderedDict()  # of items, should their answer change
        creator = knowledge.creator
        script = partial(_said, creator.floor, frozenset(knowledge.takes))
        self._cohost = CoHost(creator, creator.mode, script)
        self._viewers = Viewers()
        self._started_at: datetime | None = None
        self._queries: dict[int, _Query] = {}
        self._asked: dict[str, int] = {}  # plain text → the query that is under way for it
        self._matches: OrderedDict[str, tuple[events.Candidate, ...]] = OrderedDict()
        self._query_count = 0
        self._asked_so_far: dict[int, int] = {}  # the host's utterance → words that were looked up

    def step(self, envelope: Envelope) -> list[Command]:
        """The commands that follow from one event."""
        self._cohost.wishes = []
        try:
            self._take_in(envelope.event, envelope.at_ms)
        except Contradiction as trouble:
            self._cohost.wishes.append(commands.ShowFault(str(trouble)))
        self._cohost.advance(envelope.at_ms)
        return self._cohost.wishes

    def _take_in(self, event: events.Event, at_ms: int) -> None:  # noqa: PLR0912 - one line per event is the plainest form
        cohost, mouth = self._cohost, self._cohost.turns.mouth
        match event:
            case events.ChatReceived():
                self._chat(event.source, event.line, at_ms)
            case events.Posted(link=True):
                cohost.posted(event.post)
            case events.Posted():
                cohost.post_failed(event.post, "links are left out there")
            case events.PostFailed():
                cohost.post_failed(event.post, event.problem)
            case events.Matched():
                self._matched(event.query, event.candidates, at_ms)
            case events.MatchFailed():
                self._matched(event.query, (), at_ms)
            case events.HostStarted():
                cohost.host_started(at_ms, event.utterance, event.start_ms)
            case events.HostStopped():
                mouth.host_stopped(at_ms, event.utterance, event.end_ms)
            case events.HostPartial():
                self._host_says(event)
            case events.HostSaid():
                self._host_said(event, at_ms)
            case events.KnowledgeChanged():
                self._knowledge_changed(event, at_ms)
            case events.SpeechBegan():
                mouth.speech_began(event.utterance)
            case events.SpeechReady():
                mouth.speech_ready(event.utterance, event.clause, event.audio_ms)
            case events.SpeechFailed():
                cohost.speech_failed(at_ms, event.utterance)
            case events.PlaybackStarted():
                mouth.playback_started(event.utterance)
            case events.PlaybackFinished():
                cohost.playback_over(at_ms, event.utterance, event.heard_ms, cut=False)
            case events.PlaybackCut():
                cohost.playback_over(at_ms, event.utterance, event.heard_ms, cut=True)
            case events.Acted():
                self._acted(event, at_ms)
            case events.SceneShown():
                self._scene(event.scene)
            case events.PrivacyChanged():
                cohost.private(on=event.private)
            case events.PartChanged(part="hearing"):
                self._hearing_changed(event.state, at_ms)
            case events.SessionStarted():
                cohost.turns.posts.chats = event.chats
                cohost.set_mode(event.mode)
                cohost.announce(event.notice)
                self._started_at = datetime.fromisoformat(event.started_at) if event.started_at else None

    @property
    def _table(self) -> str:
        return self._cohost.turns.table

    # --- chat

    def _chat(self, source: str, line: ChatLine, at_ms: int) -> None:
        match line.type:
            case "message":
                self._written(source, line, at_ms)
            case "gift" | "subscribe" | "follow" | "raid" | "order":
                self._cohost.thank(line, at_ms)
            case "deleted":
                self._withdraw(at_ms, line_id=line.target_id)
            case "banned":
                self._withdraw(at_ms, user_id=line.target_user)

    def _written(self, source: str, line: ChatLine, at_ms: int) -> None:
        """A command of a moderator, or else a line for the co-host to make out."""
        allowed = self._learning.knowledge.creator.floor.chat_commands
        command = chat_command(line.text, line.user) if allowed else None
        if command is None:
            self._message(self._cohost.asker(source, line, at_ms), line, at_ms)
            return
        action, text = command
        who = f"{line.user.name or line.user.id} ({line.platform or source})"
        self._acted_otherwise(events.Acted(action, who, text=text), at_ms)

    def _message(self, asker: Asker, line: ChatLine, at_ms: int) -> None:
        look = self._learning.reader.first_look(line.text)
        if isinstance(look, Meaning):
            self._decide(look, asker, at_ms)
            return
        before = self._viewers.before(_viewer(asker), at_ms)
        for question in self._learning.reader.questions(look, before.plain if before else ""):
            self._look_up(question, asker, at_ms)

    def _look_up(self, look: PlainLine, asker: Asker, at_ms: int) -> None:
        if (known := self._matches.get(look.plain)) is not None:
            self._matches.move_to_end(look.plain)
            self._understand(look, known, asker, at_ms)
        elif (under_way := self._asked.get(look.plain)) is not None:
            self._queries[under_way].waiting.append((asker, look))
        elif len(self._queries) < _PENDING_MOST:
            self._ask(_Query(look, [(asker, look)]), look.plain)
        else:
            skipped = Meaning(look.text, look.language, "other_question", 0.0, ("skipped: too many lines at once",))
            self._decide(skipped, asker, at_ms)

    def _withdraw(self, at_ms: int, *, line_id: str = "", user_id: str = "") -> None:
        """A deleted message, or all of a banned viewer's, wherever they stand."""
        for query in self._queries.values():
            query.waiting = [(asker, look) for asker, look in query.waiting if not asker.is_of(line_id, user_id)]
        self._cohost.withdraw(at_ms, line_id=line_id, user_id=user_id)
        self._cohost.wishes += self._learning.withdraw(line_id=line_id, user_id=user_id)

    def _ask(self, query: _Query, text: str) -> None:
        self._query_count += 1
        self._queries[self._query_count] = query
        if not query.utterance:
            self._asked[text] = self._query_count
        among: commands.Among = "answers" if query.utterance else "questions"
        self._cohost.wishes.append(commands.Match(self._query_count, text, among))

    def _matched(self, number: int, candidates: tuple[events.Candidate, ...], at_ms: int) -> None:
        query = self._queries.pop(number, None)
        if query is None:
            return
        if query.utterance:
            for faq in self._learning.reader.said_by_host(candidates):
                if query.goes_on:
                    self._cohost.host_answers(query.utterance, faq)
                else:
                    self._cohost.host_answered(at_ms, faq)
            if not query.goes_on:
                self._cohost.understood(query.utterance)
            return
        self._asked.pop(query.line.plain, None)
        if not query.outdated:
            self._matches[query.line.plain] = candidates
        if len(self._matches) > _REMEMBERED_MOST:
            self._matches.popitem(last=False)
        for asker, look in query.waiting:
            self._understand(look, candidates, asker, at_ms)

    def _understand(self, look: PlainLine, candidates: tuple[events.Candidate, ...], asker: Asker, at_ms: int) -> None:
        reader, viewer = self._learning.reader, _viewer(asker)
        before = self._viewers.before(viewer, at_ms)
        meaning = reader.second_look(look, candidates, self._table, before.product_id if before else "")
        if meaning.kind == "routine":
            self._viewers.asked(viewer, at_ms, look.plain, reader.named(look.plain))
        self._decide(meaning, asker, at_ms)

    def _decide(self, meaning: Meaning, asker: Asker, at_ms: int) -> None:
        decision = self._learning.guarded(decide(meaning, self._learning.knowledge, self._now(at_ms)))
        item = 0
        if asker.source == _HOST:
            item = self._cohost.host_asks(at_ms, key_of(meaning), decision, asker)
        elif decision.route in ("answer", "hold"):
            item = self._cohost.take(at_ms, key_of(meaning), decision, asker)
        if item:
            self._meanings[item] = meaning
            if len(self._meanings) > _MEANINGS_MOST:
                self._meanings.popitem(last=False)
        self._cohost.wishes.append(commands.ShowDecision(asker.line_id, item, decision))
        if is_collected(decision) and asker.source != _HOST:
            self._cohost.wishes += self._learning.unanswered(at_ms, meaning.text, asker, self._table)

    def _now(self, at_ms: int) -> datetime | None:
        """What the clock on the wall shows; None in a recording that does not tell when it began."""
        return self._started_at + timedelta(milliseconds=at_ms) if self._started_at else None

    # --- the host

    def _host_says(self, said: events.HostPartial) -> None:
        """So far; the rest is still to come."""
        self._cohost.turns.mouth.host_says(said.utterance, said.text)
        line = plain_line(said.text)
        if _words(line) >= max(_HOST_WORDS_LEAST, 2 * self._asked_so_far.get(said.utterance, 0)):
            self._asked_so_far = {said.utterance: _words(line)}
            self._ask_about_host(_Query(line, utterance=said.utterance, goes_on=True))

    def _host_said(self, said: events.HostSaid, at_ms: int) -> None:
        text = said.text
        self._cohost.turns.mouth.host_said(said.utterance, text)
        named = self._learning.reader.products_named(text)
        if len(named) == 1:
            self._cohost.put_on_table(named[0])
        self._cohost.wishes += self._learning.host_said(at_ms, text, self._table)
        if doubts := self._learning.doubts:
            self._cohost.hold_about(at_ms, {product: why_held(doubt) for product, doubt in doubts.items()})
        self._cohost.host_told(at_ms, numbers(text), frozenset({*named, self._table} - {""}))
        self._turn_of_host(said, at_ms)
        line = plain_line(text)
        if _words(line) >= _HOST_WORDS_LEAST:
            self._ask_about_host(_Query(line, utterance=said.utterance))
        else:
            self._cohost.understood(said.utterance)

    def _turn_of_host(self, said: events.HostSaid, at_ms: int) -> None:
        """What the host's words mean for whose turn it is."""
        creator = self._learning.knowledge.creator
        meant = remark(said.text, [name for name in (creator.cohost, *creator.also_called) if name])
        match meant.kind:
            case "thinks":
                self._cohost.host_thinks(at_ms)
            case "go_ahead":
                self._cohost.turns.mouth.host_invites(at_ms)
            case "stop":
                self._acted_otherwise(events.Acted("stop", f"{creator.name} (voice)"), at_ms)
            case "asks":
                line = ChatLine(id=f"host:{said.utterance}", user=Viewer("", creator.name), text=meant.rest)
                self._message(Asker(_HOST, line.id, "", creator.name), line, at_ms)

    def _ask_about_host(self, query: _Query) -> None:
        """Whether the host's words are one of our answers."""
        if self._learning.knowledge.faqs:
            self._ask(query, query.line.plain)
        elif not query.goes_on:
            self._cohost.understood(query.utterance)

    # --- knowledge

    def _knowledge_changed(self, event: events.KnowledgeChanged, at_ms: int) -> None:
        self._matches.clear()
        for query in self._queries.values():
            query.outdated = True
        self._learned(self._learning.changed(event.change), at_ms)
        if self._table not in self._learning.knowledge.product_by_id:
            self._cohost.put_on_table("")
        creator = event.change.creator
        if creator:
            self._cohost.adopt(creator, at_ms)

    def _learned(self, wishes: list[Command], at_ms: int) -> None:
        """What follows where a doubt was settled: what was held for it is decided again."""
        self._cohost.wishes += wishes
        about = set(settled(wishes)) - set(self._learning.doubts)
        for item, meaning in self._meanings.items():
            if about and meaning.product_id in about:
                decision = self._learning.guarded(decide(meaning, self._learning.knowledge, self._now(at_ms)))
                self._cohost.redecide(at_ms, item, decision)

    def _hearing_changed(self, state: events.PartState, at_ms: int) -> None:
        if state in ("ok", "lost"):
            self._cohost.hearing(at_ms, works=state == "ok")

    # --- people

    def _acted_otherwise(self, act: events.Acted, at_ms: int) -> None:
        """By voice or in the chat: nobody has closed the gate yet."""
        if act.action in ("mute", "stop", "panic"):
            self._cohost.wishes.append(commands.CloseGate())
        self._cohost.wishes.append(commands.ShowActed(act.action, act.who, act.text))
        self._acted(act, at_ms)

    def _acted(self, act: events.Acted, at_ms: int) -> None:  # noqa: PLR0912 - one line per action is the plainest form
        cohost, people = self._cohost, self._cohost.people
        match act.action:
            case "mute":
                cohost.mute(at_ms, _minutes(act.text))
            case "panic":
                cohost.panic(at_ms)
            case "unmute":
                cohost.unmute()
            case "skip":
                people.skip(at_ms)
            case "stop":
                cohost.stop(at_ms)
            case "pause" | "resume":
                cohost.pause(on=act.action == "pause")
            case "approve":
                people.approve(at_ms, act.target, who=act.who, text=act.text)
            case "post":
                people.approve(at_ms, act.target, who=act.who, text=act.text, aloud=False)
            case "wrong":
                people.take_back(at_ms, act.target, act.text)
            case "drop":
                people.drop(at_ms, act.target)
            case "pin":
                people.pin(act.target)
            case "first":
                people.first(act.target)
            case "host":
                people.leave_to(at_ms, act.target, "host", act.who)
            case "take":
                people.leave_to(at_ms, act.target, "taken", act.who)
            case "clear":
                people.clear(at_ms)
            case "mode":
                if act.text in get_args(Mode):
                    cohost.set_mode(cast(Mode, act.text))
            case "table":
                self._cohost.put_on_table(act.text if act.text in self._learning.knowledge.product_by_id else "")
            case "say":
                cohost.say(at_ms, _in_words(act, "say"))
            case "teach":
                self._teach(act, at_ms)
            case "accept" | "decline" | "confirm" | "correct":
                self._learned(self._learning.acted(act), at_ms)

    def _teach(self, act: events.Acted, at_ms: int) -> None:
        """The answer goes into the FAQ, and at once to who has just asked."""
        wanted = self._learning.wanted(act)
        wishes = self._learning.acted(act)
        self._cohost.wishes += wishes
        kept = next((wish.faq for wish in wishes if isinstance(wish, commands.KeepFaq)), None)
        if kept and wanted and at_ms - wanted.last_ms <= _STILL_WAITS_MS:
            decision = _in_words(act, "teach", text=wanted.text, faq=kept.id)
            item = self._cohost.take(at_ms, f"faq:{kept.id}", decision, wanted.first)
            self._cohost.wishes.append(commands.ShowDecision(wanted.first.line_id, item, decision))

    def _scene(self, scene: str) -> None:
        product_id = self._learning.knowledge.creator.obs.scenes.get(scene, "")
        if product_id in self._learning.knowledge.product_by_id:
            self._cohost.put_on_table(product_id)


def _viewer(asker: Asker) -> str:
    return f"{asker.source} {asker.user_id}"


def _in_words(act: events.Acted, what: str, text: str = "", faq: str = "") -> Decision:
    """A person's own words as an answer; they stand for themselves."""
    return Decision(
        text=text or act.text,
        language=language_of(text or act.text),
        kind="routine" if faq else "statement",
        route="answer",
        confidence=1.0,
        answer=act.text,
        spoken=act.text,
        spoken_language=language_of(act.text),
        faq=faq,
        evidence=(Evidence("moderator", act.who, what, act.text),),
    )


def _said(floor: Floor, takes: frozenset[str], text: str, language: str, opening: str = "") -> list[str]:
    """As many clauses as may be said, behind the opening where there is time for both; what the creator recorded in person
    is one piece."""
    if text in takes:
        return [text]
    whole = clauses_within(text, language, floor.spoken_seconds)
    if not opening:
        return whole
    left = floor.spoken_seconds - spoken_seconds(opening, language)
    shorter = clauses_within(text, language, left)
    fits = sum(spoken_seconds(clause, language) for clause in shorter) <= left
    return [*clauses_within(opening, language, floor.spoken_seconds), *shorter] if fits else whole


def _words(line: PlainLine) -> int:
    """How many words it has; two Chinese characters are about one."""
    return len(line.plain) // 2 if line.language == "zh" else len(line.plain.split())


def _minutes(text: str) -> float:
    """A moderator's number of minutes, a day at most; 0 where there is none."""
    try:
        minutes = float(text)
    except ValueError:
        return 0.0
    return min(minutes, 1440.0) if minutes > 0 else 0.0
