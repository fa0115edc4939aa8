"""What can go wrong with a room, by what is to be done about it. Words for the user, never an address: that may hold a key."""

from __future__ import annotations

from livehost.errors import LivehostError


class Lost(LivehostError):
    """The connection ended, or never came about; trying again helps. `retry_ms` is the server's own time, 0: none."""

    def __init__(self, what: str, *, retry_ms: int = 0, where: str = "", fix: str = "") -> None:
        super().__init__(what, where=where, fix=fix)
        self.retry_ms = retry_ms


class Refused(LivehostError):
    """A person has to do something first (a token, a permission, a name); it is tried again, but seldom."""


class Ended(LivehostError):
    """The broadcast is over: nothing more will come."""


class Unauthorised(Refused):
    """The token is not, or no longer, good; a refreshed one may be."""
