"""Kokoro's predictor, decoder and generator in torch, so that a style vector can be moved by gradients.

The weights are those of the int8 ONNX file that speaks in a session, de-quantised; the text branch, which a style does not
touch, is run by onnxruntime. After StyleTTS 2 (Li et al. 2023) and Kokoro's istftnet.py (Apache-2.0). Shapes: B batch, T
tokens, F frames of 25 ms (600 samples), style [B, 256] of which 0-127 is the sound and 128-255 the prosody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as fn
from numpy.typing import NDArray
from torch import Tensor

SAMPLES_A_FRAME = 600
_HARMONICS = 9
_SPECTRUM, _HOP = 20, 5
_DILATIONS = (1, 3, 5)
_KERNELS = {"noise_res.0": 7, "noise_res.1": 11}
_TEXT_OUTPUTS = ("/encoder/bert_encoder/Add_output_0", "/encoder/text_encoder/Transpose_2_output_0")


@dataclass(frozen=True)
class Text:
    """What of a sentence no style changes: `prosody` [1, T, 512] and `sound` [1, 512, T]."""

    prosody: Tensor
    sound: Tensor


@dataclass(frozen=True)
class Plan:
    """How a sentence is to be said: frames of each token, F0 in Hz and energy at two values a frame, [1, 2F]."""

    durations: Tensor
    f0: Tensor
    energy: Tensor


class KokoroTorch:
    """Weights are constants: only the style carries gradients."""

    def __init__(self, model: Path, *, threads: int = 2) -> None:
        import onnx
        import onnxruntime

        loaded = onnx.load(str(model))
        self._weights = _dequantised(loaded)
        loaded.graph.output.extend([onnx.ValueInfoProto(name=name) for name in _TEXT_OUTPUTS])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._text = onnxruntime.InferenceSession(
            loaded.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        self._window = torch.hann_window(_SPECTRUM)
        torch.set_flush_denormal(True)  # denormals make the generator several times slower

    def text(self, tokens: list[int]) -> Text:
        feed = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": np.zeros((1, 256), dtype=np.float32),
            "speed": np.full(1, 5.0, dtype=np.float32),
        }
        prosody, sound = self._text.run(list(_TEXT_OUTPUTS), feed)
        return Text(torch.from_numpy(prosody), torch.from_numpy(sound))

    def plan(self, text: Text, style: Tensor, durations: Tensor | None = None) -> Plan:
        """Durations [T] carry no gradient (they are rounded); F0 and energy do."""
        prosody = style[:, 128:]
        d = self._duration_encoder(text.prosody, prosody)
        if durations is None:
            with torch.no_grad():
                hidden = self._lstm("encoder.predictor.lstm", d)
                frames = torch.sigmoid(self._linear("encoder.predictor.duration_proj.linear_layer", hidden)).sum(-1)
                durations = frames.round().clamp(min=1).long()[0]
        stretched = d.repeat_interleave(durations, dim=1)
        shared = self._lstm("encoder.predictor.shared", stretched).transpose(1, 2)
        curves = []
        for name in ("F0", "N"):
            x = shared
            for number in range(3):
                x = self._adain_block(f"encoder.predictor.{name}.{number}", x, prosody, upsample=number == 1)
            curves.append(self._conv(f"encoder.predictor.{name}_proj", x)[:, 0])
        return Plan(durations, *curves)

    def sound(self, text: Text, plan: Plan, style: Tensor, crop: slice | None = None) -> Tensor:
        """[B, 600 F] at 24 kHz; `crop` in frames."""
        sound = style[:, :128]
        aligned = text.sound.repeat_interleave(plan.durations, dim=2)
        f0, energy = plan.f0, plan.energy
        if crop is not None:
            aligned = aligned[:, :, crop]
            twice = slice(crop.start * 2, crop.stop * 2)
            f0, energy = f0[:, twice], energy[:, twice]
        at = "decoder.decoder"
        f0_low = self._conv(f"{at}.F0_conv", f0[:, None], stride=2)
        energy_low = self._conv(f"{at}.N_conv", energy[:, None], stride=2)
        x = self._adain_block(f"{at}.encode", torch.cat([aligned, f0_low, energy_low], 1), sound)
        side = torch.cat([self._conv(f"{at}.asr_res.0", aligned), f0_low, energy_low], 1)
        for number in range(4):
            x = self._adain_block(f"{at}.decode.{number}", torch.cat([x, side], 1), sound, upsample=number == 3)
        return self._generate(x, sound, f0)

    def _generate(self, x: Tensor, style: Tensor, f0: Tensor) -> Tensor:
        at = "decoder.decoder.generator"
        source = self._harmonic_source(f0)
        for stage, (stride, padding) in enumerate(((10, 5), (6, 3))):
            x = fn.leaky_relu(x, 0.1)
            weight, bias = self._weights[f"{at}.ups.{stage}"]
            from_source = self._conv(f"{at}.noise_convs.{stage}", source, stride=6 if stage == 0 else 1)
            from_source = self._snake_block(f"{at}.noise_res.{stage}", from_source, style)
            x = fn.conv_transpose1d(x, weight, bias, stride=stride, padding=padding)
            if stage == 1:
                x = fn.pad(x, (1, 0), mode="reflect")
            x = x + from_source
            blocks = [self._snake_block(f"{at}.resblocks.{stage * 3 + kernel}", x, style) for kernel in range(3)]
            x = (blocks[0] + blocks[1] + blocks[2]) / 3
        out = self._conv(f"{at}.conv_post", fn.leaky_relu(x, 0.01)).float()
        bins = _SPECTRUM // 2 + 1
        magnitude, phase = torch.exp(out[:, :bins]), torch.sin(out[:, bins:])
        spectrum = torch.polar(magnitude, phase)
        # The ONNX graph leaves out the division by the sum of squared windows, which is 1.5 nearly everywhere.
        return 1.5 * torch.istft(spectrum, _SPECTRUM, _HOP, _SPECTRUM, self._window, center=True)

    def _harmonic_source(self, f0: Tensor) -> Tensor:
        """[B, 22, 120 F + 1]: magnitude and phase of nine harmonics. No gradient: the phase jumps and is 0/0 in silence."""
        with torch.no_grad():
            f0 = f0.float()
            multiples = torch.arange(1, _HARMONICS + 1, dtype=torch.float32)[None, :, None]
            turns = (f0[:, None] * multiples / 24_000) % 1
            phase = torch.cumsum(turns.double(), -1) * 2 * torch.pi * 300
            waves = torch.sin(fn.interpolate(phase, scale_factor=300, mode="linear")).float() * 0.1
            voiced = (f0[:, None].repeat_interleave(300, -1) > 10).float()
            weight, bias = self._weights["decoder.decoder.generator.m_source.l_linear"]
            merged = torch.tanh(torch.einsum("bht,oh->bt", waves * voiced, weight) + bias)
            window = self._window
            spectrum = torch.stft(
                merged, _SPECTRUM, _HOP, _SPECTRUM, window, center=True, pad_mode="reflect", return_complex=True
            )
            return torch.cat([spectrum.abs(), spectrum.angle()], 1)

    def _duration_encoder(self, x: Tensor, style: Tensor) -> Tensor:
        """[1, T, 640]: three LSTMs, each normalised by the style and given the style again."""
        spread = style[:, None].expand(-1, x.shape[1], -1)
        x = torch.cat([x, spread], -1)
        for number in (0, 2, 4):
            at = f"encoder.predictor.text_encoder.lstms.{number}"
            x = self._lstm(at, x)
            gamma, beta = self._linear(f"{at[:-1]}{number + 1}.fc", style)[:, None].chunk(2, -1)
            x = torch.cat([(1 + gamma) * fn.layer_norm(x, (512,)) + beta, spread], -1)
        return x

    def _adain_block(self, at: str, x: Tensor, style: Tensor, *, upsample: bool = False) -> Tensor:
        shortcut = fn.interpolate(x, scale_factor=2.0, mode="nearest") if upsample else x
        if f"{at}.conv1x1" in self._weights:
            shortcut = self._conv(f"{at}.conv1x1", shortcut)
        x = fn.leaky_relu(self._adain(f"{at}.norm1", x, style), 0.2)
        if upsample:
            weight, bias = self._weights[f"{at}.pool"]
            x = fn.conv_transpose1d(x, weight, bias, stride=2, padding=1, output_padding=1, groups=weight.shape[0])
        x = self._conv(f"{at}.conv1", x)
        x = self._conv(f"{at}.conv2", fn.leaky_relu(self._adain(f"{at}.norm2", x, style), 0.2))
        return (x + shortcut) * 0.5**0.5

    def _snake_block(self, at: str, x: Tensor, style: Tensor) -> Tensor:
        for number, dilation in enumerate(_DILATIONS):
            y = x
            for half in (1, 2):
                y = self._adain(f"{at}.adain{half}.{number}", y, style)
                alpha = self._weights[f"{at}.alpha{half}.{number}"][0]
                y = y + torch.sin(alpha * y) ** 2 / alpha
                y = self._conv(f"{at}.convs{half}.{number}", y, dilation=dilation if half == 1 else 1)
            x = x + y
        return x

    def _adain(self, at: str, x: Tensor, style: Tensor) -> Tensor:
        gamma, beta = self._linear(f"{at}.fc", style)[:, :, None].chunk(2, 1)
        return (1 + gamma) * fn.instance_norm(x) + beta

    def _conv(self, at: str, x: Tensor, *, stride: int = 1, dilation: int = 1) -> Tensor:
        weight, *bias = self._weights[at]
        kernel = weight.shape[-1]
        padding = (stride + 1) // 2 if stride > 2 else (kernel - 1) // 2 * dilation
        return fn.conv1d(x, weight, *bias, stride=stride, padding=padding, dilation=dilation)

    def _linear(self, at: str, x: Tensor) -> Tensor:
        weight, bias = self._weights[at]
        return fn.linear(x, weight, bias)

    def _lstm(self, at: str, x: Tensor) -> Tensor:
        flat = list(self._weights[at])
        zeros = torch.zeros(2, x.shape[0], flat[1].shape[1])
        out: Tensor = torch.lstm(x, (zeros, zeros), flat, True, 1, 0.0, False, True, True)[0]
        return out


def _dequantised(model: Any) -> dict[str, tuple[Tensor, ...]]:
    """Module names → float tensors: (weight, bias), for an LSTM torch's eight, for an alpha one."""
    from onnx import numpy_helper

    raw = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    made: dict[str, tuple[Tensor, ...]] = {}
    for node in model.graph.node:
        if node.op_type in ("ConvInteger", "MatMulInteger") and node.input[1] in raw:
            weight = _real(raw, node.input[1], node.input[3])
            at = _module(node.name)
            turned = weight.T if node.op_type == "MatMulInteger" else weight
            made[at] = (_tensor(turned), *_bias(raw, at))
        elif node.op_type in ("Conv", "ConvTranspose") and node.input[1] in raw:
            at = _module(node.name)
            made[at] = (_tensor(raw[node.input[1]]), *_bias(raw, at))
        elif node.op_type == "DynamicQuantizeLSTM":
            made[_module(node.name)] = _lstm_weights(raw, node)
    for name, value in raw.items():
        if ".alpha" in name:
            made[name] = (_tensor(value),)
    at = "decoder.decoder.generator.m_source.l_linear"
    made[at] = (_tensor(raw["onnx::MatMul_6993"].T), *_bias(raw, at))
    return made


def _module(node: str) -> str:
    """'/encoder/F0.0/conv1/Conv_quant' → 'encoder.predictor.F0.0.conv1'."""
    path = node.rsplit("/", 1)[0].strip("/").replace("/", ".")
    path = re.sub(r"^encoder\.(F0|N|shared)\b", r"encoder.predictor.\1", path)
    path = re.sub(r"^encoder\.(F0|N)_proj", r"encoder.predictor.\1_proj", path)
    return path.replace("asr_res.asr_res.0", "asr_res.0")


def _bias(raw: dict[str, NDArray[Any]], at: str) -> tuple[Tensor, ...]:
    return (_tensor(raw[f"{at}.bias"]),) if f"{at}.bias" in raw else ()


def _real(raw: dict[str, NDArray[Any]], quantised: str, zero: str) -> NDArray[np.float32]:
    scale = raw[quantised.removesuffix("_quantized") + "_scale"]
    values: NDArray[np.float32] = (raw[quantised].astype(np.float32) - raw[zero].astype(np.float32)) * scale
    return values


def _lstm_weights(raw: dict[str, NDArray[Any]], node: Any) -> tuple[Tensor, ...]:
    """ONNX keeps gates as i, o, f, c and [in, 4 hidden]; torch wants i, f, c, o and [4 hidden, in]."""
    _, w, r, b, *_ = node.input
    w_scale, w_zero, r_scale, r_zero = node.input[8:12]
    parts: list[Tensor] = []
    for way in range(2):
        for name, scale, zero in ((w, w_scale, w_zero), (r, r_scale, r_zero)):
            values = (raw[name][way].astype(np.float32) - float(raw[zero][way])) * raw[scale][way]
            parts.append(_tensor(_gates(values.T)))
        parts += [_tensor(_gates(half)) for half in np.split(raw[b][way], 2)]
    return tuple(parts)


def _gates(values: NDArray[Any]) -> NDArray[Any]:
    i, o, f, c = np.split(values, 4)
    return np.concatenate([i, f, c, o])


def _tensor(values: NDArray[Any]) -> Tensor:
    return torch.from_numpy(np.array(values, dtype=np.float32))
