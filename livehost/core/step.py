"""Leads each event through the pure parts, in order. It reads no clock and waits for nothing.

chat ─▶ Remembering ─▶ Lines ──────┐
        a model, tools ─▶ Consulting ┤
        host's words ─▶ HostWords ───┼─▶ CoHost ─▶ commands
        people ───────▶ Acts ────────┘
                        Learning: the knowledge of now, which all of them read
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from livehost import commands, events
from livehost.chat import ChatLine
from livehost.commands import Command
from livehost.core.acts import Acts
from livehost.core.host_words import HostWords
from livehost.core.learning import Learning
from livehost.core.lines import Lines
from livehost.core.queries import Queries
from livehost.core.remembering import Remembering
from livehost.decide.chat_commands import chat_command
from livehost.decide.cohost import CoHost
from livehost.decide.waiting import Gone
from livehost.errors import Contradiction
from livehost.events import Envelope
from livehost.knowledge import Knowledge
from livehost.speak.script import answer_clauses

LOGIC_VERSION = 14


class Core:
    """`step` is the only way in; the same events give the same commands on any machine."""

    def __init__(self, knowledge: Knowledge) -> None:
        script = partial(answer_clauses, frozenset(knowledge.takes))
        self._learning = Learning(knowledge)
        self._cohost = CoHost(knowledge.creator, script)
        self._queries = Queries(self._cohost.wish)
        self._lines = Lines(self._learning, self._cohost, self._queries)
        self._remembering = Remembering(self._cohost, self._learning)
        self._acts = Acts(self._learning, self._cohost, self._lines, self._remembering)
        self._host = HostWords(self._learning, self._cohost, self._queries, self._lines, self._acts.from_afar)

    def step(self, envelope: Envelope) -> list[Command]:
        """The commands that follow from one event."""
        self._cohost.wishes = []
        try:
            outside = self._lines.consulting.takes(envelope.event, envelope.at_ms)
            if not outside and not self._remembering.takes(envelope.event, envelope.at_ms):
                self._take_in(envelope.event, envelope.at_ms)
        except Contradiction as trouble:
            self._cohost.wishes.append(commands.ShowFault(str(trouble)))
        self._cohost.advance(envelope.at_ms)
        self._lines.consulting.sweep()
        return self._cohost.wishes

    def _take_in(self, event: events.Event, at_ms: int) -> None:  # noqa: PLR0912 - one line per event is the plainest form
        cohost, mouth = self._cohost, self._cohost.turns.mouth
        match event:
            case events.ChatReceived():
                self._chat(event.source, event.line, at_ms)
            case events.Posted():
                cohost.handover.posted(event.post, event.line_id)
                cohost.questions.posted(event.post, event.line_id, link=event.link)
            case events.PostFailed():
                cohost.questions.post_failed(event.post, event.problem)
                cohost.handover.post_failed(event.post, event.problem)
            case events.Unposted():
                cohost.people.unposted(event.post)
            case events.UnpostFailed():
                cohost.people.unposted(event.post, event.problem)
            case events.Matched():
                self._queries.answered(event.query, event.candidates, at_ms)
            case events.MatchFailed():
                self._queries.answered(event.query, None, at_ms)
            case events.HostStirred():
                mouth.host_stirred(at_ms)
            case events.HostStarted():
                cohost.host_started(at_ms, event)
            case events.GuestStarted():
                mouth.guest_started(at_ms, event.guest, event.start_ms)
            case events.GuestStopped():
                mouth.guest_stopped(event.guest, event.end_ms)
            case events.HostStopped():
                mouth.host_stopped(at_ms, event.utterance, event.end_ms)
            case events.HostPartial():
                self._host.so_far(event)
            case events.HostSaid():
                self._host.said(event, at_ms)
            case events.KnowledgeChanged():
                self._knowledge_changed(event, at_ms)
            case events.Acted():
                self._acts.take_in(event, at_ms)
            case events.SceneShown():
                self._scene(event.scene)
            case events.PrivacyChanged():
                cohost.silences.private(on=event.private)
            case events.PartChanged(part="hearing", state="ok" | "lost"):
                mouth.hearing(at_ms, works=event.state == "ok")
            case events.SessionStarted():
                self._started(event)
            case events.ProgramChanged():
                cohost.change_program(event.schedule, event.rundown, at_ms)
            case _:
                self._speech(event, at_ms)

    def _speech(self, event: events.Event, at_ms: int) -> None:
        """What became of the sound that was wished for."""
        cohost, mouth = self._cohost, self._cohost.turns.mouth
        match event:
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

    def _started(self, started: events.SessionStarted) -> None:
        self._cohost.turns.posts.chats = tuple(chat for chat in started.chats if chat not in started.apart)
        self._cohost.handover.chats = started.chats
        self._cohost.set_mode(started.mode)
        self._cohost.announce(started.notice)
        self._cohost.air.started_at = datetime.fromisoformat(started.started_at) if started.started_at else None

    def _chat(self, source: str, line: ChatLine, at_ms: int) -> None:
        match line.type:
            case "message":
                self._written(source, line, at_ms)
            case "gift" | "subscribe" | "follow" | "raid" | "order":
                self._cohost.thank(source, line, at_ms)
            case "deleted":
                self._withdraw(at_ms, Gone(line.platform or source, line_id=line.target_id))
            case "banned":
                self._withdraw(at_ms, Gone(line.platform or source, user_id=line.target_user))

    def _written(self, source: str, line: ChatLine, at_ms: int) -> None:
        """A person's word on what was handed over, a moderator's command, or else a line for the co-host to make out."""
        if self._cohost.handover.comes_from(source, line):
            if act := self._cohost.handover.replied(source, line):
                self._acts.from_afar(act, at_ms)
            return
        allowed = self._learning.knowledge.creator.floor.chat_commands
        command = chat_command(line.text, line.user) if allowed else None
        if command is None:
            asker = self._cohost.asker(source, line, at_ms)
            if not self._remembering.reads(line, asker):
                self._lines.take_in(asker, line, at_ms)
            return
        action, text = command
        who = f"{line.user.name or line.user.id} ({line.platform or source})"
        if action == "report":
            self._acts.report(who, at_ms, line.id)
            return
        self._acts.from_afar(events.Acted(action, who, text=text), at_ms)

    def _withdraw(self, at_ms: int, gone: Gone) -> None:
        """A deleted message, or all of a banned viewer's, wherever they stand."""
        self._lines.withdraw(gone)
        self._cohost.withdraw(at_ms, gone)
        self._cohost.wishes += self._learning.withdraw(gone)

    def _knowledge_changed(self, event: events.KnowledgeChanged, at_ms: int) -> None:
        self._lines.knowledge_changed()
        self._acts.learned(self._learning.changed(event.change), at_ms)
        if self._cohost.turns.table not in self._learning.knowledge.product_by_id:
            self._cohost.turns.put_on_table("")
        if event.change.creator:
            self._cohost.adopt(event.change.creator, at_ms)

    def _scene(self, scene: str) -> None:
        self._cohost.silences.scene = scene
        product_id = self._learning.knowledge.creator.obs.scenes.get(scene, "")
        if product_id in self._learning.knowledge.product_by_id:
            self._cohost.turns.put_on_table(product_id)
