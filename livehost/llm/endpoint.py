"""Any OpenAI-compatible chat endpoint (Ark, DeepSeek, Qwen, OpenAI, Ollama, vLLM, llama.cpp …), streamed."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from typing import Any
from urllib.parse import urlsplit

from livehost.errors import LivehostError
from livehost.settings import Endpoint

_CONNECT_SECONDS = 2.0
_ANSWER_TOKENS = 220  # of two spoken sentences with all around them
_OWN_HOSTS = ("127.0.0.1", "localhost", "::1")


class ChatEndpoint:
    """`seconds`: how long it may be silent between two pieces."""

    def __init__(self, endpoint: Endpoint, seconds: float) -> None:
        import openai

        self.name = f"{endpoint.model} at {urlsplit(endpoint.base_url).hostname}"
        self._endpoint = endpoint
        self._openai = openai
        own = urlsplit(endpoint.base_url).hostname in _OWN_HOSTS
        self._client = openai.OpenAI(
            http_client=openai.DefaultHttpxClient(trust_env=False)
            if own
            else None,  # no proxy stands before this machine
            base_url=endpoint.base_url,
            api_key=os.environ.get(endpoint.api_key_env) or "none",
            max_retries=0,
            timeout=openai.Timeout(seconds, connect=_CONNECT_SECONDS),
        )

    def close(self) -> None:
        self._client.close()

    def stream(self, messages: Sequence[dict[str, str]]) -> Generator[str, None, None]:
        """Pieces of text as they come; closing the iterator ends the request. Raises LivehostError."""
        try:
            answer: Any = self._client.chat.completions.create(
                model=self._endpoint.model,
                messages=messages,  # type: ignore[arg-type]
                stream=True,
                max_tokens=_ANSWER_TOKENS,
                temperature=0.3,
            )
            with answer:
                for chunk in answer:
                    yield _text_of(chunk)
        except (self._openai.OpenAIError, OSError, ValueError) as trouble:
            raise LivehostError(f"the model failed: {_told(trouble)}", where=self.name) from None
        except Exception as trouble:  # httpx's own errors while a stream is read
            if not type(trouble).__module__.startswith(("httpx", "httpcore")):
                raise
            raise LivehostError(f"the model failed: {_told(trouble)}", where=self.name) from None


def usable(endpoint: Endpoint) -> bool:
    """Whether its key is there, or it is on this machine and needs none."""
    return bool(os.environ.get(endpoint.api_key_env)) or urlsplit(endpoint.base_url).hostname in _OWN_HOSTS


def _text_of(chunk: Any) -> str:
    choices = getattr(chunk, "choices", None) or []
    return str(choices[0].delta.content or "") if choices and choices[0].delta else ""


def tokens_of(text: str) -> int:
    """About; servers that count them do not all say so in a stream: four letters or one Chinese character a token."""
    wide = sum(character > "⺀" for character in text)
    return wide + (len(text) - wide + 3) // 4


def _told(trouble: Exception) -> str:
    """In one line, without what a server may have put into it."""
    status = getattr(trouble, "status_code", None)
    return f"HTTP {status}" if status else type(trouble).__name__
