"""Where an utterance is taken to end: plain silence at several settings against Smart Turn, on real speech with pauses.

Each recording of LibriSpeech is one passage read aloud: an end found within it is a false cut-off, the time from its last
voiced frame to the end that is found is the delay. BENCH_SMART_TURN is pipecat's folder `audio/turn/smart_turn`, unpacked.
"""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from common import Row, percentiles
from hearing import DATA

from livehost.hear.audio_file import framed, read_all
from livehost.hear.speech import FRAME_MS, Ended, Endpointing, SpeechMachine
from livehost.hear.vad import SileroVad
from livehost.sound import HEARD_RATE, Samples, level_db

_SILENCES_MS = (192, 256, 384, 512, 640, 768, 1024, 1536)
_ASKED_AFTER_MS = 200  # of silence, as pipecat asks Smart Turn
_GIVEN_UP_MS = 3000  # of silence, after which pipecat takes a turn for over all the same
_TAIL_SECONDS = 4.0
Turn = Callable[[Samples], float]  # how likely what was said so far is complete


def endings() -> Row:
    """False cut-offs a minute of speech and the delay at the end, for eight silences, and for Smart Turn where it is given."""
    passages = [Passage(read_all(path)) for path in sorted(DATA.glob("speaker/librispeech_test-other/*/*.flac"))]
    minutes = sum(passage.speech_ms for passage in passages) / 60_000
    found: Row = {"recordings": len(passages), "minutes_of_speech": round(minutes, 1)}
    for silence in _SILENCES_MS:
        ends = [passage.ends(Endpointing(hangover_ms=silence, rest_ms=min(silence, 128))) for passage in passages]
        found[f"silence {silence} ms"] = judged(passages, ends, minutes)
    folder = os.environ.get("BENCH_SMART_TURN")
    if folder:
        turn, times = smart_turn(Path(folder))
        ends = [passage.ends_by(turn) for passage in passages]
        found["Smart Turn, asked after 200 ms"] = {
            **judged(passages, ends, minutes),
            "inference_ms": percentiles(times, 0),
        }
    return found


class Passage:
    def __init__(self, sound: Samples) -> None:
        self.sound = np.concatenate([sound, np.zeros(round(_TAIL_SECONDS * HEARD_RATE), dtype=np.float32)])
        vad = SileroVad()
        self._frames = [(vad.probability(frame), level_db(frame)) for frame in framed(iter([self.sound]))]
        voiced = [at for at, (probability, _) in enumerate(self._frames) if probability >= Endpointing().leave]
        self.last_ms = (voiced[-1] + 1) * FRAME_MS
        self.speech_ms = self.last_ms - voiced[0] * FRAME_MS

    def ends(self, settings: Endpointing) -> list[float]:
        """When each utterance was taken to have ended."""
        machine, found = SpeechMachine(settings), []
        for at, (probability, level) in enumerate(self._frames):
            if isinstance(machine.push(probability, level, at * FRAME_MS), Ended):
                found.append((at + 1.0) * FRAME_MS)
        return found

    def ends_by(self, turn: Turn) -> list[float]:
        """Smart Turn is asked once in each silence; what it does not take for an end ends after three seconds."""
        found: list[float] = []
        silent_ms, speaking, asked = 0.0, False, False
        for at, (probability, _) in enumerate(self._frames):
            now_ms = (at + 1.0) * FRAME_MS
            if probability >= Endpointing().enter:
                speaking, silent_ms, asked = True, 0.0, False
                continue
            silent_ms += FRAME_MS
            if not speaking or silent_ms < _ASKED_AFTER_MS:
                continue
            complete = not asked and turn(self.sound[: round(now_ms * HEARD_RATE / 1000)]) > 0.5
            asked = True
            if complete or silent_ms >= _GIVEN_UP_MS:
                found.append(now_ms)
                speaking = False
        return found


def judged(passages: list[Passage], ends: list[list[float]], minutes: float) -> Row:
    false = sum(end < passage.last_ms for passage, found in zip(passages, ends, strict=True) for end in found)
    delays = [found[-1] - passage.last_ms for passage, found in zip(passages, ends, strict=True) if found]
    cut = sum(any(end < p.last_ms for end in found) for p, found in zip(passages, ends, strict=True))
    return {
        "false_cut_offs_a_minute": round(false / minutes, 2),
        "recordings_cut": cut,
        "delay_ms": percentiles(delays, 0),
    }


def smart_turn(folder: Path) -> tuple[Turn, list[float]]:
    import onnxruntime

    spec = importlib.util.spec_from_file_location("whisper_features", folder / "_whisper_features.py")
    assert spec and spec.loader
    features = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(features)
    (model,) = (folder / "data").glob("*cpu.onnx")
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    times: list[float] = []

    def turn(sound: Samples) -> float:
        began = time.perf_counter()
        last = sound[-8 * HEARD_RATE :]
        padded = np.pad(last, (8 * HEARD_RATE - len(last), 0))
        mel = features.compute_whisper_log_mel_features(padded, do_normalize=True)
        found = float(session.run(None, {"input_features": mel[None]})[0].ravel()[0])
        times.append((time.perf_counter() - began) * 1000)
        return found

    return turn, times
