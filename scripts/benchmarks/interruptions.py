"""Back-channels and interruptions over a long answer: what a listener says, and what is meant to stop the co-host.

Each clip is known by how it was made. VAD, endpointing and the recogniser's texts are real, the texts come as late as they do on
a machine with nothing else to do (20 to 760 ms after the end was decided); the core runs on virtual time. Short clips are spoken
by the project's voices, since no recording of them is at hand; the long interruptions are real readers.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from common import Row, percentiles
from hearing import DATA

from livehost import commands, events
from livehost.events import Event
from livehost.hear.audio_file import read_all
from livehost.hear.whisper import Whisper
from livehost.sound import HEARD_RATE, SPOKEN_RATE, Samples
from livehost.speak.speech import Speech
from livehost.speak.voices import open_voice
from livehost.weights import whisper_dir

sys.path.append(str(Path(__file__).parents[2]))  # the storyboards of the tests
from tests.splicing import Voice, heard_by_vad, voiced
from tests.story import ScriptedHands, Story, shop

_BACK = {
    "en": ("Mm-hmm.", "Yeah.", "Okay.", "Right.", "Uh-huh.", "Yes.", "Oh wow.", "I see.", "Yeah, yeah.", "Haha."),
    "zh": ("对。", "嗯。", "好的。", "是的。", "对对对。", "没错。", "哦。", "哈哈。", "嗯嗯。", "行。"),
}
_SHORT_INTERRUPTIONS = {
    "en": ("Wait.", "Stop it.", "No, no.", "Hold on."),
    "zh": ("等一下。", "不对。", "先停。", "别说了。"),
}
_REAL_S = (1.5, 3.0)  # how much of a reader breaks in
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
    whisper = Whisper(whisper_dir(), (language,))

    def text_of(sound: Samples) -> str:
        return whisper.transcribe(sound, language).text

    clips = clips_of(language)
    heard = [heard_by_vad(np.concatenate([quiet(_BEFORE_S), clip.sound, quiet(_BEHIND_S)]), text_of) for clip in clips]
    found: Row = {}
    for setting in ("soft", "at-once"):
        results = [over(clip, events_of, setting) for clip, events_of in zip(clips, heard, strict=True)]
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
    return clips + [
        Clip(f"{path.stem} {seconds} s", from_onset(read_all(path), seconds), True)
        for path in files
        for seconds in _REAL_S
    ]


def from_onset(sound: Samples, seconds: float) -> Samples:
    """A reader breaks in, and falls silent after so long."""
    first = voiced(sound)[0][0] * HEARD_RATE // 1000
    return sound[max(0, first - HEARD_RATE // 10) : first + round(seconds * HEARD_RATE)]


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


def over(clip: Clip, heard: Sequence[tuple[int, Event]], setting: str) -> Result:
    """The clip's events over an answer of 20 s that began 2 s before."""
    story = Story(shop(floor={"interrupted": setting}), ScriptedHands(clause_ms=20_000))
    story.asks("return policy?", faq="returns")
    story.wait(3000)
    began_ms = story.now_ms
    for at_ms, event in heard:
        story.wait(max(0, began_ms + at_ms - story.now_ms))
        story.happens(_moved(event, -began_ms))
    story.wait(4000)
    stopped = any(wish.reason == "host" for wish in story.all(commands.Cut))
    onset_ms = began_ms + round(_BEFORE_S * 1000) + voiced(clip.sound)[0][0]
    ducked, silent = Voice(story).yielded(onset_ms) or (-1, -1)
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
