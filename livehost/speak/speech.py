"""The voice as a whole: a written sentence in, its sound out, piece by piece.

sentence ─▶ the creator's own take, where there is one
        └─▶ own pronunciations ─▶ read aloud ─▶ phrases ─▶ kept before? ─▶ engine ─▶ level
                                                                             └─ fails or is late: the next engine
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from livehost.clock import stopwatch
from livehost.errors import LivehostError
from livehost.sound import SPOKEN_RATE, Piece, Samples
from livehost.speak.breath import phrases
from livehost.speak.engine import Engine
from livehost.speak.level import gain_to, louder, voiced
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
_TAIL_WITHIN_MS = 10  # behind a phrase that goes straight on
_MEASURED_SECONDS = 0.4  # of a stream's beginning, which its loudness is taken from

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
        self._gains: dict[str, float] = {}  # of streams, by engine: what the sentence before was brought to
        self._resting: dict[str, Callable[[], float]] = {}  # engine → seconds since it failed
        self._speaking: Engine | None = None
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
        take = self._takes.sound_of(text)
        if take is not None:
            yield Piece(louder(take, gain_to(take, self._lufs)))
            return
        for sentence in clauses(text, language):
            said = self.reading(sentence, language)
            if said:
                yield from self._sentence(said, language)

    def reading(self, sentence: str, language: str) -> str:
        """The words that will be spoken."""
        return read_aloud(self._pronunciation.respelled(sentence), language)

    def knows(self, text: str, language: str) -> bool:
        """Whether all of it was spoken before."""
        return self._takes.has(text) or all(
            self._cache.knows(self._key(self._engines[0], phrase, language))
            for sentence in clauses(text, language)
            for phrase in self._phrases(self.reading(sentence, language), language)
            if phrase
        )

    def cancel(self) -> None:
        speaking = self._speaking
        if speaking is not None:
            speaking.cancel()

    def _sentence(self, said: str, language: str) -> Iterator[Piece]:
        for phrase in self._phrases(said, language):
            yield from self._phrase(phrase, language)

    def _phrases(self, said: str, language: str) -> list[str]:
        return [said] if self._engines[0].streams else phrases(said, language)

    def _phrase(self, phrase: str, language: str) -> Iterator[Piece]:
        """From the first engine that can; one that breaks off in the middle is replaced from the phrase's beginning."""
        last: Exception | None = None
        begun = False
        for engine in self._ready():
            key = self._key(engine, phrase, language)
            kept = self._cache.get(key)
            if kept is not None:
                yield Piece(kept, begins=True, anew=begun)
                return
            try:
                self._speaking = engine
                begins = True
                for samples in self._made(engine, phrase, language, key):
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

    def _made(self, engine: Engine, phrase: str, language: str, key: str) -> Iterator[Samples]:
        """The phrase by this engine, levelled, and kept when it is whole."""
        tail_ms = _TAIL_MS.get(phrase[-1:], _TAIL_WITHIN_MS)
        whole: list[Samples] = []
        pieces = self._levelled(engine, phrase, language, tail_ms) if engine.streams else None
        if pieces is None:
            audio = voiced(np.concatenate([*engine.speak(phrase, language), np.zeros(0, np.float32)]), tail_ms)
            pieces = iter([louder(audio, gain_to(audio, self._lufs))])
        for piece in pieces:
            whole.append(piece)
            yield piece
        self._cache.put(key, np.concatenate(whole))

    def _levelled(self, engine: Engine, phrase: str, language: str, tail_ms: int) -> Iterator[Samples]:
        """A stream at the loudness that its beginning, and the sentence before, say; without the silence in front."""
        least = round(_MEASURED_SECONDS * SPOKEN_RATE)
        gathered = np.zeros(0, dtype=np.float32)
        gain = self._gains.get(engine.name)
        begun = False
        for piece in engine.speak(phrase, language):
            gathered = np.concatenate([gathered, piece])
            if not begun:
                gathered = _from_first_sound(gathered)
                if len(gathered) < least:
                    continue
                gain = gain or gain_to(gathered, self._lufs)
                begun = True
                self._gains[engine.name] = 0.5 * (gain + gain_to(gathered, self._lufs))
            yield louder(gathered, gain or 1.0)
            gathered = np.zeros(0, dtype=np.float32)
        if not begun and len(gathered):
            yield louder(gathered, gain_to(gathered, self._lufs))
        yield np.zeros(tail_ms * SPOKEN_RATE // 1000, dtype=np.float32)

    def _key(self, engine: Engine, phrase: str, language: str) -> str:
        return "\n".join((engine.identity, str(self._lufs), language, phrase))


def _from_first_sound(audio: Samples) -> Samples:
    loud = np.flatnonzero(np.abs(audio) > 0.004)
    return audio[max(0, loud[0] - SPOKEN_RATE // 100) :] if len(loud) else np.zeros(0, dtype=np.float32)
