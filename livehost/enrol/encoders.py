"""Two speaker encoders in torch, differentiable down to the samples: what makes a voice this person's, as a unit vector.

Resemblyzer (GE2E, Wan et al. 2018: 40 mels, three LSTMs, 256 numbers) and CAM++ (Wang et al. 2023, trained by 3D-Speaker on
200,000 Chinese and English speakers: 80 log-mels, densely connected time-delay layers, 192 numbers). Both take [n] or [B, n]
at 16 kHz and were trained apart from each other on other speech, so that one can judge what was made to please the other.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
import torch.nn.functional as fn
from numpy.typing import NDArray
from torch import Tensor

from livehost.sound import HEARD_RATE

_PARTIAL = 160  # frames of 10 ms that Resemblyzer looks at together
_PARTIAL_STEP = 77
_LEVEL_DB = -30.0
_SEGMENT = 100  # frames that CAM++ averages over for its local context


class Encoder(Protocol):
    name: str

    def embed(self, sound: Tensor) -> Tensor:
        """[B, n] at 16 kHz → [B, size], each of length one."""
        ...


class Resemblyzer:
    name = "resemblyzer"

    def __init__(self, file: Path) -> None:
        state = torch.load(file, map_location="cpu", weights_only=True)["model_state"]
        self._lstm = [
            state[f"lstm.{part}_l{n}"] for n in range(3) for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        ]
        self._linear = state["linear.weight"], state["linear.bias"]
        self._window = torch.hann_window(400)
        self._mels = torch.from_numpy(slaney_mels(40, 400))

    def embed(self, sound: Tensor) -> Tensor:
        sound = _raised(sound)
        if sound.shape[-1] < _PARTIAL * 160:
            sound = fn.pad(sound, (0, _PARTIAL * 160 - sound.shape[-1]))
        spectrum = torch.stft(sound, 400, 160, 400, self._window, center=True, pad_mode="constant", return_complex=True)
        mels = (self._mels @ (spectrum.real**2 + spectrum.imag**2)).transpose(1, 2)  # [B, frames, 40]
        partials = mels.unfold(1, _PARTIAL, _PARTIAL_STEP).transpose(2, 3)  # [B, partials, 160, 40]
        batch, count = partials.shape[:2]
        zeros = torch.zeros(3, batch * count, 256)
        flat = partials.reshape(batch * count, _PARTIAL, 40)
        _, hidden, _ = torch.lstm(flat, (zeros, zeros), self._lstm, True, 3, 0.0, False, False, True)
        each = fn.normalize(torch.relu(fn.linear(hidden[-1], *self._linear)), dim=-1)
        return fn.normalize(each.reshape(batch, count, -1).mean(1), dim=-1)


class CamPlus:
    name = "cam++"

    def __init__(self, file: Path) -> None:
        self._state: dict[str, Tensor] = torch.load(file, map_location="cpu", weights_only=True)
        self._mels = torch.from_numpy(kaldi_mels(80, 512))
        self._window = torch.hann_window(400, periodic=False) ** 0.85  # Kaldi's "povey"

    def embed(self, sound: Tensor) -> Tensor:
        x = self._features(sound)[:, None]  # [B, 1, 80, frames]
        x = torch.relu(self._norm("head.bn1", self._conv2("head.conv1", x)))
        for block in ("head.layer1.0", "head.layer1.1", "head.layer2.0", "head.layer2.1"):
            x = self._residual(block, x)
        x = torch.relu(self._norm("head.bn2", self._conv2("head.conv2", x, stride=(2, 1))))
        x = x.reshape(x.shape[0], -1, x.shape[-1])
        x = self._activated(
            "xvector.tdnn.nonlinear", fn.conv1d(x, self._state["xvector.tdnn.linear.weight"], stride=2, padding=2)
        )
        for number, (layers, dilation) in enumerate(((12, 1), (24, 2), (16, 2)), 1):
            for layer in range(1, layers + 1):
                x = torch.cat([x, self._dense(f"xvector.block{number}.tdnnd{layer}", x, dilation)], 1)
            at = f"xvector.transit{number}"
            x = fn.conv1d(self._activated(f"{at}.nonlinear", x), self._state[f"{at}.linear.weight"])
        x = self._activated("xvector.out_nonlinear", x)
        pooled = torch.cat([x.mean(-1), x.std(-1, unbiased=True)], -1)[..., None]
        dense = fn.conv1d(pooled, self._state["xvector.dense.linear.weight"])
        return fn.normalize(self._norm("xvector.dense.nonlinear.batchnorm", dense)[..., 0], dim=-1)

    def _features(self, sound: Tensor) -> Tensor:
        """Kaldi's log-mel energies with their mean over time taken off, [B, 80, frames]."""
        frames = sound.unfold(-1, 400, 160)
        frames = frames - frames.mean(-1, keepdim=True)
        before = torch.cat([frames[..., :1], frames[..., :-1]], -1)
        spectrum = torch.fft.rfft((frames - 0.97 * before) * self._window, 512)
        mels = (spectrum.real**2 + spectrum.imag**2) @ self._mels.T
        logs = torch.log(mels.clamp(min=1.2e-7)).transpose(1, 2)
        return logs - logs.mean(-1, keepdim=True)

    def _dense(self, at: str, x: Tensor, dilation: int) -> Tensor:
        """A time-delay layer whose output is masked by its context (the "CAM" of the paper)."""
        x = fn.conv1d(self._activated(f"{at}.nonlinear1", x), self._state[f"{at}.linear1.weight"])
        x = self._activated(f"{at}.nonlinear2", x)
        state, cam = self._state, f"{at}.cam_layer"
        local = fn.conv1d(x, state[f"{cam}.linear_local.weight"], padding=dilation, dilation=dilation)
        segments = fn.avg_pool1d(x, _SEGMENT, _SEGMENT, ceil_mode=True)
        context = x.mean(-1, keepdim=True) + segments.repeat_interleave(_SEGMENT, -1)[..., : x.shape[-1]]
        context = torch.relu(fn.conv1d(context, state[f"{cam}.linear1.weight"], state[f"{cam}.linear1.bias"]))
        return local * torch.sigmoid(fn.conv1d(context, state[f"{cam}.linear2.weight"], state[f"{cam}.linear2.bias"]))

    def _residual(self, at: str, x: Tensor) -> Tensor:
        stride = (2, 1) if at.endswith(".0") else (1, 1)
        y = torch.relu(self._norm(f"{at}.bn1", self._conv2(f"{at}.conv1", x, stride=stride)))
        y = self._norm(f"{at}.bn2", self._conv2(f"{at}.conv2", y))
        if f"{at}.shortcut.0.weight" in self._state:
            x = fn.conv2d(x, self._state[f"{at}.shortcut.0.weight"], stride=stride)
            x = self._norm(f"{at}.shortcut.1", x)
        return torch.relu(y + x)

    def _conv2(self, at: str, x: Tensor, stride: tuple[int, int] = (1, 1)) -> Tensor:
        return fn.conv2d(x, self._state[f"{at}.weight"], stride=stride, padding=1)

    def _activated(self, at: str, x: Tensor) -> Tensor:
        return torch.relu(self._norm(f"{at}.batchnorm", x))

    def _norm(self, at: str, x: Tensor) -> Tensor:
        state: dict[str, Any] = self._state
        mean, var = state[f"{at}.running_mean"], state[f"{at}.running_var"]
        return fn.batch_norm(x, mean, var, state.get(f"{at}.weight"), state.get(f"{at}.bias"), False, 0.0, 1e-5)


def to_heard_rate(sound: Tensor) -> Tensor:
    """[B, n] at 24 kHz → 16 kHz by a windowed sinc (three samples become two), differentiable."""
    taps = _resampling_taps()
    padded = fn.pad(sound[:, None], (taps.shape[-1] // 2, taps.shape[-1] // 2))
    both = fn.conv1d(padded, taps, stride=3)  # [B, 2, n / 3]
    return both.transpose(1, 2).reshape(sound.shape[0], -1)


def _resampling_taps() -> Tensor:
    half = 36
    at = np.arange(-half, half + 1)
    rows = []
    for shift in (0.0, 1.5):
        x = at - shift
        window = np.where(np.abs(x) <= half, np.cos(np.pi * x / (2 * half)) ** 2, 0)
        rows.append(2 / 3 * 0.97 * np.sinc(2 / 3 * 0.97 * x) * window)
    return torch.from_numpy(np.stack(rows).astype(np.float32))[:, None]


def _raised(sound: Tensor) -> Tensor:
    """Soft recordings are raised to -30 dB, as Resemblyzer does; louder ones stay."""
    level = sound.pow(2).mean(-1, keepdim=True).clamp(min=1e-10)
    return sound * torch.clamp(10 ** (_LEVEL_DB / 20) / level.sqrt(), min=1.0)


def slaney_mels(count: int, window: int) -> NDArray[np.float32]:
    """[count, window / 2 + 1] triangles of equal area from 0 to 8 kHz, as librosa makes them."""

    def to_mel(hz: NDArray[Any]) -> NDArray[Any]:
        return np.where(hz < 1000, hz * 3 / 200, 15 + 27 * np.log(np.maximum(hz, 1000) / 1000) / np.log(6.4))

    def to_hz(mel: NDArray[Any]) -> NDArray[Any]:
        return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((np.maximum(mel, 15) - 15) * np.log(6.4) / 27))

    edges = to_hz(np.linspace(0, float(to_mel(np.array(HEARD_RATE / 2))), count + 2))
    triangles = _triangles(edges, np.linspace(0, HEARD_RATE / 2, window // 2 + 1))
    even: NDArray[np.float32] = (triangles * (2 / (edges[2:] - edges[:-2]))[:, None]).astype(np.float32)
    return even


def kaldi_mels(count: int, window: int) -> NDArray[np.float32]:
    """[count, window / 2 + 1] triangles of height one on the mel scale from 20 Hz to 8 kHz, as Kaldi makes them."""

    def to_mel(hz: NDArray[Any]) -> NDArray[Any]:
        return 1127 * np.log(1 + hz / 700)

    edges = np.linspace(float(to_mel(np.array(20.0))), float(to_mel(np.array(HEARD_RATE / 2))), count + 2)
    return _triangles(edges, to_mel(np.linspace(0, HEARD_RATE / 2, window // 2 + 1))).astype(np.float32)


def _triangles(edges: NDArray[Any], at: NDArray[Any]) -> NDArray[Any]:
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    triangles: NDArray[Any] = np.maximum(0, np.minimum((at - low) / (middle - low), (high - at) / (high - middle)))
    return triangles
