"""An engine of the voice that fails stands on the list of what works, and is taken off it when it is back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from livehost.errors import LivehostError
from livehost.events import Event, PartChanged
from livehost.room import tell_of_engine
from livehost.sound import Samples
from livehost.speak.phrases import PhraseCache
from livehost.speak.speech import Speech


class Engine:
    streams = False

    def __init__(self, name: str) -> None:
        self.name = self.identity = name
        self.broken = False

    def speak(self, text: str, language: str) -> Iterator[Samples]:
        if self.broken:
            raise LivehostError("the server is gone")
        yield np.full(2400, 0.1, dtype=np.float32)

    def loudness(self, language: str) -> float | None:
        return None

    def cancel(self) -> None: ...

    def warm_up(self) -> None: ...


def test_a_failing_engine_is_told_and_so_is_its_return() -> None:
    engine = Engine("cloned")
    voice, told = Speech([engine], PhraseCache(None)), list[Event]()
    tell_of_engine(voice, told.append)
    engine.broken = True
    with pytest.raises(LivehostError):
        list(voice.speak("One.", "en"))
    engine.broken = False
    assert list(voice.speak("Two.", "en"))
    assert told == [
        PartChanged("voice engine", "degraded", "cloned: the server is gone"),
        PartChanged("voice engine", "ok"),
    ]
