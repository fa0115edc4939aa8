"""Who may do what: invitations that expire and are used once, and the sessions that come of them. Pure: time is an argument.

Nothing is written to disk: when the live session ends, so does every invitation and every sign-in.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Role = Literal["owner", "moderator", "viewer"]
_INVITED_MS, _SIGNED_IN_MS = 15 * 60_000, 12 * 3_600_000
_TRIES, _TRIES_MS, _ADDRESSES = 10, 60_000, 1000
_PEOPLE, _INVITATIONS = 100, 100


@dataclass(frozen=True)
class Person:
    name: str
    role: Role

    @property
    def may_act(self) -> bool:
        return self.role != "viewer"


@dataclass(frozen=True)
class _Until:
    person: Person
    until_ms: int


class SignIn:
    """`new_secret` gives unguessable text; secrets are kept as digests alone."""

    def __init__(self, new_secret: Callable[[], str]) -> None:
        self._new_secret = new_secret
        self._invited: OrderedDict[str, _Until] = OrderedDict()
        self._signed_in: OrderedDict[str, _Until] = OrderedDict()
        self._failed: OrderedDict[str, deque[int]] = OrderedDict()

    def invite(self, role: Role, name: str, now_ms: int) -> str:
        """The secret of an invitation, good once and for a quarter of an hour."""
        return self._keep(self._invited, _INVITATIONS, Person(name, role), now_ms + _INVITED_MS)

    def accept(self, invitation: str, address: str, now_ms: int) -> str | None:
        """The secret of a session; None for an invitation that is unknown, used or expired."""
        found = self._invited.pop(_digest(invitation), None)
        if found is None or now_ms >= found.until_ms:
            self.note_failure(address, now_ms)
            return None
        return self._keep(self._signed_in, _PEOPLE, found.person, now_ms + _SIGNED_IN_MS)

    def enter(self, person: Person, now_ms: int) -> str:
        """The secret of a session for somebody whose password was right."""
        return self._keep(self._signed_in, _PEOPLE, person, now_ms + _SIGNED_IN_MS)

    def who(self, session: str, now_ms: int) -> Person | None:
        found = self._signed_in.get(_digest(session)) if session else None
        return found.person if found and now_ms < found.until_ms else None

    def sign_out(self, session: str) -> None:
        self._signed_in.pop(_digest(session), None)

    def must_wait(self, address: str, now_ms: int) -> bool:
        """Whether that address has tried too often."""
        failed = self._failed.get(address, deque())
        while failed and now_ms - failed[0] > _TRIES_MS:
            failed.popleft()
        return len(failed) >= _TRIES

    def _keep(self, where: OrderedDict[str, _Until], most: int, person: Person, until_ms: int) -> str:
        secret = self._new_secret()
        where[_digest(secret)] = _Until(person, until_ms)
        while len(where) > most:
            where.popitem(last=False)
        return secret

    def note_failure(self, address: str, now_ms: int) -> None:
        """`address` may be a name that somebody tries to be, too."""
        self._failed.setdefault(address, deque(maxlen=_TRIES)).append(now_ms)
        while len(self._failed) > _ADDRESSES:
            self._failed.popitem(last=False)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
