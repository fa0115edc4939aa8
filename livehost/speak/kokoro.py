"""Kokoro-82M on onnxruntime: phrases to sound, in the style that a voice's pack says."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livehost.errors import BadInput, MissingPart
from livehost.sound import Samples
from livehost.speak.phonemes import Phonemes
from livehost.workers import Cancelled

Style = NDArray[np.float32]  # [510, 256]: a row per number of tokens

# The model speaks silence around each text: that behind it is hurried through. What stands before it is not silence alone, the
# first sound begins within it: at a pace of 2 "Yes, we" is heard as "Yes", at 4 as "S".
_LEAD_PACE, _END_PACE, _TAIL_PACE = 1.0, 3.0, 6.0
# The declared input `speed` [1] inside the ONNX file, and the same with its length left open: it divides the duration of
# every token, so that each may have a pace of its own.
_SPEED_ONE = b"\x0a\x05speed\x12\x0a\x0a\x08\x08\x01\x12\x04\x0a\x02\x08\x01"
_SPEED_MANY = b"\x0a\x05speed\x12\x0a\x0a\x08\x08\x01\x12\x04\x0a\x02\x12\x00"


class Kokoro:
    """A voice for each of the two languages, over one model. `speak` is not reentrant; `cancel` may come any time."""

    name = "kokoro"
    streams = False

    def __init__(
        self, model: Path, styles: dict[str, Style], phonemes: Phonemes, *, pace: float = 1.0, threads: int = 2
    ) -> None:
        self._onnxruntime, self._session = _session(model, threads)
        self._styles = styles
        self._phonemes = phonemes
        self._pace = pace
        self._running: Any = None
        self._lock = threading.Lock()

    @property
    def identity(self) -> str:
        """Of all that its sound depends on, beside text and language."""
        digest = hashlib.sha256(repr((self._pace, _LEAD_PACE, _END_PACE, _TAIL_PACE, self._phonemes.identity)).encode())
        for language, style in sorted(self._styles.items()):
            digest.update(language.encode() + style.tobytes())
        return f"kokoro-v1.0-int8 {digest.hexdigest()}"

    def speak(self, text: str, language: str) -> Iterator[Samples]:
        """The sound of sayable text at 24 kHz, as it comes from the model; raises Cancelled, BadInput, MissingPart."""
        style = self._styles.get(language)
        if style is None:
            raise BadInput(f"there is no voice for {language!r}", fix="Choose a voice that speaks it")
        run = self._onnxruntime.RunOptions()
        with self._lock:
            self._running = run
        try:
            for tokens in self._phonemes.tokens(text, language):
                yield self._sound(tokens, style, run)
        finally:
            with self._lock:
                self._running = None

    def cancel(self) -> None:
        with self._lock:
            if self._running is not None:
                self._running.terminate = True

    def warm_up(self) -> None:
        """Loads what loads on first use: dictionaries, the model's memory."""
        for language in self._styles:
            for _ in self.speak("好。" if language == "zh" else "Hi.", language):
                pass

    def _sound(self, tokens: list[int], style: Style, run: Any) -> Samples:
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": style[min(len(tokens), len(style)) - 1][None],
            "speed": self._paces(tokens),
        }
        try:
            (audio,) = self._session.run(None, inputs, run)
        except Exception as trouble:  # onnxruntime raises its own Fail for a terminated run
            if run.terminate:
                raise Cancelled from None
            raise RuntimeError(f"synthesis failed: {trouble}") from trouble
        samples: Samples = np.asarray(audio, dtype=np.float32).ravel()
        return samples

    def _paces(self, tokens: list[int]) -> NDArray[np.float32]:
        """[tokens + 2]: what is said at the voice's pace, the silence before and behind it faster."""
        paces = np.full(len(tokens) + 2, self._pace, dtype=np.float32)
        paces[0], paces[-1] = _LEAD_PACE, _TAIL_PACE
        for at in range(len(tokens) - 1, 0, -1):
            if tokens[at] not in self._phonemes.pauses:
                break
            paces[at + 1] = _END_PACE
        return paces


def _session(model: Path, threads: int) -> tuple[Any, Any]:
    try:
        import onnxruntime
    except ImportError:
        raise MissingPart("onnxruntime is not installed", fix="Run: pip install 'livehost[models]'") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle threads leave the cores to OBS
    graph = bytearray(model.read_bytes())
    at = graph.rfind(_SPEED_ONE)
    if at < 0:
        raise MissingPart("the Kokoro model is not the known one", where=str(model), fix="Run: livehost setup")
    graph[at : at + len(_SPEED_ONE)] = _SPEED_MANY
    return onnxruntime, onnxruntime.InferenceSession(bytes(graph), options, providers=["CPUExecutionProvider"])
