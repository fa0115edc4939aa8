"""RealtimeTTS' or pipecat's Kokoro as a process: a line {"text", "language"} in, a line with its times out.

Runs in the peers' own environment, on Livehost's weights and styles: `speak.py realtimetts|pipecat MODEL STYLES.npz`, where
STYLES holds `en` and `zh`, float32 [510, 256]. What they would download is put in its place: the model (RealtimeTTS' is
torch; here the same ONNX file runs behind the same face), the styles, and English phonemes by espeak-ng.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

QUIET = 0.004
_LAST_SECONDS = 0.5  # pipecat's sound of a sentence comes in one go
Heard = list[tuple[float, float, np.ndarray]]  # seconds since the wish, this process's clock, a sound at 24 kHz
Speak = Callable[[str, str], Heard]


def pipecat(model: str, styles: dict[str, np.ndarray]) -> Speak:
    from pipecat.frames.frames import TTSAudioRawFrame, TTSSpeakFrame
    from pipecat.pipeline.pipeline import Pipeline
    from pipecat.pipeline.runner import PipelineRunner
    from pipecat.pipeline.task import PipelineParams, PipelineTask
    from pipecat.processors.frame_processor import FrameProcessor
    from pipecat.services.kokoro.tts import KokoroTTSService
    from pipecat.transcriptions.language import Language

    voices = Path(tempfile.mkdtemp()) / "voices.npz"
    np.savez(voices, **{name: style[:, None] for name, style in styles.items()})
    known = {"en": Language.EN_US, "zh": Language.ZH}
    heard: Heard = []
    began = 0.0

    class Ear(FrameProcessor):
        async def process_frame(self, frame: Any, direction: Any) -> None:
            await super().process_frame(frame, direction)
            if isinstance(frame, TTSAudioRawFrame):
                sound = np.frombuffer(frame.audio, dtype="<i2").astype(np.float32) / 32768
                heard.append((time.perf_counter() - began, time.process_time(), sound))
            await self.push_frame(frame, direction)

    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    tasks: dict[str, Any] = {}

    async def begin(language: str) -> None:
        service = KokoroTTSService(
            model_path=model,
            voices_path=str(voices),
            settings=KokoroTTSService.Settings(voice=language, language=known[language]),
            stop_frame_timeout_s=30,  # its usual 3 s drop what a busy machine says late
        )
        task = PipelineTask(
            Pipeline([service, Ear()]), params=PipelineParams(audio_out_sample_rate=24_000), idle_timeout_secs=None
        )
        tasks[language] = task
        asyncio.get_running_loop().create_task(PipelineRunner(handle_sigint=False).run(task))

    def speak(text: str, language: str) -> Heard:
        nonlocal began
        if language not in tasks:
            asyncio.run_coroutine_threadsafe(begin(language), loop).result()
        heard.clear()
        began = time.perf_counter()
        asyncio.run_coroutine_threadsafe(tasks[language].queue_frame(TTSSpeakFrame(text)), loop).result()
        while not heard or time.perf_counter() - began - heard[-1][0] < _LAST_SECONDS:
            time.sleep(0.01)
        return list(heard)

    return speak


def realtimetts(model: str, styles: dict[str, np.ndarray]) -> Speak:
    import kokoro.pipeline
    import onnxruntime
    import torch
    from misaki.espeak import EspeakG2P

    vocabulary = json.loads((Path(__file__).parents[3] / "livehost/speak/kokoro_vocabulary.json").read_text("utf-8"))

    class Onnx:
        """The face of kokoro's KModel over the ONNX file."""

        device = "cpu"

        def __init__(self, *_: Any, **__: Any) -> None:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 2
            options.log_severity_level = 3
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

        def to(self, *_: Any) -> Onnx:
            return self

        def eval(self) -> Onnx:
            return self

        def __call__(self, phonemes: str, style: Any, speed: float = 1, return_output: bool = False) -> Any:
            tokens = [0, *(vocabulary[p] for p in phonemes if p in vocabulary), 0]
            feed = {"tokens": np.array([tokens]), "style": style.numpy().reshape(1, 256),
                    "speed": np.full(1, speed, dtype=np.float32)}  # fmt: skip
            (audio,) = self._session.run(None, feed)
            sound = torch.from_numpy(np.asarray(audio).ravel())
            return kokoro.pipeline.KModel.Output(audio=sound) if return_output else sound

        class Output:
            def __init__(self, audio: Any, pred_dur: Any = None) -> None:
                self.audio, self.pred_dur = audio, pred_dur

    kokoro.pipeline.KModel = Onnx
    from RealtimeTTS import TextToAudioStream
    from RealtimeTTS.engines.kokoro_engine import KokoroEngine

    streams = {}
    for language, (voice, code) in {"en": ("ef_host", "e"), "zh": ("zf_host", "z")}.items():
        engine = KokoroEngine(voice=voice)
        pipeline = engine._get_pipeline(code)
        pipeline.voices[voice] = torch.from_numpy(styles[language][:, None])
        if language == "en":
            pipeline.g2p = EspeakG2P("en-us")
        streams[language] = TextToAudioStream(
            engine,
            muted=True,
            language=language,
            tokenizer="rule-based",  # nltk would download
        )
    return lambda text, language: _played(streams[language], text, language)


def _played(stream: Any, text: str, language: str) -> Heard:
    heard: Heard = []
    began = time.perf_counter()

    def take(chunk: bytes) -> None:
        heard.append(
            (
                time.perf_counter() - began,
                time.process_time(),
                np.frombuffer(chunk, dtype="<i2").astype(np.float32) / 32768,
            )
        )

    stream.feed(text)
    stream.play(
        on_audio_chunk=take,
        muted=True,
        language=language,
        fast_sentence_fragment=True,
    )
    return heard


def told(heard: Heard, computed: float) -> dict[str, float]:
    """When the first audible sample would be played, in ms, and how long it took and sounds, in seconds."""
    before = 0
    for at, _, sound in heard:
        loud = np.flatnonzero(np.abs(sound) > QUIET)
        if len(loud):
            first_ms = at * 1000 + (before + loud[0]) / 24
            break
        before += len(sound)
    else:
        first_ms = float("nan")
    return {
        "first_ms": first_ms,
        "seconds": heard[-1][0] if heard else 0.0,
        "audio_seconds": sum(len(sound) for *_, sound in heard) / 24_000,
        "first_cpu_ms": (heard[0][1] - computed) * 1000 if heard else 0.0,
        "cpu_seconds": heard[-1][1] - computed if heard else 0.0,
    }


def wishes() -> Iterator[dict[str, str]]:
    for line in sys.stdin:
        yield json.loads(line)


def main() -> None:
    peer, model, styles = sys.argv[1:]
    with np.load(styles) as file:
        speak = {"pipecat": pipecat, "realtimetts": realtimetts}[peer](model, dict(file))
    answers = sys.stdout
    sys.stdout = sys.stderr  # they print
    for wish in wishes():
        computed = time.process_time()
        print(json.dumps(told(speak(wish["text"], wish["language"]), computed)), file=answers, flush=True)


main()
