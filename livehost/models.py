"""The models of a session: loaded before its clock starts, or beside it where it goes on after it was cut off."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from livehost.asking import matcher_for
from livehost.commands import Among
from livehost.ears import Hearing, load_hearing
from livehost.errors import LivehostError
from livehost.events import Candidate
from livehost.knowledge import Knowledge
from livehost.priority import gently
from livehost.sound import Piece, Samples
from livehost.speak.kokoro import Model
from livehost.speak.speech import Speech
from livehost.speak.voices import open_voice
from livehost.weights import data_dir
from livehost.workers import Matcher, Transcript

if TYPE_CHECKING:
    from livehost.understand.matching import Engines


@dataclass(frozen=True)
class Models:
    matcher: Matcher
    hearing: Hearing | None
    voice: Speech


class Loading:
    """A Matcher, a Transcriber and a Synthesiser, too: who wants them before they are there waits, in a worker's thread."""

    def __init__(self, load: Callable[[], Models]) -> None:
        self._loaded = gently(load)

    @property
    def models(self) -> Models:
        """Waits for them; raises what the loading raised."""
        return self._loaded.result()

    @property
    def there(self) -> bool:
        return self._loaded.done()

    def hearing(self) -> Hearing:
        hearing = self.models.hearing
        if hearing is None:
            raise LivehostError("nobody listens here")
        return hearing

    async def wait(self) -> Models:
        return await asyncio.wrap_future(self._loaded)

    def match(self, text: str, among: Among = "questions", hurried: bool = False) -> tuple[Candidate, ...]:
        return self.models.matcher.match(text, among, hurried)

    def transcribe(self, audio: Samples, language: str | None, stable: str = "") -> Transcript:
        return self.hearing().final.transcribe(audio, language, stable)

    def speak(self, text: str, language: str) -> Iterator[Piece]:
        yield from self.models.voice.speak(text, language)

    def cancel(self) -> None:
        if self._loaded.done() and not self._loaded.exception():
            self.models.voice.cancel()


def load_models(
    creator: Path, knowledge: Knowledge, *, heard: bool, engines: Engines | None = None, speaks: Model | None = None
) -> Models:
    """`engines` and `speaks`: where lines are matched and sentences spoken; None: here."""
    sys.stderr.write("livehost: loading the models…\n")
    settings = knowledge.creator
    hearing = load_hearing(knowledge) if heard else None
    cache = data_dir() / "cache" / "speech"
    voice = open_voice(
        settings.voice, creator, settings=settings.speech, faqs=knowledge.faqs, cache=cache, model=speaks
    )
    voice.warm_up()
    return Models(matcher_for(knowledge, data_dir() / "cache" / "embeddings.sqlite", engines), hearing, voice)
