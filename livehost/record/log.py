"""events.jsonl: every event and the commands that followed, appended by a thread, on disk within a second.

What is handed over is written at once, so that it outlives this process, and is on the disk itself within a second.

Trouble with the disk is told and never fatal: lines are kept in memory, up to a bound, until writing works again.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from livehost.clock import stopwatch
from livehost.commands import Command
from livehost.events import Envelope

Trouble = Callable[[str], None]  # what is wrong; empty when it is well again

_FLUSH_SECONDS = 0.25
_RETRY_SECONDS = 1.0
_SYNC_SECONDS = 1.0
_SLOW_SECONDS = 2.0  # that one write takes
_KEPT_BYTES = 64 * 1024 * 1024


class CommandLine(msgspec.Struct, frozen=True):
    """A command, with the number of the event that it followed."""

    seq: int
    command: Command


@dataclass
class LogStatistics:
    written: int = 0
    lost: int = 0  # lines that no longer fitted into memory while the disk refused


def encode(envelope: Envelope, wishes: Iterable[Command]) -> bytes:
    """The lines of one step: the event, then its commands."""
    lines = [msgspec.json.encode(envelope)]
    lines += (msgspec.json.encode(CommandLine(envelope.seq, command)) for command in wishes)
    return b"\n".join(lines) + b"\n"


class EventLog:
    """`tell` is called from the writing thread. What the file holds behind its first `good_bytes` is written over."""

    def __init__(self, path: Path, tell: Trouble, good_bytes: int = 0) -> None:
        self.statistics = LogStatistics()
        self._path = path
        self.tell = tell
        self._lines: queue.SimpleQueue[bytes | Future[None] | None] = queue.SimpleQueue()
        self._kept = 0
        self._good_bytes = good_bytes
        self._written: list[Future[None]] = []  # who waits for the batch at hand
        self._since_sync = stopwatch()
        self._began: Callable[[], float] | None = None  # seconds since a write began that goes on
        self._slow = False
        self._thread = threading.Thread(target=self._write_all, name="event-log", daemon=True)
        self._thread.start()

    def write(self, envelope: Envelope, wishes: Iterable[Command]) -> None:
        began = self._began
        if began and not self._slow and began() > _SLOW_SECONDS:
            self._slow = True
            self.tell("the disk is slow: what happens is kept in memory meanwhile")
        chunk = encode(envelope, wishes)
        if self._kept + len(chunk) > _KEPT_BYTES:
            self.statistics.lost += 1
            return
        self._kept += len(chunk)
        self._lines.put(chunk)

    def written(self) -> Future[None]:
        """Done when all that was handed over so far outlives this process."""
        done: Future[None] = Future()
        self._lines.put(done)
        return done

    def close(self, limit_seconds: float = 5.0) -> None:
        """Writes what is left, for at most `limit_seconds`."""
        self._lines.put(None)
        self._thread.join(limit_seconds)

    def _write_all(self) -> None:
        """Appends batch by batch; a batch that fails is tried again until it is on disk."""
        ending = False
        troubled = False
        pause = threading.Event()
        while not ending:
            batch, ending = self._next_batch()
            while batch:
                self._began = stopwatch()
                try:
                    self._append(batch)
                    break
                except OSError as trouble:
                    if not troubled:
                        self.tell(f"the recording can't be written: {trouble.strerror or trouble}")
                    troubled = True
                    if ending:
                        return
                    self._began = None  # it refuses, which was told; it is not slow
                    pause.wait(_RETRY_SECONDS)
            self._began = None
            if (troubled or self._slow) and batch:
                troubled = self._slow = False
                lost = self.statistics.lost
                self.tell(f"writing again, {lost} steps were lost" if lost else "")
            self._kept -= len(batch)
            for done in self._written:
                done.set_result(None)
            self._written.clear()

    def _next_batch(self) -> tuple[bytes, bool]:
        """What has come, after waiting for the first piece; True with it when the end was told."""
        pieces: list[bytes] = []
        try:
            piece = self._lines.get(timeout=_FLUSH_SECONDS)
            while piece is not None:
                if isinstance(piece, Future):
                    self._written.append(piece)
                else:
                    pieces.append(piece)
                piece = self._lines.get_nowait()
        except queue.Empty:
            return b"".join(pieces), False
        return b"".join(pieces), True

    def _append(self, batch: bytes) -> None:
        """Writes behind the last good byte, so that a half-written batch is written over."""
        with self._open() as file:
            file.seek(self._good_bytes)
            file.truncate()
            file.write(batch)
            file.flush()
            if self._since_sync() > _SYNC_SECONDS:
                os.fsync(file.fileno())
                self._since_sync = stopwatch()
        self._good_bytes += len(batch)
        self.statistics.written += batch.count(b"\n")

    def _open(self) -> BinaryIO:
        return self._path.open("r+b" if self._path.exists() else "w+b")
