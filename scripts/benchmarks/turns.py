"""Taking turns: starts into the host's words, interruptions and back-channels, a flood of questions.

Hearing is real (VAD, endpointing, recogniser with its measured time) on spliced recordings; what is said over them comes of
the core on virtual time, its synthesis scripted at 400 ms a clause. Truth is how the sound was put together.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import soxr
from common import DEMO, Row, percentiles
from hearing import DATA, heard_of

from livehost import commands, events
from livehost.chat import ChatLine, Viewer
from livehost.creators import load
from livehost.events import Event
from livehost.hear.audio_file import read_all
from livehost.hear.whisper import Whisper
from livehost.knowledge import Faq, Knowledge
from livehost.sound import HEARD_RATE, SPOKEN_RATE, Samples
from livehost.speak.voices import open_voice
from livehost.weights import whisper_dir

sys.path.append(str(Path(__file__).parents[2]))  # the storyboards of the tests
from tests.story import ScriptedHands, Story, shop

_PAUSES_S = (0.4, 0.9, 1.5, 2.5, 4.0)
_BOARDS = 12
_BOARD_S = 60.0
_FADE_MS = 10
_HOLD_WITHIN_MS = 80  # the way to the next gap between words, at most
_BACK = {
    "en": ("Mm-hmm.", "Yeah.", "Okay.", "Right.", "Uh-huh.", "Yes.", "Oh wow.", "I see.", "Yeah, yeah.", "Haha."),
    "zh": ("对。", "嗯。", "好的。", "是的。", "对对对。", "没错。", "哦。", "哈哈。", "嗯嗯。", "行。"),
}
_SHORT_INTERRUPTIONS = {
    "en": ("Wait.", "Stop it.", "No, no.", "Hold on."),
    "zh": ("等一下。", "不对。", "先停。", "别说了。"),
}
_VOICES = {"en": ("heart", "bella"), "zh": ("xiaoxiao", "xiaoyi")}
_LINES_A_MINUTE, _MINUTES, _QUESTIONS = 10_000, 10, 40


def turns() -> Row:
    """Overlap, barge-in, back-channels and a flood."""
    return {"overlap": overlap(), "interruptions": interruptions(), "flood": flood()}


# --- starts and barge-in on multi-pause speech


def overlap() -> Row:
    """Storyboards of real readers with pauses spliced in, a viewer's question every 4 s."""
    rng = np.random.default_rng(6)
    whisper = Whisper(whisper_dir(), ("en",))
    files = sorted(DATA.glob("speaker/librispeech_test-other/*/*.flac"))
    starts, inside, ducked, silent, spoken_s = 0, 0, [], [], 0.0
    for board in range(_BOARDS):
        sound, spans = spliced([read_all(path) for path in files[board % 4 :: 4]], rng)
        story = board_story()
        play(story, heard_of(sound, whisper).events, asks(story))
        plays = story.when(commands.Play)
        starts += len(plays)
        inside += sum(any(first <= at < last for first, last in spans) for at in plays)
        for first, last in spans:
            if last - first >= 1000 and (over := barged(story, first)):
                ducked.append(over[0])
                silent.append(over[1])
        spoken_s += sum(spoke.words for spoke in story.all(commands.Spoke))
    return {
        "storyboards": _BOARDS,
        "starts": starts,
        "starts_inside_host_speech": inside,
        "percent": round(100 * inside / max(1, starts), 2),
        "barge_ins": len(ducked),
        "ducked_after_onset_ms": percentiles(ducked, 0) if ducked else None,
        "silent_after_onset_ms": percentiles(silent, 0) if silent else None,
        "words_heard": int(spoken_s),
    }


def spliced(utterances: Sequence[Samples], rng: np.random.Generator) -> tuple[Samples, list[tuple[int, int]]]:
    """A minute of host, and where there is voice, in ms."""
    pieces: list[Samples] = []
    spans: list[tuple[int, int]] = []
    length = 0
    while length < _BOARD_S * HEARD_RATE:
        utterance = utterances[int(rng.integers(len(utterances)))][: 9 * HEARD_RATE]
        at_ms = length * 1000 // HEARD_RATE
        spans += [(first + at_ms, last + at_ms) for first, last in voiced(utterance)]
        pause = np.zeros(round(rng.choice(_PAUSES_S) * HEARD_RATE), dtype=np.float32)
        pieces += [utterance, pause]
        length += len(utterance) + len(pause)
    return np.concatenate([*pieces, np.zeros(4 * HEARD_RATE, dtype=np.float32)]), spans


def voiced(sound: Samples) -> list[tuple[int, int]]:
    """Stretches no more than 22 dB below the loud ones, gaps below 200 ms bridged, clicks below 60 ms left out."""
    size = HEARD_RATE // 100
    blocks = sound[: len(sound) // size * size].reshape(-1, size)
    level = 10 * np.log10(np.square(blocks).mean(axis=1) + 1e-12)
    loud = np.flatnonzero(level > np.quantile(level, 0.95) - 22)
    if not len(loud):
        return []
    breaks = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(loud)) if b - a > 20), len(loud)]
    spans = [(int(loud[a]) * 10, int(loud[b - 1]) * 10 + 10) for a, b in pairwise(breaks)]
    return [(first, last) for first, last in spans if last - first >= 60]


def board_story(**floor: object) -> Story:
    """A shop with many entries, whose answers last 3.5 s."""
    settings = {"spoken_per_minute": 0, "cooldown_seconds": 0, "viewer_cooldown_seconds": 0, "expire_seconds": 20}
    knowledge = shop(floor={**settings, **floor})
    faqs = tuple(Faq(f"q{n}", f"question number {n}?", f"This is the answer to question {n}.") for n in range(40))
    return Story(Knowledge(knowledge.creator, knowledge.products, faqs), ScriptedHands(clause_ms=3500))


def asks(story: Story) -> list[tuple[int, Callable[[], object]]]:
    return [
        (4000 * n, lambda n=n: story.asks(f"question number {n % 40}?", user=f"v{n}", faq=f"q{n % 40}"))
        for n in range(int(_BOARD_S) // 4)
    ]


def play(story: Story, heard: Sequence[tuple[int, Event]], others: Sequence[tuple[int, Callable[[], object]]]) -> None:
    """The host's events and the others, each at its moment."""
    deeds = [(at_ms, lambda event=event: story.happens(event)) for at_ms, event in heard]
    for at_ms, deed in sorted([*deeds, *others], key=lambda pair: pair[0]):
        story.wait(max(0, at_ms - story.now_ms))
        deed()
    story.wait(10_000)


def barged(story: Story, onset_ms: int) -> tuple[float, float] | None:
    """How long after the onset ours was ducked and silent; None where it was not to be heard then."""
    sounding, utterance = False, 0
    ducked = -1.0
    for envelope, wishes in story.steps:
        at_ms = envelope.at_ms
        if at_ms > onset_ms and not sounding:
            return None
        if isinstance(envelope.event, events.PlaybackFinished | events.PlaybackCut) and sounding:
            sounding = False
            if at_ms >= onset_ms:
                return (ducked if ducked >= 0 else at_ms - onset_ms, float(at_ms - onset_ms))
        for wish in wishes:
            match wish:
                case commands.Play() if at_ms < onset_ms:
                    sounding, utterance = True, wish.utterance
                case commands.Resume() if at_ms < onset_ms:
                    sounding = True
                case commands.Duck() if at_ms >= onset_ms and sounding and wish.level_db < 0:
                    ducked = float(at_ms + wish.fade_ms - onset_ms)
                case commands.Hold() | commands.Cut() if wish.utterance == utterance and sounding:
                    if at_ms < onset_ms:
                        sounding = False
                        continue
                    within = wish.within_ms if isinstance(wish, commands.Hold) else 0
                    ended = float(at_ms + within + wish.fade_ms - onset_ms)
                    return (ducked if ducked >= 0 else ended, ended)
    return None


# --- back-channels and interruptions


@dataclass(frozen=True)
class Clip:
    label: str
    sound: Samples
    meant: bool  # to stop the co-host


def interruptions() -> Row:
    """Clips over a long answer: what a listener says, and what is meant to stop it."""
    found: Row = {}
    for language in ("en", "zh"):
        clips = clips_of(language)
        whisper = Whisper(whisper_dir(), (language,))
        starts, pieces, length = [], [], 0
        for clip in clips:
            piece = np.concatenate(
                [np.zeros(2 * HEARD_RATE, np.float32), clip.sound, np.zeros(4 * HEARD_RATE, np.float32)]
            )
            first = voiced(clip.sound)[0][0]
            starts.append((length + 2 * HEARD_RATE) * 1000 // HEARD_RATE + first)
            pieces.append(piece)
            length += len(piece)
        heard = heard_of(np.concatenate(pieces), whisper).events
        for setting in ("soft", "at-once"):
            results = [over(clip, at, heard, setting) for clip, at in zip(clips, starts, strict=True)]
            found[f"{language} {setting}"] = judged(clips, results)
    return found


def clips_of(language: str) -> list[Clip]:
    """Short ones are spoken by the project's voices, since no recording of them is at hand; long ones are real."""
    voices = [open_voice(name) for name in _VOICES[language]]
    said = [(text, False) for text in _BACK[language]] + [(text, True) for text in _SHORT_INTERRUPTIONS[language]]
    clips = [
        Clip(text, soxr.resample(voice.synthesise(text, language), SPOKEN_RATE, HEARD_RATE).astype(np.float32), meant)
        for text, meant in said
        for voice in voices
    ]
    if language == "en":
        files = sorted(DATA.glob("speaker/librispeech_test-other/*/*.flac"))
    else:
        files = [
            DATA / "speech" / "aishell-BAC009S0724W0121.wav",
            DATA / "speech" / "speech_recognition" / "chinese.flac",
        ]
    return clips + [Clip(path.stem, read_all(path)[: 3 * HEARD_RATE], True) for path in files]


@dataclass(frozen=True)
class Result:
    cut: bool
    ducked_ms: float
    silent_ms: float


def _moved(event: Event, by_ms: int) -> Event:
    match event:
        case events.HostStarted():
            return events.HostStarted(event.utterance, event.start_ms - by_ms)
        case events.HostStopped():
            return events.HostStopped(event.utterance, event.end_ms - by_ms)
    return event


def over(clip: Clip, at_ms: int, heard: Sequence[tuple[int, Event]], setting: str) -> Result:
    """The clip's events over an answer of 20 s that began 2 s before."""
    story = Story(shop(floor={"interrupted": setting}), ScriptedHands(clause_ms=20_000))
    story.asks("return policy?", faq="returns")
    story.wait(2500)
    shift = at_ms - story.now_ms
    length_ms = len(clip.sound) * 1000 // HEARD_RATE
    for when, event in heard:
        if at_ms - 400 <= when <= at_ms + length_ms + 3500:
            story.wait(max(0, when - shift - story.now_ms))
            story.happens(_moved(event, shift))
    story.wait(3000)
    stopped = any(wish.reason == "host" for wish in story.all(commands.Cut))
    ducked, silent = barged(story, at_ms - shift) or (-1.0, -1.0)
    return Result(stopped, ducked, silent)


def judged(clips: Sequence[Clip], results: Sequence[Result]) -> Row:
    pairs = list(zip(clips, results, strict=True))
    back = [(clip, result) for clip, result in pairs if not clip.meant]
    meant = [(clip, result) for clip, result in pairs if clip.meant]
    noticed = [result for _, result in meant if result.silent_ms >= 0]
    return {
        "backchannels": len(back),
        "stopped_by_a_backchannel": [clip.label for clip, result in back if result.cut],
        "stopped_percent": round(100 * sum(result.cut for _, result in back) / len(back), 1),
        "interruptions": len(meant),
        "missed": [clip.label for clip, result in meant if not result.cut],
        "caught_percent": round(100 * sum(result.cut for _, result in meant) / len(meant), 1),
        "ducked_after_onset_ms": percentiles([result.ducked_ms for result in noticed], 0),
        "silent_after_onset_ms": percentiles([result.silent_ms for result in noticed], 0),
    }


# --- a flood


def flood() -> Row:
    """100,000 lines in ten minutes, a third of them of 40 routine questions, the rarest a hundredth of the commonest."""
    rng = np.random.default_rng(7)
    knowledge = load(DEMO / "creators" / "anna")
    faqs = knowledge.faqs[:_QUESTIONS]
    story = Story(knowledge, ScriptedHands(clause_ms=3000))
    weights = 1 / np.arange(1, _QUESTIONS + 1) ** 1.2
    picked = rng.choice(_QUESTIONS, size=_LINES_A_MINUTE * _MINUTES, p=weights / weights.sum())
    is_question = rng.random(len(picked)) < 1 / 3
    viewers = rng.integers(3000, size=len(picked))
    began, asked = time.perf_counter(), {}
    line_of: dict[str, tuple[str, str]] = {}
    host = 0
    for number, (question, asks_it, viewer) in enumerate(zip(picked, is_question, viewers, strict=True)):
        at_ms = number * 60_000 // _LINES_A_MINUTE
        while host * 5000 <= at_ms:  # five seconds of voice, five of silence
            story.wait(max(0, host * 5000 - story.now_ms))
            turn(story, host)
            host += 1
        story.wait(max(0, at_ms - story.now_ms))
        user = f"v{viewer}"
        if asks_it:
            faq = faqs[question]
            line = story.asks(faq.question, user=user, faq=faq.id)
            line_of[line] = (faq.id, user)
            asked.setdefault(faq.id, at_ms)
        else:
            chatter = ChatLine(id=f"c{number}", user=Viewer(user, user), text="lol nice")
            story.happens(events.ChatReceived("test", chatter))
    story.wait(60_000)
    took = time.perf_counter() - began
    return fate(story, asked, line_of, took)


def turn(story: Story, number: int) -> None:
    now, utterance = story.now_ms, number // 2 + 1
    if number % 2 == 0:
        story.happens(events.HostStarted(utterance, now))
    else:
        story.happens(events.HostStopped(utterance, now), events.HostSaid(utterance, "so", "en", now - 5000, now, 0))


def fate(story: Story, asked: dict[str, int], line_of: dict[str, tuple[str, str]], took: float) -> Row:
    """What became of each question, and who had a turn."""
    item_of = {shown.line_id: shown.item for shown in story.all(commands.ShowDecision) if shown.item}
    faq_of = {item_of[line]: faq for line, (faq, _) in line_of.items() if line in item_of}
    ends: dict[str, Counter[str]] = {faq: Counter() for faq in asked}
    first_ms: dict[int, int] = {}
    last_ms: dict[int, int] = {}
    ages, open_now, longest = [], {}, 0
    for at_ms, wish in story.seen:
        if isinstance(wish, commands.ShowDecision) and wish.item:
            first_ms.setdefault(wish.item, at_ms)
            last_ms[wish.item] = at_ms
        if not isinstance(wish, commands.ShowItem):
            continue
        open_now[wish.item] = wish.state in ("held", "waiting")
        if wish.state in ("answered", "posted", "dropped", "expired") and wish.item in faq_of:
            ends[faq_of[wish.item]][f"{wish.state}{': ' + wish.reason if wish.reason else ''}"] += 1
        if wish.state == "speaking" and wish.reason == "" and wish.item in last_ms:
            ages.append((at_ms - last_ms[wish.item]) / 1000)
        longest = max(longest, sum(open_now.values()))
        if not open_now[wish.item]:
            del open_now[wish.item]
    answered = {
        item for item in faq_of if any(s.item == item and s.state == "answered" for s in story.all(commands.ShowItem))
    }
    turns_of: Counter[str] = Counter()
    for item in answered:
        turns_of.update({user for line, (_, user) in line_of.items() if item_of.get(line) == item})
    askers = {user for _, user in line_of.values()}
    counts = np.array([turns_of[user] for user in askers], dtype=float)
    unaccounted = [faq for faq, ended in ends.items() if not ended]
    return {
        "lines": len(story.envelopes),
        "core_ms_a_line": round(1000 * took / (_LINES_A_MINUTE * _MINUTES), 3),
        "questions": len(asked),
        "answered_aloud_at_least_once": sum(any(e.startswith("answered") for e in ended) for ended in ends.values()),
        "in_text_alone": sum(
            not any(e.startswith("answered") for e in ended) and bool(ended) for ended in ends.values()
        ),
        "unaccounted": unaccounted,
        "ends": dict(sum(ends.values(), Counter()).most_common()),
        "longest_list": longest,
        "seconds_since_last_asked_when_spoken": percentiles(ages, 1),
        "askers": len(askers),
        "askers_whose_question_was_spoken": int((counts > 0).sum()),
        "jain_fairness_of_turns": round(float(counts.sum() ** 2 / (len(counts) * (counts**2).sum())), 3),
    }
