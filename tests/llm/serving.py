"""An OpenAI-compatible chat server on this machine, a real one of HTTP, that says what it is told to."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse


def said(*sentences: str, of: tuple[int, ...] = ()) -> str:
    """Sentences in the form that a model is asked for."""
    return "\n".join(json.dumps({"say": sentence, "of": of}, ensure_ascii=False) for sentence in sentences)


class ChatServer:
    """`answer` makes the text of a request; the model's name says what goes wrong with its way out."""

    def __init__(self, answer: Callable[[Any], str]) -> None:
        self.received: list[Any] = []
        self.says = ""
        self.closed_early = 0
        self.go_on = threading.Event()
        self._answer = answer
        app = FastAPI()

        @app.post("/v1/chat/completions")
        async def complete(request: Request) -> Response:
            wish = await request.json()
            self.received.append(wish)
            if wish["model"] == "refuses":
                return Response("no", status_code=503)
            return StreamingResponse(self._stream(wish, request), media_type="text/event-stream")

        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}/v1"
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
        self._thread = threading.Thread(target=self._server.run, args=([self._door],), daemon=True)
        self._thread.start()

    async def _stream(self, wish: Any, request: Request) -> AsyncIterator[str]:
        model, text = wish["model"], self._answer(wish)
        if model == "silent":
            await self._waits(request)
        pieces = [text[at : at + 7] for at in range(0, len(text), 7)]
        try:
            for number, piece in enumerate(pieces):
                if model == "stalls" and number == len(pieces) - 2:
                    await self._waits(request)
                if model == "breaks" and number == len(pieces) - 2:
                    raise RuntimeError("killed in mid-sentence")
                yield _event(piece)
            while model == "endless":
                yield _event(" and so on")
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.closed_early += 1
            raise
        yield "data: [DONE]\n\n"

    async def _waits(self, request: Request) -> None:
        """Until the test lets it go on, or the client has gone."""
        while not self.go_on.is_set():
            if await request.is_disconnected():
                self.closed_early += 1
                return
            await asyncio.sleep(0.01)

    def close(self) -> None:
        self.go_on.set()
        self._server.should_exit = True
        self._thread.join(5)
        self._door.close()


def _event(text: str) -> str:
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m",
             "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}  # fmt: skip
    return f"data: {json.dumps(chunk)}\n\n"
