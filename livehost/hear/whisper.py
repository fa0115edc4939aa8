"""Whisper through faster-whisper: an utterance to its text, with guards against what it invents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from livehost.errors import MissingPart
from livehost.sound import HEARD_RATE, Samples
from livehost.workers import Transcript

_NO_SPEECH = 0.6
_LOW_CONFIDENCE = -1.0
_REPEATING = 2.4  # gzip ratio above which a text repeats itself
_LEAST_SECONDS = 0.2


class Whisper:
    """`languages` are those that may be heard; with several, each utterance's is found among them until one is sure."""

    def __init__(self, model: Path, languages: tuple[str, ...] = (), *, threads: int = 2, names: str = "") -> None:
        try:
            from faster_whisper import WhisperModel
        except ImportError:
            raise MissingPart("faster-whisper is not installed", fix="Run: pip install 'livehost[models]'") from None
        self._model: Any = WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=threads)
        self._languages = languages
        self._names = names
        self._simplify: Any = None

    def transcribe(self, audio: Samples, language: str | None) -> Transcript:
        """`audio` [n] at 16 kHz. Empty text where nobody was understood."""
        if len(audio) < _LEAST_SECONDS * HEARD_RATE:
            return Transcript("", language or "")
        chosen = language or self._language_of(audio)
        segments, info = self._model.transcribe(
            audio,
            language=chosen,
            beam_size=5,
            condition_on_previous_text=False,
            without_timestamps=True,
            hotwords=self._names or None,
        )
        text = "".join(segment.text for segment in segments if _is_speech(segment)).strip()
        return Transcript(self._simplified(text) if info.language == "zh" else text, info.language)

    def _simplified(self, text: str) -> str:
        """Whisper writes traditional characters for much of what it hears in Chinese; knowledge is in simplified ones."""
        if self._simplify is None:
            from opencc import OpenCC

            self._simplify = OpenCC("t2s").convert
        simplified: str = self._simplify(text)
        return simplified

    def _language_of(self, audio: Samples) -> str | None:
        if len(self._languages) == 1:
            return self._languages[0]
        _, _, all_probabilities = self._model.detect_language(audio)
        allowed = [(p, name) for name, p in all_probabilities if not self._languages or name in self._languages]
        return max(allowed)[1] if allowed else None


def _is_speech(segment: Any) -> bool:
    invented = segment.no_speech_prob > _NO_SPEECH and segment.avg_logprob < _LOW_CONFIDENCE / 2
    return not (invented or segment.avg_logprob < _LOW_CONFIDENCE or segment.compression_ratio > _REPEATING)
