"""An OpenAI-compatible transcription server, a real one of HTTP on this machine: it hears, it refuses, it is not there."""

from __future__ import annotations

import email
import email.policy
import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
import soundfile
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from livehost.errors import LivehostError
from livehost.hear.openai_hearing import OpenAiHearing, WithStandIn
from livehost.settings import Hearing
from livehost.sound import HEARD_RATE, Samples
from livehost.workers import Transcript

SOUND = (0.3 * np.sin(np.arange(2 * HEARD_RATE) * 0.05)).astype(np.float32)


class Server:
    """Says how long what it was given lasts; the model's name says what goes wrong."""

    def __init__(self) -> None:
        self.received: list[tuple[str, str, str]] = []
        app = FastAPI()

        @app.post("/v1/audio/transcriptions")
        async def transcribe(request: Request) -> JSONResponse:
            fields = parts(request.headers["content-type"], await request.body())
            model = fields["model"].decode()
            self.received.append((model, fields["language"].decode(), fields["prompt"].decode()))
            if model == "refuses":
                return JSONResponse({"error": {"message": "no room on the GPU"}}, 503)
            sound, rate = soundfile.read(io.BytesIO(fields["file"]))
            return JSONResponse({"text": f" {len(sound) / rate:.1f} seconds "})

        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}/v1"
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
        self._thread = threading.Thread(target=self._server.run, args=([self._door],), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join(5)
        self._door.close()


def parts(content_type: str, body: bytes) -> dict[str, bytes]:
    """A form's fields."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = email.message_from_bytes(head + body, policy=email.policy.HTTP)
    found = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        found[str(name)] = bytes(part.get_payload(decode=True))
    return found


class StandIn:
    def transcribe(self, audio: Samples, language: str | None, stable: str = "") -> Transcript:
        return Transcript("by the stand-in", "en")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@contextmanager
def engine(url: str, model: str = "whisper-1") -> Iterator[OpenAiHearing]:
    hearing = OpenAiHearing(Hearing(engine="openai", model=model, base_url=url), ("en",), "Ridge Jacket")
    yield hearing
    hearing.close()


def test_an_utterance_goes_there_with_its_language_and_names(server: Server) -> None:
    with engine(server.url) as hearing:
        assert hearing.transcribe(SOUND, None) == Transcript("2.0 seconds", "en")
    assert server.received[-1] == ("whisper-1", "en", "Ridge Jacket")


def test_what_the_server_says_is_told(server: Server) -> None:
    with engine(server.url, "refuses") as hearing, pytest.raises(LivehostError, match="no room on the GPU") as told:
        hearing.transcribe(SOUND, None)
    assert told.value.where == server.url


def test_a_stand_in_hears_while_the_server_does_not(server: Server) -> None:
    asked = len(server.received)
    with engine(server.url, "refuses") as endpoint:
        hearing = WithStandIn(endpoint, StandIn())
        heard = hearing.transcribe(SOUND, None)
        assert heard.text == "by the stand-in" and "no room on the GPU" in heard.trouble
        assert hearing.transcribe(SOUND, None).trouble, "still told"
    assert len(server.received) == asked + 1, "it is left alone for a while"


def test_a_server_that_is_not_there_costs_the_text_nothing() -> None:
    with engine("http://127.0.0.1:9/v1") as endpoint:
        heard = WithStandIn(endpoint, StandIn()).transcribe(SOUND, None)
    assert heard.text == "by the stand-in" and heard.trouble
