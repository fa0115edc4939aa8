"""Wishes that leave the core: what it wants done. Whoever carries one out reports back with an event."""

from __future__ import annotations

from typing import Literal

import msgspec

from livehost.decision import Decision, Evidence
from livehost.events import Action
from livehost.knowledge import Faq
from livehost.settings import LlmUse, Mode

ItemState = Literal[
    "held", "waiting", "preparing", "speaking", "answered", "posted", "dropped", "expired", "host", "taken"
]
Origin = Literal["chat", "host", "moderator", "greeting", "suggestion", "thanks", "schedule", "rundown"]
# nobody: the pause is long enough; pause: not yet; both: the co-host is ducked or holds its breath
Holder = Literal["nobody", "host", "pause", "cohost", "both", "unknown"]
Silence = Literal["", "private", "muted", "held", "quiet", "scene", "host away", "off air", "budget"]
Among = Literal["questions", "answers"]
WantedState = Literal["open", "proposed", "answered"]
ProposalState = Literal["open", "accepted", "declined"]
DoubtState = Literal["open", "confirmed", "corrected"]
CutReason = Literal[
    "host", "mute", "private", "skip", "stop", "failed", "withdrawn", "expired", "answered", "taken", "deaf"
]


class Match(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Find the FAQ entries nearest to `text`, by their wordings or by their answers → Matched, MatchFailed."""

    query: int
    text: str
    among: Among = "questions"


class Compose(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Let a model write sentences in `language` → Composed, ComposeEnded, ComposeFailed.

    "phrase": `draft` in the persona's tone, out of `evidence`; "answer": `text` out of what the creator's knowledge holds
    near it; "smalltalk": a reply without any fact.
    """

    request: int
    task: LlmUse
    text: str
    language: str
    draft: str = ""
    evidence: tuple[Evidence, ...] = ()


class CancelCompose(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Nobody wants the rest of it any more."""

    request: int


class Recall(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """What is known of a viewer from former sessions? → Recalled; nothing where they are not known."""

    platform: str
    user: str


class Forget(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Delete all that is remembered of a viewer → Forgotten, ForgetFailed."""

    platform: str
    user: str


class CallTool(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Run a tool of tools.toml with these arguments → ToolAnswered, ToolFailed."""

    call: int
    tool: str
    arguments: tuple[tuple[str, str], ...] = ()


class Synthesise(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Turn a clause into sound and keep it for Play → SpeechReady, SpeechFailed."""

    utterance: int
    clause: int
    text: str
    language: str


class Play(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Play the clauses 0 … `clauses`-1 of an utterance, waiting for those not ready → PlaybackStarted, PlaybackFinished."""

    utterance: int
    clauses: int


class Cut(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Stop an utterance within `fade_ms`, with any synthesis under way for it → PlaybackCut if it was playing."""

    utterance: int
    reason: CutReason
    fade_ms: int


class Duck(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Bring what is played to `level_db` within `fade_ms`; 0 is its full level."""

    utterance: int
    level_db: int
    fade_ms: int


class Hold(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Fall silent at the next gap between words, at the latest after `within_ms`, and keep the place."""

    utterance: int
    fade_ms: int
    within_ms: int


class Resume(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Go on at full level where Hold broke off, from the beginning of the word."""

    utterance: int


class Post(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Send a line to the chat it came from, in reply to `reply_to` → Posted, PostFailed."""

    post: int
    source: str
    reply_to: str
    text: str


class Turn(msgspec.Struct, frozen=True, omit_defaults=True):
    """What somebody wrote; `who` is a viewer's name, empty: the co-host or a person in charge."""

    who: str
    text: str


class HandOver(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Ask a person what to answer a viewer who does not watch the show: in the chat `reply_to` of `source` → Posted,
    PostFailed; without a source on the console alone. `turns` end with the question, `draft` may stand for an answer."""

    item: int
    post: int
    name: str
    platform: str
    turns: tuple[Turn, ...]
    draft: str = ""
    language: str = "en"  # the person's
    source: str = ""
    reply_to: str = ""


class Unpost(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Delete what a Post sent, by the platform's own id of it → Unposted, UnpostFailed."""

    post: int
    source: str
    line_id: str


class OpenGate(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Let sound through again."""


class CloseGate(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Silence from the next block on. A key or a button closes the gate itself, before the event; a chat command can't."""


class WakeAt(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """→ Woke, not before `at_ms`. A second one for the same timer replaces the first."""

    timer: str
    at_ms: int


class ShowDecision(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """What was decided on a chat line, for those who watch."""

    line_id: str
    item: int  # 0: no item
    decision: Decision


class ShowItem(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Where an item stands now. `reason` says why it was dropped, held or cut."""

    item: int
    state: ItemState
    text: str
    askers: int
    reason: str = ""
    pinned: bool = False
    origin: Origin = "chat"
    asker: str = ""  # the first one's name, or whose item it is


class Spoke(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """What was heard of an utterance: `words` of `planned` (in Chinese, characters), and why it broke off."""

    item: int
    utterance: int
    text: str
    words: int
    planned: int
    reason: CutReason | Literal[""] = ""


class ShowFloor(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Who has the floor. `silent` says why the co-host says nothing aloud at all, until `until_ms` where that is known."""

    holder: Holder
    silent: Silence = ""
    until_ms: int = 0


class ShowMode(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The mode from now on; what it was before where the wished one is not allowed."""

    mode: Mode


class ShowActed(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Somebody did something by voice or in the chat that others do at the console."""

    action: Action
    who: str
    text: str = ""


class ShowTable(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The product that "this one" means from now on; empty: none."""

    product_id: str


class ShowWanted(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """A question that the knowledge does not answer, and how many viewers want to know."""

    question: int
    text: str
    askers: int
    state: WantedState = "open"


class ShowProposal(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """An entry for the FAQ out of what the host said to a wanted question; a person accepts or declines it."""

    proposal: int
    question: str
    answer: str
    source: str = ""  # the host's words as they were heard
    state: ProposalState = "open"


class ShowDoubt(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The host said otherwise than the feed: answers about the product are held until a person tells which is true; from
    then on that is what `said` holds."""

    doubt: int
    product_id: str
    field: str
    said: str
    feed: str
    quote: str  # the host's words as they were heard
    state: DoubtState = "open"


class KeepFaq(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Write an entry into the creator's faq.csv → KnowledgeChanged when it counts."""

    faq: Faq
    source: str  # who wrote or said it


class KeepCart(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Write a product's number in a platform's cart (empty: everywhere) into products.csv → KnowledgeChanged when it counts."""

    product_id: str
    platform: str
    number: int  # 0: none


class ShowFault(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """An event contradicted those before it; it had no effect."""

    detail: str


Command = (
    Match
    | Compose
    | CancelCompose
    | CallTool
    | Recall
    | Forget
    | Synthesise
    | Play
    | Duck
    | Hold
    | Resume
    | Cut
    | Post
    | HandOver
    | Unpost
    | CloseGate
    | OpenGate
    | WakeAt
    | ShowDecision
    | ShowItem
    | Spoke
    | ShowFloor
    | ShowMode
    | ShowActed
    | ShowTable
    | ShowWanted
    | ShowProposal
    | ShowDoubt
    | KeepFaq
    | KeepCart
    | ShowFault
)
