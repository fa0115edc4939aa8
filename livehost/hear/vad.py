"""Silero VAD v6 on onnxruntime: how likely a frame holds a voice. The model file ships inside faster-whisper."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from livehost.errors import MissingPart
from livehost.sound import Samples

_CONTEXT = 64  # samples of the frame before that the model wants to see again


class SileroVad:
    """Keeps its state from frame to frame; one for each stream of sound."""

    def __init__(self) -> None:
        try:
            import onnxruntime
            from faster_whisper.utils import get_assets_path
        except ImportError:
            raise MissingPart("faster-whisper is not installed", fix="Run: pip install 'livehost[models]'") from None
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        path = Path(get_assets_path()) / "silero_vad_v6.onnx"
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._h = np.zeros((1, 1, 128), dtype=np.float32)
        self._c = np.zeros((1, 1, 128), dtype=np.float32)
        self._context = np.zeros(_CONTEXT, dtype=np.float32)

    def probability(self, frame: Samples) -> float:
        """Of a voice in `frame`, [512] at 16 kHz."""
        heard = np.concatenate([self._context, frame])[None]
        self._context = frame[-_CONTEXT:]
        out, self._h, self._c = self._session.run(None, {"input": heard, "h": self._h, "c": self._c})
        return float(np.ravel(out)[0])
