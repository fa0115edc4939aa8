"""What the pages are told, as data."""

from __future__ import annotations

import msgspec

from livehost.settings import RundownLine, Scheduled


class SeenItem(msgspec.Struct, frozen=True):
    """A question and what becomes of it. `source` says where the answer stands."""

    item: int
    state: str
    question: str
    asker: str
    text: str  # the answer or its draft; empty: there is none yet
    askers: int
    age_ms: int
    reason: str
    kind: str
    confidence: float
    source: str
    link: str
    product_id: str
    pinned: bool
    elsewhere: bool = False  # its asker does not watch the show: it is answered in text
    before: tuple[tuple[str, str], ...] = ()  # who wrote what before it; "": the co-host or a person in charge


class SeenLine(msgspec.Struct, frozen=True):
    """A chat line; `number` counts all lines of the session."""

    number: int
    at_ms: int
    platform: str
    name: str
    roles: tuple[str, ...]
    type: str
    text: str
    kind: str
    route: str
    item: int
    why: str


class SeenPart(msgspec.Struct, frozen=True):
    name: str
    state: str
    detail: str


class SeenProduct(msgspec.Struct, frozen=True):
    id: str
    title: str
    price: str  # what it costs now, such as "199.00 CNY"; empty where that is not sure
    before: str  # what it cost before a sale that goes on
    link: str
    image: str
    number: int
    facts: tuple[str, ...]  # for the host's eye: the feed's own words


class SeenWanted(msgspec.Struct, frozen=True):
    """A question that nobody prepared; `proposed`: the host has spoken of it, see the proposals."""

    question: int
    text: str
    askers: int
    proposed: bool


class SeenProposal(msgspec.Struct, frozen=True):
    """What the host said to a question, as an entry for the FAQ: accept (in other words) or decline."""

    proposal: int
    question: str
    answer: str
    source: str


class SeenDoubt(msgspec.Struct, frozen=True):
    """The host said otherwise than the feed: confirm (the host is right) or correct (the feed is, or another value)."""

    doubt: int
    product_id: str
    title: str
    field: str
    said: str
    feed: str
    quote: str


class SeenFan(msgspec.Struct, frozen=True):
    """What a visitor of the fan page asked and was told that the creator will see."""

    at_ms: int
    name: str
    text: str


class SeenProgram(msgspec.Struct, frozen=True):
    """What comes without being asked; `version` names this state of it, for whoever changes it."""

    version: str
    schedule: tuple[Scheduled, ...]
    rundown: tuple[RundownLine, ...]


class Saying(msgspec.Struct, frozen=True):
    """What is being said; `since_ms` ago."""

    item: int
    text: str
    since_ms: int
    question: str
    asker: str
    product_id: str
    link: str


class State(msgspec.Struct, frozen=True):
    at_ms: int
    creator: str
    language: str
    mode: str
    modes: tuple[str, ...]  # that may be chosen
    muted: bool
    paused: bool
    panic: bool
    private: str  # why nothing is heard, recorded or said; empty: it is
    host_speaks: bool
    saying: Saying | None
    items: tuple[SeenItem, ...]  # held first, then what is spoken, made ready, waits
    over: tuple[SeenItem, ...]  # the latest first
    host: tuple[str, ...]
    host_saying: str  # the words so far of what is being said; they stay
    parts: tuple[SeenPart, ...]
    unanswered: tuple[tuple[str, int], ...]
    wanted: tuple[SeenWanted, ...]  # the same with their numbers, most askers first
    proposals: tuple[SeenProposal, ...]
    doubts: tuple[SeenDoubt, ...]
    fans: tuple[SeenFan, ...]
    program: SeenProgram
    deeds: tuple[tuple[int, str, str, str], ...]  # at_ms, who, what, on what; the latest first
    counts: dict[str, int]
    decided_ms: tuple[int, int]  # median and p95
    spoken_ms: tuple[int, int]
    table: str
    products: tuple[SeenProduct, ...] = ()  # the socket sends them by themselves, when they change
