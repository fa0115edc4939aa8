"""The host's words beside RealtimeSTT and pipecat's Whisper service: how soon and how right, by turns, at real pace, in one run.

All three hear the same sounds with the same weights (base, int8), 512 ms of silence as the end, and RealtimeSTT begins its pass
early as we do. Each sound is one passage, so that the time counts from its last voiced sample to the last text about it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import soundfile
from common import PEERS_ENVIRONMENT, Row, percentiles
from endings import Passage
from hearing import Recording, error_rates, errors, plain, real, spoken, their_text

from livehost.hear.whisper import Whisper
from livehost.sound import HEARD_RATE
from livehost.weights import whisper_dir

_PEERS = Path(__file__).parent / "peers"
_PEERS_PYTHON = Path(__file__).parents[2] / ".venv-listeners" / "bin" / "python"
_EACH = int(os.environ.get("BENCH_SENTENCES", "12"))
_LONGEST_SECONDS = 10.0
_AFTER_SECONDS = 3.5


def listeners() -> Row:
    """Last voiced sample to the final text, and errors, of Livehost, RealtimeSTT and pipecat's WhisperSTTService: read passages
    (held against transcribe() of the whole), English and Chinese sentences of the project's voices (against what was said)."""
    sets: dict[str, Callable[[], list[Recording]]] = {
        "real": real,
        "spoken_en": lambda: spoken("anna", "en"),
        "spoken_zh": lambda: spoken("xiaohe", "zh"),
    }
    found: Row = {}
    for name in os.environ.get("BENCH_PARTS", ",".join(sets)).split(","):
        short = [one for one in sets[name]() if len(one.sound) <= _LONGEST_SECONDS * HEARD_RATE][:_EACH]
        found[name] = beside(short, short[0].language)
    return found


def beside(recordings: Sequence[Recording], language: str) -> Row:
    whisper = Whisper(whisper_dir(), (language,))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ears = {name: stack.enter_context(listening(name, language)) for name in names()}
        late: dict[str, list[float]] = {name: [] for name in ears}
        wrong: dict[str, list[int]] = {name: [] for name in ears}
        unheard = dict.fromkeys(ears, 0)
        words = []
        for recording in recordings:
            path = folder / "sound.wav"
            soundfile.write(path, recording.sound, HEARD_RATE)
            said = recording.said or their_text(whisper, recording.sound, language)[0]
            reference = plain(said, language)
            words.append(len(reference))
            last_ms = Passage(recording.sound).last_ms
            for name, ear in ears.items():
                texts = [(at_ms, text) for at_ms, text in heard(ear, path) if text.strip()]
                text = whisper._written(" ".join(text for _, text in texts))
                wrong[name].append(errors(plain(text, language), reference))
                unheard[name] += not texts
                late[name] += [texts[-1][0] - last_ms] if texts else []
                sys.stderr.write(f"bench: {name}: {round(late[name][-1]) if texts else None} ms: {text}\n")
    return {
        name: {
            "final_after_last_voice_ms": percentiles(late[name], 0),
            "errors_percent": round(100 * sum(wrong[name]) / sum(words), 2),
            "livehost_errors_less_95": error_rates(list(zip(wrong["livehost"], wrong[name], words, strict=True)))[
                "difference_95"
            ],
            "unheard": unheard[name],
        }
        for name in ears
    } | {"reference_words": sum(words)}


def names() -> list[str]:
    if _PEERS_PYTHON.exists():
        return ["livehost", "realtimestt", "pipecat"]
    sys.stderr.write(
        "bench: without RealtimeSTT and pipecat: python3 -m venv .venv-listeners && "
        ".venv-listeners/bin/pip install -r scripts/benchmarks/peers/listeners.txt\n"
    )
    return ["livehost"]


@contextmanager
def listening(name: str, language: str) -> Iterator[subprocess.Popen[str]]:
    python = sys.executable if name == "livehost" else str(_PEERS_PYTHON)
    environment = None if name == "livehost" else PEERS_ENVIRONMENT
    command = [python, str(_PEERS / "listen.py"), name, str(whisper_dir()), language]
    with (
        Path(os.environ.get("BENCH_PEERS_LOG", os.devnull)).open("a") as log,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, env=environment
        ) as peer,
    ):
        assert peer.stdin and peer.stdout
        json.loads(peer.stdout.readline())
        heard_first(peer)
        yield peer
        peer.stdin.close()


def heard_first(peer: subprocess.Popen[str]) -> None:
    """Warms it up with a second of noise that is nobody's voice."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        soundfile.write(file.name, np.random.default_rng(1).normal(0, 0.001, HEARD_RATE).astype(np.float32), HEARD_RATE)
        heard(peer, Path(file.name))


def heard(peer: subprocess.Popen[str], path: Path) -> list[tuple[float, str]]:
    assert peer.stdin and peer.stdout
    peer.stdin.write(json.dumps({"path": str(path), "seconds": _AFTER_SECONDS}) + "\n")
    peer.stdin.flush()
    return [(at_ms, text) for at_ms, text in json.loads(peer.stdout.readline())]
