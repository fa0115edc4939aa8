"""Facts that enter the core: frozen, tagged, one level deep. The envelope gives each its place in time.

Slow or uncertain work comes back as an event too: its result, its failure or its time-out. Long as it is, one file: all that can
ever enter the core is listed here and nowhere else.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from livehost.chat import ChatLine
from livehost.decision import Evidence, Kind
from livehost.knowledge import Change
from livehost.meaning import Field
from livehost.settings import Mode, RundownLine, Scheduled

PartState = Literal["starting", "ok", "degraded", "lost", "off"]
Action = Literal[
    "mute",
    "unmute",
    "panic",
    "skip",
    "stop",
    "pause",
    "resume",
    "approve",
    "post",
    "drop",
    "wrong",
    "pin",
    "first",
    "host",
    "take",
    "clear",
    "mode",
    "say",
    "table",
    "teach",
    "accept",
    "decline",
    "confirm",
    "correct",
    "forget",
    "cart",
    "report",
]


class SessionStarted(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    creator: str
    mode: Mode
    seed: int
    started_at: str = ""  # ISO 8601 with zone; at_ms 0
    chats: tuple[str, ...] = ()  # the connectors' names, for what is said to all
    notice: str = ""  # said before the first answer: that a machine speaks
    apart: tuple[str, ...] = ()  # those of the chats without a place that all read


class SessionResumed(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The session goes on in another process, `away_ms` after the last event: the one before was cut off. What was under
    way then comes back as failed, or is done again."""

    away_ms: int


class SessionEnded(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """`cpu_ms` is what the whole session took of the processor."""

    reason: str
    cpu_ms: int = 0


# --- chat


class ChatReceived(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """`source` is the connector it came through; a reply goes back there."""

    source: str
    line: ChatLine


class ChatDropped(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """`count` lines that were not taken since the last such event."""

    source: str
    count: int
    reason: str


class Posted(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The platform took the line. Not `link`: its link was left out, as the platform's rules want it. `line_id`: the platform's
    own id of it; empty: it told none, and the line can't be deleted."""

    post: int
    link: bool = True
    line_id: str = ""


class PostFailed(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    post: int
    problem: str


class Unposted(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The platform deleted the line of a post."""

    post: int


class UnpostFailed(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    post: int
    problem: str


# --- the host


class HostStirred(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Something was heard that may be the beginning of the host's voice; HostStarted follows at once, or nothing does."""


class HostStarted(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The host began to speak; `start_ms` is the first voiced sample. `doubted`: it may be our own voice, come back
    through the room."""

    utterance: int
    start_ms: int
    doubted: bool = False


class HostStopped(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The host fell silent; `end_ms` is the last voiced sample."""

    utterance: int
    end_ms: int


class HostSaid(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The final text of an utterance, empty when nothing could be made out. `own`: it was our own voice, come back through
    the room; where the host spoke over it, `text` holds the host's words alone."""

    utterance: int
    text: str
    language: str
    start_ms: int
    end_ms: int
    compute_ms: int
    own: bool = False


class HostPartial(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """What the host has said so far in an utterance that goes on: only words that will not change any more."""

    utterance: int
    text: str
    language: str


class GuestStarted(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Somebody beside the host began to speak. They have the floor, and what they say is nobody's word."""

    guest: str
    start_ms: int


class GuestStopped(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    guest: str
    end_ms: int


# --- the broadcast


class SceneShown(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """OBS shows another scene."""

    scene: str


class PrivacyChanged(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """While `private` nothing is heard, recorded or said; `why` is for people."""

    private: bool
    why: str = ""


# --- matching a line with the creator's knowledge


class Candidate(msgspec.Struct, frozen=True, omit_defaults=True):
    """A FAQ entry, a field of a product, or a kind of line, and how sure it is that the line asks for it (is of it).

    `score` is 0-1, rounded to 1e-4.
    """

    faq: str
    score: float
    field: Field = ""
    kind: Kind | Literal[""] = ""


class Matched(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Best first; `compute_ms` is what the matching took."""

    query: int
    candidates: tuple[Candidate, ...]
    compute_ms: int = 0


class MatchFailed(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    query: int
    problem: str


# --- speaking


class SpeechBegan(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The first sound of a clause is there; the rest comes while it plays."""

    utterance: int
    clause: int
    compute_ms: int


class SpeechReady(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    utterance: int
    clause: int
    audio_ms: int
    compute_ms: int


class SpeechFailed(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    utterance: int
    clause: int
    problem: str


class PlaybackStarted(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    utterance: int


class PlaybackFinished(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The last sample was played."""

    utterance: int
    heard_ms: int


class PlaybackCut(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """It is silent now, after `heard_ms` of speech."""

    utterance: int
    heard_ms: int


# --- a model's words


class Composed(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """One sentence of a model's, as it came, with the pieces it says it is out of. Nothing of it is checked yet."""

    request: int
    text: str
    evidence: tuple[Evidence, ...] = ()


class ComposeEnded(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The model has finished. `tokens` is what it took, in and out."""

    request: int
    compute_ms: int = 0
    tokens: int = 0


class ComposeFailed(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """No more sentences will come."""

    request: int
    problem: str


# --- tools


class ToolAnswered(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The values that a tool brought, checked by type and bounds."""

    call: int
    found: tuple[Evidence, ...]
    compute_ms: int = 0


class ToolFailed(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    call: int
    problem: str


# --- memory


class Recalled(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """A viewer is known from former sessions: in how many they wrote, how long ago last."""

    platform: str
    user: str
    visits: int
    days_ago: int


class Forgotten(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Nothing is remembered of the viewer any more."""

    platform: str
    user: str


class ForgetFailed(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    platform: str
    user: str
    problem: str


# --- people, time, parts


class Acted(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """A person did something. `target` is an item's number where the action is about one; `text` what to say instead.

    `mute` with a number in `text` ends by itself after so many minutes; `panic` mutes, drops all that waits and clears the
    overlay; `pause` holds all; `clear` drops what waits; `post` answers in text alone; `wrong` takes back an answer, without
    a target the one that was heard last, and `text` sets it right, aloud too where it was heard; `pin`
    keeps an item from growing old (again: no more); `first` puts it in front; `host` leaves it to the host, `take` to `who`.
    `teach`: `text` is the answer to `question`, or to the wanted question `target`; it goes into the FAQ. `accept` and
    `decline` a proposal, the first with other words if some are given. Of a doubt, `confirm`: the host's word is true;
    `correct`: the feed is, or the value in `text`. `forget`: all that is remembered of the viewer `text` ("twitch 1234").
    `cart`: the product `text` is number `target` in the cart of the platform `question` (empty: everywhere); 0: it has no
    number there.
    """

    action: Action
    who: str
    target: int = 0
    text: str = ""
    question: str = ""


class ProgramChanged(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """`who` put other lines into this session's program; creator.toml stays as it is."""

    who: str
    schedule: tuple[Scheduled, ...] = ()
    rundown: tuple[RundownLine, ...] = ()


class LinkOpened(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Somebody followed a product's link by way of our own address."""

    product_id: str


class KnowledgeChanged(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The creator's folder was edited: the rows that are new, changed or gone. From here on they count."""

    change: Change


class Woke(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """A timer that a WakeAt command set."""

    timer: str
    due_ms: int


class PartChanged(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    part: str
    state: PartState
    detail: str = ""


Event = (
    SessionStarted
    | SessionResumed
    | SessionEnded
    | ChatReceived
    | ChatDropped
    | Posted
    | PostFailed
    | Unposted
    | UnpostFailed
    | HostStirred
    | HostStarted
    | HostStopped
    | HostPartial
    | HostSaid
    | GuestStarted
    | GuestStopped
    | SceneShown
    | PrivacyChanged
    | Matched
    | MatchFailed
    | Composed
    | ComposeEnded
    | ComposeFailed
    | Recalled
    | Forgotten
    | ForgetFailed
    | ToolAnswered
    | ToolFailed
    | SpeechBegan
    | SpeechReady
    | SpeechFailed
    | PlaybackStarted
    | PlaybackFinished
    | PlaybackCut
    | Acted
    | KnowledgeChanged
    | LinkOpened
    | ProgramChanged
    | Woke
    | PartChanged
)


class Envelope(msgspec.Struct, frozen=True):
    """An event with its number (1, 2, 3 …) and its moment, in milliseconds since the session began."""

    seq: int
    at_ms: int
    event: Event
