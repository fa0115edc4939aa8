"""The host's words: how soon they are there and how right they are, beside WhisperModel.transcribe() behind the same ends."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import soundfile
import soxr
from common import Row, percentiles, sentences

from livehost import clock
from livehost.clock import SessionClock, cpu_stopwatch
from livehost.events import Event, HostPartial, HostSaid, HostStarted, HostStopped
from livehost.hear.audio_file import AudioFile, read_all
from livehost.hear.ear import Ear
from livehost.hear.recogniser import Recogniser, RecogniserStatistics
from livehost.hear.vad import SileroVad
from livehost.hear.whisper import Whisper
from livehost.sound import HEARD_RATE, SPOKEN_RATE, Samples
from livehost.speak.voices import open_voice
from livehost.weights import data_dir, whisper_dir
from livehost.workers import Worker

DATA = Path(__file__).parents[3] / "shared" / "data"
_GAP_SECONDS = 1.5
_DRAWS = 1000
_SENTENCES = int(os.environ.get("BENCH_SENTENCES", "60"))
_TIMES = int(os.environ.get("BENCH_TIMES", "2"))  # each sentence, in another voice each time
_REAL_EVERY = int(os.environ.get("BENCH_EVERY", "1"))


@dataclass
class Heard:
    """What an ear made of a sound, with the moment of each event."""

    events: list[tuple[int, Event]] = field(default_factory=list)
    statistics: RecogniserStatistics = field(default_factory=RecogniserStatistics)
    busy_seconds: float = 0.0
    cpu_seconds: float = 0.0

    def of(self, kind: type[Any]) -> list[tuple[int, Any]]:
        return [(at_ms, event) for at_ms, event in self.events if isinstance(event, kind)]

    @property
    def text(self) -> str:
        return " ".join(event.text for _, event in self.of(HostSaid) if event.text)


def hear(path: Path, whisper: Whisper) -> Heard:
    """As a session would, on the virtual clock with the computing time that was really measured."""
    heard = Heard()

    async def listen() -> None:
        session_clock = SessionClock(asyncio.get_running_loop())
        worker = Worker("hearing", session_clock)
        recogniser = Recogniser(whisper, worker, whisper)
        ear = Ear(AudioFile(path, session_clock), SileroVad(), recogniser, lambda _at, _sound: None)
        seconds = cpu_stopwatch()
        await ear.run(lambda event: heard.events.append((session_clock.now_ms(), event)))
        heard.cpu_seconds, heard.busy_seconds = seconds(), worker.statistics.busy_seconds
        heard.statistics = recogniser.statistics
        worker.close()

    clock.run(listen(), virtual=True)
    return heard


@dataclass(frozen=True)
class Recording:
    sound: Samples
    language: str
    said: str  # empty: nobody wrote down what was said


def hearing() -> Row:
    """Final texts from the endpoint and from the last voiced sample, words thrown away, partials, error rates; the same ends
    with WhisperModel.transcribe() beside it (same model, threads, language). BENCH_PARTS=real,spoken_en,spoken_zh."""
    parts: dict[str, Callable[[], list[Recording]]] = {
        "real": real,
        "spoken_en": lambda: spoken("anna", "en"),
        "spoken_zh": lambda: spoken("xiaohe", "zh"),
    }
    wanted = os.environ.get("BENCH_PARTS", ",".join(parts)).split(",")
    return {name: compared(recordings) for name in wanted if (recordings := parts[name]())}


def real() -> list[Recording]:
    """LibriSpeech test-other: four readers. Its transcripts are not among the fixtures."""
    files = sorted(DATA.glob("speaker/librispeech_test-other/*/*.flac"))[::_REAL_EVERY]
    return [Recording(read_all(path), "en", "") for path in files]


def spoken(creator: str, language: str) -> list[Recording]:
    """What the demo's shop answers, in two of the project's voices."""
    names = ("heart", "bella") if language == "en" else ("xiaoxiao", "xiaoyi")
    voices = [open_voice(name, cache=data_dir() / "cache" / "speech") for name in names]
    found = []
    for number, text in enumerate(sentences(creator, _SENTENCES) * _TIMES):
        pieces = [
            piece.samples for piece in voices[(number + number // _SENTENCES) % len(voices)].speak(text, language)
        ]
        sound = soxr.resample(np.concatenate(pieces), SPOKEN_RATE, HEARD_RATE).astype(np.float32)
        found.append(Recording(sound, language, text))
    return found


def compared(recordings: Sequence[Recording]) -> Row:
    whisper = Whisper(whisper_dir(), (recordings[0].language,))
    after_end, after_voice, theirs_after_end, first_word, pairs = [], [], [], [], []
    total, audio_seconds, cpu, busy, words_taken_back = RecogniserStatistics(), 0.0, 0.0, 0.0, 0
    for recording in recordings:
        sound = np.concatenate([recording.sound, np.zeros(round(_GAP_SECONDS * HEARD_RATE), dtype=np.float32)])
        heard = heard_of(sound, whisper)
        audio_seconds, cpu = audio_seconds + len(sound) / HEARD_RATE, cpu + heard.cpu_seconds
        busy += heard.busy_seconds
        for name in vars(total):
            setattr(total, name, getattr(total, name) + getattr(heard.statistics, name))
        stopped = {event.utterance: at_ms for at_ms, event in heard.of(HostStopped)}
        began = {event.utterance: at_ms for at_ms, event in heard.of(HostStarted)}
        partials = {event.utterance: (at_ms, event.text) for at_ms, event in reversed(heard.of(HostPartial))}
        last = {event.utterance: event.text for _, event in heard.of(HostPartial)}
        first_word += [at_ms - began[number] for number, (at_ms, _) in partials.items()]
        theirs = []
        for at_ms, said in heard.of(HostSaid):
            after_end.append(float(max(0, at_ms - stopped[said.utterance])))
            after_voice.append(float(at_ms - said.end_ms))
            stable = plain(last.get(said.utterance, ""), recording.language)
            words_taken_back += plain(said.text, recording.language)[: len(stable)] != stable
            text, seconds = their_text(whisper, cut_out(sound, said), recording.language)
            theirs_after_end.append(seconds * 1000)
            theirs.append(text)
        reference = plain(recording.said or " ".join(theirs), recording.language)
        pairs.append(
            (errors(plain(heard.text, recording.language), reference),
             errors(plain(" ".join(theirs), recording.language), reference), len(reference))
        )  # fmt: skip
    return {
        "final_after_end_ms": percentiles(after_end, 0),
        "transcribe_after_end_ms": percentiles(theirs_after_end, 0),
        "sooner": round(percentiles(theirs_after_end)["p50"] / max(1.0, percentiles(after_end)["p50"]), 1),
        "final_after_last_voice_ms": percentiles(after_voice, 0),
        "first_stable_words_after_onset_ms": percentiles(first_word, 0) if first_word else None,
        "utterances_with_partials": len(first_word),
        "finals_that_differ_from_their_partials": words_taken_back,
        "thrown_away_percent": round(100 * total.thrown_away / max(1, total.begun_early), 1),
        "begun_early": total.begun_early,
        "drafts_at_a_pause": total.pauses,
        "of_them_gone_on": total.pauses_gone_on,
        "thrown_away_percent_of_all_computing": round(100 * total.thrown_seconds / max(0.001, busy), 1),
        "at_once_percent": round(100 * sum(value < 1 for value in after_end) / len(after_end), 1),
        "drafts": total.drafts,
        "cpu_of_one_core_percent": round(100 * cpu / audio_seconds, 1),
        "audio_seconds": round(audio_seconds),
        "reference": "written" if recordings[0].said else "transcribe() of the same pieces",
        "errors": error_rates(pairs),
    }


def heard_of(sound: Samples, whisper: Whisper) -> Heard:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sound.wav"
        soundfile.write(path, sound, HEARD_RATE)
        return hear(path, whisper)


def cut_out(sound: Samples, said: HostSaid) -> Samples:
    """With the same run-up and tail as the recogniser gets."""
    return sound[max(0, (said.start_ms - 300) * 16) : (said.end_ms + 200) * 16]


def their_text(whisper: Whisper, sound: Samples, language: str) -> tuple[str, float]:
    began = time.perf_counter()
    segments, _ = whisper._model.transcribe(sound, language=language)
    text = "".join(segment.text for segment in segments)
    return (whisper._written(text) if language == "zh" else text), time.perf_counter() - began


def plain(text: str, language: str) -> list[str]:
    """Words, or characters where they are not written apart."""
    kept = "".join(letter if letter.isalnum() else " " for letter in text.lower().replace("'", ""))
    return [letter for letter in kept if letter != " "] if language == "zh" else kept.split()


def errors(heard: Sequence[str], said: Sequence[str]) -> int:
    """Words put in, left out or changed (Levenshtein)."""
    row = list(range(len(said) + 1))
    for i, mine in enumerate(heard, 1):
        before, row[0] = row[0], i
        for j, theirs in enumerate(said, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (mine != theirs))
    return row[-1]


def error_rates(pairs: Sequence[tuple[int, int, int]]) -> Row:
    """Percent of reference words, and the 95 % interval of the difference (paired bootstrap over recordings)."""
    counts = np.array(pairs, dtype=float)
    draws = np.random.default_rng(1).integers(0, len(counts), (_DRAWS, len(counts)))
    drawn = counts[draws].sum(axis=1)
    differences = 100 * (drawn[:, 0] - drawn[:, 1]) / drawn[:, 2]
    mine, theirs, words = counts.sum(axis=0)
    return {
        "reference_words": int(words),
        "percent": round(100 * mine / words, 2),
        "transcribe_percent": round(100 * theirs / words, 2),
        "difference_95": [round(float(v), 2) for v in np.quantile(differences, (0.025, 0.975))],
    }
