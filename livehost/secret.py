"""Tokens and keys: out of the environment (`LIVEHOST_TWITCH_TOKEN` for `twitch_token`), else out of the system's keyring.

None of them goes into a session's recording, log or report: what is told of a trouble goes through `hidden` first.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from livehost.errors import MissingPart

_SERVICE = "livehost"
_LEAST_HIDDEN = 6  # a shorter value is a word of its own, and no secret


class Secrets:
    """`environment` comes before the keyring, so that a service without one works as well."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = os.environ if environment is None else environment
        self._known: set[str] = set()

    def get(self, name: str) -> str:
        """Empty when it is nowhere."""
        found = self._environment.get(variable(name), "") or self._from_keyring(name)
        if len(found) >= _LEAST_HIDDEN:
            self._known.add(found)
        return found

    def keep(self, name: str, value: str) -> None:
        """Into the keyring; raises MissingPart where this system has none."""
        import keyring
        import keyring.errors

        self._known.add(value)
        try:
            keyring.set_password(_SERVICE, name, value)
        except keyring.errors.KeyringError as trouble:
            raise MissingPart(
                f"this system's keyring can't keep it: {type(trouble).__name__}",
                fix=f"Set {variable(name)} in the environment instead",
            ) from None

    def forget(self, name: str) -> None:
        import keyring
        import keyring.errors

        try:
            keyring.delete_password(_SERVICE, name)
        except keyring.errors.KeyringError:
            return

    def hidden(self, text: str) -> str:
        """`text` without any value that was read or kept here."""
        for value in sorted(self._known, key=len, reverse=True):
            text = text.replace(value, "…")
        return text

    def _from_keyring(self, name: str) -> str:
        import keyring
        import keyring.errors

        try:
            return keyring.get_password(_SERVICE, name) or ""
        except keyring.errors.KeyringError:
            return ""


def variable(name: str) -> str:
    """The environment's name for a secret."""
    return f"LIVEHOST_{name.upper()}"
