"""Synthesis, recognition, the first sample and the mute."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import soxr
from common import DEMO, LIVEHOST, Row, percentiles, sentences

from livehost import clock, events
from livehost.clock import SessionClock
from livehost.creators import load
from livehost.hear.whisper import Whisper
from livehost.record.reader import steps
from livehost.sound import HEARD_RATE, SPOKEN_RATE
from livehost.speak.paced import PacedOutput
from livehost.speak.player import Player
from livehost.speak.voices import open_voice
from livehost.weights import data_dir, whisper_dir


def synthesis() -> Row:
    """Real-time factor of whole answers, and how soon the first clause is there, warm engine, nothing cached."""
    found: Row = {}
    for name, voice, language in (("anna", "heart", "en"), ("xiaohe", "xiaoxiao", "zh")):
        engine = open_voice(voice)
        engine.warm_up()
        factors, firsts = [], []
        for text in sentences(name, 20):
            began = time.perf_counter()
            pieces = []
            for piece in engine.speak(text, language):
                pieces.append(piece.samples)
                if len(pieces) == 1:
                    firsts.append((time.perf_counter() - began) * 1000)
            factors.append((time.perf_counter() - began) / (sum(map(len, pieces)) / SPOKEN_RATE))
        found[language] = {"rtf": percentiles(factors), "first_clause_ms": percentiles(firsts, 0)}
    return found


def recognition() -> Row:
    """Real-time factor and seconds of faster-whisper base int8 on utterances that the project's voices speak."""
    found: Row = {}
    for name, voice, language in (("anna", "bella", "en"), ("xiaohe", "xiaoyi", "zh")):
        engine, whisper = open_voice(voice), Whisper(whisper_dir(), (language,))
        factors, times = [], []
        for text in sentences(name, 12):
            spoken = np.concatenate([piece.samples for piece in engine.speak(text, language)])
            sound = soxr.resample(spoken, SPOKEN_RATE, HEARD_RATE).astype(np.float32)
            began = time.perf_counter()
            whisper.transcribe(sound, language)
            took = time.perf_counter() - began
            times.append(took)
            factors.append(took / (len(sound) / HEARD_RATE))
        found[language] = {"rtf": percentiles(factors), "seconds": percentiles(times)}
    return found


def first_sample() -> Row:
    """Chat line to the first sample of its answer, host silent, computing time as measured here: nothing spoken before
    (cold), and all of it spoken before (warm)."""
    found: Row = {}
    for name in ("anna", "xiaohe"):
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder) / "data"
            data.mkdir()
            (data / "weights").symlink_to(data_dir() / "weights")
            found[name] = {
                heat: percentiles(waits(answered(name, Path(folder), data, heat)), 0) for heat in ("cold", "warm")
            }
    return found


def answered(name: str, folder: Path, data: Path, heat: str) -> Path:
    questions = [faq.question for faq in load(DEMO / "creators" / name).faqs[:20]]
    lines = [{"at_ms": 1000 + 9000 * n, "id": str(n), "text": text} for n, text in enumerate(questions)]
    path = folder / "chat.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    session = folder / heat
    command = [*LIVEHOST, "run", str(DEMO / "creators" / name), "--chat", f"file:{path}", "--mic", "none"]
    quiet = ["--speaker", "none", "--headless", "--fast", "--session", str(session)]
    environment = {**os.environ, "LIVEHOST_DATA": str(data)}
    subprocess.run([*command, *quiet], check=True, capture_output=True, env=environment)
    return session


def waits(session: Path) -> list[float]:
    asked_ms, found = 0, []
    for step in steps(session):
        if isinstance(step.envelope.event, events.ChatReceived):
            asked_ms = step.envelope.at_ms
        elif isinstance(step.envelope.event, events.PlaybackStarted):
            found.append(float(step.envelope.at_ms - asked_ms))
    return found


def mute() -> Row:
    """Closing the gate to the first silent sample that the output was given, at real pace. A device adds its own latency."""
    delays: list[float] = []

    async def trial(session_clock: SessionClock) -> None:
        silent = asyncio.Event()
        closed_at = 0.0

        def tap(_at: float, block: np.ndarray) -> None:
            if closed_at and not block[-1] and not silent.is_set():
                voiced = np.flatnonzero(block)
                lead_ms = (voiced[-1] + 1) * 1000 / SPOKEN_RATE if len(voiced) else 0.0
                delays.append((time.perf_counter() - closed_at) * 1000 + lead_ms)
                silent.set()

        player = Player(lambda what, utterance, heard: None)
        player.load(1, 0, np.full(10 * SPOKEN_RATE, 0.3, dtype=np.float32))
        player.play(1, 1)
        output = asyncio.create_task(PacedOutput(player, session_clock, tap).run())
        await asyncio.sleep(0.05 + np.random.default_rng(len(delays)).uniform(0, 0.02))
        closed_at = time.perf_counter()
        player.close_gate()
        await silent.wait()
        output.cancel()
        await asyncio.gather(output, return_exceptions=True)

    async def trials() -> None:
        for _ in range(100):
            await trial(SessionClock(asyncio.get_running_loop()))

    clock.run(trials())
    return {"gate_to_silence_ms": percentiles(delays, 1)}
