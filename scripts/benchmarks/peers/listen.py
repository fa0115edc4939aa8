"""Livehost, RealtimeSTT or pipecat's Whisper service as a process that hears: a line {"path", "seconds"} in, a line of texts out.

`listen.py livehost|realtimestt|pipecat MODEL LANGUAGE`. A file (16 kHz) is given in blocks of 32 ms at the pace of a microphone,
then silence for `seconds`; each final text comes with the moment, in ms since the first sample, at which it was there. The peers
run in an environment of their own, with the same weights, 512 ms of silence as the end, and their own settings otherwise.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import numpy as np

RATE, BLOCK = 16_000, 512
END_SECONDS, EARLY_SECONDS = 0.512, 0.256
Texts = list[tuple[float, str]]  # seconds on perf_counter
Give = Callable[[np.ndarray], None]


def realtimestt(model: str, language: str) -> tuple[Give, Texts]:
    from RealtimeSTT import AudioToTextRecorder

    recorder = AudioToTextRecorder(
        model=model,
        language=language,
        device="cpu",
        compute_type="int8",
        use_microphone=False,
        spinner=False,
        no_log_file=True,
        silero_backend="raw_onnx",  # its own choice where silero-vad's file is there; nothing is fetched
        post_speech_silence_duration=END_SECONDS,
        early_transcription_on_silence=EARLY_SECONDS,  # read as seconds, though its manual says milliseconds
    )
    texts: Texts = []

    def listen() -> None:
        while True:
            said = recorder.text()
            texts.append((time.perf_counter(), said))

    threading.Thread(target=listen, daemon=True).start()
    return lambda block: recorder.feed_audio(as_pcm(block)), texts


def pipecat(model: str, language: str) -> tuple[Give, Texts]:
    from pipecat.audio.vad.silero import SileroVADAnalyzer
    from pipecat.audio.vad.vad_analyzer import VADParams
    from pipecat.frames.frames import InputAudioRawFrame, StartFrame, TranscriptionFrame
    from pipecat.pipeline.pipeline import Pipeline
    from pipecat.pipeline.worker import PipelineWorker
    from pipecat.processors.audio.vad_processor import VADProcessor
    from pipecat.processors.frame_processor import FrameProcessor
    from pipecat.services.whisper.stt import WhisperSTTService
    from pipecat.transcriptions.language import Language
    from pipecat.workers.runner import WorkerRunner

    texts: Texts = []
    started = threading.Event()
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()

    class Sink(FrameProcessor):
        async def process_frame(self, frame: Any, direction: Any) -> None:
            await super().process_frame(frame, direction)
            if isinstance(frame, TranscriptionFrame):
                texts.append((time.perf_counter(), frame.text))
            if isinstance(frame, StartFrame):
                started.set()
            await self.push_frame(frame, direction)

    async def begin() -> Any:
        ends = SileroVADAnalyzer(sample_rate=RATE, params=VADParams(stop_secs=END_SECONDS))
        settings = WhisperSTTService.Settings(model=model, language=Language(language))
        service = WhisperSTTService(device="cpu", compute_type="int8", settings=settings)
        worker = PipelineWorker(
            Pipeline([VADProcessor(vad_analyzer=ends), service, Sink()]), cancel_on_idle_timeout=False
        )
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker)
        begin.running = asyncio.create_task(runner.run())  # type: ignore[attr-defined]
        return worker

    worker = asyncio.run_coroutine_threadsafe(begin(), loop).result()
    started.wait()

    def give(block: np.ndarray) -> None:
        frame = InputAudioRawFrame(audio=as_pcm(block), sample_rate=RATE, num_channels=1)
        asyncio.run_coroutine_threadsafe(worker.queue_frame(frame), loop)

    return give, texts


def livehost(model: str, language: str) -> tuple[Give, Texts]:
    from livehost.clock import SessionClock
    from livehost.events import Event, HostSaid
    from livehost.hear.ear import Ear
    from livehost.hear.recogniser import Recogniser
    from livehost.hear.vad import SileroVad
    from livehost.hear.whisper import Whisper
    from livehost.priority import gently
    from livehost.workers import Worker

    texts: Texts = []
    blocks: asyncio.Queue[np.ndarray] = asyncio.Queue()
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()

    class Source:
        async def frames(self) -> AsyncIterator[tuple[float, np.ndarray]]:
            given = 0
            while True:
                block = await blocks.get()
                yield given * 1000 / RATE, block
                given += len(block)

    def put(event: Event) -> None:
        if isinstance(event, HostSaid):
            texts.append((time.perf_counter(), event.text))

    whisper = gently(lambda: Whisper(Path(model), (language,))).result()

    async def begin() -> asyncio.Task[None]:
        worker = Worker("hearing", SessionClock(asyncio.get_running_loop()))
        ear = Ear(Source(), SileroVad(), Recogniser(whisper, worker, whisper), lambda _at, _sound: None)
        return asyncio.create_task(ear.run(put))

    begin.running = asyncio.run_coroutine_threadsafe(begin(), loop).result()  # type: ignore[attr-defined]

    def give(block: np.ndarray) -> None:
        loop.call_soon_threadsafe(blocks.put_nowait, block)

    return give, texts


def as_pcm(block: np.ndarray) -> bytes:
    return (np.clip(block, -1, 1) * 32767).astype("<i2").tobytes()


def played(give: Give, texts: Texts, sound: np.ndarray) -> list[tuple[float, str]]:
    """(ms since the first sample, text) of all that came meanwhile."""
    texts.clear()
    began = time.perf_counter()
    for number in range(len(sound) // BLOCK):
        time.sleep(max(0.0, began + (number + 1) * BLOCK / RATE - time.perf_counter()))
        give(sound[number * BLOCK : (number + 1) * BLOCK])
    return [((at - began) * 1000, text) for at, text in texts]


def main() -> None:
    import soundfile

    name, model, language = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # they print
    give, texts = {"livehost": livehost, "realtimestt": realtimestt, "pipecat": pipecat}[name](model, language)
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        wish = json.loads(line)
        sound, _ = soundfile.read(wish["path"], dtype="float32")
        silence = np.zeros(round(wish["seconds"] * RATE), dtype=np.float32)
        heard = played(give, texts, np.concatenate([sound, silence]))
        print(json.dumps(heard), file=answers, flush=True)
    os._exit(0)  # their threads and processes have nothing left to do


if __name__ == "__main__":  # one of them starts processes that read this file again
    main()
