"""What the core wished for and has not had back: when it began, and what it followed from. Pure and bounded."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace

from livehost import commands, events
from livehost.commands import Command
from livehost.observe.spans import Stage, Value

_OPEN_MOST = 2000
_CHAIN_MOST = 4  # a look-up after a match after …; what led to those is left out

Key = tuple[str, int, int]


@dataclass(frozen=True)
class Work:
    """`ended_ms` -1: it goes on. `cause` is the work whose result it was wished upon."""

    name: str
    began_ms: int
    attributes: dict[str, Value]
    cause: Work | None = None
    depth: int = 1
    ended_ms: int = -1
    failed: bool = False

    def stages(self, not_before_ms: int) -> list[Stage]:
        """It and what led to it; what was under way before a line came counts for that line from then on."""
        led = self.cause.stages(not_before_ms) if self.cause else []
        return [*led, Stage(self.name, max(self.began_ms, not_before_ms), self.ended_ms, self.failed, self.attributes)]


class UnderWay:
    def __init__(self) -> None:
        self._open: OrderedDict[Key, Work] = OrderedDict()

    def __len__(self) -> int:
        return len(self._open)

    def wished(self, wish: Command, at_ms: int, cause: Work | None) -> None:
        if not (begun := _begun(wish)):
            return
        key, name, attributes = begun
        if cause and cause.depth >= _CHAIN_MOST:
            cause = replace(cause, cause=None, depth=1)
        self._open[key] = Work(name, at_ms, attributes, cause, cause.depth + 1 if cause else 1)
        if len(self._open) > _OPEN_MOST:
            self._open.popitem(last=False)

    def came(self, event: events.Event, at_ms: int) -> Work | None:
        """The work that `event` is a result of."""
        if not (result := _result(event)):
            return None
        key, over, failed, more = result
        work = self._open.pop(key, None) if over else self._open.get(key)
        if work is None:
            return None
        return replace(work, ended_ms=at_ms, failed=failed, attributes={**work.attributes, **more})


def _begun(wish: Command) -> tuple[Key, str, dict[str, Value]] | None:
    match wish:
        case commands.Match():
            return ("match", wish.query, 0), "matching", {}
        case commands.Compose():
            return ("compose", wish.request, 0), "compose", {"livehost.task": wish.task}
        case commands.CallTool():
            return ("tool", wish.call, 0), "tool", {"livehost.tool": wish.tool}
        case commands.Synthesise():
            return ("speech", wish.utterance, wish.clause), "synthesis", {"livehost.clause": wish.clause}
        case commands.Post():
            return ("post", wish.post, 0), "post", {"livehost.chat": wish.source}
    return None


def _result(event: events.Event) -> tuple[Key, bool, bool, dict[str, Value]] | None:
    """Of which work, whether it is over with that, whether it failed, and what is told of it."""
    match event:
        case events.Matched():
            told = {"livehost.compute_ms": event.compute_ms, "livehost.candidates": len(event.candidates)}
            return ("match", event.query, 0), True, False, {**told}
        case events.MatchFailed():
            return ("match", event.query, 0), True, True, {}
        case events.Composed():
            return ("compose", event.request, 0), False, False, {}
        case events.ComposeEnded():
            told = {"livehost.compute_ms": event.compute_ms, "livehost.tokens": event.tokens}
            return ("compose", event.request, 0), True, False, {**told}
        case events.ComposeFailed():
            return ("compose", event.request, 0), True, True, {}
        case events.ToolAnswered():
            return ("tool", event.call, 0), True, False, {"livehost.compute_ms": event.compute_ms}
        case events.ToolFailed():
            return ("tool", event.call, 0), True, True, {}
        case events.SpeechReady():
            told = {"livehost.compute_ms": event.compute_ms, "livehost.audio_ms": event.audio_ms}
            return ("speech", event.utterance, event.clause), True, False, {**told}
        case events.SpeechFailed():
            return ("speech", event.utterance, event.clause), True, True, {}
        case events.Posted():
            return ("post", event.post, 0), True, False, {"livehost.link": event.link}
        case events.PostFailed():
            return ("post", event.post, 0), True, True, {}
    return None
