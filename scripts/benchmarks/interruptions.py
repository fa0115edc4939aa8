"""Back-channels and interruptions over a long answer: what a listener says, and what is meant to stop the co-host.

Each clip is known by how it was made. Hearing is real, the core runs on virtual time. Short ones are spoken by the project's
voices, since no recording of them is at hand; the long interruptions are real readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import soxr
from common import Row, percentiles
from hearing import DATA, heard_of
from splicing import ScriptedHands, Story, Voice, shop, voiced

from livehost import commands, events
from livehost.events import Event
from livehost.hear.audio_file import read_all
from livehost.hear.whisper import Whisper
from livehost.sound import HEARD_RATE, SPOKEN_RATE, Samples
from livehost.speak.speech import Speech
from livehost.speak.voices import open_voice
from livehost.weights import whisper_dir

_BACK = {
    "en": ("Mm-hmm.", "Yeah.", "Okay.", "Right.", "Uh-huh.", "Yes.", "Oh wow.", "I see.", "Yeah, yeah.", "Haha."),
    "zh": ("对。", "嗯。", "好的。", "是的。", "对对对。", "没错。", "哦。", "哈哈。", "嗯嗯。", "行。"),
}
_SHORT_INTERRUPTIONS = {
    "en": ("Wait.", "Stop it.", "No, no.", "Hold on."),
    "zh": ("等一下。", "不对。", "先停。", "别说了。"),
}
_REAL_S = (1.3, 3.0)  # how much of a reader breaks in
_BEFORE_S, _BEHIND_S = 1.0, 2.5
_VOICES = {"en": ("heart", "bella"), "zh": ("xiaoxiao", "xiaoyi")}


@dataclass(frozen=True)
class Clip:
    label: str
    sound: Samples
    meant: bool  # to stop the co-host


def interruptions() -> Row:
    """Clips over a long answer: what a listener says, and what is meant to stop it."""
    return {**interrupted_in("en"), **interrupted_in("zh")}


def interrupted_in(language: str) -> Row:
    found: Row = {}
    clips = clips_of(language)
    whisper = Whisper(whisper_dir(), (language,))
    starts, pieces, length = [], [], 0
    for clip in clips:
        piece = np.concatenate([quiet(_BEFORE_S), clip.sound, quiet(_BEHIND_S)])
        first = voiced(clip.sound)[0][0]
        starts.append(length * 1000 // HEARD_RATE + round(_BEFORE_S * 1000) + first)
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
    clips = [Clip(text, said_by(voice, text, language), meant) for text, meant in said for voice in voices]
    if language == "en":
        files = sorted(DATA.glob("speaker/librispeech_test-other/*/*.flac"))[::3]
    else:
        files = [
            DATA / "speech" / "aishell-BAC009S0724W0121.wav",
            DATA / "speech" / "speech_recognition" / "chinese.flac",
        ]
    lengths = [(path, seconds) for path in files for seconds in _REAL_S]
    return clips + [Clip(f"{path.stem} {s} s", read_all(path)[: round(s * HEARD_RATE)], True) for path, s in lengths]


def quiet(seconds: float) -> Samples:
    return np.zeros(round(seconds * HEARD_RATE), dtype=np.float32)


def said_by(voice: Speech, text: str, language: str) -> Samples:
    sound = np.concatenate([piece.samples for piece in voice.speak(text, language)])
    return soxr.resample(sound, SPOKEN_RATE, HEARD_RATE).astype(np.float32)


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
        if at_ms - 400 <= when <= at_ms + length_ms + 3000:
            story.wait(max(0, when - shift - story.now_ms))
            story.happens(_moved(event, shift))
    story.wait(3000)
    stopped = any(wish.reason == "host" for wish in story.all(commands.Cut))
    ducked, silent = Voice(story).yielded(at_ms - shift) or (-1, -1)
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
