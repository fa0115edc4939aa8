"""The host's sound put together out of recordings, so that it is known where the voice is; and the core beside what is heard."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from livehost import commands, events
from livehost.events import Event
from livehost.knowledge import Faq, Knowledge
from livehost.sound import HEARD_RATE, Samples

sys.path.append(str(Path(__file__).parents[2]))  # the storyboards of the tests
from tests.story import ScriptedHands, Story, shop

Span = tuple[int, int]  # ms
_BELOW_LOUD_DB, _ABOVE_NOISE_DB = 22.0, 10.0
_WITHIN_SOUND_MS, _LEAST_MS, _WITHIN_WORDS_MS = (
    60,
    90,
    200,
)  # what is shorter than the second is a click, a smack, a breath


def voiced(sound: Samples) -> list[Span]:
    """Stretches that are no more than 22 dB below the recording's loud ones and 10 dB above its own noise."""
    size = HEARD_RATE // 100
    blocks = sound[: len(sound) // size * size].reshape(-1, size)
    level = 10 * np.log10(np.square(blocks).mean(axis=1) + 1e-12)
    loudest = float(np.quantile(level, 0.95))
    noise = float(np.quantile(level[level > loudest - 60], 0.1))  # not where nothing was recorded at all
    loud = np.flatnonzero(level > max(loudest - _BELOW_LOUD_DB, min(noise, loudest - 20) + _ABOVE_NOISE_DB))
    if not len(loud):
        return []
    sounds = _bridged([(int(block) * 10, int(block) * 10 + 10) for block in loud], _WITHIN_SOUND_MS)
    return _bridged([(first, last) for first, last in sounds if last - first >= _LEAST_MS], _WITHIN_WORDS_MS)


def _bridged(spans: Sequence[Span], gap_ms: int) -> list[Span]:
    """Those with no more than so much between them are one."""
    joined: list[Span] = []
    for first, last in spans:
        if joined and first - joined[-1][1] <= gap_ms:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def spliced(utterances: Sequence[Samples], pauses_s: Sequence[float], seconds: float) -> tuple[Samples, list[Span]]:
    """One after the other with these pauses between them, and where there is voice."""
    pieces: list[Samples] = []
    spans: list[Span] = []
    length = 0
    for utterance, pause_s in zip(utterances, pauses_s, strict=True):
        if length >= seconds * HEARD_RATE:
            break
        at_ms = length * 1000 // HEARD_RATE
        spans += [(first + at_ms, last + at_ms) for first, last in voiced(utterance)]
        pieces += [utterance, np.zeros(round(pause_s * HEARD_RATE), dtype=np.float32)]
        length += len(utterance) + len(pieces[-1])
    return np.concatenate([*pieces, np.zeros(4 * HEARD_RATE, dtype=np.float32)]), spans


# --- the core beside it


def busy_shop(**floor: object) -> Knowledge:
    """Many entries, and nothing that keeps the co-host from speaking but the host."""
    settings = {"spoken_per_minute": 0, "cooldown_seconds": 0, "viewer_cooldown_seconds": 0, "expire_seconds": 20}
    knowledge = shop(floor={**settings, **floor})
    faqs = tuple(Faq(f"q{n}", f"question number {n}?", f"This is the answer to question {n}.") for n in range(40))
    return Knowledge(knowledge.creator, knowledge.products, faqs)


def asked_beside(heard: Sequence[tuple[int, Event]], seconds: float, every_ms: int = 4000, **floor: object) -> Story:
    """What the core does while a viewer asks something each few seconds; its answers last 3.5 s."""
    story = Story(busy_shop(**floor), ScriptedHands(clause_ms=3500))
    deeds: list[tuple[int, Callable[[], object]]] = [
        (at_ms, lambda event=event: story.happens(event)) for at_ms, event in heard
    ]
    for n in range(int(seconds * 1000) // every_ms):
        ask = lambda n=n: story.asks(f"question number {n % 40}?", user=f"v{n}", faq=f"q{n % 40}")  # noqa: E731
        deeds.append((every_ms * n, ask))
    for at_ms, deed in sorted(deeds, key=lambda pair: pair[0]):
        story.wait(max(0, at_ms - story.now_ms))
        deed()
    story.wait(10_000)
    return story


class Voice:
    """What of the co-host is to be heard: a fold over the core's commands. `full`, `ducked` or `silent`, with the moment."""

    def __init__(self, story: Story) -> None:
        self.levels: list[tuple[int, str]] = [(0, "silent")]
        utterance = 0
        for envelope, wishes in story.steps:
            at_ms = envelope.at_ms
            if isinstance(envelope.event, events.PlaybackFinished | events.PlaybackCut):
                self._now(at_ms, "silent")
            for wish in wishes:
                match wish:
                    case commands.Play():
                        utterance = wish.utterance
                        self._now(at_ms, "full")
                    case commands.Resume() if wish.utterance == utterance:
                        self._now(at_ms, "full")
                    case commands.Duck() if wish.level_db < 0:
                        self._now(at_ms + wish.fade_ms, "ducked")
                    case commands.Hold() | commands.Cut() if wish.utterance == utterance:
                        within_ms = wish.within_ms if isinstance(wish, commands.Hold) else 0
                        self._now(at_ms + within_ms + wish.fade_ms, "silent")

    def at(self, at_ms: int) -> str:
        return next(level for since_ms, level in reversed(self.levels) if since_ms <= at_ms)

    def yielded(self, onset_ms: int) -> tuple[int, int] | None:
        """How long after the onset it was quieter, and silent; None where it was not to be heard then."""
        if self.at(onset_ms - 1) == "silent":
            return None
        later = [(at_ms - onset_ms, level) for at_ms, level in self.levels if at_ms >= onset_ms]
        silent_ms = next((at_ms for at_ms, level in later if level == "silent"), 10**6)
        ducked_ms = next((at_ms for at_ms, level in later if level != "full"), 10**6)
        return (0 if self.at(onset_ms - 1) == "ducked" else ducked_ms, silent_ms)

    def _now(self, at_ms: int, level: str) -> None:
        """The quieter of two that meet; a fade that was under way is not undone."""
        if level == "silent" and self.levels[-1][1] == "silent":
            return
        if level == "ducked" and self.levels[-1][1] == "silent":
            return
        self.levels.append((max(at_ms, self.levels[-1][0]), level))
