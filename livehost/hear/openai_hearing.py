"""Any OpenAI-compatible `/v1/audio/transcriptions` (faster-whisper-server, vLLM, whisper.cpp …), with a recogniser behind it.

Words so far stay with the recogniser on this machine: an endpoint is asked once an utterance.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import replace

from livehost.clock import stopwatch
from livehost.errors import LivehostError
from livehost.settings import Hearing
from livehost.sound import HEARD_RATE, Samples
from livehost.workers import Transcriber, Transcript

_AGAIN_SECONDS = 20.0  # so long a server that failed is not asked
_CONNECT_SECONDS, _READ_SECONDS = 2.0, 6.0


class OpenAiHearing:
    """Raises LivehostError with the server's words."""

    def __init__(self, how: Hearing, languages: tuple[str, ...], names: str = "") -> None:
        import openai

        self._how = how
        self._languages = how.languages or languages
        self._names = names
        self._openai = openai
        self._client = openai.OpenAI(
            base_url=how.base_url,
            api_key=os.environ.get(how.api_key_env) or "none",
            max_retries=0,
            timeout=openai.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS),
        )

    def transcribe(self, audio: Samples, language: str | None, stable: str = "") -> Transcript:
        """`audio` [n] at 16 kHz."""
        language = self._languages[0] if len(self._languages) == 1 else language
        try:
            heard = self._client.audio.transcriptions.create(
                model=self._how.model,
                file=("utterance.wav", _wav(audio), "audio/wav"),
                language=language or self._openai.omit,
                prompt=self._names or self._openai.omit,
                response_format="json",
            )
        except (self._openai.APIError, self._openai.OpenAIError, OSError) as trouble:
            raise LivehostError(f"the transcription server failed: {trouble}", where=self._how.base_url) from None
        return Transcript(heard.text.strip(), language or self._languages[0])

    def close(self) -> None:
        self._client.close()


class WithStandIn:
    """The first recogniser as long as it answers; while it fails, the second, and the text says why."""

    def __init__(self, first: Transcriber, second: Transcriber) -> None:
        self._first = first
        self._second = second
        self._failed = ""
        self._since_failure: Callable[[], float] = lambda: _AGAIN_SECONDS

    def transcribe(self, audio: Samples, language: str | None, stable: str = "") -> Transcript:
        if self._since_failure() >= _AGAIN_SECONDS:
            try:
                return self._first.transcribe(audio, language, stable)
            except LivehostError as trouble:
                self._failed, self._since_failure = str(trouble), stopwatch()
        return replace(self._second.transcribe(audio, language, stable), trouble=self._failed)


def _wav(audio: Samples) -> bytes:
    import soundfile

    out = io.BytesIO()
    soundfile.write(out, audio, HEARD_RATE, format="WAV", subtype="PCM_16")
    return out.getvalue()
