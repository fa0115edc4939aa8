"""Voice and hearing for one person at a page rather than for the room: the room always goes first."""

from __future__ import annotations

import io

import numpy as np
import soxr

from livehost.clock import SessionClock
from livehost.errors import LivehostError
from livehost.hands import Hands
from livehost.labelling import sound_comment
from livehost.language import language_of
from livehost.show.view import View
from livehost.sound import HEARD_RATE, SPOKEN_RATE, Samples
from livehost.speak.script import clauses
from livehost.workers import Transcriber, Worker

_TRANSCRIPT_LIMIT_MS = 20_000
_HOST_LIMIT_MS = 8_000  # so long it waits for the host to finish, before it hears beside the host
_LOOK_MS = 100


class Aside:
    """`transcriber` is None where nobody is to be heard."""

    def __init__(self, hands: Hands, view: View, clock: SessionClock, transcriber: Transcriber | None) -> None:
        self._hands = hands
        self._view = view
        self._clock = clock
        self._transcriber = transcriber
        self._hearing = Worker("aside", clock)

    async def say(self, text: str) -> bytes:
        """A WAV file that carries the label of AI; raises LivehostError while the voice is wanted in the room."""
        language = language_of(text)
        spoken: list[Samples] = []
        for clause in clauses(text, language):
            sound = await self._hands.aside(clause, language)
            if sound is None:
                raise LivehostError("the voice is needed in the room; ask again in a moment")
            spoken.append(sound)
        if not spoken:
            raise LivehostError("nothing of this can be spoken")
        return _wav(np.concatenate(spoken))

    async def hear(self, samples: Samples, rate: int) -> str:
        """The words in `samples` [n] at `rate`; raises LivehostError when they can't be made out."""
        if self._transcriber is None:
            raise LivehostError("nobody listens here")
        transcriber, sound = self._transcriber, soxr.resample(samples, rate, HEARD_RATE)
        latest_ms = self._clock.now_ms() + _HOST_LIMIT_MS
        while self._view.host_speaks and self._clock.now_ms() < latest_ms:
            await self._clock.sleep_until_ms(self._clock.now_ms() + _LOOK_MS)
        try:
            heard, _ = await self._hearing.run(lambda: transcriber.transcribe(sound, None), _TRANSCRIPT_LIMIT_MS)
        except (TimeoutError, OSError, RuntimeError, ValueError) as trouble:
            raise LivehostError(f"it could not be made out: {trouble or 'it took too long'}") from None
        return heard.text

    def close(self) -> None:
        self._hearing.close()


def _wav(sound: Samples) -> bytes:
    import soundfile

    written = io.BytesIO()
    with soundfile.SoundFile(written, "w", SPOKEN_RATE, 1, format="WAV", subtype="PCM_16") as file:
        file.comment = sound_comment("aside")
        file.write(sound)
    return written.getvalue()
