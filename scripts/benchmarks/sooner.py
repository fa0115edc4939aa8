"""A chat line to the first audible sample of its answer, host silent, in real time: Livehost and pipecat by turns, in one run.

Both speak the same words with the same Kokoro weights and style, two threads each, on the same machine, one question after the
other. Livehost is the whole program: line over a websocket, matching, turns, synthesis, player; audible is what its recording
of the co-host holds. pipecat has no matcher and no turns: it is given the answer, and audible is when its pipeline would hand the
sample to an output. Its phonemes are espeak-ng's, ours misaki's; it keeps nothing of what was spoken, so that there is one heat.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import soundfile
from common import DEMO, LIVEHOST, Row, percentiles
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from livehost import commands, events
from livehost.creators import load
from livehost.record.reader import told
from livehost.weights import data_dir, kokoro_file

_ROOT = Path(__file__).parents[2]
_PEER = _ROOT / ".venv-pipecat"
_PIPECAT = "pipecat-ai[kokoro]==1.14.0"
_QUESTIONS = 16
_AUDIBLE = 0.01
_UNBOUND = {
    "pause_ms": 1000,
    "cooldown_seconds": 0,
    "viewer_cooldown_seconds": 0,
    "spoken_per_minute": 0,
}


def sooner() -> Row:
    """Chat line to the first audible sample beside pipecat: nothing spoken before (cold), and spoken before (warm)."""
    python = _peer_python()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        creator = _creator(folder)
        questions = [faq.question for faq in load(creator).faqs[:_QUESTIONS]]
        session = folder / "session"
        theirs: list[float] = []
        with _livehost(creator, folder, session) as chat, _pipecat(python, folder) as peer:
            for heat in ("cold", "warm"):
                for number, question in enumerate(questions):
                    said = _ask(chat, session, f"{heat}-{number}", question)
                    theirs.append(_spoken(peer, said))
        ours = audible_after(session)
    cold, warm = ours[: len(questions)], ours[len(questions) :]
    return {
        "livehost_cold_ms": percentiles(cold, 0),
        "livehost_warm_ms": percentiles(warm, 0),
        "pipecat_ms": percentiles(theirs, 0),
        "cold_share_of_pipecat": round(percentiles(cold)["p50"] / percentiles(theirs)["p50"], 2),
        "warm_share_of_pipecat": round(percentiles(warm)["p50"] / percentiles(theirs)["p50"], 2),
        "pipecat": _PIPECAT,
    }


def _peer_python() -> Path:
    """pipecat's own environment, made where it is missing."""
    python = _PEER / "bin" / "python"
    if not python.exists():
        sys.stderr.write(f"bench: installing {_PIPECAT} into {_PEER.name}\n")
        subprocess.run([sys.executable, "-m", "venv", str(_PEER)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", _PIPECAT], check=True)
    return python


def _creator(folder: Path) -> Path:
    """The demo's, but nothing keeps it from answering the same again."""
    creator = folder / "creators" / "anna"
    shutil.copytree(DEMO / "creators" / "anna", creator)
    toml = (creator / "creator.toml").read_text(encoding="utf-8")
    kept = [line for line in toml.splitlines() if line.partition("=")[0].strip() not in _UNBOUND]
    at = kept.index("[floor]") + 1
    kept[at:at] = [f"{key} = {value}" for key, value in _UNBOUND.items()]
    (creator / "creator.toml").write_text("\n".join([*kept, "", "[speech]", "notice = false", ""]), encoding="utf-8")
    return creator


@contextmanager
def _livehost(creator: Path, folder: Path, session: Path) -> Iterator[ClientConnection]:
    data = folder / "data"
    data.mkdir()
    (data / "weights").symlink_to(data_dir() / "weights")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*LIVEHOST, "run", str(creator), "--chat", f"ws://127.0.0.1:{port}", "--mic", "none", "--speaker", "none"]
    environment = {**os.environ, "LIVEHOST_DATA": str(data)}
    running = subprocess.Popen(
        [*command, "--headless", "--session", str(session)], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        chat = _connected(port)
        time.sleep(15)  # its greeting is over
        yield chat
        chat.close()
    finally:
        running.terminate()
        running.wait(30)


def _connected(port: int) -> ClientConnection:
    for _ in range(300):
        try:
            link = connect(f"ws://127.0.0.1:{port}")
            threading.Thread(target=_read, args=(link,), daemon=True).start()
            return link
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("livehost did not come up")


def _read(link: ClientConnection) -> None:
    """Answers come as posts, too: unread, they hold up the library's signs of life, and the link ends."""
    with suppress(ConnectionClosed):
        for _ in link:
            pass


def _ask(chat: ClientConnection, session: Path, ident: str, question: str) -> str:
    """Asks, waits until the answer was spoken, and returns its words."""
    before = _finished(session)
    line = {"id": ident, "platform": "test", "user": {"id": ident, "name": ""}, "text": question}
    chat.send(json.dumps(line))
    for _ in range(600):
        time.sleep(0.1)
        if _finished(session) > before:
            wishes = [line.command for _, line in told(session) if isinstance(line.command, commands.Synthesise)]
            latest = max(wish.utterance for wish in wishes)
            return " ".join(wish.text for wish in wishes if wish.utterance == latest)
    raise RuntimeError(f"no answer to {question!r}")


def _finished(session: Path) -> int:
    return sum(isinstance(line.event, events.PlaybackFinished) for _, line in told(session))


@contextmanager
def _pipecat(python: Path, folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [str(python), str(Path(__file__).with_name("peer_pipecat.py")), str(kokoro_file())]
    peer = subprocess.Popen(
        [*command, str(_ROOT / "voices" / "heart" / "style.npy"), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert peer.stdout and json.loads(peer.stdout.readline())["ready"]
        for warming in ("Hi there.", "This is a sentence to warm it up."):
            _spoken(peer, warming)
        yield peer
    finally:
        peer.kill()
        peer.wait()


def _spoken(peer: subprocess.Popen[str], text: str) -> float:
    assert peer.stdin and peer.stdout
    peer.stdin.write(json.dumps({"text": text}) + "\n")
    peer.stdin.flush()
    return float(json.loads(peer.stdout.readline())["audible_ms"])


def audible_after(session: Path) -> list[float]:
    """From each line to the first audible sample of what was said next, by the session's own recording."""
    track, rate = soundfile.read(session / "cohost.opus", dtype="float32")
    asked_ms, found = 0, []
    for _, line in told(session):
        if isinstance(line.event, events.ChatReceived):
            asked_ms = line.at_ms
        elif isinstance(line.event, events.PlaybackStarted) and asked_ms:
            from_ms = max(0, line.at_ms - 20)
            at = from_ms * rate // 1000
            lead = np.flatnonzero(np.abs(track[at : at + rate]) > _AUDIBLE)
            found.append(from_ms + lead[0] * 1000 / rate - asked_ms)
            asked_ms = 0
    return found
