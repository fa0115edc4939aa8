"""The core's part for memory: whom it asks about, who wants to be forgotten, and whom it welcomes back. Pure.

What memory says comes in as an event, so that a recording replays without it.
"""

from __future__ import annotations

import re
from collections import OrderedDict

from livehost import commands, events
from livehost.chat import ChatLine
from livehost.core.learning import Learning
from livehost.decide.cohost import CoHost
from livehost.decide.names import name_for
from livehost.decide.program import Line, spoken_line
from livehost.decide.waiting import Asker
from livehost.decision import Evidence
from livehost.settings import Memory

_SEEN_MOST = 20_000
_WAITING_MOST = 500
_VISITS_LEAST = 3  # before somebody is a regular
_DAYS_LEAST = 1  # since the last time
_FORGET = re.compile(
    r"\s*(?:!forget ?me|/forget ?me|(?:please )?forget (?:me|about me|everything about me)|(?:please )?delete my data"
    r"|[!！](?:忘记我|忘了我|忘掉我)|(?:请|麻烦)?(?:忘记|忘了|忘掉)我(?:吧)?|(?:请)?删除我的(?:数据|记录|资料))[.!。！ ]*",
    re.IGNORECASE,
)
_DONE = {"en": "Done: I have forgotten what I knew about you.", "zh": "好的，关于您的记录都删掉了。"}
_NOT_YET = {"en": "I could not delete it yet; a moderator has been told.", "zh": "暂时没删掉，已经告诉场控了。"}
_WELCOME = {"en": "Welcome back, {name}!", "zh": "欢迎回来，{name}！"}


class Remembering:
    def __init__(self, cohost: CoHost, learning: Learning) -> None:
        self._cohost = cohost
        self._learning = learning
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._names: OrderedDict[tuple[str, str], str] = OrderedDict()  # of those who were asked about
        self._leaving: dict[tuple[str, str], Asker | None] = {}
        self._welcomed_ms = -1_000_000_000
        self._works = False

    def takes(self, event: events.Event, at_ms: int) -> bool:
        """Whether the event is memory's, and is dealt with."""
        match event:
            case events.Recalled():
                self._recalled(event, at_ms)
            case events.Forgotten():
                self._cohost.histories.forget(f"{event.platform} {event.user}")
                self._answer((event.platform, event.user), _DONE)
            case events.ForgetFailed():
                self._answer((event.platform, event.user), _NOT_YET)
            case events.PartChanged(part="memory"):
                self._works = event.state in ("ok", "degraded")
            case _:
                return False
        return True

    def reads(self, line: ChatLine, asker: Asker) -> bool:
        """Whether a line was the wish to be forgotten; else its writer is looked up, once a session."""
        viewer, settings = (line.platform, line.user.id), self._settings
        if not line.user.id or not (settings.on and self._works):
            return False
        if _FORGET.fullmatch(line.text[:80]):
            self.forget(*viewer, asker)
            return True
        if viewer not in self._seen:
            self._seen[viewer] = None
            self._names[viewer] = line.user.name
            if len(self._seen) > _SEEN_MOST:
                self._seen.popitem(last=False)
            if len(self._names) > _WAITING_MOST:
                self._names.popitem(last=False)
            if settings.greet_regulars:
                self._cohost.wish(commands.Recall(*viewer))
        return False

    def forget(self, platform: str, user: str, asker: Asker | None = None) -> None:
        self._names.pop((platform, user), None)
        if len(self._leaving) < _WAITING_MOST:
            self._leaving[platform, user] = asker
            self._cohost.wish(commands.Forget(platform, user))

    @property
    def _settings(self) -> Memory:
        return self._learning.knowledge.creator.memory

    def _recalled(self, known: events.Recalled, at_ms: int) -> None:
        """Welcomed back by name alone, now and then, and never with what is known of them."""
        settings, language = self._settings, self._learning.knowledge.creator.languages[0]
        name = name_for(self._names.pop((known.platform, known.user), ""), language)
        regular = known.visits >= _VISITS_LEAST and known.days_ago >= _DAYS_LEAST
        soon = at_ms - self._welcomed_ms < settings.greet_seconds * 1000
        if not (settings.greet_regulars and regular and name) or soon:
            return
        self._welcomed_ms = at_ms
        words = _WELCOME["zh" if language == "zh" else "en"].format(name=name)
        said = spoken_line(words, Evidence("memory", "", "visits", str(known.visits)))
        self._cohost.unasked.add(
            at_ms, Line("greeting", f"welcome:{known.platform}:{known.user}", said, aloud=True, posted=False)
        )

    def _answer(self, viewer: tuple[str, str], words: dict[str, str]) -> None:
        asker = self._leaving.pop(viewer, None)
        if asker is not None:
            language = self._cohost.turns.posts.language
            self._cohost.turns.posts.reply(asker, words["zh" if language == "zh" else "en"])
