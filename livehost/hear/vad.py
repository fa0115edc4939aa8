"""Silero's voice activity detector, as it lies inside faster-whisper."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np

from livehost.errors import MissingPart
from livehost.sound import FRAME, Samples

_CONTEXT = 64  # samples of the frame before, which the model wants in front of each frame
_MEMORY = (1, 1, 128)
_INSTALL = "Install livehost[models]"


class Vad:
    """Keeps the model's memory from frame to frame. Raises MissingPart when made without its libraries."""

    def __init__(self) -> None:
        try:
            import onnxruntime
        except ImportError:
            raise MissingPart("onnxruntime is not installed", where="hearing", fix=_INSTALL) from None
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        self._session = onnxruntime.InferenceSession(
            model_file(), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self.reset()

    def reset(self) -> None:
        self._h = np.zeros(_MEMORY, dtype=np.float32)
        self._c = np.zeros(_MEMORY, dtype=np.float32)
        self._input = np.zeros((1, _CONTEXT + FRAME), dtype=np.float32)

    def probability(self, frame: Samples) -> float:
        """That there is a voice in `frame` [FRAME], 0-1."""
        self._input[0, :_CONTEXT] = self._input[0, -_CONTEXT:]
        self._input[0, _CONTEXT:] = frame
        voice, self._h, self._c = self._session.run(None, {"input": self._input, "h": self._h, "c": self._c})
        return float(voice.item())


def model_file() -> Path:
    """Found without importing faster-whisper, which takes half a second. Raises MissingPart."""
    package = importlib.util.find_spec("faster_whisper")
    for folder in (package.submodule_search_locations if package else None) or ():
        path = Path(folder) / "assets" / "silero_vad_v6.onnx"
        if path.is_file():
            return path
    raise MissingPart("the voice detector of faster-whisper is not installed", where="hearing", fix=_INSTALL)
