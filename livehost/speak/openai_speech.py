"""Any OpenAI-compatible `/v1/audio/speech` (Kokoro-FastAPI, CosyVoice, GPT-SoVITS, Fish …), streamed as raw PCM."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np

from livehost.errors import LivehostError
from livehost.sound import SPOKEN_RATE, Samples
from livehost.workers import Cancelled

_CHUNK_BYTES = 4096
_CONNECT_SECONDS, _READ_SECONDS = 2.0, 5.0


class OpenAiSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """voice.toml's [openai]. `sample_rate`: of the PCM that the server sends; `extra`: fields of its own dialect."""

    base_url: str
    model: str = "tts-1"
    voice: str = "alloy"
    api_key_env: str = "OPENAI_API_KEY"
    sample_rate: int = SPOKEN_RATE
    extra: dict[str, Any] = {}
    first_seconds: float = 2.0  # a server that takes longer to begin is replaced


class OpenAiSpeech:
    name = "openai"

    def __init__(self, settings: OpenAiSettings, *, pace: float = 1.0) -> None:
        import openai

        self._settings = settings
        self._pace = pace
        self._openai = openai
        self._client = openai.OpenAI(
            base_url=settings.base_url,
            api_key=os.environ.get(settings.api_key_env) or "none",
            max_retries=0,
            timeout=openai.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS),
        )
        self._response: Any = None
        self._cancelled = False

    @property
    def identity(self) -> str:
        return repr((self.name, msgspec.json.encode(self._settings, order="deterministic"), self._pace))

    def loudness(self, language: str) -> None:
        """Not known: measured as it comes."""

    def warm_up(self) -> None:
        """Nothing to load here; the server's own warmth is its own affair."""

    def speak(self, text: str, language: str) -> Iterator[Samples]:
        """Raises LivehostError with the server's words, Cancelled."""
        settings = self._settings
        self._cancelled = False
        try:
            with self._client.audio.speech.with_streaming_response.create(
                model=settings.model,
                voice=settings.voice,
                input=text,
                response_format="pcm",
                speed=self._pace,
                extra_body=settings.extra or None,
            ) as response:
                self._response = response
                yield from self._pieces(response)
        except (self._openai.APIError, self._openai.OpenAIError, OSError) as trouble:
            raise self._trouble(trouble) from None
        except Exception as trouble:  # httpx's errors while reading, also those of a response that `cancel` closed
            if not type(trouble).__module__.startswith("httpx"):
                raise
            raise self._trouble(trouble) from None
        finally:
            self._response = None

    def cancel(self) -> None:
        self._cancelled = True

    def _trouble(self, trouble: Exception) -> Exception:
        if self._cancelled:
            return Cancelled()
        return LivehostError(f"the speech server failed: {trouble}", where=self._settings.base_url)

    def _pieces(self, response: Any) -> Iterator[Samples]:
        convert = _Resampler(self._settings.sample_rate)
        left = b""
        for chunk in response.iter_bytes(_CHUNK_BYTES):
            if self._cancelled:
                raise Cancelled
            data = left + chunk
            left = data[len(data) & ~1 :]
            samples = np.frombuffer(data[: len(data) & ~1], dtype="<i2").astype(np.float32) / np.float32(32768)
            if len(samples):
                yield convert(samples)
        rest = convert.end()
        if len(rest):
            yield rest


class _Resampler:
    def __init__(self, rate: int) -> None:
        self._stream: Any = None
        if rate != SPOKEN_RATE:
            import soxr

            self._stream = soxr.ResampleStream(rate, SPOKEN_RATE, 1, dtype="float32")

    def __call__(self, samples: Samples) -> Samples:
        return samples if self._stream is None else self._stream.resample_chunk(samples)

    def end(self) -> Samples:
        if self._stream is None:
            return np.zeros(0, dtype=np.float32)
        rest: Samples = self._stream.resample_chunk(np.zeros(0, dtype=np.float32), last=True)
        return rest
