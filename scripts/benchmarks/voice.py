"""The voice: how soon it is heard, how fast it is made, how soon it is silent, beside RealtimeTTS' and pipecat's Kokoro."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from common import Row, percentiles, sentences

from livehost.sound import SPOKEN_RATE, Samples
from livehost.speak.level import loudness
from livehost.speak.phrases import PhraseCache
from livehost.speak.script import clauses
from livehost.speak.speech import Speech
from livehost.speak.voices import find, open_voice, shelves
from livehost.weights import kokoro_file
from livehost.workers import Cancelled

_SENTENCES = int(os.environ.get("BENCH_SENTENCES", "8"))
_QUIET = 0.004
_PEERS = Path(__file__).parent / "peers"
_PEERS_PYTHON = Path(__file__).parents[2] / ".venv-peers" / "bin" / "python"
_SHOPS = (("anna", "heart", "en"), ("xiaohe", "xiaoxiao", "zh"))


@dataclass
class Times:
    """Of one speaker: when the first audible sample would be played (ms) and what was computed until then (ms of one core:
    the figure that a busy machine does not change), seconds per second of sound."""

    first_ms: list[float] = field(default_factory=list)
    first_cpu_ms: list[float] = field(default_factory=list)
    rtf: list[float] = field(default_factory=list)
    cpu_rtf: list[float] = field(default_factory=list)

    def row(self) -> Row:
        return {
            "first_audible_ms": percentiles(self.first_ms, 0),
            "first_cpu_ms": percentiles(self.first_cpu_ms, 0),
            "rtf": percentiles(self.rtf),
            "cpu_rtf": percentiles(self.cpu_rtf),
        }


def voice() -> Row:
    """First audible sample after the wish to speak: cold, cached; real-time factor; gaps and loudness at real pace; cancelling.
    RealtimeTTS and pipecat in the same run by turns, same sentences, weights and style, where .venv-peers is there."""
    found: Row = {}
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        peers = stack.enter_context(running_peers(Path(folder)))
        for shop, name, language in _SHOPS:
            found[language] = compared(shop, name, language, peers)
    return found


def compared(shop: str, name: str, language: str, peers: dict[str, Peer]) -> Row:
    speech = open_voice(name, cache=Path(tempfile.mkdtemp()))
    speech.warm_up()
    texts = [clause for text in sentences(shop, 20) for clause in clauses(text, language)][:_SENTENCES]
    for peer in peers.values():
        peer.say(texts[0], language)
    times = {who: Times() for who in ("livehost", "cached", *peers)}
    gaps, levels = [], []
    for text in texts:
        pieces = measure(times["livehost"], lambda text=text: speech.speak(text, language))
        measure(times["cached"], lambda text=text: speech.speak(text, language))
        gaps.append(late_ms(pieces))
        levels.append(loudness(np.concatenate([sound for _, sound in pieces])))
        for who, peer in peers.items():
            said = peer.say(speech.reading(text, language), language)
            times[who].first_ms.append(said["first_ms"])
            times[who].first_cpu_ms.append(said["first_cpu_ms"])
            times[who].rtf.append(said["seconds"] / said["audio_seconds"])
            times[who].cpu_rtf.append(said["cpu_seconds"] / said["audio_seconds"])
        told = {
            who: (round(of.first_ms[-1]), round(of.first_cpu_ms[-1]), round(of.cpu_rtf[-1], 2))
            for who, of in times.items()
        }
        sys.stderr.write(f"bench: {language}: first audible ms, of computing, computing a second: {told}\n")
    return {
        **{who: of.row() for who, of in times.items()},
        "gaps_ms": percentiles(gaps, 0),
        "sentences_with_a_gap": sum(gap > 0 for gap in gaps),
        "loudness_lufs": {"mean": round(float(np.mean(levels)), 1), "deviation": round(float(np.std(levels)), 2)},
        "cancel_to_end_ms": percentiles(cancelled(speech, texts, language), 1),
    }


def measure(times: Times, speak: Callable[[], Iterator[Any]]) -> list[tuple[float, Samples]]:
    """Moments (ms) and pieces; the generator is drained as fast as it gives."""
    began, computed = time.perf_counter(), time.process_time()
    pieces, cpu_ms = [], []
    for piece in speak():
        pieces.append(((time.perf_counter() - began) * 1000, piece.samples))
        cpu_ms.append((time.process_time() - computed) * 1000)
    seconds = sum(len(sound) for _, sound in pieces) / SPOKEN_RATE
    times.first_ms.append(first_audible_ms(pieces))
    times.first_cpu_ms.append(cpu_ms[0])
    times.rtf.append(pieces[-1][0] / 1000 / seconds)
    times.cpu_rtf.append(cpu_ms[-1] / 1000 / seconds)
    return pieces


def first_audible_ms(pieces: Sequence[tuple[float, Samples]]) -> float:
    before = 0
    for at_ms, sound in pieces:
        loud = np.flatnonzero(np.abs(sound) > _QUIET)
        if len(loud):
            return at_ms + (before + loud[0]) * 1000 / SPOKEN_RATE
        before += len(sound)
    return float("nan")


def late_ms(pieces: Sequence[tuple[float, Samples]]) -> float:
    """How long a player that begins with the first piece would have stood still for want of a later one."""
    plays_until, late = pieces[0][0], 0.0
    for at_ms, sound in pieces:
        late += max(0.0, at_ms - plays_until)
        plays_until = max(plays_until, at_ms) + len(sound) * 1000 / SPOKEN_RATE
    return late


def cancelled(speech: Speech, texts: Sequence[str], language: str) -> list[float]:
    """From `cancel`, at some moment of the computing, until the engine has given up, in ms."""
    found: list[float] = []
    fresh = Speech(speech._engines, PhraseCache(None))
    for number, text in enumerate(texts):
        at = 0.0

        def cancel() -> None:
            nonlocal at
            at = time.perf_counter()
            fresh.cancel()

        threading.Timer(0.02 + 0.1 * number, cancel).start()
        try:
            for _ in fresh.speak(text + " " + text, language):
                pass
        except Cancelled:
            found.append((time.perf_counter() - at) * 1000)
        time.sleep(0.8 if not at else 0.0)
    return found


class Peer:
    def __init__(self, name: str, styles: Path) -> None:
        command = [str(_PEERS_PYTHON), str(_PEERS / "speak.py"), name, str(kokoro_file()), str(styles)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def say(self, text: str, language: str) -> Row:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps({"text": text, "language": language}) + "\n")
        self._process.stdin.flush()
        said: Row = json.loads(self._process.stdout.readline())
        return said

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


@contextmanager
def running_peers(folder: Path) -> Iterator[dict[str, Peer]]:
    """None where their environment is not there."""
    if not _PEERS_PYTHON.exists():
        sys.stderr.write(
            "bench: without RealtimeTTS and pipecat: python3 -m venv .venv-peers && "
            ".venv-peers/bin/pip install -r scripts/benchmarks/peers/requirements.txt\n"
        )
        yield {}
        return
    styles = folder / "styles.npz"
    packs = {}
    for _, name, language in _SHOPS:
        place, settings = find(name, shelves())
        packs[language] = np.load(place / settings.files()[language])
    np.savez(styles, **packs)
    peers = {name: Peer(name, styles) for name in ("realtimetts", "pipecat")}
    try:
        yield peers
    finally:
        for peer in peers.values():
            peer.close()
