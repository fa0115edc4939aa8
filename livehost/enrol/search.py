"""The search for a style: gradients from speaker encoders, pitch and spectrum through the synthesis into 256 numbers.

    style ─▶ F0, energy ─▶ 1.8 s of a sentence ─▶ encoders, mean spectrum ─▶ how far from the person ─▶ gradient ─▶ style

Starts from a mixture of the stock voices that the encoders find nearest. The sound's half is shared by all languages; each
language has a prosody's half of its own, so that a voice enrolled from English keeps a Chinese rhythm in Chinese.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from livehost.enrol.encoders import Encoder, slaney_mels, to_heard_rate
from livehost.enrol.kokoro_torch import KokoroTorch, Text
from livehost.enrol.pitch import pitch
from livehost.sound import Samples
from livehost.speak.stock import Stock

_CROP = 72  # frames of 25 ms: 1.8 s
_HALF = 128


@dataclass(frozen=True)
class Terms:
    """Weights of what is wished; the encoders' names with the weight of each."""

    encoders: dict[str, float] = field(default_factory=lambda: {"resemblyzer": 1.0, "cam++": 0.5})
    pitch: float = 2.0
    spectrum: float = 0.03
    tether: float = 0.02  # to the spread of the stock voices


@dataclass(frozen=True)
class Course:
    """How the search goes on. `rate` is in standard deviations of the stock voices."""

    steps: int = 160
    crops: int = 2  # of different sentences in each step, computed side by side
    rate: float = 0.12
    seed: int = 7
    other_language_every: int = 5  # every so many crops one is of another language than the person's
    terms: Terms = field(default_factory=Terms)


@dataclass(frozen=True)
class Target:
    """What was measured of the person's recordings."""

    embeddings: dict[str, Tensor]  # [1, size] each
    log_f0: float
    log_f0_spread: float
    spectrum: Tensor  # [2, 40]: mean and deviation of log-mels of the voiced frames, level taken off


@dataclass
class Sentence:
    language: str
    text: Text


class LogMels:
    """[B, n] at 16 kHz → mean and deviation of 40 log-mels over the frames that hold a voice, [B, 2, 40]."""

    def __init__(self) -> None:
        self._mels = torch.from_numpy(slaney_mels(40, 512))
        self._window = torch.hann_window(400)

    def __call__(self, sound: Tensor) -> Tensor:
        spectrum = torch.stft(sound, 512, 160, 400, self._window, center=True, return_complex=True)
        mels = self._mels @ (spectrum.real**2 + spectrum.imag**2)
        level = mels.sum(1, keepdim=True)
        loud = level.amax(-1, keepdim=True)
        voiced = torch.sigmoid(4 * (torch.log(level / loud + 1e-9) + 5.5))  # soft: about 24 dB below the loudest
        logs = torch.log(mels / loud + 1e-6)
        weight = voiced / voiced.sum(-1, keepdim=True)
        mean = (logs * weight).sum(-1)
        deviation = ((logs - mean[..., None]).pow(2) * weight).sum(-1).sqrt()
        return torch.stack([mean - mean.mean(-1, keepdim=True), deviation], 1)


def likeness_of_stock(stock: Stock, target: Target) -> NDArray[np.float32]:
    """[54]: the mean of the encoders' cosines, less what the pitch is away."""
    cosines = [stock.embeddings[name] @ wanted[0].numpy() for name, wanted in target.embeddings.items()]
    away = np.abs(stock.log_f0 - target.log_f0)
    likeness: NDArray[np.float32] = (np.mean(cosines, axis=0) - 0.1 * away).astype(np.float32)
    return likeness


def measure(recordings: Sequence[Samples], encoders: Sequence[Encoder]) -> Target:
    """`recordings` at 16 kHz, cut to speech."""
    mels = LogMels()
    with torch.no_grad():
        embeddings = {
            encoder.name: torch.nn.functional.normalize(
                torch.stack([encoder.embed(torch.from_numpy(r)[None])[0] for r in recordings]).mean(0, keepdim=True)
            )
            for encoder in encoders
        }
        spectrum = torch.stack([mels(torch.from_numpy(r)[None])[0] for r in recordings]).mean(0)
    log_f0 = np.log(np.concatenate([pitch(r) for r in recordings]))
    return Target(embeddings, float(np.median(log_f0)), float(np.std(log_f0)), spectrum)


class Search:
    """One speaker. `step()` until `done`; `styles()` at any time. Not for use by several threads."""

    def __init__(
        self,
        kokoro: KokoroTorch,
        encoders: Sequence[Encoder],
        target: Target,
        sentences: Sequence[Sentence],
        course: Course,
    ) -> None:
        self._kokoro = kokoro
        self._encoders = [encoder for encoder in encoders if course.terms.encoders.get(encoder.name)]
        self._target = target
        self._course = course
        self._stock = Stock()
        self._mels = LogMels()
        self._by_language: dict[str, list[Text]] = {}
        for sentence in sentences:
            self._by_language.setdefault(sentence.language, []).append(sentence.text)
        self._main = sentences[0].language
        self._centre = torch.from_numpy(self._stock.styles.mean(0))
        self._spread = torch.from_numpy(self._stock.styles.std(0))
        self._pool = ThreadPoolExecutor(course.crops, initializer=partial(torch.set_num_threads, 1))
        self.at = 0
        self._start()

    @property
    def done(self) -> bool:
        return self.at >= self._course.steps

    def step(self) -> dict[str, float]:
        """Moves the style once; the losses by name, as means over the crops."""
        course = self._course
        for group in self._optimiser.param_groups:
            group["lr"] = course.rate * (0.05 + 0.95 * 0.5 * (1 + np.cos(np.pi * self.at / course.steps)))
        self._optimiser.zero_grad()
        found = list(self._pool.map(self._crop, range(self.at * course.crops, (self.at + 1) * course.crops)))
        for parts, _ in found:
            for at, gradient in parts:
                at.grad = gradient / course.crops + (at.grad if at.grad is not None else 0)
        self._optimiser.step()
        self.at += 1
        losses = [told for _, told in found]
        return {name: float(np.mean([told[name] for told in losses])) for name in losses[0]}

    def styles(self) -> dict[str, NDArray[np.float32]]:
        """A pack [510, 256] for each language: the style, and how stock voices change with the length of the text."""
        packs = {}
        for language, prosody in self._prosody.items():
            style = self._centre + self._spread * torch.cat([self._sound, prosody]).detach()
            packs[language] = (style.numpy()[None] + self._stock.by_length).astype(np.float32)
        return packs

    def save(self, file: Path) -> None:
        """For `load` by a search over the same recordings, sentences and course."""
        state = {"at": self.at, "parts": [self._sound.data, *(p.data for p in self._prosody.values())]}
        new = file.with_suffix(".new")
        torch.save({**state, "optimiser": self._optimiser.state_dict()}, new)
        new.replace(file)

    def load(self, file: Path) -> None:
        state = torch.load(file, weights_only=True)
        self.at = state["at"]
        for mine, kept in zip([self._sound, *self._prosody.values()], state["parts"], strict=True):
            mine.data.copy_(kept)
        self._optimiser.load_state_dict(state["optimiser"])

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def _start(self) -> None:
        """From a mixture of the stock voices that the encoders find nearest; a language's prosody from its speakers."""
        likeness = likeness_of_stock(self._stock, self._target)
        z = (torch.from_numpy(self._stock.styles) - self._centre) / self._spread

        def mixture(among: Sequence[int]) -> Tensor:
            best = sorted(among, key=likeness.__getitem__, reverse=True)[:4]
            weights = torch.softmax(torch.from_numpy(likeness[best]) / 0.03, 0)
            return (weights[:, None] * z[best]).sum(0)

        self._sound = mixture(range(len(likeness)))[:_HALF].clone().requires_grad_(True)
        self._prosody = {
            language: mixture(self._stock.speaks(language))[_HALF:].clone().requires_grad_(True)
            for language in self._by_language
        }
        parts = [self._sound, *self._prosody.values()]
        self._optimiser = torch.optim.Adam(parts, lr=self._course.rate, betas=(0.9, 0.98))

    def _crop(self, number: int) -> tuple[list[tuple[Tensor, Tensor]], dict[str, float]]:
        """The gradients and losses of the search's crop `number`; chosen by it alone, so that a search can go on."""
        dice = np.random.default_rng((self._course.seed, number))
        language = self._main
        others = [name for name in self._by_language if name != self._main]
        every = self._course.other_language_every
        if others and number % every == every - 1:
            language = others[number // every % len(others)]
        texts = self._by_language[language]
        sound, prosody = self._sound, self._prosody[language]
        z = torch.cat([sound, prosody])
        style = (self._centre + self._spread * z)[None]
        losses = self._losses(texts[dice.integers(len(texts))], style, dice)
        losses["tether"] = self._course.terms.tether * torch.relu(z.abs() - 1.5).pow(2).mean()
        gradients = torch.autograd.grad(torch.stack(list(losses.values())).sum(), [sound, prosody])
        told = {name: float(value.detach()) for name, value in losses.items()}
        return list(zip([sound, prosody], gradients, strict=True)), told

    def _losses(self, text: Text, style: Tensor, dice: np.random.Generator) -> dict[str, Tensor]:
        wanted, target = self._course.terms, self._target
        with torch.autocast("cpu", dtype=torch.bfloat16):
            plan = self._kokoro.plan(text, style)
            frames = int(plan.durations.sum())
            first = int(dice.integers(max(1, frames - _CROP - 8))) + 4 if frames > _CROP + 8 else 0
            sound = self._kokoro.sound(text, plan, style, slice(first, min(first + _CROP, frames)))
        heard = to_heard_rate(sound.float())
        losses: dict[str, Any] = {
            encoder.name: wanted.encoders[encoder.name]
            * (1 - (encoder.embed(heard) * target.embeddings[encoder.name]).sum(-1).mean())
            for encoder in self._encoders
        }
        f0 = plan.f0.float()
        voiced = torch.sigmoid((f0 - 50) / 5).detach()
        log_f0 = torch.log(f0.clamp(min=30))
        mean = (log_f0 * voiced).sum() / voiced.sum()
        spread = ((log_f0 - mean).pow(2) * voiced).sum().div(voiced.sum()).sqrt()
        losses["pitch"] = wanted.pitch * ((mean - target.log_f0).pow(2) + 0.5 * (spread - target.log_f0_spread).pow(2))
        losses["spectrum"] = wanted.spectrum * (self._mels(heard)[0] - target.spectrum).pow(2).mean()
        return losses
