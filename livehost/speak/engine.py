"""What speaks: the small face that every engine shows, and the watch over one that fails or is late."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Protocol

from livehost.errors import LivehostError
from livehost.sound import Samples
from livehost.workers import Cancelled

_NEXT_SECONDS = 2.0


class Engine(Protocol):
    """Sound comes while the rest of the sentence is still made."""

    @property
    def name(self) -> str: ...

    def loudness(self, language: str) -> float | None:
        """LUFS of what it speaks, where that is known beforehand."""
        ...

    @property
    def identity(self) -> str:
        """Of all that its sound depends on, beside text and language."""
        ...

    def speak(self, text: str, language: str) -> Iterator[Samples]:
        """The sound at SPOKEN_RATE, in one or more pieces; raises Cancelled, LivehostError, OSError, RuntimeError, ValueError."""
        ...

    def cancel(self) -> None:
        """May come from any thread; what is being spoken is given up."""
        ...

    def warm_up(self) -> None: ...


class Late(LivehostError):
    """The engine did not deliver in time."""


class Punctual:
    """An engine whose every piece comes within a limit, and whose cancelling takes effect at once, whatever it is doing.

    The engine works in a thread of its own; one that hangs is left behind with its thread and its late sound is dropped.
    """

    def __init__(self, engine: Engine, *, first_seconds: float, next_seconds: float = _NEXT_SECONDS) -> None:
        self._engine = engine
        self._first_seconds = first_seconds
        self._next_seconds = next_seconds
        self._given_up = threading.Event()
        self._pieces: queue.SimpleQueue[Samples | BaseException | None] = queue.SimpleQueue()

    @property
    def name(self) -> str:
        return self._engine.name

    def loudness(self, language: str) -> float | None:
        return self._engine.loudness(language)

    @property
    def identity(self) -> str:
        return self._engine.identity

    def warm_up(self) -> None:
        self._engine.warm_up()

    def speak(self, text: str, language: str) -> Iterator[Samples]:
        """As the engine's; raises Late, too."""
        pieces: queue.SimpleQueue[Samples | BaseException | None] = queue.SimpleQueue()
        given_up = threading.Event()
        self._pieces, self._given_up = pieces, given_up
        threading.Thread(
            target=self._work, args=(text, language, pieces, given_up), name=f"speaks-{self.name}", daemon=True
        ).start()
        limit = self._first_seconds
        while True:
            try:
                piece = pieces.get(timeout=limit)
            except queue.Empty:
                self.cancel()
                raise Late(f"{self.name} was late", fix="The next engine speaks") from None
            if piece is None:
                return
            if isinstance(piece, BaseException):
                raise piece
            yield piece
            limit = self._next_seconds

    def cancel(self) -> None:
        self._given_up.set()
        self._pieces.put(Cancelled())
        self._engine.cancel()

    def _work(
        self,
        text: str,
        language: str,
        pieces: queue.SimpleQueue[Samples | BaseException | None],
        given_up: threading.Event,
    ) -> None:
        try:
            for piece in self._engine.speak(text, language):
                if given_up.is_set():
                    return
                pieces.put(piece)
            pieces.put(None)
        except BaseException as trouble:
            pieces.put(trouble)
