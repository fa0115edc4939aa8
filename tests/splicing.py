"""The host's sound put together out of recordings, so that it is known where the voice is; and the core beside what is heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from livehost import commands, events
from livehost.events import Event
from livehost.hear.audio_file import read_all
from livehost.hear.speech import FRAME_MS, Began, Ended, SpeechMachine
from livehost.hear.vad import SileroVad
from livehost.knowledge import Faq, Knowledge
from livehost.sound import HEARD_RATE, Samples, level_db
from tests.story import ScriptedHands, Story, shop

DATA = Path(__file__).parents[2] / "shared" / "data"
DEMO = Path(__file__).parents[1] / "livehost" / "demo" / "sessions"
Span = tuple[int, int]  # ms
# Pauses of speech are log-normal in more than one heap (Campione & Véronis, "A large-scale multilingual study of silent pause
# duration", 2002): here within what is being said, and between one thing and the next. Share, median and spread of each.
_WITHIN, _BETWEEN = (0.7, 0.55, 0.5), (0.3, 4.0, 0.6)
_PAUSES_S = (0.2, 12.0)
_BOARD_S = 60.0
_GOES_ON_MS, _AFTER_MS = 1000, 500  # of voice that means to go on, and of silence before it
_TEXT_AFTER_MS = (20, 60, 140, 300, 760)  # of the recogniser's final texts
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


@dataclass
class Board:
    """A stretch of host, where its voice is, and what was heard of it."""

    sound: Samples
    spans: list[Span]
    language: str
    heard: Sequence[tuple[int, Event]] = ()

    @property
    def seconds(self) -> float:
        return len(self.sound) / HEARD_RATE

    def onsets(self) -> list[int]:
        """Where a voice that means to go on begins after a pause."""
        before = [-(10**6), *(last for _, last in self.spans)]
        long = zip(self.spans, before, strict=False)
        return [f for (f, last), quiet in long if last - f >= _GOES_ON_MS and f - quiet >= _AFTER_MS]


def readers(boards: int, seed: int = 6) -> Iterator[Board]:
    """Four readers of LibriSpeech by turns, a minute each, noise and all, with pauses as speech has them."""
    rng = np.random.default_rng(seed)
    files = sorted(DATA.glob("speaker/librispeech_test-other/*/*.flac"))
    for number in range(boards):
        recordings = [read_all(path)[: 9 * HEARD_RATE] for path in files[number % 4 :: 4]]
        picked = [recordings[i] for i in rng.integers(len(recordings), size=60)]
        sound, spans = spliced(picked, _pauses(rng, 60), _BOARD_S)
        yield Board(sound, spans, "en")


def demo() -> Iterator[Board]:
    for name, language in (("anna", "en"), ("xiaohe", "zh")):
        sound = read_all(DEMO / name / "host.opus")
        yield Board(sound, voiced(sound), language)


def heard_by_vad(
    sound: Samples, text_of: Callable[[Samples], str] = lambda _: "and so it goes on"
) -> list[tuple[int, Event]]:
    """What the ear hears, with a recogniser of its own: its texts come as late as real ones do on a machine with nothing else
    to do."""
    vad, machine, heard, number = SileroVad(), SpeechMachine(), list[tuple[int, Event]](), 0
    for at in range(0, len(sound) - 512, 512):
        frame, level = sound[at : at + 512], level_db(sound[at : at + 512])
        probability = vad.probability(frame) if machine.needs(level) else 0.0
        happened = machine.push(probability, level, at * 1000 / HEARD_RATE)
        now_ms = round(at * 1000 / HEARD_RATE) + FRAME_MS
        if machine.stirred:
            heard.append((now_ms, events.HostStirred()))
        match happened:
            case Began(start_ms):
                number += 1
                heard.append((now_ms, events.HostStarted(number, round(start_ms))))
            case Ended(start_ms, end_ms):
                after_ms = _TEXT_AFTER_MS[number % len(_TEXT_AFTER_MS)]
                heard.append((now_ms, events.HostStopped(number, round(end_ms))))
                text = text_of(sound[max(0, round(start_ms) - 300) * 16 : (round(end_ms) + 200) * 16])
                said = events.HostSaid(number, text, "", round(start_ms), round(end_ms), after_ms)
                heard.append((now_ms + after_ms, said))
    return sorted(heard, key=lambda one: one[0])


def _pauses(rng: np.random.Generator, count: int) -> list[float]:
    within = rng.random(count) < _WITHIN[0]
    medians, spreads = (np.where(within, _WITHIN[i], _BETWEEN[i]) for i in (1, 2))
    drawn = medians * np.exp(spreads * rng.standard_normal(count))
    return [float(pause) for pause in np.clip(drawn, *_PAUSES_S)]


# --- the core beside it


@dataclass
class Beside:
    """What the co-host did beside boards: starts, those inside the host's voice, and after how long it gave way."""

    starts: int = 0
    inside: int = 0
    ducked_ms: tuple[int, ...] = ()
    silent_ms: tuple[int, ...] = ()
    at_once_ms: tuple[int, ...] = ()

    def __add__(self, other: Beside) -> Beside:
        return Beside(
            self.starts + other.starts,
            self.inside + other.inside,
            self.ducked_ms + other.ducked_ms,
            self.silent_ms + other.silent_ms,
            self.at_once_ms + other.at_once_ms,
        )


def beside(board: Board) -> Beside:
    story = asked_beside(board.heard, board.seconds)
    voice, abrupt = Voice(story), Voice(asked_beside(board.heard, board.seconds, interrupted="at-once"))
    plays = story.when(commands.Play)
    inside = sum(any(first <= at < last for first, last in board.spans) for at in plays)
    gave_way = [voice.yielded(first) for first in board.onsets()]
    at_once = [abrupt.yielded(first) for first in board.onsets()]
    return Beside(
        len(plays),
        inside,
        tuple(ducked for ducked, _ in filter(None, gave_way)),
        tuple(silent for _, silent in filter(None, gave_way)),
        tuple(silent for _, silent in filter(None, at_once)),
    )


def busy_shop(**floor: object) -> Knowledge:
    """Many entries, and nothing that keeps the co-host from speaking but the host."""
    settings = {"spoken_per_minute": 0, "cooldown_seconds": 0, "viewer_cooldown_seconds": 0, "expire_seconds": 20}
    knowledge = shop(floor={**settings, **floor})
    faqs = tuple(Faq(f"q{n}", f"question number {n}?", f"This is the answer to question {n}.") for n in range(40))
    return Knowledge(knowledge.creator, knowledge.products, faqs)


def asked_beside(heard: Sequence[tuple[int, Event]], seconds: float, every_ms: int = 4000, **floor: object) -> Story:
    """What the core does while a viewer asks something each few seconds; its answers last 3.5 s."""
    story = Story(busy_shop(**floor), ScriptedHands(clause_ms=3500))
    deeds: list[tuple[int, Callable[[], object]]] = [(at_ms, partial(story.happens, event)) for at_ms, event in heard]
    for n in range(int(seconds * 1000) // every_ms):
        ask = partial(story.asks, f"question number {n % 40}?", user=f"v{n}", faq=f"q{n % 40}")
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
