"""Weights of `train.py` → model.onnx in 8 bit: python export.py weights.pt pieces.json model.onnx

Prints how far the 8-bit logits are from those of the same weights unrounded.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from model import CrossEncoder, Pairs, batch
from onnxruntime.quantization import QuantType, quantize_dynamic
from rounding import Rows, with_places_for_scales

COMPARED, OF_A_LINE = 100, 4


@torch.no_grad()
def compare(model: CrossEncoder, out: Path, pairs: Pairs) -> None:
    draw = random.Random(0)
    rooms = json.loads(Path("rooms.json").read_text(encoding="utf-8"))
    session = onnxruntime.InferenceSession(str(out), providers=["CPUExecutionProvider"])
    apart: list[float] = []
    for _ in range(COMPARED):
        room = draw.choice(rooms)
        line = draw.choice(room["lines"])
        near = [room["entries"][n] for n in (*line["gold"], *draw.sample(range(len(room["entries"])), OF_A_LINE))]
        ids, segments = batch([pairs.pair(line["text"], e["asked"], e["answer"]) for e in near[:OF_A_LINE]], "cpu")
        found = session.run(None, {"ids": ids.numpy(), "segments": segments.numpy()})[0]
        apart += (found - model(ids, segments).numpy()).tolist()
    print(f"8-bit logits are off by {np.std(apart):.3f} (standard deviation), {np.mean(apart):+.3f} on average")


if __name__ == "__main__":
    weights, pieces, out = map(Path, sys.argv[1:])
    state = {name: tensor.float() for name, tensor in torch.load(weights, weights_only=True).items()}
    model = with_places_for_scales(CrossEncoder(len(state["word.weight"])))
    model.load_state_dict(state)
    model.eval()
    model.word = Rows(model.word.weight.detach())
    whole = out.with_suffix(".f32.onnx")
    free = {0: "n", 1: "length"}
    torch.onnx.export(
        model,
        (torch.ones(2, 16, dtype=torch.long), torch.ones(2, 16, dtype=torch.long)),
        str(whole),
        input_names=["ids", "segments"],
        output_names=["logits"],
        dynamic_axes={"ids": free, "segments": free, "logits": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(
        whole,
        out,
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul"],
        nodes_to_exclude=[node.name for node in onnx.load(whole).graph.node if node.name.startswith(("/h1", "/h2"))],
        extra_options={"MatMulConstBOnly": True},
    )
    whole.unlink()
    compare(model, out, Pairs(pieces))
