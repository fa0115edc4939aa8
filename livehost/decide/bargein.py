"""When the host's voice comes over ours: is it meant to stop us, or a mere "mm"? A table, moved by voice, words and time.

    host voice  ▁▁▁▁████████████████████▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
    ours        ██████▄▄▄▄▄▄▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁ … ██████ a back-channel: it goes on where it fell silent
    state       ALONE │DUCKED│HUSHED    │WEIGHING       ALONE
                      │◀────▶│ hush_ms  │◀─ the words ─▶│
                      │◀──────────────────────▶│ lasting_ms: it is meant to stop us, whatever its words

Whatever it will turn out to be, the host hears no one over them after `hush_ms`; only then are the words waited for.

A voice that may be our own, come back through the room, proves nothing: nothing is done in LISTENING until words come that
are not ours.
"""

from __future__ import annotations

from enum import Enum, auto

from livehost.decide.remarks import is_backchannel, is_slight


class BargeState(Enum):
    ALONE = auto()
    DUCKED = auto()
    HUSHED = auto()
    WEIGHING = auto()  # the host is silent again; what was it?
    LISTENING = auto()  # it may be our own voice; whose words are these?


class BargeInput(Enum):
    VOICE = auto()
    SILENCE = auto()
    STAYS = auto()  # the voice is there for hush_ms
    LASTS = auto()  # … for lasting_ms
    WORDS = auto()
    BACKCHANNEL = auto()
    OURS = auto()  # our own words, come back through the room
    DOUBTED_VOICE = auto()  # a voice that may be our own
    OURS_OVER = auto()


class Verdict(Enum):
    NOTHING = auto()
    DUCK = auto()
    HUSH = auto()
    RESUME = auto()
    YIELD = auto()


_S, _I, _V = BargeState, BargeInput, Verdict
_NEXT: dict[tuple[BargeState, BargeInput], tuple[BargeState, Verdict]] = {
    (_S.ALONE, _I.VOICE): (_S.DUCKED, _V.DUCK),
    (_S.DUCKED, _I.STAYS): (_S.HUSHED, _V.HUSH),
    (_S.DUCKED, _I.SILENCE): (_S.WEIGHING, _V.HUSH),
    (_S.DUCKED, _I.WORDS): (_S.ALONE, _V.YIELD),
    (_S.HUSHED, _I.SILENCE): (_S.WEIGHING, _V.NOTHING),
    (_S.HUSHED, _I.LASTS): (_S.ALONE, _V.YIELD),
    (_S.HUSHED, _I.WORDS): (_S.ALONE, _V.YIELD),
    (_S.WEIGHING, _I.VOICE): (_S.HUSHED, _V.NOTHING),
    (_S.WEIGHING, _I.WORDS): (_S.ALONE, _V.YIELD),
    (_S.WEIGHING, _I.BACKCHANNEL): (_S.ALONE, _V.RESUME),
    (_S.DUCKED, _I.OURS): (_S.ALONE, _V.RESUME),
    (_S.HUSHED, _I.OURS): (_S.ALONE, _V.RESUME),
    (_S.WEIGHING, _I.OURS): (_S.ALONE, _V.RESUME),
    (_S.ALONE, _I.DOUBTED_VOICE): (_S.LISTENING, _V.NOTHING),
    (_S.WEIGHING, _I.DOUBTED_VOICE): (_S.HUSHED, _V.NOTHING),
    (_S.LISTENING, _I.WORDS): (_S.ALONE, _V.YIELD),
    (_S.LISTENING, _I.BACKCHANNEL): (_S.ALONE, _V.NOTHING),
    (_S.LISTENING, _I.OURS): (_S.ALONE, _V.NOTHING),
}

_LASTING_MS = 1500  # the longest laugh that does not stop it
_WORDS_WITHIN_MS = 1800  # after the voice; nine texts of ten come within 1.3 s of it
_SHORT_MS = 800  # of voice whose words never came
_ECHOED_MS = 120_000  # so long after our own voice was heard, a voice may be ours again
_SLIGHT_MS = 900  # of voice whose few words ask for nothing: what a recogniser makes of a laugh or a "mm-hm"
_WORDLESS_MS = 1200  # of voice in which no words were found: a laugh, a cough


class BargeIn:
    """`hush_ms` 0: silent at the host's first sound."""

    def __init__(self, hush_ms: int) -> None:
        self.state = BargeState.ALONE
        self.hush_ms = hush_ms
        self._onset_ms = 0
        self._voiced_ms = 0
        self._utterance = 0  # of the host
        self._echoed_until_ms = 0

    def voice(self, utterance: int, start_ms: int, *, doubted: bool = False) -> Verdict:
        self._utterance, self._onset_ms = utterance, start_ms
        return self._move(BargeInput.DOUBTED_VOICE if doubted else BargeInput.VOICE)

    def is_echoed(self, at_ms: int) -> bool:
        """Whether a voice may be our own."""
        return at_ms < self._echoed_until_ms

    def ours(self, utterance: int, end_ms: int) -> Verdict:
        """The utterance was our own voice."""
        self._echoed_until_ms = end_ms + _ECHOED_MS
        return self._move(BargeInput.OURS) if utterance == self._utterance else Verdict.NOTHING

    def silence(self, end_ms: int) -> Verdict:
        self._voiced_ms = end_ms - self._onset_ms
        return self._move(BargeInput.SILENCE)

    def so_far(self, utterance: int, text: str) -> Verdict:
        """Words of an utterance that goes on."""
        if utterance != self._utterance or is_backchannel(text) or is_slight(text):
            return Verdict.NOTHING
        return self._move(BargeInput.WORDS)

    def words(self, utterance: int, text: str) -> Verdict:
        """The whole utterance's words."""
        weighed = self.state in (BargeState.WEIGHING, BargeState.LISTENING)
        if utterance != self._utterance or not weighed:
            return Verdict.NOTHING
        if not text.strip():
            listening = self.state is BargeState.LISTENING
            return self._move(BargeInput.BACKCHANNEL) if listening else self._weigh(_WORDLESS_MS)
        slight = self._voiced_ms < _SLIGHT_MS and is_slight(text)
        return self._move(BargeInput.BACKCHANNEL if slight or is_backchannel(text) else BargeInput.WORDS)

    def ours_over(self) -> None:
        self.state = BargeState.ALONE

    def tick(self, at_ms: int) -> Verdict:
        """What follows from the time alone."""
        if self.due_ms is None or at_ms < self.due_ms:
            return Verdict.NOTHING
        match self.state:
            case BargeState.DUCKED:
                return self._move(BargeInput.STAYS)
            case BargeState.HUSHED:
                return self._move(BargeInput.LASTS)
            case _:
                return self._weigh(_SHORT_MS)

    @property
    def due_ms(self) -> int | None:
        """When `tick` will have something to say."""
        match self.state:
            case BargeState.ALONE | BargeState.LISTENING:
                return None
            case BargeState.DUCKED:
                return self._onset_ms + self.hush_ms
            case BargeState.HUSHED:
                return self._onset_ms + _LASTING_MS
            case BargeState.WEIGHING:
                return self._onset_ms + self._voiced_ms + _WORDS_WITHIN_MS

    def _weigh(self, longest_ms: int) -> Verdict:
        short = self._voiced_ms < longest_ms
        return self._move(BargeInput.BACKCHANNEL if short else BargeInput.WORDS)

    def _move(self, what: BargeInput) -> Verdict:
        """What is not in the table changes nothing: the host's voice comes and goes as it likes."""
        self.state, verdict = _NEXT.get((self.state, what), (self.state, Verdict.NOTHING))
        return verdict
