"""The co-host's own voice taken out of what the microphone hears, by what the loudspeaker was given (WebRTC's AEC3).

    player ──▶ Reference ──▶ far ─┐ 10 ms each, of the same moment
    microphone ────────────▶ near ┴▶ Canceller ──▶ the host alone ──▶ VAD, recogniser, recording

The way from the player through the device, the air and the microphone back (up to some 500 ms) is found by the canceller.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from typing import Any, Protocol

import numpy as np

from livehost.errors import MissingPart
from livehost.hear.ear import Source
from livehost.sound import FRAME, HEARD_RATE, SPOKEN_RATE, Samples, level_db
from livehost.steady import Steady

_STEP = HEARD_RATE // 100  # the canceller takes 10 ms at a time
_LEAD = 128  # samples: what it takes to make frames of 512 out of steps of 160
_KEPT = 8 * HEARD_RATE
_ROOM = HEARD_RATE  # so long after the last sound of ours its echo may come
_SLIPPED = 5 * HEARD_RATE // 1000  # in silence, the reference is set right when it is off by more
_FAR_OFF = 50 * HEARD_RATE // 1000  # … and in speech
# In steps of 10 ms:
_LEARNS = 250  # so much of our own voice the canceller must have heard
_WATCHED = 400
_LOOK_EVERY = 16
_LONGEST_WAY = 50
_FAINT_DB = -58.0  # what is softer counts as nothing
_FOLLOWS = 0.5


class Canceller(Protocol):
    def clean(self, near: Samples, far: Samples) -> Samples:
        """Both [160] at 16 kHz."""
        ...


class WebRtc:
    """AEC3 as livekit ships it; raises MissingPart without that package."""

    def __init__(self) -> None:
        try:
            from livekit import rtc
        except ImportError:
            raise MissingPart("livekit is not installed", fix="Run: pip install 'livehost[models]'") from None
        self._rtc = rtc
        self._module = rtc.AudioProcessingModule(echo_cancellation=True)

    def clean(self, near: Samples, far: Samples) -> Samples:
        self._module.process_reverse_stream(self._frame(far)[0])
        frame, cleaned = self._frame(near)
        self._module.process_stream(frame)
        return np.frombuffer(cleaned, dtype=np.int16).astype(np.float32) / np.float32(32768)

    def _frame(self, samples: Samples) -> tuple[Any, bytearray]:
        data = bytearray((np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes())
        return self._rtc.AudioFrame(data, HEARD_RATE, 1, len(samples)), data


class Reference:
    """What was played, to be looked up by its moment. `tap` is called by the output's thread, the rest by the loop."""

    def __init__(self) -> None:
        import soxr

        self._blocks: deque[tuple[float, Samples]] = deque(maxlen=1000)
        self._steady = Steady(SPOKEN_RATE, "played")
        self._resampler: Any = soxr.ResampleStream(SPOKEN_RATE, HEARD_RATE, 1, dtype="float32")
        self._taken = self._given = 0  # samples that went into the resampler and came out, at their rates
        self._ring = np.zeros(_KEPT, dtype=np.float32)
        self._end = 0  # position behind the last sample, counted from the session's start
        self._loud_until = -_KEPT

    def tap(self, at_ms: float, block: Samples) -> None:
        self._blocks.append((self._steady.stamp(len(block), at_ms), block))

    def between(self, at_ms: float, count: int) -> Samples:
        """[count] at 16 kHz from a moment on; silence where nothing is known."""
        self._take_in()
        first = round(at_ms * HEARD_RATE / 1000)
        found = np.zeros(count, dtype=np.float32)
        lowest, highest = max(first, self._end - _KEPT, 0), min(first + count, self._end)
        if highest > lowest:
            found[lowest - first : highest - first] = self._ring[np.arange(lowest, highest) % _KEPT]
        return found

    def sounds_at(self, at_ms: float) -> bool:
        """Whether the room may still hold something of ours."""
        self._take_in()
        return at_ms * HEARD_RATE / 1000 < self._loud_until + _ROOM

    def _take_in(self) -> None:
        while self._blocks:
            at_ms, block = self._blocks.popleft()
            held_ms = self._taken * 1000 / SPOKEN_RATE - self._given * 1000 / HEARD_RATE
            sound = self._resampler.resample_chunk(block)
            self._taken, self._given = self._taken + len(block), self._given + len(sound)
            loud = bool(block.any())
            self._place(round((at_ms - held_ms) * HEARD_RATE / 1000), loud)
            self._write(sound)
            if loud:
                self._loud_until = self._end

    def _place(self, position: int, loud: bool) -> None:
        """Sound follows sound, but for what the stamps say is elsewhere."""
        slipped = position - self._end
        if abs(slipped) <= (_FAR_OFF if loud else _SLIPPED):
            return
        if 0 < slipped < _KEPT:
            self._write(np.zeros(slipped, dtype=np.float32))
        elif slipped >= _KEPT:
            self._ring[:] = 0
        self._end = max(0, position)

    def _write(self, sound: Samples) -> None:
        self._ring[np.arange(self._end, self._end + len(sound)) % _KEPT] = sound
        self._end += len(sound)


class Leak:
    """Whether our own voice still comes through: whether the level of what is left follows the level of what was played.

    The host's own voice, over ours or into headphones, does not follow it.
    """

    def __init__(self) -> None:
        self._far_db: deque[float] = deque(maxlen=_WATCHED)
        self._left_db: deque[float] = deque(maxlen=_WATCHED)
        self._played = 0  # steps in which we were heard
        self._seen = 0
        self._leaks = True

    def note(self, far: Samples, left: Samples) -> None:
        """10 ms of what was played and of what the canceller left."""
        far_db = max(level_db(far), _FAINT_DB)
        self._far_db.append(far_db)
        self._left_db.append(max(level_db(left), _FAINT_DB))
        self._played += far_db > _FAINT_DB
        self._seen += 1
        if self._seen % _LOOK_EVERY == 0:
            self._leaks = self._played < _LEARNS or self._follows() > _FOLLOWS

    @property
    def goes_on(self) -> bool:
        """True, too, until enough was played."""
        return self._leaks

    def _follows(self) -> float:
        """The highest correlation of the two levels over all delays; 0 where nothing is left."""
        far, left = np.array(self._far_db), np.array(self._left_db)
        best = 0.0
        for delay in range(min(_LONGEST_WAY, len(far) // 2)):
            one, other = far[: len(far) - delay], left[delay:]
            spread = float(one.std() * other.std())
            if spread > 1e-6:
                best = max(best, float(((one - one.mean()) * (other - other.mean())).mean()) / spread)
        return best


class WithoutEcho:
    """A source, less what is our own in it. While nothing was played it passes as it is, and so it does while the canceller
    leaves some of our voice: whole words are told from the host's by what they say, scraps of them are not."""

    def __init__(self, source: Source, reference: Reference, canceller: Canceller) -> None:
        self._source = source
        self._reference = reference
        self._canceller = canceller
        self._leak = Leak()

    def doubted(self, at_ms: float) -> bool:
        """Whether what passes may hold our own voice."""
        return self._leak.goes_on and self._reference.sounds_at(at_ms)

    async def frames(self) -> AsyncIterator[tuple[float, Samples]]:
        """(at_ms of the first sample, [512] at 16 kHz)."""
        near = np.zeros(0, dtype=np.float32)
        cleaned = np.zeros(_LEAD, dtype=np.float32)
        async for at_ms, frame in self._source.frames():
            step_ms = at_ms - len(near) * 1000 / HEARD_RATE
            near = np.concatenate([near, frame])
            whole = len(near) // _STEP * _STEP
            steps = [
                self._step(step_ms + at * 1000 / HEARD_RATE, near[at : at + _STEP]) for at in range(0, whole, _STEP)
            ]
            near = near[whole:]
            cleaned = np.concatenate([cleaned, *steps])
            yield at_ms - _LEAD * 1000 / HEARD_RATE, cleaned[:FRAME]
            cleaned = cleaned[FRAME:]

    def _step(self, at_ms: float, near: Samples) -> Samples:
        if not self._reference.sounds_at(at_ms):
            return near
        far = self._reference.between(at_ms, _STEP)
        left = self._canceller.clean(near, far)
        self._leak.note(far, left)
        return near if self._leak.goes_on else left
