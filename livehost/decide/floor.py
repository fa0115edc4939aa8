"""Who has the floor: a table, moved by the host's voice and by the co-host's own playback.

    host    ▁▁▁████████▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁██▁▁▁▁███████████▁▁▁▁
                       │◀── pause ──▶│     │      │
    state   FREE  HOST  SETTLING  FREE   COHOST OVERLAP  YIELDING  HOST
    cohost  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁███████▄▄▄████▄▄▁▁▁▁▁▁▁▁▁▁▁▁

SETTLING is the pause before the co-host may start. OVERLAP is both at once: the co-host is ducked or holds its breath until
it is known whether the host means to stop it (bargein.py). YIELDING and RETIRING are the moment between our wish to be
silent and the word that it is so: YIELDING to a host who speaks, RETIRING while the host is silent (mute, skip). When
hearing is lost nobody knows who speaks: the floor is DEAF and the co-host starts nothing.
"""

from __future__ import annotations

from enum import Enum, auto

from livehost.errors import Contradiction


class FloorState(Enum):
    FREE = auto()
    HOST = auto()
    SETTLING = auto()
    COHOST = auto()
    OVERLAP = auto()
    YIELDING = auto()
    RETIRING = auto()
    DEAF = auto()


class FloorInput(Enum):
    HOST_STARTED = auto()
    HOST_STOPPED = auto()
    PAUSE_OVER = auto()
    COHOST_STARTED = auto()
    COHOST_TOLD_TO_STOP = auto()
    COHOST_ENDED = auto()
    HEARING_LOST = auto()
    HEARING_BACK = auto()


_S, _I = FloorState, FloorInput
_NEXT: dict[tuple[FloorState, FloorInput], FloorState] = {
    (_S.FREE, _I.HOST_STARTED): _S.HOST,
    (_S.FREE, _I.COHOST_STARTED): _S.COHOST,
    (_S.HOST, _I.HOST_STOPPED): _S.SETTLING,
    (_S.SETTLING, _I.HOST_STARTED): _S.HOST,
    (_S.SETTLING, _I.PAUSE_OVER): _S.FREE,
    (_S.COHOST, _I.HOST_STARTED): _S.OVERLAP,
    (_S.COHOST, _I.COHOST_TOLD_TO_STOP): _S.RETIRING,
    (_S.COHOST, _I.COHOST_ENDED): _S.SETTLING,
    (_S.OVERLAP, _I.HOST_STOPPED): _S.COHOST,
    (_S.OVERLAP, _I.COHOST_TOLD_TO_STOP): _S.YIELDING,
    (_S.OVERLAP, _I.COHOST_ENDED): _S.HOST,
    (_S.YIELDING, _I.HOST_STOPPED): _S.RETIRING,
    (_S.YIELDING, _I.COHOST_TOLD_TO_STOP): _S.YIELDING,
    (_S.YIELDING, _I.COHOST_ENDED): _S.HOST,
    (_S.RETIRING, _I.HOST_STARTED): _S.YIELDING,
    (_S.RETIRING, _I.COHOST_TOLD_TO_STOP): _S.RETIRING,
    (_S.RETIRING, _I.COHOST_ENDED): _S.SETTLING,
    (_S.DEAF, _I.HEARING_BACK): _S.SETTLING,
    # The late end of a playback that was cut when hearing failed.
    (_S.FREE, _I.COHOST_ENDED): _S.SETTLING,
    (_S.SETTLING, _I.COHOST_ENDED): _S.SETTLING,
    (_S.HOST, _I.COHOST_ENDED): _S.HOST,
    # Late words of a hearing that has just failed.
    (_S.DEAF, _I.HOST_STARTED): _S.DEAF,
    (_S.DEAF, _I.HOST_STOPPED): _S.DEAF,
    (_S.DEAF, _I.COHOST_TOLD_TO_STOP): _S.DEAF,
    (_S.DEAF, _I.COHOST_ENDED): _S.DEAF,
    **{(state, _I.HEARING_LOST): _S.DEAF for state in FloorState},
    **{(state, _I.HEARING_BACK): state for state in FloorState if state is not _S.DEAF},
}
_BREATH_MS = 350  # between two utterances of the co-host
_INVITED_MS = 8000


class Floor:
    """The pause counts from the host's last voiced sample; how long it must be is asked for anew each time."""

    def __init__(self) -> None:
        self.state = FloorState.SETTLING  # nobody knows what was before
        self._quiet_since_ms = 0
        self._not_before_ms = 0
        self._invited_until_ms = 0

    def move(self, what: FloorInput, at_ms: int) -> None:
        """`at_ms` is when it happened, for HOST_STOPPED the last voiced sample."""
        place = (self.state, what)
        if place not in _NEXT:
            raise Contradiction(f"the floor does not know {what.name} in {self.state.name}")
        self.state = _NEXT[place]
        if what in (FloorInput.HOST_STOPPED, FloorInput.HEARING_BACK):
            self._quiet_since_ms = at_ms
        elif what is FloorInput.COHOST_ENDED:
            self.keep_until(at_ms + _BREATH_MS)
        elif what is FloorInput.COHOST_STARTED:
            self._invited_until_ms = 0

    def keep_until(self, at_ms: int) -> None:
        """The co-host does not start before then, unless it is invited to."""
        self._not_before_ms = max(self._not_before_ms, at_ms)
        if self.state is FloorState.FREE:
            self.state = FloorState.SETTLING

    def invite(self, at_ms: int) -> None:
        """The host gave it the floor: no pause is needed."""
        self._invited_until_ms = at_ms + _INVITED_MS
        self._not_before_ms = 0

    def opens_at_ms(self, pause_ms: int) -> int:
        """When SETTLING is over, if nothing else happens."""
        pause = 0 if self._invited_until_ms > self._quiet_since_ms else pause_ms
        return max(self._quiet_since_ms + pause, self._not_before_ms)

    def is_free(self, at_ms: int, pause_ms: int) -> bool:
        """Whether the co-host may start now."""
        if self.state is FloorState.SETTLING and at_ms >= self.opens_at_ms(pause_ms):
            self.move(FloorInput.PAUSE_OVER, at_ms)
        return self.state is FloorState.FREE
