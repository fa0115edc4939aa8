"""The errors a user can meet; each says what was wrong, where, and what to do."""

from __future__ import annotations


class LivehostError(Exception):
    """A trouble told to the user as text; `exit_code` follows the contract of the command line."""

    exit_code = 2

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        self.what = what
        self.where = where
        self.fix = fix
        super().__init__(": ".join(part for part in (where, what) if part) + (f". {fix}" if fix else ""))


class BadInput(LivehostError):
    """Wrong use, or a file, setting or line that does not say what it must (exit 2)."""


class MissingPart(LivehostError):
    """A model, library or device that is needed is not there (exit 3)."""

    exit_code = 3


class Contradiction(Exception):
    """An event that can't be, given what came before it; names the state and the event. It is told and has no effect."""
