"""Things on their way out, sent by a thread of its own: what is refused or too slow is dropped, counted and told."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
Trouble = Callable[[str], None]  # what is wrong; empty when it is well again

_WAITING_MOST = 5000
_BATCH_MOST = 256
_CLOSING_SECONDS = 3.0


class Outbox(Generic[T]):
    """`send` takes a batch; False, or whatever it raises: it was not taken. `put` never waits; `tell` is called from both
    threads, once a trouble."""

    def __init__(self, send: Callable[[Sequence[T]], bool], tell: Trouble, waiting_most: int = _WAITING_MOST) -> None:
        self.sent = self.dropped = 0
        self._send = send
        self._tell = tell
        self._waiting: queue.Queue[T | None] = queue.Queue(waiting_most)
        self._troubled = self._closing = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
        self._thread.start()

    def put(self, things: Sequence[T]) -> None:
        for number, thing in enumerate(things):
            try:
                self._waiting.put_nowait(thing)
            except queue.Full:
                self._lost(len(things) - number, "it is too slow")
                return

    def close(self, limit_seconds: float = _CLOSING_SECONDS) -> None:
        """Sends what waits, as far as that goes within the limit; nothing is told any more."""
        self._closing = True
        try:
            self._waiting.put(None, timeout=limit_seconds)
        except queue.Full:
            return
        self._thread.join(limit_seconds)

    def _run(self) -> None:
        ending = False
        while not ending:
            batch, ending = self._batch()
            if not batch:
                continue
            try:
                taken, why = self._send(batch), "it was not taken"
            except Exception as trouble:  # whatever breaks out there is its own trouble alone
                taken, why = False, str(getattr(trouble, "strerror", "") or type(trouble).__name__)
            if taken:
                self._well(len(batch))
            else:
                self._lost(len(batch), why)

    def _batch(self) -> tuple[list[T], bool]:
        """All that waits, after waiting for the first; True with it when the end was told."""
        batch: list[T] = []
        thing = self._waiting.get()
        while thing is not None:
            batch.append(thing)
            if len(batch) == _BATCH_MOST:
                return batch, False
            try:
                thing = self._waiting.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True

    def _lost(self, count: int, why: str) -> None:
        with self._lock:
            self.dropped += count
            told, self._troubled = self._troubled, True
        if not told and not self._closing:
            self._tell(f"{why}: what comes is dropped")

    def _well(self, count: int) -> None:
        with self._lock:
            self.sent += count
            troubled, self._troubled = self._troubled, False
        if troubled and not self._closing:
            self._tell("")
