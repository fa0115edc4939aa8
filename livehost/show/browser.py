"""The sound of a browser page: its microphone comes in, the co-host's voice goes out, as 16-bit samples over one websocket.

page ─▶ {"rate": 48000}, then blocks of the microphone        page ◀─ blocks at 24 kHz; "hush": drop what is buffered
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from livehost.show.guard import person_of
from livehost.sound import Samples

_RATES = (8_000, 192_000)
_WAITING_MOST = 50  # blocks that may wait for a slow page; the oldest are dropped


class Hearer(Protocol):
    """Where a page's microphone leads to."""

    def open(self, rate: int) -> None: ...
    def hear(self, samples: Samples) -> None: ...


@dataclass
class Listener:
    """One page that plays what the co-host says. `dropped` counts blocks that it was too slow for."""

    blocks: deque[bytes | str] = field(default_factory=deque)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    dropped: int = 0

    def put(self, block: bytes | str) -> None:
        if len(self.blocks) >= _WAITING_MOST:
            self.blocks.popleft()
            self.dropped += 1
        self.blocks.append(block)
        self.came.set()


@dataclass
class BrowserSound:
    """`hearer` is None where the microphone is no browser's; `plays` is false where the speaker is none."""

    hearer: Hearer | None
    plays: bool
    _listeners: list[Listener] = field(default_factory=list)
    _microphone: object = None  # the page whose microphone is heard: the latest

    def play(self, block: Samples) -> None:
        """Sends a block to every page that listens."""
        if self._listeners:
            sound = (np.clip(block, -1, 1) * 32767).astype("<i2").tobytes()
            for listener in self._listeners:
                listener.put(sound)

    def hush(self) -> None:
        """What the pages have buffered is not played any more."""
        for listener in self._listeners:
            listener.blocks.clear()
            listener.put("hush")

    def listen(self) -> Listener:
        listener = Listener()
        self._listeners.append(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.remove(listener)

    def opened(self, page: object, rate: int) -> None:
        if self.hearer and _RATES[0] <= rate <= _RATES[1]:
            self._microphone = page
            self.hearer.open(rate)

    def heard(self, page: object, data: bytes) -> None:
        """A block of this page's microphone; only the page that opened its microphone last is heard."""
        if self.hearer and page is self._microphone and data and not len(data) % 2:
            self.hearer.hear(np.frombuffer(data, dtype="<i2").astype(np.float32) / np.float32(32768))


def sound(app: FastAPI, link: BrowserSound) -> None:
    @app.websocket("/api/sound")
    async def carry(socket: WebSocket) -> None:
        """Microphone in, voice out. A viewer of the console may listen, not speak."""
        await socket.accept()
        listener = link.listen() if link.plays else None
        sending = asyncio.create_task(_send(socket, listener)) if listener else None
        try:
            while True:
                message = await socket.receive()
                if message["type"] == "websocket.disconnect":
                    break
                if person_of(socket.scope).may_act:
                    _take(link, socket, message.get("text"), message.get("bytes"))
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            if listener and sending:
                link.leave(listener)
                sending.cancel()


def _take(link: BrowserSound, page: object, text: str | None, data: bytes | None) -> None:
    if data:
        link.heard(page, data)
    elif text:
        with contextlib.suppress(ValueError, TypeError, KeyError):
            link.opened(page, int(json.loads(text)["rate"]))


async def _send(socket: WebSocket, listener: Listener) -> None:
    while True:
        while listener.blocks:
            block = listener.blocks.popleft()
            await (socket.send_text(block) if isinstance(block, str) else socket.send_bytes(block))
        listener.came.clear()
        await listener.came.wait()
