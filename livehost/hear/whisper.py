"""Whisper through faster-whisper: an utterance to its text, with guards against what it invents.

    draft       short context, greedy, behind the words that are stable already      while the voice goes on
    transcribe  short context, behind the stable words ─▶ without them ─▶ padded to 30 s            at the end

A final text is sought greedily first, and with a beam where that is not sure of itself. Each arrow is taken only where the
text before it is doubtful. The short context (the sound, then silence up to 8 or 10 s) makes encoding several times cheaper than
Whisper's 30 s. Where the last draft was of the very same sound, `transcribe` goes on from it.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from livehost.errors import BadInput, MissingPart
from livehost.hear.running import says_again
from livehost.settings import Hearing
from livehost.sound import HEARD_RATE, Samples
from livehost.workers import Transcript

_NO_SPEECH = 0.6
_LOW_CONFIDENCE = -1.0
_SURE = -0.3  # above this the greedy text is as right as the beam's
_DOUBTFUL = -0.5  # below this the short pass is not trusted
_UNSUPPORTED = -5.0  # mean log-probability: words that were said came out above -4, others below -8
_LEAST_PROBABLE = 1e-6
_FRAMES_A_SECOND = 100
_REPEATING = 2.4  # gzip ratio above which a text repeats itself
_LEAST_SECONDS = 0.2
_BEAM = 5
_CONTEXT_SECONDS = 8.0  # with 6 it errs more often
_UNSPACED_CONTEXT_SECONDS = 10.0  # Chinese errs more often with 8 (24.9 against 23.4 % of 650 characters)
_SCRAP_SECONDS = 1.0  # with the run-up and the tail; a padded pass invents more in it than it finds
_TAIL_SECONDS = 2.0
_LONGEST_SHORT = 20.0  # beyond this the padded pass costs about the same
_TOKENS_A_SECOND = 12
_TOKENS_MORE = 24
_OTHER_LANGUAGE = 0.8  # how sure another language must be to take the place of the session's
_SURE_SECONDS = 1.5  # sound shorter than this tells no language
_UNSPACED = ("zh", "ja", "yue", "th")


@dataclass(frozen=True)
class _Encoded:
    """The sound as the decoder wants it, and what follows from it alone."""

    features: Any
    language: str
    seconds: float


@dataclass(frozen=True)
class _Decoded:
    behind: str  # words it was given
    text: str
    certainty: float  # mean log-probability of a token
    no_speech: float
    cut_off: bool  # it ran into the most tokens there can be
    again: bool  # behind words that it was given it says them once more

    def goes_for(self, known: str) -> bool:
        """Whether it would have been the same behind words that are known by now."""
        return known.startswith(self.behind) and self.text.startswith(known)

    @property
    def doubtful(self) -> bool:
        return self.cut_off or self.again or self.certainty < _DOUBTFUL or _repeats(self.text)

    @property
    def sure(self) -> bool:
        """So good that a wider search finds nothing better."""
        return self.certainty > _SURE and not self.doubtful

    @property
    def likely(self) -> bool:
        """Doubtful, and yet better than nothing."""
        return not self.cut_off and self.certainty > _LOW_CONFIDENCE and not (self.invented or _repeats(self.text))

    @property
    def invented(self) -> bool:
        return self.no_speech > _NO_SPEECH and self.certainty < _LOW_CONFIDENCE / 2


@dataclass(frozen=True)
class _Draft:
    sound: Samples
    encoded: _Encoded
    heard: _Decoded

    def is_of(self, sound: Samples) -> bool:
        return self.sound.shape == sound.shape and bool(np.array_equal(self.sound, sound))


class Whisper:
    """`languages` are those that may be heard; with several, each utterance's is found among them."""

    def __init__(
        self, model: Path, languages: tuple[str, ...] = (), how: Hearing | None = None, *, names: str = ""
    ) -> None:
        """`model`: the installed one, taken where `how` names no other; raises MissingPart, BadInput."""
        how = how or Hearing()
        self._model: Any = _load(str(model) if how.engine == "openai" else how.model or str(model), how)
        self._languages = how.languages or languages
        unspaced = not self._languages or any(one in _UNSPACED for one in self._languages)
        self._context_seconds = _UNSPACED_CONTEXT_SECONDS if unspaced else _CONTEXT_SECONDS
        self._names = names
        self._script = how.script
        self._convert: Any = None
        self._tokenizers: dict[str, Any] = {}
        self._last: _Draft | None = None

    def transcribe(self, audio: Samples, language: str | None, stable: str = "") -> Transcript:
        """`audio` [n] at 16 kHz; `stable`: words it is known to begin with. Empty text where nobody was understood."""
        if len(audio) < _LEAST_SECONDS * HEARD_RATE:
            return Transcript("", language or "")
        if len(audio) > _LONGEST_SHORT * HEARD_RATE:
            return self._padded_pass(audio, language)
        draft = self._last if self._last and self._last.is_of(audio) else None
        encoded = draft.encoded if draft else self._encode(audio, language)
        if draft and draft.heard.sure and draft.heard.goes_for(stable):  # its given words are in how sure it is
            return Transcript("" if draft.heard.invented else draft.heard.text, encoded.language)
        for known in (stable, "") if stable and self._supported(encoded, stable) else ("",):
            drafted = draft and draft.heard.goes_for(known)
            heard = draft.heard if draft and drafted else self._decode(encoded, known, 1)
            if not heard.sure:
                heard = self._decode(encoded, known, _BEAM)
            if not heard.doubtful:
                return Transcript("" if heard.invented else heard.text, encoded.language)
        if encoded.seconds < _SCRAP_SECONDS:
            return Transcript(heard.text if heard.likely else "", encoded.language)
        return self._padded_pass(audio, encoded.language)

    def draft(self, audio: Samples, language: str | None, stable: str) -> Transcript:
        """What the sound so far seems to say; empty where that is doubtful."""
        encoded = self._encode(audio, language)
        heard = self._decode(encoded, stable, 1)
        self._last = _Draft(audio, encoded, heard)
        return Transcript("" if heard.doubtful or heard.invented else heard.text, encoded.language)

    def is_word(self, word: str) -> bool:
        """Whether people say it often enough for the model to have it as a whole."""
        return len(self._model.hf_tokenizer.encode(f" {word.lower()}", add_special_tokens=False).ids) == 1

    def _encode(self, audio: Samples, language: str | None) -> _Encoded:
        seconds = len(audio) / HEARD_RATE
        context = max(self._context_seconds, seconds + _TAIL_SECONDS)
        padded = np.zeros(round(context * HEARD_RATE), dtype=np.float32)
        padded[: len(audio)] = audio
        features = self._model.feature_extractor(padded)
        encoded = self._model.encode(features[:, : features.shape[1] // 2 * 2])
        if len(self._languages) == 1:
            return _Encoded(encoded, self._languages[0], seconds)
        if language and seconds < _SURE_SECONDS:
            return _Encoded(encoded, language, seconds)
        return _Encoded(encoded, self._language_in(self._model.model.detect_language(encoded)[0], language), seconds)

    def _decode(self, encoded: _Encoded, stable: str, beam: int) -> _Decoded:
        tokenizer = self._tokenizer_for(encoded.language)
        prompt = self._model.get_prompt(tokenizer, [], without_timestamps=True, hotwords=self._names or None)
        known = self._tokens(tokenizer, encoded.language, stable)
        room = max(_TOKENS_MORE // 2, _TOKENS_MORE + round(_TOKENS_A_SECOND * encoded.seconds) - len(known))
        found = self._model.model.generate(
            encoded.features,
            [prompt + known],
            beam_size=beam,
            max_length=min(self._model.max_length, len(prompt) + len(known) + room),
            suppress_blank=not known,  # behind known words the end may come at once
            suppress_tokens=self._suppressed(tokenizer),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        tokens = found.sequences_ids[0]  # the known ones among them, and in the score
        certainty = found.scores[0] * len(tokens) / (len(tokens) + 1)
        rest = tokenizer.decode([token for token in tokens[len(known) :] if token < tokenizer.eot])
        text = stable + (self._written(rest) if encoded.language == "zh" else rest)
        cut_off = len(tokens) - len(known) >= room
        return _Decoded(stable, text.strip(), certainty, found.no_speech_prob, cut_off, says_again(stable, rest))

    def _supported(self, encoded: _Encoded, stable: str) -> bool:
        """Whether the sound bears words out that the decoder is not asked about again: one step for all of them."""
        tokenizer = self._tokenizer_for(encoded.language)
        known = self._tokens(tokenizer, encoded.language, stable)
        frames = round(encoded.seconds * _FRAMES_A_SECOND)
        found = self._model.model.align(encoded.features, tokenizer.sot_sequence, [known], frames)[0]
        return float(np.mean(np.log(np.maximum(found.text_token_probs, _LEAST_PROBABLE)))) > _UNSUPPORTED

    def _tokens(self, tokenizer: Any, language: str, words: str) -> list[int]:
        tokens: list[int] = tokenizer.encode(("" if language in _UNSPACED else " ") + words) if words else []
        return tokens

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
        return Transcript(self._written(text) if info.language == "zh" else text, info.language)

    def _tokenizer_for(self, language: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        if language not in self._tokenizers:
            many = self._model.model.is_multilingual
            self._tokenizers[language] = Tokenizer(self._model.hf_tokenizer, many, "transcribe", language)
        return self._tokenizers[language]

    def _suppressed(self, tokenizer: Any) -> list[int]:
        from faster_whisper.transcribe import get_suppressed_tokens

        return list(get_suppressed_tokens(tokenizer, [-1]))

    def _language_in(self, probabilities: list[tuple[str, float]], before: str | None = None) -> str:
        """The likeliest of the languages that may be heard; tokens are written <|en|>. Another one than `before` must
        be sure of itself."""
        named = {token[2:-2]: p for token, p in probabilities}
        allowed = {name: p for name, p in named.items() if not self._languages or name in self._languages} or named
        likeliest = max(allowed, key=allowed.__getitem__)
        sure = allowed[likeliest] >= _OTHER_LANGUAGE * sum(allowed.values())
        return likeliest if sure or not before else before

    def _written(self, text: str) -> str:
        """In the wanted script: Whisper writes traditional characters for much of what it hears in Chinese."""
        if self._script == "as-heard":
            return text
        if self._convert is None:
            from opencc import OpenCC

            self._convert = OpenCC("t2s" if self._script == "simplified" else "s2t").convert
        written: str = self._convert(text)
        return written

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


def _load(model: str, how: Hearing) -> Any:
    """The model at a path, of a size or of a hub's name (then it is fetched, the first time)."""
    try:
        from faster_whisper import WhisperModel, available_models
    except ImportError:
        raise MissingPart("faster-whisper is not installed", fix="Run: pip install 'livehost[models]'") from None
    sizes = available_models()
    if not Path(model).is_dir() and "/" not in model and model not in sizes:
        near = get_close_matches(model, sizes, n=1, cutoff=0.3)
        hint = f"; did you mean {near[0]!r}?" if near else f"; sizes are {', '.join(sizes)}"
        raise BadInput(f"no model is called {model!r}{hint}", where="[hearing] model")
    try:
        return WhisperModel(model, device=how.device, compute_type=how.compute_type, cpu_threads=how.threads)
    except ValueError as trouble:  # CTranslate2's word on a compute type or device that it does not have
        raise BadInput(str(trouble), where="[hearing]", fix='Write device = "cpu", compute_type = "int8"') from None
    except Exception as trouble:  # a file that is missing, a library of CUDA, a hub that is not reached
        fix = "Give a folder with a CTranslate2 model, a device that is there, or leave the keys away"
        raise MissingPart(f"the model {model} can't be loaded: {trouble}", fix=fix) from None
