"""A real session with its pages, for tests that watch it from outside."""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

from livehost.clock import pause, stopwatch
from livehost.creators import demo_creators


@dataclass
class Running:
    """A session in ask-first; `base` is its address."""

    base: str
    chat_port: int
    folder: Path
    creator: Path
    trust: str = ""  # a certificate, where it is reached by TLS

    def write(self, *texts: str, name: str = "mia") -> None:
        with connect(f"ws://127.0.0.1:{self.chat_port}") as link:
            for number, text in enumerate(texts):
                user = {"id": f"{name[:40]}-{number}", "name": name}
                link.send(json.dumps({"id": uuid.uuid4().hex, "platform": "test", "user": user, "text": text}))

    def state(self) -> Any:
        return json.loads(self.get("/api/state")[1])

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        return self._call(urllib.request.Request(self.base + path, headers=headers))

    def post(self, path: str, body: object = None, **headers: str) -> tuple[int, str]:
        data = b"" if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json", **headers})
        return self._call(request)

    def _call(self, request: urllib.request.Request) -> tuple[int, str]:
        handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({}), _NoRedirect()]
        if self.trust:
            handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=self.trust)))
        opener = urllib.request.build_opener(*handlers)
        try:
            with opener.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode() or str(answer.headers)
        except urllib.error.HTTPError as refused:
            return refused.code, str(refused.headers) + refused.read().decode()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def until(what: Callable[[], object], seconds: float = 60.0) -> Any:
    spent = stopwatch()
    while spent() < seconds:
        if found := what():
            return found
        pause(0.05)
    raise AssertionError("it did not come to pass")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def session(
    tmp: Path, *more: str, settings: str = "", files: Mapping[str, str] | None = None, port: int = 0, trust: str = "",
    patience: float = 120,
) -> Iterator[Running]:  # fmt: skip
    """`livehost run` in ask-first, `settings` added to its creator.toml, `files` to its folder; ends when the iterator is
    closed. `trust`: the certificate that it is given, for TLS; `patience`: seconds for its end, which writes the report."""
    creator = tmp / "anna"
    shutil.copytree(next(folder for folder in demo_creators() if folder.name == "anna"), creator)
    toml = creator / "creator.toml"
    written = toml.read_text(encoding="utf-8").replace('"polite"', '"ask-first"')
    toml.write_text(f"{written}\n{settings}", encoding="utf-8")
    for name, text in (files or {}).items():
        (creator / name).parent.mkdir(exist_ok=True)
        (creator / name).write_text(text, encoding="utf-8")
    chat, port = free_port(), port or free_port()
    command = [sys.executable, "-m", "livehost", "run", str(creator), "--chat", f"ws://127.0.0.1:{chat}"]
    command += ["--mic", "none", "--speaker", "none", "--headless", "--session", str(tmp / "s"), "--port", str(port)]
    with (tmp / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen([*command, *more], stderr=log, env={**os.environ, "NO_PROXY": "*"})
    running = Running(f"http{'s' if trust else ''}://127.0.0.1:{port}", chat, tmp / "s", creator, trust)
    try:
        until(lambda: process.poll() is not None or "console at" in (log := tmp / "log").read_text("utf-8")
              or "invitation=" in log.read_text("utf-8"), 180)  # fmt: skip
        until(lambda: _answers(running), 60)
        yield running
    finally:
        process.terminate()
        try:
            process.wait(patience)
        finally:
            process.kill()


def _answers(running: Running) -> bool:
    try:
        return running.get("/api/state")[0] == 200
    except OSError:
        return False
