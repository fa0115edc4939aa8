"""The log's entries, as a fold over events, commands and whole traces: it can't tell otherwise than the recording. Pure.

A message is fixed; what people wrote or said, and who, stands in `personal` alone. `seq` is the event's number in the recording,
where the rest is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from livehost import commands, events
from livehost.commands import Command
from livehost.events import Envelope
from livehost.observe.spans import Span, Value

Level = Literal["info", "warning", "error"]
_LEVELS: dict[events.PartState, Level] = {"degraded": "warning", "lost": "error"}
_SLOW_MS = {"matching": 2_000, "tool": 3_000, "compose": 5_000, "synthesis": 5_000, "post": 3_000}
# Whose details are ours and the system's; what the others tell may quote a line, an answer or a name.
_OWN_WORDS = frozenset(
    {
        "recorder",
        "recorded host",
        "recorded co-host",
        "raw frames",
        "computer",
        "clock",
        "session",
        "pages",
        "microphone",
    }
    | {"hearing", "voice", "monitor", "models", "traces", "log", "screen"}
)
_PARTS_MOST = 200
_OFTEN_MS = 10_000


class Entry(msgspec.Struct, frozen=True):
    seq: int
    at_ms: int
    level: Level
    message: str
    fields: dict[str, Value] = {}
    personal: dict[str, str] = {}


class Entries:
    def __init__(self) -> None:
        self._parts: dict[str, tuple[str, int]] = {}  # state, since when
        self._often: dict[
            str, tuple[int, int]
        ] = {}  # what fails: when it was last told, how often it was not told since

    def step(self, envelope: Envelope, wishes: Sequence[Command], traces: Sequence[Span] = ()) -> list[Entry]:
        trouble = _of_trouble(envelope.event)
        found = [self._now_and_then(trouble, envelope.at_ms) if trouble else _of_people(envelope.event)]
        found.append(self._of_session(envelope))
        found += [_of_command(wish) for wish in wishes if isinstance(wish, _TOLD)]
        found += [_slow(span) for span in traces if span.end_ms - span.start_ms > _SLOW_MS.get(span.name, 10**9)]
        return [msgspec.structs.replace(one, seq=envelope.seq, at_ms=envelope.at_ms) for one in found if one]

    def _now_and_then(self, entry: Entry, at_ms: int) -> Entry | None:
        """What fails again and again is told every few seconds, with how often it was left out."""
        told_ms, untold = self._often.get(entry.message, (-_OFTEN_MS, 0))
        if at_ms - told_ms < _OFTEN_MS:
            self._often[entry.message] = (told_ms, untold + 1)
            return None
        self._often[entry.message] = (at_ms, 0)
        return msgspec.structs.replace(entry, fields={**entry.fields, "untold": untold}) if untold else entry

    def _of_session(self, envelope: Envelope) -> Entry | None:
        match envelope.event:
            case events.SessionStarted(creator=creator, mode=mode, chats=chats):
                return _entry("info", "session started", creator=creator, mode=mode, chats=" ".join(chats))
            case events.SessionResumed(away_ms=away_ms):
                self._parts.clear()
                return _entry("warning", "session goes on", away_ms=away_ms)
            case events.SessionEnded(reason=reason, cpu_ms=cpu_ms):
                return _entry("info", "session ended", reason=reason, cpu_ms=cpu_ms)
            case events.PartChanged():
                return self._part(envelope.event, envelope.at_ms)
            case events.KnowledgeChanged(change=change):
                return _entry("info", "knowledge changed", products=len(change.products), faqs=len(change.faqs))
            case events.PrivacyChanged(private=private, why=why):
                return _entry("info", "private", {"why": why}, on=private)
        return None

    def _part(self, event: events.PartChanged, at_ms: int) -> Entry | None:
        state, since_ms = self._parts.get(event.part, ("", at_ms))
        again = state == event.state and event.state in ("ok", "starting")
        if state != event.state and len(self._parts) < _PARTS_MOST:
            self._parts[event.part] = (event.state, at_ms)
        if again:
            return None
        told = {"after_ms": at_ms - since_ms} if state and state != event.state else {}
        own = event.part in _OWN_WORDS or event.part.startswith("clock by ")
        level = _LEVELS.get(event.state, "info")
        if own and event.detail:
            return _entry(level, "part changed", part=event.part, state=event.state, **told, detail=event.detail)
        return _entry(level, "part changed", {"detail": event.detail}, part=event.part, state=event.state, **told)


def _of_trouble(event: events.Event) -> Entry | None:
    match event:
        case events.ChatDropped():
            told: dict[str, Value] = {"chat": event.source, "count": event.count, "reason": event.reason}
            return _entry("warning", "chat lines dropped", **told)
        case events.PostFailed():
            return _entry("warning", "post failed", {"problem": event.problem}, post=event.post)
        case events.UnpostFailed():
            return _entry("warning", "post not deleted", {"problem": event.problem}, post=event.post)
        case events.MatchFailed():
            return _entry("warning", "matching failed", {"problem": event.problem}, query=event.query)
        case events.ComposeFailed():
            return _entry("warning", "model failed", {"problem": event.problem}, request=event.request)
        case events.ToolFailed():
            return _entry("warning", "tool failed", {"problem": event.problem}, call=event.call)
        case events.SpeechFailed():
            about = {"utterance": event.utterance, "clause": event.clause}
            return _entry("warning", "synthesis failed", {"problem": event.problem}, **about)
    return None


def _of_people(event: events.Event) -> Entry | None:
    match event:
        case events.Acted():
            words = {"who": event.who, "text": event.text, "question": event.question}
            return _entry("info", "person acted", words, action=event.action, target=event.target)
        case events.ProgramChanged():
            return _entry("info", "program changed", {"who": event.who})
        case events.Forgotten():
            return _entry("info", "viewer forgotten", {"viewer": event.user}, platform=event.platform)
        case events.ForgetFailed():
            words = {"viewer": event.user, "problem": event.problem}
            return _entry("error", "viewer not forgotten", words, platform=event.platform)
    return None


_TOLD = (commands.ShowMode, commands.ShowActed, commands.ShowFault)


def _of_command(wish: Command) -> Entry | None:
    match wish:
        case commands.ShowMode(mode=mode):
            return _entry("info", "mode", mode=mode)
        case commands.ShowActed():
            return _entry("info", "person acted", {"who": wish.who, "text": wish.text}, action=wish.action)
        case commands.ShowFault(detail=detail):
            return _entry("error", "contradiction", {"detail": detail})
    return None


def _slow(span: Span) -> Entry:
    return _entry("warning", "slow stage", stage=span.name, took_ms=span.end_ms - span.start_ms, trace=span.trace)


def _entry(level: Level, message: str, personal: dict[str, str] | None = None, /, **fields: Value) -> Entry:
    return Entry(0, 0, level, message, fields, {name: words for name, words in (personal or {}).items() if words})
