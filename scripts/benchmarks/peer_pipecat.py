"""Speaks lines through a pipecat pipeline: Kokoro of the same weights; texts on stdin, one JSON a line, figures on stdout.

Runs in an environment of its own (see sooner.py); arguments: the ONNX model, a voice's style [510, 256] as npy, a folder for the
voices file in kokoro-onnx's form.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

import numpy as np
from pipecat.frames.frames import EndFrame, StartFrame, TTSAudioRawFrame, TTSSpeakFrame, TTSStoppedFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.kokoro.tts import KokoroTTSService
from pipecat.workers.runner import WorkerRunner

_AUDIBLE = 0.01
_RATE = 24_000


class FirstSound(FrameProcessor):
    """Where the output would be: notes when the first audible sample has come. No transport's buffer is counted."""

    def __init__(self) -> None:
        super().__init__()
        self.began = 0.0
        self.audible_ms = -1.0
        self.spoken_ms = 0.0
        self.started, self.over = asyncio.Event(), asyncio.Event()

    async def process_frame(self, frame, direction):  # type: ignore[no-untyped-def] # pipecat's own
        await super().process_frame(frame, direction)
        if isinstance(frame, StartFrame):
            self.started.set()
        elif isinstance(frame, TTSAudioRawFrame):
            self._hear(np.frombuffer(frame.audio, dtype=np.int16).astype(np.float32) / 32768)
        elif isinstance(frame, TTSStoppedFrame):
            self.over.set()
        await self.push_frame(frame, direction)

    def _hear(self, samples):  # type: ignore[no-untyped-def]
        loud = np.flatnonzero(np.abs(samples) > _AUDIBLE)
        if self.audible_ms < 0 and len(loud):
            lead_ms = loud[0] * 1000 / _RATE
            self.audible_ms = (time.perf_counter() - self.began) * 1000 + self.spoken_ms + lead_ms
        elif self.audible_ms < 0:
            self.spoken_ms += len(samples) * 1000 / _RATE


async def main() -> None:
    model, style, folder = sys.argv[1:]
    voices = Path(folder) / "voices.npz"
    np.savez(voices, voice=np.load(style)[:, None, :])
    tts = KokoroTTSService(
        model_path=model, voices_path=str(voices), settings=KokoroTTSService.Settings(voice="voice"), sample_rate=_RATE
    )
    sink = FirstSound()
    worker = PipelineWorker(Pipeline([tts, sink]), cancel_on_idle_timeout=False)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    await sink.started.wait()
    print(json.dumps({"ready": True}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        sink.audible_ms, sink.spoken_ms, sink.began = -1.0, 0.0, time.perf_counter()
        sink.over.clear()
        await worker.queue_frame(TTSSpeakFrame(json.loads(line)["text"], append_to_context=False))
        async with asyncio.timeout(60):
            while (
                sink.audible_ms < 0 or not sink.over.is_set()
            ):  # a slow engine is told to have stopped before it begins
                sink.over.clear() if sink.audible_ms < 0 else None
                await asyncio.sleep(0.01)
        print(json.dumps({"audible_ms": round(sink.audible_ms, 1)}), flush=True)
    await worker.queue_frame(EndFrame())
    await running


asyncio.run(main())
