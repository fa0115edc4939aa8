"""Somebody who speaks beside the host: a guest, a voice chat, a co-stream. It is known that they speak, not what they say."""

from __future__ import annotations

from livehost import events
from livehost.hear.ear import Source, Vad
from livehost.hear.recogniser import Put
from livehost.hear.speech import Began, Ended, Endpointing, SpeechMachine
from livehost.sound import level_db


class GuestEar:
    def __init__(self, name: str, source: Source, vad: Vad) -> None:
        self._name = name
        self._source = source
        self._vad = vad

    async def run(self, put: Put, settings: Endpointing | None = None) -> None:
        """Returns when the source has ended."""
        machine = SpeechMachine(settings)
        try:
            async for at_ms, frame in self._source.frames():
                level = level_db(frame)
                probability = self._vad.probability(frame) if machine.needs(level) else 0.0
                self._tell(machine.push(probability, level, at_ms), put)
        finally:
            self._tell(machine.finish(), put)

    def _tell(self, happened: Began | Ended | None, put: Put) -> None:
        match happened:
            case Began():
                put(events.GuestStarted(self._name, round(happened.start_ms)))
            case Ended():
                put(events.GuestStopped(self._name, round(happened.end_ms)))
