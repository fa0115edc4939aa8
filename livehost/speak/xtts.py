"""XTTS v2 through `TTS` (coqui-tts): a clone from a few recordings, for those with a GPU and the weights.

The weights carry a licence that excludes commercial use; nothing of it is fetched here: a folder with config.json, the
checkpoint and the vocabulary is given in voice.toml.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from livehost.errors import BadInput, MissingPart
from livehost.sound import SPOKEN_RATE, Samples
from livehost.workers import Cancelled

_LANGUAGES = {"zh": "zh-cn"}
_REFERENCE_RATE, _REFERENCE_SECONDS = 22_050, 30  # of the recordings that the voice is taken from


class XttsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """voice.toml's [xtts]. `samples`: recordings of the speaker, in the voice's folder."""

    model: str
    samples: tuple[str, ...]
    device: str = "auto"
    first_seconds: float = 4.0  # it is replaced when it takes longer to begin


class Xtts:
    """Loaded on first use. `speak` is not reentrant; `cancel` ends it at the next piece."""

    name = "xtts"

    def __init__(self, settings: XttsSettings, folder: Path, *, pace: float = 1.0) -> None:
        self._settings = settings
        self._pace = pace
        self._samples = [folder / sample for sample in settings.samples]
        missing = [str(path) for path in self._samples if not path.is_file()]
        if missing or not self._samples:
            raise BadInput("the voice's samples are not there", where=", ".join(missing) or str(folder))
        self._model: Any = None
        self._latents: tuple[Any, Any] = (None, None)
        self._cancelled = False

    @property
    def identity(self) -> str:
        digest = hashlib.sha256()
        for path in self._samples:
            digest.update(path.read_bytes())
        return repr((self.name, self._settings.model, digest.hexdigest(), self._pace))

    def loudness(self, language: str) -> None:
        """Not known: measured as it comes."""

    def warm_up(self) -> None:
        self._load()

    def speak(self, text: str, language: str) -> Iterator[Samples]:
        """Raises MissingPart, BadInput, Cancelled; RuntimeError from torch."""
        self._cancelled = False
        self._load()
        model, (gpt_latents, speaker) = self._model, self._latents
        if model.args.output_sample_rate != SPOKEN_RATE:
            raise BadInput(
                f"an XTTS model of {model.args.output_sample_rate} Hz is not known", where=self._settings.model
            )
        for chunk in model.inference_stream(
            text, _LANGUAGES.get(language, language), gpt_latents, speaker, speed=self._pace, enable_text_splitting=True
        ):
            if self._cancelled:
                raise Cancelled
            yield np.asarray(chunk.detach().cpu(), dtype=np.float32).ravel()

    def cancel(self) -> None:
        self._cancelled = True

    def _load(self) -> None:
        if self._model is not None:
            return
        try:
            import torch
            from TTS.tts.configs.xtts_config import XttsConfig
            from TTS.tts.models.xtts import Xtts as Model
        except ImportError as trouble:
            raise MissingPart(f"XTTS is not installed ({trouble})", fix="Run: pip install 'livehost[xtts]'") from None
        folder = Path(self._settings.model).expanduser()
        if not (folder / "config.json").is_file():
            raise MissingPart(
                "the XTTS weights are not here", where=str(folder), fix="Put config.json and the checkpoint there"
            )
        config = XttsConfig()
        config.load_json(str(folder / "config.json"))
        model = Model.init_from_config(config)
        model.load_checkpoint(config, checkpoint_dir=str(folder), eval=True)
        device = self._settings.device
        model.to(("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device)
        self._latents = self._conditioning(model, self._samples)
        self._model = model

    def _conditioning(self, model: Any, samples: Sequence[Path]) -> tuple[Any, Any]:
        """As the model's own get_conditioning_latents, with soundfile in place of torchcodec."""
        import soundfile
        import soxr
        import torch

        tones = []
        for path in samples:
            audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
            mono = soxr.resample(audio.mean(axis=1), rate, _REFERENCE_RATE)[: _REFERENCE_SECONDS * _REFERENCE_RATE]
            tones.append(torch.from_numpy(np.ascontiguousarray(mono))[None].to(model.device))
        speaker = torch.stack([model.get_speaker_embedding(tone, _REFERENCE_RATE) for tone in tones]).mean(dim=0)
        gpt_latents = model.get_gpt_cond_latents(torch.cat(tones, dim=-1), _REFERENCE_RATE)
        return gpt_latents, speaker
