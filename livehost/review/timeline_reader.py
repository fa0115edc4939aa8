"""Lays a recording out in time, in one pass."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from livehost import commands, events
from livehost.chat import ChatLine
from livehost.commands import Command
from livehost.record.folder import EVENTS
from livehost.record.reader import last_moment, told, torn_bytes
from livehost.review.timeline import HostWords, Line, Question, Reply, Stand, Timeline, Utterance


def read_timeline(folder: Path, passed: Callable[[int], None] = lambda _: None, most: int | None = None) -> Timeline:
    """Reads as far as the recording goes, or `most` bytes of it; what can't be read is counted in `unread`. Raises BadInput
    where there is no file."""
    reading = _Reading(Timeline(torn=torn_bytes(folder)))
    for place, line in told(folder, passed, most):
        if line.unread:
            reading.timeline.unread[line.unread] += 1
        elif line.event is not None:
            reading.event(line.at_ms, line.event)
        elif line.command is not None:
            reading.command(place, line.command)
    if most is not None and (folder / EVENTS).stat().st_size > most:
        reading.timeline.whole, reading.timeline.last_ms = False, last_moment(folder)
    return reading.timeline


class _Reading:
    """The fold's memory of what belongs together."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self._now_ms = 0
        self._table = ""
        self._line_by_id: dict[str, int] = {}
        self._asked: dict[int, commands.Match] = {}
        self._utterance: dict[int, int] = {}
        self._reply: dict[int, Reply] = {}
        self._preparing = 0
        self._host_since: dict[int, int] = {}
        self._viewers: dict[str, str] = {}

    def event(self, at_ms: int, event: events.Event) -> None:  # noqa: PLR0912 - one branch per event is the plainest form
        told = self.timeline
        told.events += 1
        self._now_ms = told.last_ms = at_ms
        match event:
            case events.ChatReceived():
                self._chat(event.line)
            case events.Matched():
                self._matched(event)
            case events.ComposeEnded():
                told.compute_ms["composing"] += event.compute_ms
                told.model_tokens += event.tokens
            case events.SpeechReady():
                told.compute_ms["speaking"] += event.compute_ms
            case events.PlaybackStarted():
                self._of(event.utterance).started_ms = at_ms
            case events.PlaybackFinished() | events.PlaybackCut():
                utterance = self._of(event.utterance)
                utterance.ended_ms, utterance.heard_ms = at_ms, event.heard_ms
            case events.HostStarted():
                self._host_since[event.utterance] = event.start_ms
            case events.HostStopped():
                told.host_spans.append((self._host_since.pop(event.utterance, event.end_ms), event.end_ms))
            case events.HostSaid():
                told.compute_ms["hearing"] += event.compute_ms
                if event.text:
                    language = sys.intern(event.language)
                    told.host.append(HostWords(event.start_ms, event.end_ms, event.text, language, event.utterance))
            case events.Posted() | events.PostFailed():
                self._answered_post(event)
            case events.Acted():
                told.deeds.append((at_ms, event))
                if event.action == "mode":
                    told.modes.append((at_ms, event.text))
            case events.LinkOpened():
                told.opened.append((at_ms, sys.intern(event.product_id)))
            case events.PartChanged():
                told.parts.append((at_ms, event))
            case events.ChatDropped():
                told.losses.append((at_ms, event))
            case events.SessionStarted():
                told.modes.append((at_ms, event.mode))
            case events.SessionEnded():
                told.ended, told.cpu_ms = True, event.cpu_ms

    def command(self, place: int, wish: Command) -> None:
        told = self.timeline
        match wish:
            case commands.ShowDecision():
                self._decided(place, wish)
            case commands.ShowWanted() | commands.WakeAt() | commands.ShowFloor():
                pass  # most of the others, so they are asked for here
            case commands.ShowItem():
                question = told.questions.setdefault(wish.item, Question(wish.item, ""))
                question.text = question.text if question.text == wish.text else wish.text
                reason = sys.intern(wish.reason)
                question.stands.append(Stand(self._now_ms, wish.state, wish.askers, reason, question.text))
                question.states.add(wish.state)
                if wish.state == "preparing":
                    self._preparing = wish.item
            case commands.Synthesise():
                self._of(wish.utterance, wish.language).clauses.append(wish.text)
            case commands.Cut():
                self._of(wish.utterance).cut = wish.reason
            case commands.Spoke():
                self._of(wish.utterance).heard_share = min(1.0, wish.words / wish.planned) if wish.planned else 1.0
            case commands.Hold() | commands.Resume():
                self._held(wish)
            case commands.Match():
                self._asked[wish.query] = wish
            case commands.Post():
                self._posted(wish)
            case commands.ShowTable():
                self._table = sys.intern(wish.product_id)
                told.tables.append((self._now_ms, wish.product_id))
            case commands.ShowFault():
                told.faults.append((self._now_ms, wish.detail))

    def _held(self, wish: commands.Hold | commands.Resume) -> None:
        utterance = self._of(wish.utterance)
        if isinstance(wish, commands.Hold):
            utterance.held.append((self._now_ms, sys.maxsize))
        elif utterance.held:
            utterance.held[-1] = (utterance.held[-1][0], self._now_ms)

    def _chat(self, line: ChatLine) -> None:
        told = self.timeline
        user = line.user
        told.lines.append(
            Line(
                at_ms=self._now_ms,
                id=line.id,
                platform=sys.intern(line.platform),
                user_id=self._viewers.setdefault(user.id, user.id),
                name=self._viewers.setdefault(user.name, user.name),
                type=line.type,
                text=line.text if line.type != "order" else line.product_id,
                count=line.count,
                table=self._table,
            )
        )
        self._line_by_id[line.id] = len(told.lines) - 1

    def _matched(self, event: events.Matched) -> None:
        told = self.timeline
        told.compute_ms["matching"] += event.compute_ms
        asked = self._asked.pop(event.query, None)
        if asked:
            (told.matches if asked.among == "questions" else told.said_matches)[asked.text] = event.candidates

    def _decided(self, place: int, wish: commands.ShowDecision) -> None:
        index = self._line_by_id.get(wish.line_id)
        if index is None:
            return
        line, decision = self.timeline.lines[index], wish.decision
        is_first = line.decided_ms < 0  # a later decision, as when a moderator taught the answer, counts instead of it
        line.decided_ms = self._now_ms if is_first else line.decided_ms
        before, line.place, line.item = line.item, place, wish.item
        line.kind, line.route, line.confidence = decision.kind, decision.route, decision.confidence
        line.language, line.faq = sys.intern(decision.language), sys.intern(decision.faq)
        line.product_id, line.asks_back = sys.intern(decision.product_id), decision.asks_back
        question = self.timeline.questions.get(wish.item)
        if question and (is_first or before != wish.item):
            question.lines.append(index)

    def _of(self, number: int, language: str = "") -> Utterance:
        at = self._utterance.get(number)
        if at is None:
            at = self._utterance[number] = len(self.timeline.utterances)
            self.timeline.utterances.append(Utterance(number, self._preparing, language, planned_ms=self._now_ms))
            if question := self.timeline.questions.get(self._preparing):
                question.spoken.append(at)
        return self.timeline.utterances[at]

    def _posted(self, wish: commands.Post) -> None:
        reply = Reply(wish.post, self._now_ms, wish.reply_to, wish.text)
        self._reply[wish.post] = reply
        self.timeline.replies.append(reply)
        index = self._line_by_id.get(wish.reply_to)
        if index is not None and (question := self.timeline.questions.get(self.timeline.lines[index].item)):
            question.posts.append(len(self.timeline.replies) - 1)

    def _answered_post(self, event: events.Posted | events.PostFailed) -> None:
        if reply := self._reply.pop(event.post, None):
            reply.done_ms = self._now_ms
            reply.problem = event.problem if isinstance(event, events.PostFailed) else ""
