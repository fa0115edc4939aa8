"""The voice as a whole: a written sentence in, its sound out, piece by piece.

sentence ─▶ the creator's own take, where there is one
        └─▶ own pronunciations ─▶ read aloud ─▶ kept before? ─▶ engine, piece by piece ─▶ level
                                                                  └─ fails or is late: the next engine
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from livehost.clock import stopwatch
from livehost.errors import LivehostError
from livehost.sound import Piece, Samples
from livehost.speak.engine import Engine
from livehost.speak.level import gain_to, louder
from livehost.speak.levelling import Level
from livehost.speak.phrases import PhraseCache
from livehost.speak.pronunciation import Pronunciation
from livehost.speak.reading.aloud import read_aloud
from livehost.speak.script import clauses
from livehost.speak.takes import Takes
from livehost.workers import Cancelled

_REST_SECONDS = 30.0  # an engine that failed is not asked for so long
_TAIL_MS = {
    ".": 170,
    "!": 170,
    "?": 170,
    "。": 170,
    "！": 170,
    "？": 170,
    ",": 70,
    "，": 70,
    "、": 50,
    ";": 120,
    "；": 120,
    ":": 90,
}
_TAIL_ELSE_MS = 120

Trouble = (LivehostError, OSError, RuntimeError, ValueError)


class Speech:
    """A Synthesiser. `engines`: the wanted one first; `tell` hears which engine failed and why, "" when it is back."""

    def __init__(
        self,
        engines: Sequence[Engine],
        cache: PhraseCache,
        *,
        pronunciation: Pronunciation | None = None,
        takes: Takes | None = None,
        lufs: float = -16.0,
    ) -> None:
        self._engines = engines
        self._cache = cache
        self._pronunciation = pronunciation or Pronunciation()
        self._takes = takes or Takes()
        self._lufs = lufs
        self._levels: dict[str, Level] = {}  # by engine
        self._resting: dict[str, Callable[[], float]] = {}  # engine → seconds since it failed
        self._speaking: Engine | None = None
        self._cancelled = False
        self.trouble = ""
        self.tell: Callable[[str], None] = lambda _: None

    @property
    def identity(self) -> str:
        return self._engines[0].identity

    @property
    def takes(self) -> tuple[str, ...]:
        """The answers that the creator spoke in person."""
        return self._takes.answers

    def warm_up(self) -> None:
        """Loads the first engine, or tells why it can't; the others load when they are needed."""
        self._cache.trim()
        try:
            self._engines[0].warm_up()
        except Trouble as trouble:
            if len(self._engines) == 1:
                raise
            self._failed(self._engines[0], trouble)

    def speak(self, text: str, language: str) -> Iterator[Piece]:
        """Pieces of sound, levelled; raises Cancelled, or what the last engine raised."""
        self._cancelled = False
        take = self._takes.sound_of(text)
        if take is not None:
            yield Piece(louder(take, gain_to(take, self._lufs)))
            return
        for sentence in clauses(text, language):
            said = self.reading(sentence, language)
            if self._cancelled:
                raise Cancelled
            if said:
                yield from self._sentence(said, language)

    def reading(self, sentence: str, language: str) -> str:
        """The words that will be spoken."""
        return read_aloud(self._pronunciation.respelled(sentence), language)

    def knows(self, text: str, language: str) -> bool:
        """Whether all of it was spoken before."""
        said = (self.reading(sentence, language) for sentence in clauses(text, language))
        return self._takes.has(text) or all(
            self._cache.knows(self._key(self._engines[0], sentence, language)) for sentence in said if sentence
        )

    def cancel(self) -> None:
        self._cancelled = True
        speaking = self._speaking
        if speaking is not None:
            speaking.cancel()

    def _sentence(self, said: str, language: str) -> Iterator[Piece]:
        """From the first engine that can; one that breaks off in the middle is replaced from the sentence's beginning."""
        last: Exception | None = None
        begun = False
        for engine in self._ready():
            key = self._key(engine, said, language)
            kept = self._cache.get(key)
            if kept is not None:
                yield Piece(kept, begins=True, anew=begun)
                return
            try:
                self._speaking = engine
                begins = True
                for samples in self._made(engine, said, language, key):
                    yield Piece(samples, begins, anew=begins and begun)
                    begins, begun = False, True
            except Cancelled:
                raise
            except Trouble as trouble:
                last = trouble
                self._failed(engine, trouble)
            else:
                if self._resting.pop(engine.name, None):
                    self.trouble = ""
                    self.tell("")
                return
            finally:
                self._speaking = None
        assert last is not None
        raise last

    def _failed(self, engine: Engine, trouble: Exception) -> None:
        self._resting[engine.name] = stopwatch()
        self.trouble = f"{engine.name}: {trouble}"
        self.tell(self.trouble)

    def _ready(self) -> list[Engine]:
        """Those that did not fail just now; all of them when every one did."""
        rested = [e for e in self._engines if e.name not in self._resting or self._resting[e.name]() > _REST_SECONDS]
        return rested or list(self._engines)

    def _made(self, engine: Engine, sentence: str, language: str, key: str) -> Iterator[Samples]:
        """The sentence by this engine, levelled, and kept when it is whole."""
        level = self._levels.setdefault(engine.name, Level(self._lufs))
        tail_ms = _TAIL_MS.get(sentence[-1:], _TAIL_ELSE_MS)
        whole: list[Samples] = []
        for piece in level.levelled(engine.speak(sentence, language), tail_ms, engine.loudness(language)):
            whole.append(piece)
            yield piece
        self._cache.put(key, np.concatenate([*whole, np.zeros(0, np.float32)]))

    def _key(self, engine: Engine, said: str, language: str) -> str:
        return "\n".join((engine.identity, str(self._lufs), language, said))
