"""Kokoro-82M on onnxruntime: clauses to sound, in the style that a voice's pack says."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livehost.errors import BadInput, MissingPart
from livehost.sound import SPOKEN_RATE, Samples
from livehost.workers import Cancelled

Style = NDArray[np.float32]  # [510, 256]: a row per number of tokens
_MOST_TOKENS = 500
_HAN_RUN = re.compile(r"[㐀-鿿，。！？；：、\d]+")
_LEVEL = 0.09  # root mean square of the voiced part; about -18 LUFS with Kokoro's voices
_PEAK = 0.95
_QUIET = 0.004  # below this it is silence
_LEAD_MS, _TAIL_MS, _FADE_MS = 15, 110, 5


class Kokoro:
    """A voice for each of the two languages, over one model. `synthesise` is not reentrant; `cancel` may come any time."""

    def __init__(self, model: Path, styles: dict[str, Style], *, threads: int = 2) -> None:
        try:
            import onnxruntime
        except ImportError:
            raise MissingPart("onnxruntime is not installed", fix="Run: pip install 'livehost[models]'") from None
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle threads leave the cores to OBS
        self._onnxruntime = onnxruntime
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._styles = styles
        self._phonemes = Phonemes()
        self._running: Any = None
        self._lock = threading.Lock()

    @property
    def identity(self) -> str:
        """Of all that its sound depends on, beside text and language."""
        digest = hashlib.sha256(repr((_LEVEL, _PEAK, _LEAD_MS, _TAIL_MS, _FADE_MS)).encode())
        for language, style in sorted(self._styles.items()):
            digest.update(language.encode() + style.tobytes())
        return f"kokoro-v1.0-int8 {digest.hexdigest()}"

    def synthesise(self, text: str, language: str) -> Samples:
        """[n] at 24 kHz, levelled, with a breath of silence at the end; raises Cancelled, BadInput, MissingPart."""
        style = self._styles.get(language)
        if style is None:
            raise BadInput(f"there is no voice for {language!r}", fix="Choose a voice that speaks it")
        run = self._onnxruntime.RunOptions()
        with self._lock:
            self._running = run
        try:
            pieces = [self._sound(tokens, style, run) for tokens in self._phonemes.tokens(text, language)]
        finally:
            with self._lock:
                self._running = None
        return _finished(np.concatenate(pieces)) if pieces else np.zeros(0, dtype=np.float32)

    def cancel(self) -> None:
        with self._lock:
            if self._running is not None:
                self._running.terminate = True

    def warm_up(self) -> None:
        """Loads what loads on first use: dictionaries, the model's memory."""
        for language in self._styles:
            self.synthesise("好。" if language == "zh" else "Hi.", language)

    def _sound(self, tokens: list[int], style: Style, run: Any) -> Samples:
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": style[min(len(tokens), len(style)) - 1][None],
            "speed": np.ones(1, dtype=np.float32),
        }
        try:
            (audio,) = self._session.run(None, inputs, run)
        except Exception as trouble:  # onnxruntime raises its own Fail for a terminated run
            if run.terminate:
                raise Cancelled from None
            raise RuntimeError(f"synthesis failed: {trouble}") from trouble
        samples: Samples = np.asarray(audio, dtype=np.float32).ravel()
        return samples


class Phonemes:
    """Sayable text to Kokoro's tokens. English needs espeak-ng (GPL-3, an optional library), Chinese misaki."""

    def __init__(self) -> None:
        table = resources.files("livehost.speak").joinpath("kokoro_vocabulary.json").read_text(encoding="utf-8")
        self._vocabulary: dict[str, int] = json.loads(table)
        self._chinese: Any = None
        self._english: Any = None
        self._lock = threading.Lock()  # espeak-ng keeps its state for the whole process

    def tokens(self, text: str, language: str) -> list[list[int]]:
        """One list per piece that the model can take at once."""
        phonemes = self._mixed(text) if language == "zh" else self._read_english(text)
        known = [self._vocabulary[p] for p in phonemes if p in self._vocabulary]
        return [known[at : at + _MOST_TOKENS] for at in range(0, len(known), _MOST_TOKENS)]

    def _mixed(self, text: str) -> str:
        """Chinese with English words in it: each run by its own reader."""
        parts: list[str] = []
        at = 0
        for run in _HAN_RUN.finditer(text):
            parts += [self._read_english(text[at : run.start()]), self._read_chinese(run.group())]
            at = run.end()
        parts.append(self._read_english(text[at:]))
        return " ".join(part for part in parts if part.strip())

    def _read_chinese(self, text: str) -> str:
        if self._chinese is None:
            try:
                import jieba
                from misaki.zh import ZHG2P
            except ImportError:
                raise MissingPart("misaki is not installed", fix="Run: pip install 'livehost[models]'") from None
            jieba.setLogLevel("ERROR")
            self._chinese = ZHG2P()
        phonemes: str = self._chinese(text)[0]
        return phonemes

    def _read_english(self, text: str) -> str:
        if not any(character.isalpha() for character in text):
            return text.strip()
        with self._lock:
            if self._english is None:
                try:
                    from misaki.espeak import EspeakG2P
                except ImportError:
                    raise MissingPart(
                        "English needs phonemizer and espeakng-loader", fix="Run: pip install 'livehost[models]'"
                    ) from None
                self._english = EspeakG2P("en-us")
            phonemes: str = self._english(text)[0]
        return phonemes


def _finished(audio: Samples) -> Samples:
    """Trimmed, levelled and faded, so that clauses join without a hole, a jump or a click."""
    loud = np.flatnonzero(np.abs(audio) > _QUIET)
    if not len(loud):
        return np.zeros(0, dtype=np.float32)
    first = max(0, loud[0] - _LEAD_MS * SPOKEN_RATE // 1000)
    voiced = audio[first : loud[-1] + 1]
    level = float(np.sqrt(np.mean(np.square(voiced)))) or 1.0
    gain = min(_LEVEL / level, _PEAK / float(np.max(np.abs(voiced))))
    fade = min(_FADE_MS * SPOKEN_RATE // 1000, len(voiced) // 2)
    shaped = voiced * np.float32(gain)
    shaped[:fade] *= np.linspace(0, 1, fade, dtype=np.float32)
    shaped[len(shaped) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    tail = np.zeros(_TAIL_MS * SPOKEN_RATE // 1000, dtype=np.float32)
    return np.concatenate([shaped, tail]).astype(np.float32)
