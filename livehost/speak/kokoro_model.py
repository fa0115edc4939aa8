"""Kokoro's two halves on onnxruntime, and the means and spreads that a voice is spoken with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livehost.errors import MissingPart
from livehost.sound import Samples
from livehost.speak.kokoro_graph import ENERGY, FRAMES, PITCH, cut
from livehost.speak.windows import Plan
from livehost.workers import Cancelled

Style = NDArray[np.float32]  # [510, 256]: a row per number of tokens
Norms = Mapping[str, NDArray[np.float32]]  # name → [1, C, 1]
_LIKE_LENGTH = 0.35  # of the logarithm


@dataclass(frozen=True)
class Measured:
    """What the norms of S sentences were: `lengths` [S] in frames, `values` name → [S, C], means and spreads by turns."""

    lengths: NDArray[np.float32]
    values: Mapping[str, NDArray[np.float32]]

    def norms(self, length: int) -> Norms:
        """For a sentence of so many frames: by those of about that length. The silence around a sentence, which is a
        larger part of a short one, shifts them."""
        weights = np.exp(-0.5 * (np.log(self.lengths / length) / _LIKE_LENGTH) ** 2) + 1e-6
        weights /= weights.sum()
        names = list(self.values)
        norms: dict[str, NDArray[np.float32]] = {}
        for mean, spread in zip(names[::2], names[1::2], strict=True):
            middle = weights @ self.values[mean]
            power = weights @ (self.values[spread] ** 2 + self.values[mean] ** 2)
            norms[mean] = middle.reshape(1, -1, 1).astype(np.float32)
            norms[spread] = np.sqrt(np.maximum(power - middle**2, 1e-5)).reshape(1, -1, 1).astype(np.float32)
        return norms


class KokoroModel:
    """Not reentrant, but for `cancel`'s flag in `run`."""

    def __init__(self, model: Path, threads: int = 2) -> None:
        try:
            import onnxruntime
        except ImportError:
            raise MissingPart("onnxruntime is not installed", fix="Run: pip install 'livehost[models]'") from None
        self._onnxruntime = onnxruntime
        self._threads = threads
        graphs = cut(model)
        self._norm_names = graphs.norms
        self._plan = self._session(graphs.plan)
        self._whole, self._sound = self._session(graphs.measuring), self._session(graphs.sound)

    def options(self) -> Any:
        """Of one run: setting its `terminate` ends it."""
        return self._onnxruntime.RunOptions()

    def plan(self, tokens: Sequence[int], style: Style, paces: NDArray[np.float32], run: Any) -> Plan:
        """`style` [1, 256], `paces` [tokens + 2]; raises Cancelled."""
        given = {"tokens": np.array([[0, *tokens, 0]], dtype=np.int64), "style": style, "speed": paces}
        frames, pitch, energy, durations = self._run(self._plan, None, given, run)
        return Plan(frames, pitch.reshape(1, -1), energy.reshape(1, -1), int(durations.ravel()[0]))

    def sound(self, plan: Plan, style: Style, norms: Norms, run: Any) -> Samples:
        """[600 F] at 24 kHz; raises Cancelled."""
        (audio,) = self._run(self._sound, ["audio"], {**_planned(plan, style), **norms}, run)
        samples: Samples = np.asarray(audio, dtype=np.float32).ravel()
        return samples

    def whole(self, plan: Plan, style: Style, run: Any) -> Samples:
        """As `sound`, by the norms of this very sentence; raises Cancelled."""
        (audio,) = self._run(self._whole, ["audio"], _planned(plan, style), run)
        samples: Samples = np.asarray(audio, dtype=np.float32).ravel()
        return samples

    def measured(self, spoken: Sequence[tuple[Plan, Style]]) -> Measured:
        """The norms of whole sentences, each with its style. Takes the time of speaking them."""
        names = list(self._norm_names)
        found = [self._run(self._whole, names, _planned(plan, style), self.options()) for plan, style in spoken]
        lengths = np.array([plan.length for plan, _ in spoken], dtype=np.float32)
        values = {name: np.stack([norms[n].ravel() for norms in found]) for n, name in enumerate(names)}
        return Measured(lengths, values)

    def _session(self, graph: bytes) -> Any:
        options = self._onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle threads leave the cores to OBS
        return self._onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def _run(self, session: Any, outputs: list[str] | None, given: Mapping[str, Any], run: Any) -> list[Any]:
        try:
            made: list[Any] = session.run(outputs, given, run)
        except Exception as trouble:  # onnxruntime raises its own Fail for a terminated run
            if run.terminate:
                raise Cancelled from None
            raise RuntimeError(f"synthesis failed: {trouble}") from trouble
        return made


def _planned(plan: Plan, style: Style) -> dict[str, Any]:
    return {FRAMES: plan.frames, PITCH: plan.pitch, ENERGY: plan.energy, "style": style}
