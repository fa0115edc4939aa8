"""Kokoro's one ONNX graph cut in two, so that sound can be made piece by piece.

    tokens, style, paces ─▶ plan: frames, pitch, energy of the whole sentence (a tenth of the computing)
                                    └─▶ any window of its frames, style, norms ─▶ sound

The published graph normalises each channel by its mean and spread over the whole utterance (AdaIN, instance norm), so that
a window alone would sound otherwise than within its sentence. Here mean and spread are inputs: measured once for a voice,
they stay what they are, and windows of any length fit together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livehost.errors import MissingPart

FRAMES, PITCH, ENERGY = "/encoder/MatMul_1_output_0", "/encoder/Reshape_output_0", "/encoder/Reshape_1_output_0"
Inputs = dict[str, tuple[int, list[Any]]]  # name → element type, shape
_DURATIONS = "/encoder/Cast_output_0"
_UNKNOWN = "the Kokoro model is not the known one"


@dataclass(frozen=True)
class Graphs:
    """Serialised models. `measuring` makes the whole sound and gives `norms`, which `sound` takes: the names of mean
    [1, C, 1] and spread [1, C, 1] by turns."""

    plan: bytes
    measuring: bytes
    sound: bytes
    norms: tuple[str, ...]


def cut(model: Path) -> Graphs:
    """Raises MissingPart where the file is another model."""
    try:
        import onnx
    except ImportError:
        raise MissingPart("onnx is not installed", fix="Run: pip install 'livehost[models]'") from None
    graph = _Graph(onnx.load(str(model)))
    try:
        norms = tuple(dict.fromkeys(name for norm in graph.norms() for name in (norm.mean, norm.spread)))
        plan = graph.part({"tokens": (7, [1, "t"]), "style": (1, [1, 256]), "speed": (1, ["t"])},
                          (FRAMES, PITCH, ENERGY, _DURATIONS))  # fmt: skip
        planned: Inputs = {
            FRAMES: (1, [1, 512, "f"]),
            PITCH: (1, ["b", "g"]),
            ENERGY: (1, ["b", "g"]),
            "style": (1, [1, 256]),
        }
        measuring = graph.part(planned, ("audio", *norms))
        graph.settle()
        sound = graph.part(planned | {name: (1, [1, f"c{n // 2}", 1]) for n, name in enumerate(norms)}, ("audio",))
    except (KeyError, ValueError, StopIteration):
        raise MissingPart(_UNKNOWN, where=str(model), fix="Run: livehost setup") from None
    if len(norms) < 100:
        raise MissingPart(_UNKNOWN, where=str(model), fix="Run: livehost setup")
    return Graphs(plan, measuring, sound, norms)


@dataclass(frozen=True)
class _Norm:
    """(x - mean) / spread, and its factor and summand: the names of its tensors; `out` is what comes of it."""

    x: str
    mean: str
    spread: str
    factor: str
    summand: str
    out: str


class _Graph:
    def __init__(self, model: Any) -> None:
        self._model = model
        self._nodes: list[Any] = list(model.graph.node)
        self._weights = {tensor.name: tensor for tensor in model.graph.initializer}
        self._index()

    def _index(self) -> None:
        self._made_by = {name: node for node in self._nodes for name in node.output}
        self._used_by: dict[str, list[Any]] = {}
        for node in self._nodes:
            for name in dict.fromkeys(node.input):
                self._used_by.setdefault(name, []).append(node)

    def norms(self) -> list[_Norm]:
        """Of the sound's half. One mean and spread may serve several."""
        found = []
        for node in self._nodes:
            if node.op_type != "ReduceMean" or not node.name.startswith("/decoder"):
                continue
            away = next((user for user in self._used_by[node.output[0]] if user.op_type == "Sub"), None)
            if away is None:
                continue
            ratio = next(user for user in self._used_by[away.output[0]] if user.op_type == "Div")
            for scaled in self._used_by[ratio.output[0]]:
                (shifted,) = self._used_by[scaled.output[0]]
                found.append(
                    _Norm(
                        node.input[0],
                        node.output[0],
                        ratio.input[1],
                        _other(scaled.input, ratio.output[0]),
                        _other(shifted.input, scaled.output[0]),
                        shifted.output[0],
                    )
                )
        return found

    def settle(self) -> None:
        """Each norm becomes x * a + b, with a and b made of the small tensors, ahead of the large one."""
        from onnx import helper

        replaced = {norm.out: norm for norm in self.norms()}
        nodes = []
        for node in self._nodes:
            norm = replaced.get(node.output[0])
            if norm is None:
                nodes.append(node)
                continue
            a, b, at = f"{norm.out}:a", f"{norm.out}:b", norm.out
            nodes += [
                helper.make_node("Div", [norm.factor, norm.spread], [a]),
                helper.make_node("Mul", [norm.mean, a], [f"{at}:m"]),
                helper.make_node("Sub", [norm.summand, f"{at}:m"], [b]),
                helper.make_node("Mul", [norm.x, a], [f"{at}:x"]),
                helper.make_node("Add", [f"{at}:x", b], [at]),
            ]
        self._nodes = nodes
        self._index()

    def part(self, inputs: Inputs, outputs: Sequence[str]) -> bytes:
        """What leads from the inputs to the outputs, as a model of its own."""
        import onnx
        from onnx import helper

        needed, weights = self._behind(inputs, outputs)
        graph = helper.make_graph(
            [node for node in self._nodes if node.output[0] in needed],
            "kokoro",
            [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape) in inputs.items()],
            [onnx.ValueInfoProto(name=name) for name in outputs],
            [self._weights[name] for name in weights],
        )
        made = helper.make_model(graph, opset_imports=self._model.opset_import, ir_version=self._model.ir_version)
        serialised: bytes = made.SerializeToString()
        return serialised

    def _behind(self, inputs: Iterable[str], outputs: Iterable[str]) -> tuple[set[str], list[str]]:
        """First outputs of the nodes, and names of the weights, that the outputs are made of."""
        needed: set[str] = set()
        weights: dict[str, None] = {}
        seen = {"", *inputs}
        waiting = list(outputs)
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in self._weights:
                weights[name] = None
                continue
            node = self._made_by[name]
            if node.output[0] not in needed:
                needed.add(node.output[0])
                waiting += node.input
        return needed, list(weights)


def _other(names: Sequence[str], one: str) -> str:
    return next(name for name in names if name != one)
