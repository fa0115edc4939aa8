"""The room of the soak: 50 lines a second on a websocket that can be cut, and a host who speaks into a sound device."""

from __future__ import annotations

import json
import queue
import socket
import subprocess
import threading
import time
from collections import Counter
from http import HTTPStatus
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from common import DEMO, chat
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Request, Response, ServerConnection, serve

_ENDINGS = ("", " pls", "??", " 🙏", " thx", "!!", " anyone?", " 😍😍")
_VIEWERS = 20_011


class Room:
    """Sends the demo's lines with variation to whoever is connected; `replies` counts what was posted."""

    def __init__(self, lines_per_second: float) -> None:
        self.sent = 0
        self.replies: Counter[tuple[str, str]] = Counter()
        self._texts = [line["text"] for line in chat("anna") if line.get("type", "message") == "message"]
        self._pause = 1 / lines_per_second
        self._asked: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        self._open: set[ServerConnection] = set()
        self._refuses = False
        self._server = serve(self._attend, "127.0.0.1", 0, process_request=self._admit, ping_interval=None)
        self.port: int = self._server.socket.getsockname()[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def ask(self, line_id: str, text: str) -> None:
        self._asked.put((line_id, text))

    def cut(self) -> None:
        self._refuses = True
        for connection in [*self._open]:
            connection.socket.shutdown(socket.SHUT_RDWR)

    def come_back(self) -> None:
        self._refuses = False

    def close(self) -> None:
        self._server.shutdown()

    def _admit(self, connection: ServerConnection, _request: Request) -> Response | None:
        return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "away\n") if self._refuses else None

    def _attend(self, connection: ServerConnection) -> None:
        self._open.add(connection)
        reader = threading.Thread(target=self._read, args=[connection], daemon=True)
        reader.start()
        try:
            self._write(connection)
        except (ConnectionClosed, OSError):
            pass
        finally:
            self._open.discard(connection)

    def _write(self, connection: ServerConnection) -> None:
        due = time.monotonic()
        while not self._refuses:
            try:
                line_id, text = self._asked.get_nowait()
            except queue.Empty:
                line_id, text = f"m{self.sent}", self._text(self.sent)
            viewer = f"u{self.sent * 7919 % _VIEWERS}"
            user = {"id": viewer, "name": f"viewer {viewer}"}
            connection.send(json.dumps({"id": line_id, "platform": "soak", "user": user, "text": text}))
            self.sent += 1
            due += self._pause
            time.sleep(max(0.0, due - time.monotonic()))

    def _text(self, number: int) -> str:
        repeated = number // len(self._texts)
        return self._texts[number * 31 % len(self._texts)] + _ENDINGS[repeated % len(_ENDINGS)]

    def _read(self, connection: ServerConnection) -> None:
        try:
            for message in connection:
                told: dict[str, Any] = json.loads(message)
                if told.get("type") == "reply":
                    self.replies[told["reply_to"], told["text"]] += 1
        except (ConnectionClosed, OSError):
            return


class Host:
    """The demo's host again and again, with pauses, into the device that the session hears."""

    def __init__(self, pulse: Any, folder: Path, minutes: float) -> None:
        self._pulse = pulse
        self._file = folder / "host.wav"
        sound, rate = soundfile.read(DEMO / "sessions" / "anna" / "host.opus", dtype="float32")
        times = int(minutes * 60 * rate / len(sound)) + 2
        with soundfile.SoundFile(self._file, "w", rate, 1) as file:
            for _ in range(times):
                file.write(np.concatenate([sound, np.zeros(2 * rate, dtype=np.float32)]))
        self.speak()

    def speak(self) -> None:
        command = ["paplay", "-d", "stage", str(self._file)]
        self._player = subprocess.Popen(command, env=self._pulse.environment, stderr=subprocess.DEVNULL)

    def go(self) -> None:
        self._pulse.close()
        self._player.wait()

    def come_back(self) -> None:
        self._pulse.start()
        self.speak()

    def close(self) -> None:
        self._player.terminate()
        self._player.wait()
        self._pulse.close()
