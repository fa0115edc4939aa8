"""The model as it computes in 8 bit: what is large in the activations moved into the weights, and both rounded in training.

SmoothQuant (Xiao et al. 2023), then quantization-aware training with straight-through gradients (Jacob et al. 2018). Weights
keep 7 bits: products of two pairs then fit 16 bits, so processors with and without 8-bit dot products compute the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from model import CrossEncoder, Pair, batch
from torch import Tensor, nn
from torch.nn import functional as F

MOVED, LEAST = 0.85, 1e-4
PARTS = ("qkv", "ao", "fi", "fo")
WEIGHT_MOST = 64


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
    """A linear layer behind scales of its inputs; `rounded`: computes as 8 bit will."""

    def __init__(self, linear: nn.Linear, scale: Tensor) -> None:
        super().__init__()
        linear.weight.data *= scale[None]
        self.linear = linear
        self.register_buffer("inverse", 1 / scale)
        self.rounded = False

    def forward(self, x: Tensor) -> Tensor:
        x = x * self.inverse
        if not self.rounded:
            return self.linear(x)
        return F.linear(_rounded_inputs(x.float()), _rounded_weights(self.linear.weight), self.linear.bias)


def _rounded_weights(weight: Tensor) -> Tensor:
    """A scale for each row, as the exporter takes it."""
    scale = weight.detach().abs().amax(1, keepdim=True).clamp(min=1e-12) / WEIGHT_MOST
    return weight + ((weight / scale).round() * scale - weight).detach()


def _rounded_inputs(x: Tensor) -> Tensor:
    """[pairs, length, width], one range for each pair; the runtime takes one for the few pairs of a line."""
    low, high = x.detach().amin((1, 2), keepdim=True).clamp(max=0), x.detach().amax((1, 2), keepdim=True).clamp(min=0)
    scale = (high - low).clamp(min=1e-12) / 255
    zero = (-low / scale).round()
    return x + ((((x / scale).round() + zero).clamp(0, 255) - zero) * scale - x).detach()


@torch.no_grad()
def smooth(model: CrossEncoder, calibrated_on: Sequence[Sequence[Pair]], device: str) -> None:
    """Puts scales before every linear layer, by the largest activations of these batches."""
    most: dict[nn.Module, Tensor] = {}

    def watch(linear: nn.Module, given: tuple[Tensor, ...], _: Tensor) -> None:
        found = given[0].reshape(-1, given[0].shape[-1]).abs().amax(0).float()
        most[linear] = torch.maximum(most.get(linear, found), found)

    hooks = [getattr(layer, part).register_forward_hook(watch) for layer in model.layers for part in PARTS]
    for some in calibrated_on:
        model(*batch(some, device))
    for hook in hooks:
        hook.remove()
    for layer in model.layers:
        for part in PARTS:
            linear = getattr(layer, part)
            widest = linear.weight.abs().amax(0).clamp(min=LEAST)
            scale = (most[linear].clamp(min=LEAST) ** MOVED / widest ** (1 - MOVED)).clamp(min=1e-2)
            setattr(layer, part, Smooth(linear, scale / scale.median()))


def with_places_for_scales(model: CrossEncoder) -> CrossEncoder:
    """A model whose weights were saved after `smooth`."""
    for layer in model.layers:
        for part in PARTS:
            linear = getattr(layer, part)
            setattr(layer, part, Smooth(linear, torch.ones(linear.in_features)))
    return model


def round_from_now_on(model: CrossEncoder) -> None:
    for module in model.modules():
        if isinstance(module, Smooth):
            module.rounded = True
