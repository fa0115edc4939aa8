"""The file that `export.py` writes → the weights it was made of, for `train.py --again`: python again.py model.onnx weights.pt"""

from __future__ import annotations

import sys
from pathlib import Path

import onnx
import torch
from model import LAYERS
from onnx import numpy_helper
from rounding import PARTS


def weights_of(path: Path) -> dict[str, torch.Tensor]:
    graph = onnx.load(path).graph
    held = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in graph.initializer}
    products = [node.input[1] for node in graph.node if node.op_type == "MatMulInteger"]
    places = [f"layers.{layer}.{part}.linear.weight" for layer in range(LAYERS) for part in PARTS]
    state = {name: tensor for name, tensor in held.items() if name.split(".")[0] in ("eln", "layers", "pos", "seg")}
    for place, product in zip(places, products, strict=False):
        whole = held[product].float() * held[product.replace("_quantized", "_scale")]
        state[place] = whole.T.contiguous()
    for head in ("h1", "h2"):
        state[f"{head}.bias"] = held[f"{head}.bias"]
        if f"{head}.weight" in held:
            state[f"{head}.weight"] = held[f"{head}.weight"]
        else:
            state[f"{head}.weight"] = (held[f"{head}.weight_quantized"].float() * held[f"{head}.weight_scale"]).T
    state["word.weight"] = held["word.q"].float() * held["word.scale"][:, None]
    return state


if __name__ == "__main__":
    source, out = map(Path, sys.argv[1:])
    torch.save({name: tensor.half() for name, tensor in weights_of(source).items()}, out)
