"""The benchmarks: each is measured on real models in one run, and given with percentiles."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from livehost import clock, events
from livehost.asking import Asker
from livehost.clock import SessionClock
from livehost.creators import load
from livehost.hear.whisper import Whisper
from livehost.record.reader import steps
from livehost.sound import HEARD_RATE, SPOKEN_RATE
from livehost.speak.paced import PacedOutput
from livehost.speak.player import Player
from livehost.speak.script import clauses
from livehost.speak.voices import open_voice
from livehost.understand.e5 import E5Matcher
from livehost.weights import data_dir, whisper_dir

DEMO = Path(__file__).parent.parent / "livehost" / "demo"
LIVEHOST = [sys.executable, "-m", "livehost"]
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
Row = dict[str, Any]


def percentiles(values: Sequence[float], digits: int = 3) -> Row:
    ordered = sorted(values)
    at = {p: ordered[min(len(ordered) - 1, len(ordered) * p // 100)] for p in (50, 90, 99)}
    return {
        "n": len(ordered),
        **{f"p{p}": round(value, digits) for p, value in at.items()},
        "max": round(ordered[-1], digits),
    }


def sentences(name: str, count: int) -> list[str]:
    return [faq.answer for faq in load(DEMO / "creators" / name).faqs[:count]]


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
            for clause in clauses(text, language):
                pieces.append(engine.synthesise(clause, language))
                if len(pieces) == 1:
                    firsts.append((time.perf_counter() - began) * 1000)
            factors.append((time.perf_counter() - began) / (sum(map(len, pieces)) / SPOKEN_RATE))
        found[language] = {"rtf": percentiles(factors), "first_clause_ms": percentiles(firsts, 0)}
    return found


def recognition() -> Row:
    """Real-time factor and seconds of faster-whisper base int8 on utterances that the project's voices speak."""
    import soxr

    found: Row = {}
    for name, voice, language in (("anna", "bella", "en"), ("xiaohe", "xiaoyi", "zh")):
        engine, whisper = open_voice(voice), Whisper(whisper_dir(), (language,))
        factors, times = [], []
        for text in sentences(name, 12):
            spoken = np.concatenate([engine.synthesise(clause, language) for clause in clauses(text, language)])
            sound = soxr.resample(spoken, SPOKEN_RATE, HEARD_RATE).astype(np.float32)
            began = time.perf_counter()
            whisper.transcribe(sound, language)
            took = time.perf_counter() - began
            times.append(took)
            factors.append(took / (len(sound) / HEARD_RATE))
        found[language] = {"rtf": percentiles(factors), "seconds": percentiles(times)}
    return found


def understanding() -> Row:
    """BANKING77 as a FAQ of 77 entries with 20 other wordings, beside the nearest wording by the same embedding; and how
    many of another domain's questions (Bitext's orders, deliveries, newsletters, feedback) go unanswered where 75 % of the
    banking questions are answered. Needs the fixtures beside the repository."""
    return _banking(DEMO.parents[2] / "shared" / "data" / "intent_en")


def _banking(folder: Path) -> Row:
    import csv
    import random
    from collections import defaultdict

    from livehost.understand.background import BACKGROUND
    from livehost.understand.e5 import Embedder
    from livehost.understand.ridge import EntryRidge, unit
    from livehost.weights import data_dir

    if not folder.is_dir():
        return {"left_out": f"needs the fixtures in {folder.name}"}
    dice = random.Random(7)
    by_intent: dict[str, list[str]] = defaultdict(list)
    for row in csv.DictReader((folder / "banking77_train.csv").open(encoding="utf-8")):
        by_intent[row["category"]].append(row["text"])
    for texts in by_intent.values():
        dice.shuffle(texts)
    bitext = csv.DictReader((folder / "bitext_customer_service_train.csv").open(encoding="utf-8"))
    outside = ("ORDER", "DELIVERY", "SHIPPING", "NEWSLETTER", "FEEDBACK")
    foreign = [row["utterance"] for row in bitext if row["category"] in outside]
    embed = Embedder(data_dir() / "cache" / "embeddings.sqlite")
    known = embed.many([text for texts in by_intent.values() for text in texts[:20]], "query")
    entry = np.repeat(np.arange(len(by_intent)), 20)
    asked = embed.many([text for texts in by_intent.values() for text in texts[21:46]], "query")
    right = np.array([n for n, texts in enumerate(by_intent.values()) for _ in texts[21:46]])
    away = embed.many(dice.sample(foreign, 500), "query")
    questions = embed.many([texts[20] for texts in by_intent.values()], "query")
    ridge = EntryRidge(known, entry, questions, embed.many(BACKGROUND, "query"))
    centre = known.mean(axis=0)

    def nearest(line: np.ndarray) -> np.ndarray:
        alike = unit(known - centre) @ unit(line - centre)
        return np.array([alike[entry == n].max() for n in range(len(by_intent))])

    found: Row = {}
    for name, scores_of in (("ridge", ridge.scores), ("nearest", nearest)):
        scores, outer = (np.stack([scores_of(line) for line in lines]) for lines in (asked, away))
        ordered, order_outer = np.sort(scores, axis=1), np.sort(outer, axis=1)
        sure = 2 * ordered[:, -1] - ordered[:, -2]
        correct = scores.argmax(axis=1) == right
        best = np.argsort(-sure)[: int(0.75 * len(sure))]
        limit = sure[best[-1]]
        found[f"{name}_forced"] = round(float(correct.mean()), 4)
        found[f"{name}_right_at_75"] = round(float(correct[best].mean()), 4)
        found[f"{name}_foreign_unanswered"] = round(
            float((2 * order_outer[:, -1] - order_outer[:, -2] < limit).mean()), 4
        )
    return found


def decision() -> Row:
    """One chat line to its decision, without a cache, for lines that words settle and for those that are matched."""
    found: Row = {}
    for name in ("anna", "xiaohe"):
        knowledge = load(DEMO / "creators" / name)
        asker = Asker(knowledge, E5Matcher(knowledge, data_dir() / "cache" / "embeddings.sqlite"))
        texts = [line["text"] for line in chat(name) if line.get("text")]
        by_words, matched = [], []
        for text in texts:
            began = time.perf_counter()
            asked = asker.ask(text)
            took = (time.perf_counter() - began) * 1000
            (matched if any(reason.startswith("faq") for reason in asked.reasons) else by_words).append(took)
        found[name] = {"by_words_ms": percentiles(by_words), "matched_ms": percentiles(matched)}
    return found


def chat(name: str) -> list[Row]:
    return [
        json.loads(line) for line in (DEMO / "sessions" / name / "chat.jsonl").read_text(encoding="utf-8").splitlines()
    ]


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


def resources() -> Row:
    """CPU share of one core and memory of a session: hearing silence with no chat, and the demo at real pace."""
    with tempfile.TemporaryDirectory() as folder:
        silence = Path(folder) / "silence.wav"
        soundfile.write(silence, np.zeros(40 * HEARD_RATE, dtype=np.float32), HEARD_RATE)
        anna = str(DEMO / "creators" / "anna")
        idle = ["run", anna, "--mic", str(silence), "--speaker", "none", "--headless", "--session", f"{folder}/idle"]
        busy = ["demo", "--headless", "--out", f"{folder}/busy"]
        return {"idle": watched(idle, Path(folder) / "idle", 30), "busy": watched(busy, Path(folder) / "busy", 60)}


def watched(arguments: list[str], session: Path, seconds: int) -> Row:
    running = subprocess.Popen([*LIVEHOST, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not (session / "events.jsonl").exists():
            time.sleep(0.2)
        time.sleep(3)
        shares, before = [], cpu_seconds(running.pid)
        for _ in range(seconds):
            time.sleep(1)
            now = cpu_seconds(running.pid)
            shares.append((now - before) * 100)
            before = now
        return {
            "cpu_percent_of_one_core": {"mean": round(float(np.mean(shares)), 1), **percentiles(shares, 1)},
            "memory_mb": round(peak_memory_mb(running.pid)),
        }
    finally:
        running.terminate()
        running.wait()


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_memory_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


ALL: dict[str, Callable[[], Row]] = {
    "synthesis": synthesis,
    "recognition": recognition,
    "understanding": understanding,
    "decision": decision,
    "first_sample": first_sample,
    "mute": mute,
    "resources": resources,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", choices=[*ALL, "all"], default="all")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    machine = {
        "cores": os.cpu_count(),
        "load": [round(v, 2) for v in os.getloadavg()],
        "python": platform.python_version(),
    }
    found: Row = {"machine": machine}
    for name in ALL if chosen.name == "all" else [chosen.name]:
        sys.stderr.write(f"bench: {name}: {ALL[name].__doc__}\n")
        found[name] = ALL[name]()
        if not chosen.json:
            print(name, json.dumps(found[name], indent=1, ensure_ascii=False))
    if chosen.json:
        print(json.dumps(found, indent=1))


main()
