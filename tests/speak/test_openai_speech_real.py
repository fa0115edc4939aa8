"""An OpenAI-compatible speech server, a real one of HTTP on this machine: streamed, broken off, silent, cancelled."""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncIterator, Iterator

import numpy as np
import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

from livehost.errors import LivehostError
from livehost.sound import SPOKEN_RATE, Samples
from livehost.speak.engine import Late, Punctual
from livehost.speak.openai_speech import OpenAiSettings, OpenAiSpeech
from livehost.speak.phrases import PhraseCache
from livehost.speak.speech import Speech
from livehost.workers import Cancelled

SECOND = (0.3 * np.sin(np.arange(SPOKEN_RATE) * 0.05)).astype(np.float32)
PCM = (SECOND * 32767).astype("<i2").tobytes()


class Server:
    """Speaks a second of a tone to everything; the model's name says what goes wrong."""

    def __init__(self) -> None:
        self.received: list[dict[str, object]] = []
        self.let_go = threading.Event()
        app = FastAPI()

        @app.post("/v1/audio/speech")
        async def speech(request: Request) -> StreamingResponse:
            wish = await request.json()
            self.received.append(wish)
            return StreamingResponse(self._sound(str(wish["model"])), media_type="audio/pcm")

        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}/v1"
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
        self._thread = threading.Thread(target=self._server.run, args=([self._door],), daemon=True)
        self._thread.start()

    async def _sound(self, model: str) -> AsyncIterator[bytes]:
        import asyncio

        if model == "silent":
            await asyncio.get_running_loop().run_in_executor(None, self.let_go.wait)
        yield PCM[: len(PCM) // 2 + 1]
        if model == "breaks":
            raise RuntimeError("killed in mid-sentence")
        if model == "stalls":
            await asyncio.get_running_loop().run_in_executor(None, self.let_go.wait)
        yield PCM[len(PCM) // 2 + 1 :]

    def close(self) -> None:
        self.let_go.set()
        self._server.should_exit = True
        self._thread.join(5)
        self._door.close()


class StandIn:
    """An engine in memory, to be heard when the server is not."""

    name, identity = "stand-in", "stand-in"

    def __init__(self) -> None:
        self.received: list[str] = []

    def speak(self, text: str, language: str) -> Iterator[Samples]:
        self.received.append(text)
        yield SECOND

    def loudness(self, language: str) -> None: ...

    def cancel(self) -> None: ...

    def warm_up(self) -> None: ...


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


def engine(server: Server, model: str) -> OpenAiSpeech:
    return OpenAiSpeech(OpenAiSettings(base_url=server.url, model=model, voice="anna", extra={"seed": 7}))


def test_sound_comes_in_pieces_and_whole(server: Server) -> None:
    pieces = list(engine(server, "good").speak("Yes, we do.", "en"))
    assert len(pieces) > 2 and np.allclose(np.concatenate(pieces), SECOND, atol=1e-3)
    assert server.received[-1]["input"] == "Yes, we do." and server.received[-1]["seed"] == 7


def test_a_refusal_is_told_with_the_servers_words(server: Server) -> None:
    lost = OpenAiSpeech(OpenAiSettings(base_url=server.url + "/nowhere"))
    with pytest.raises(LivehostError, match="404"):
        list(lost.speak("Hi.", "en"))


@pytest.mark.filterwarnings("ignore")
def test_killed_in_mid_sentence_the_next_engine_says_it_anew(server: Server) -> None:
    stand_in = StandIn()
    speech = Speech([Punctual(engine(server, "breaks"), first_seconds=5), stand_in], PhraseCache(None))
    pieces = list(speech.speak("It is $129.", "en"))
    assert stand_in.received == ["It is one hundred twenty-nine dollars."]
    assert [piece.anew for piece in pieces].count(True) == 1 and not pieces[0].anew
    assert speech.trouble.startswith("openai:")


def test_one_that_is_late_or_stalls_is_replaced(server: Server) -> None:
    late = Punctual(engine(server, "silent"), first_seconds=0.3)
    with pytest.raises(Late):
        list(late.speak("Hi.", "en"))
    stalling = Punctual(engine(server, "stalls"), first_seconds=5, next_seconds=0.3)
    with pytest.raises(Late):
        list(stalling.speak("Hi.", "en"))


def test_cancelling_does_not_wait_for_the_server(server: Server) -> None:
    watched = Punctual(engine(server, "stalls"), first_seconds=5, next_seconds=600)
    pieces = watched.speak("Hi.", "en")
    next(pieces)
    watched.cancel()
    with pytest.raises(Cancelled):
        list(pieces)
