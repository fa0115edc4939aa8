"""Words that are heard where nobody speaks: twenty minutes of silence, noise, music, keys, a crowd, breath and hum."""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np
from common import Row
from hearing import DATA, heard_of, plain

from livehost.events import HostSaid, HostStarted
from livehost.hear.audio_file import read_all
from livehost.hear.whisper import Whisper
from livehost.sound import HEARD_RATE, Samples
from livehost.weights import whisper_dir

_MINUTES = float(os.environ.get("BENCH_MINUTES", "20"))
Maker = Callable[[np.random.Generator, int], np.ndarray]


def nonspeech() -> Row:
    """Invented words a minute and sounds taken for a voice, by kind of sound, in English and Chinese by turns."""
    rng = np.random.default_rng(7)
    seconds = _MINUTES * 60 / len(KINDS)
    ears = [(language, Whisper(whisper_dir(), (language,))) for language in ("en", "zh")]
    rows: Row = {}
    words = voices = 0
    for name, make in KINDS.items():
        texts: list[str] = []
        started = compute = 0
        for language, whisper in ears:
            heard = heard_of(loud(make(rng, round(seconds / 2 * HEARD_RATE))), whisper)
            texts += [f"{language}: {event.text}" for _, event in heard.of(HostSaid) if event.text]
            started += len(heard.of(HostStarted))
            compute = max([compute, *(event.compute_ms for _, event in heard.of(HostSaid))])
        count = sum(len(plain(text[4:], text[:2])) for text in texts)
        rows[name] = {"taken_for_a_voice": started, "words": count, "texts": texts[:12], "longest_ms": compute}
        words, voices = words + count, voices + started
    return {
        "minutes": _MINUTES,
        "words_a_minute": round(words / _MINUTES, 2),
        "voices_a_minute": round(voices / _MINUTES, 2),
        **rows,
    }


def loud(sound: np.ndarray) -> Samples:
    return np.clip(sound, -1, 1).astype(np.float32)


def silence(rng: np.random.Generator, count: int) -> np.ndarray:
    return np.where(np.arange(count) < count // 2, 0, rng.normal(0, 1e-4, count))


def white(rng: np.random.Generator, count: int) -> np.ndarray:
    return rng.normal(0, 1, count) * steps(rng, count, 0.002, 0.1)


def pink(rng: np.random.Generator, count: int) -> np.ndarray:
    """A fan, the wind: soft noise with swells."""
    spectrum = np.fft.rfft(rng.normal(0, 1, count))
    spectrum /= np.sqrt(np.maximum(1, np.arange(len(spectrum))))
    sound = np.fft.irfft(spectrum, count)
    return sound / np.abs(sound).max() * steps(rng, count, 0.05, 0.6)


def hum(rng: np.random.Generator, count: int) -> np.ndarray:
    t = np.arange(count) / HEARD_RATE
    return sum(0.1 / k * np.sin(2 * np.pi * 50 * k * t) for k in (1, 2, 3, 5)) + rng.normal(0, 0.002, count)


def music(rng: np.random.Generator, count: int) -> np.ndarray:
    """Chords, a melody with vibrato, a drum on each beat."""
    sound = np.zeros(count)
    beat = HEARD_RATE // 2
    for at in range(0, count - beat, beat):
        t = np.arange(beat) / HEARD_RATE
        root = 110 * 2 ** (rng.integers(0, 12) / 12)
        notes = [root * 2 ** (k / 12) for k in (0, 4, 7)] + [root * 4 * 2 ** (rng.integers(0, 12) / 12)]
        for note in notes:
            glide = 1 + 0.006 * np.sin(2 * np.pi * 5.5 * t)
            for k in (1, 2, 3):
                sound[at : at + beat] += (
                    0.06 / k * np.sin(2 * np.pi * note * k * np.cumsum(glide) / HEARD_RATE) * np.exp(-2 * t)
                )
        sound[at : at + beat] += 0.3 * rng.normal(0, 1, beat) * np.exp(-40 * t)
    return sound


def keys(rng: np.random.Generator, count: int) -> np.ndarray:
    """A keyboard in bursts, and a mouse."""
    sound = rng.normal(0, 0.001, count)
    at = 0.0
    while at < count - 3000:
        long = int(rng.integers(300, 1500))
        click = rng.normal(0, 1, long) * np.exp(-np.arange(long) / (long / 6))
        sound[int(at) : int(at) + long] += click * rng.uniform(0.05, 0.5)
        at += HEARD_RATE * (rng.uniform(0.06, 0.25) if rng.random() < 0.9 else rng.uniform(1, 3))
    return sound


def breath(rng: np.random.Generator, count: int) -> np.ndarray:
    """Breathing into the microphone: noise with slow swells, formed like a mouth's."""
    t = np.arange(count) / HEARD_RATE
    noise = np.convolve(rng.normal(0, 1, count), np.hanning(24), mode="same")
    return 0.02 * noise * np.maximum(0, np.sin(2 * np.pi * t / 3.5)) ** 2


def crowd(rng: np.random.Generator, count: int) -> np.ndarray:
    """Sixteen voices at once, none of them to be made out: real speech of the fixtures, laid over one another."""
    voices = [read_all(path) for path in sorted(DATA.glob("speaker/librispeech_test-other/*/*.flac"))[:16]]
    sound = np.zeros(count)
    for voice in voices:
        row = np.tile(voice / max(1e-3, float(np.abs(voice).max())), count // len(voice) + 2)
        start = int(rng.integers(0, len(voice)))
        sound += row[start : start + count]
    return 0.04 * sound


def steps(rng: np.random.Generator, count: int, low: float, high: float) -> np.ndarray:
    """A level that changes every few seconds."""
    pieces = rng.uniform(np.log(low), np.log(high), count // (4 * HEARD_RATE) + 1)
    return np.repeat(np.exp(pieces), 4 * HEARD_RATE)[:count]


KINDS: dict[str, Maker] = {
    "silence": silence,
    "white noise": white,
    "pink noise": pink,
    "hum": hum,
    "music": music,
    "keys": keys,
    "breath": breath,
    "crowd": crowd,
}
