"""Whisper through faster-whisper: an utterance to its text, with guards against what it invents."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np

from livehost.errors import MissingPart
from livehost.sound import HEARD_RATE, Samples
from livehost.workers import Transcript

_NO_SPEECH = 0.6
_LOW_CONFIDENCE = -1.0
_DOUBTFUL = -0.5  # below this the short pass is not trusted
_REPEATING = 2.4  # gzip ratio above which a text repeats itself
_LEAST_SECONDS = 0.2
_BEAM = 5
_CONTEXT_SECONDS = 10.0  # with less context Whisper repeats itself
_TAIL_SECONDS = 2.0
_LONGEST_SHORT = 20.0  # beyond this the padded pass costs about the same
_TOKENS_A_SECOND = 12
_TOKENS_MORE = 24


class Whisper:
    """`languages` are those that may be heard; with several, each utterance's is found among them until one is sure."""

    def __init__(self, model: Path, languages: tuple[str, ...] = (), *, threads: int = 2, names: str = "") -> None:
        try:
            from faster_whisper import WhisperModel
        except ImportError:
            raise MissingPart("faster-whisper is not installed", fix="Run: pip install 'livehost[models]'") from None
        self._model: Any = WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=threads)
        self._languages = languages
        self._only = languages[0] if len(languages) == 1 else None
        self._names = names
        self._simplify: Any = None
        self._tokenizers: dict[str, Any] = {}

    def transcribe(self, audio: Samples, language: str | None) -> Transcript:
        """`audio` [n] at 16 kHz. Empty text where nobody was understood."""
        if len(audio) < _LEAST_SECONDS * HEARD_RATE:
            return Transcript("", language or "")
        short = self._short_pass(audio, language) if len(audio) <= _LONGEST_SHORT * HEARD_RATE else None
        heard = short or self._padded_pass(audio, language)
        return Transcript(self._simplified(heard.text) if heard.language == "zh" else heard.text, heard.language)

    def _short_pass(self, audio: Samples, language: str | None) -> Transcript | None:
        """The utterance and silence up to 10 s instead of 30: encoding takes a sixth of the time. None where the text
        is doubtful: the padded pass decides."""
        context = max(_CONTEXT_SECONDS, len(audio) / HEARD_RATE + _TAIL_SECONDS)
        padded = np.zeros(round(context * HEARD_RATE), dtype=np.float32)
        padded[: len(audio)] = audio
        features = self._model.feature_extractor(padded)
        encoded = self._model.encode(features[:, : features.shape[1] // 2 * 2])
        chosen = language or self._only or self._language_in(self._model.model.detect_language(encoded)[0])
        tokenizer = self._tokenizer_for(chosen)
        prompt = self._model.get_prompt(tokenizer, [], without_timestamps=True, hotwords=self._names or None)
        most = len(prompt) + _TOKENS_MORE + round(_TOKENS_A_SECOND * len(audio) / HEARD_RATE)
        found = self._model.model.generate(
            encoded,
            [prompt],
            beam_size=_BEAM,
            max_length=min(self._model.max_length, most),
            suppress_tokens=self._suppressed(tokenizer),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        tokens = found.sequences_ids[0]
        text = tokenizer.decode([token for token in tokens if token < tokenizer.eot]).strip()
        certainty = found.scores[0] * len(tokens) / (len(tokens) + 1)
        cut_off = len(prompt) + len(tokens) >= most
        if cut_off or certainty < _DOUBTFUL or _repeats(text):
            return None
        invented = found.no_speech_prob > _NO_SPEECH and certainty < _LOW_CONFIDENCE / 2
        return Transcript("" if invented else text, chosen)

    def _padded_pass(self, audio: Samples, language: str | None) -> Transcript:
        """faster-whisper's own way: every clip as 30 s."""
        segments, info = self._model.transcribe(
            audio,
            language=language or self._language_of(audio),
            beam_size=_BEAM,
            condition_on_previous_text=False,
            without_timestamps=True,
            hotwords=self._names or None,
        )
        text = "".join(segment.text for segment in segments if _is_speech(segment)).strip()
        return Transcript(text, info.language)

    def _tokenizer_for(self, language: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        if language not in self._tokenizers:
            many = self._model.model.is_multilingual
            self._tokenizers[language] = Tokenizer(self._model.hf_tokenizer, many, "transcribe", language)
        return self._tokenizers[language]

    def _suppressed(self, tokenizer: Any) -> list[int]:
        from faster_whisper.transcribe import get_suppressed_tokens

        return list(get_suppressed_tokens(tokenizer, [-1]))

    def _language_in(self, probabilities: list[tuple[str, float]]) -> str:
        """The likeliest of the languages that may be heard; tokens are written <|en|>."""
        named = [(p, token[2:-2]) for token, p in probabilities]
        allowed = [pair for pair in named if not self._languages or pair[1] in self._languages]
        return max(allowed or named)[1]

    def _simplified(self, text: str) -> str:
        """Whisper writes traditional characters for much of what it hears in Chinese; knowledge is in simplified ones."""
        if self._simplify is None:
            from opencc import OpenCC

            self._simplify = OpenCC("t2s").convert
        simplified: str = self._simplify(text)
        return simplified

    def _language_of(self, audio: Samples) -> str:
        if len(self._languages) == 1:
            return self._languages[0]
        _, _, probabilities = self._model.detect_language(audio)
        return self._language_in([(f"<|{name}|>", p) for name, p in probabilities])


def _repeats(text: str) -> bool:
    raw = text.encode()
    return len(raw) / max(len(zlib.compress(raw)), 1) > _REPEATING


def _is_speech(segment: Any) -> bool:
    invented = segment.no_speech_prob > _NO_SPEECH and segment.avg_logprob < _LOW_CONFIDENCE / 2
    return not (invented or segment.avg_logprob < _LOW_CONFIDENCE or segment.compression_ratio > _REPEATING)
