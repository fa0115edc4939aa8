"""People taken out of a recording's lines, whatever kind of line it is: names and ids replaced, their words left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from livehost.keeping.people import People
from livehost.understand.normalise import plain_line

GONE = "…"  # in the place of words
_WORDS_LEAST = 8  # signs of a part of a line that is looked for
_AT_NAME = re.compile(r"@[^\s@,.:;!?，。：；！？]+")
_WORDS_IN = ("text", "question", "quote")  # fields that hold what viewers wrote, as a whole or in parts
_IDS_IN = ("line_id", "reply_to", "target_id", "target_user")
_NAMES_IN = ("name", "asker", "who")
_NOBODY_IN = ("type", "state", "action", "kind", "route", "faq", "product_id", "field", "source")
_OF_CREATOR = ("SessionStarted", "KnowledgeChanged", "KeepFaq")  # the creator's own words and name


@dataclass
class Words:
    """What those who go wrote, and what the others wrote: words that both used stay theirs. All in plain form."""

    own: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)

    def are_gone(self, text: str) -> bool:
        """Whether a text is one of theirs alone, or a part of one."""
        if not self.own or not text.strip():
            return False
        plain = _plain(text)
        if plain in self.others:
            return False
        if plain in self.own:
            return True
        return len(plain) >= _WORDS_LEAST and any(plain in own for own in self.own) and not self._of_others(plain)

    def _of_others(self, plain: str) -> bool:
        return any(plain in text for text in self.others)


@dataclass(frozen=True)
class _Place:
    """`own`: the line is of one who goes; `ids` are the fields that hold ids of viewers and their lines."""

    own: bool
    ids: tuple[str, ...]


@dataclass
class Rewriter:
    """Lines in, lines out. `spoken` and `said_by_host` collect the sounds that hold a name: the numbers of utterances."""

    people: People
    words: Words
    lines: frozenset[str] = frozenset()  # ids of lines whose words go
    spoken: set[int] = field(default_factory=set)
    said_by_host: set[int] = field(default_factory=set)
    touched: int = 0

    def __post_init__(self) -> None:
        self._pattern = self.people.pattern

    def line(self, raw: bytes) -> bytes:
        """A line of events.jsonl with its end; one that is no JSON and holds a name is left out whole."""
        try:
            told = msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return raw if self._text(raw.decode(errors="replace")) == raw.decode(errors="replace") else b""
        new = self._line(told)
        if new == told:
            return raw
        self.touched += 1
        self._note_sound(told, new)
        return msgspec.json.encode(new) + b"\n"

    def _line(self, told: Any) -> Any:
        event, wish = (told.get(name) or {} for name in ("event", "command")) if isinstance(told, dict) else ({}, {})
        if {event.get("type"), wish.get("type")} & set(_OF_CREATOR):
            return told
        own = {event.get("line", {}).get("id"), wish.get("line_id")} & self.lines
        ids = (*_IDS_IN, "id") if event.get("type") == "ChatReceived" else _IDS_IN
        return self._any(told, "", _Place(bool(own), ids))

    def _note_sound(self, told: Any, new: Any) -> None:
        wish, event = told.get("command", {}), told.get("event", {})
        if wish.get("type") == "Synthesise" and wish["text"] != new["command"]["text"]:
            self.spoken.add(wish["utterance"])
        if event.get("type") == "HostSaid" and event["text"] != new["event"]["text"]:
            self.said_by_host.add(event["utterance"])

    def _any(self, what: Any, key: str, place: _Place) -> Any:
        if isinstance(what, str):
            return self._string(what, key, place)
        if isinstance(what, list):
            return [self._any(one, key, place) for one in what]
        if isinstance(what, dict):
            return {name: self._any(value, name, place) for name, value in what.items()}
        return what

    def _string(self, text: str, key: str, place: _Place) -> str:
        if key in place.ids:
            return self.people.ids.get(text, text)
        if key in _NOBODY_IN:
            return text
        if key in _NAMES_IN:
            return self._who(text)
        if self.lines and key in _WORDS_IN and ((place.own and key == "text") or self.words.are_gone(text)):
            return GONE
        return self._text(text)

    def _who(self, text: str) -> str:
        """A name as such, or "name (platform)" as a moderator's chat command tells it."""
        name, bracket, rest = text.rpartition(" (")
        if text in self.people.names:
            return self.people.names[text]
        return f"{self.people.names[name]}{bracket}{rest}" if name in self.people.names else self._text(text)

    def _text(self, text: str) -> str:
        """Free text: "@name", and names that mean nobody and nothing else."""
        if "@" in text:
            text = _AT_NAME.sub(lambda found: self._mention(found[0]), text)
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: _as_written(self.people.telling[found[0].casefold()], found[0]), text)

    def _mention(self, mention: str) -> str:
        wanted = mention[1:].casefold()
        alias = next((alias for name, alias in self.people.names.items() if name.casefold() == wanted), "")
        return f"@{_as_written(alias.replace(' ', ''), mention)}" if alias else mention


def _as_written(alias: str, found: str) -> str:
    """In small letters where the name was."""
    return alias.lower() if found == found.lower() else alias


def rewritten(events: Path, rewriter: Rewriter) -> Iterator[bytes]:
    """Each line of a recording; a torn last one stays torn, without names."""
    with events.open("rb") as file:
        for raw in file:
            yield rewriter.line(raw)


def _plain(text: str) -> str:
    return plain_line(text).plain or text.strip().casefold()
