"""Weights of `train.py` → model.onnx in 8 bit: python export.py weights.pt pieces.json model.onnx

What is large in the activations is moved into the weights before (SmoothQuant, Xiao et al. 2023): without it logits are off by
0.98 (standard deviation, beside the unquantized model's), with it by 0.38.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import torch
from model import CrossEncoder, Pairs, batch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

MOVED, LEAST, CALIBRATED_ON = 0.85, 1e-4, 256
PARTS = ("qkv", "ao", "fi", "fo")


class Rows(nn.Module):
    """An embedding in 8 bit with a scale for each row."""

    def __init__(self, weights: Tensor) -> None:
        super().__init__()
        scale = weights.abs().amax(1) / 127 + 1e-12
        self.register_buffer("q", (weights / scale[:, None]).round().clamp(-127, 127).to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, ids: Tensor) -> Tensor:
        return self.q[ids].to(torch.float32) * self.scale[ids][..., None]


class Smooth(nn.Module):
    def __init__(self, linear: nn.Linear, scale: Tensor) -> None:
        super().__init__()
        linear.weight.data *= scale[None]
        self.linear = linear
        self.register_buffer("inverse", 1 / scale)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x * self.inverse)


@torch.no_grad()
def smooth(model: CrossEncoder, pairs: Pairs) -> None:
    draw = random.Random(0)
    rooms = json.loads(Path("rooms.json").read_text(encoding="utf-8"))
    most: dict[nn.Module, Tensor] = {}

    def watch(linear: nn.Module, given: tuple[Tensor, ...], _: Tensor) -> None:
        found = given[0].reshape(-1, given[0].shape[-1]).abs().amax(0)
        most[linear] = torch.maximum(most.get(linear, found), found)

    hooks = [getattr(layer, part).register_forward_hook(watch) for layer in model.layers for part in PARTS]
    for _ in range(CALIBRATED_ON // 16):
        some = []
        for _ in range(16):
            room = draw.choice(rooms)
            line = draw.choice(room["lines"])
            entry = room["entries"][line["gold"][0]] if line["gold"] else draw.choice(room["entries"])
            some.append(pairs.pair(line["text"], entry["asked"], entry["answer"]))
        model(*batch(some, "cpu"))
    for hook in hooks:
        hook.remove()
    for layer in model.layers:
        for part in PARTS:
            linear = getattr(layer, part)
            widest = linear.weight.abs().amax(0).clamp(min=LEAST)
            scale = (most[linear].clamp(min=LEAST) ** MOVED / widest ** (1 - MOVED)).clamp(min=1e-2)
            setattr(layer, part, Smooth(linear, scale / scale.median()))


if __name__ == "__main__":
    weights, pieces, out = map(Path, sys.argv[1:])
    state = {name: tensor.float() for name, tensor in torch.load(weights, weights_only=True).items()}
    model = CrossEncoder(len(state["word.weight"]))
    model.load_state_dict(state)
    model.eval()
    model.word = Rows(model.word.weight.detach())
    smooth(model, Pairs(pieces))
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
    only_weights = {"MatMulConstBOnly": True}
    quantize_dynamic(
        whole,
        out,
        per_channel=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul"],
        extra_options=only_weights,
    )
    whole.unlink()
