"""Who may sign in with a password: names, roles and Argon2 hashes in one file that only its owner may read."""

from __future__ import annotations

import os
import tomllib
from functools import cache
from pathlib import Path

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from livehost.errors import BadInput
from livehost.show.signin import Person, Role

LEAST = 10  # characters
_MOST = 200
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's least: OBS needs the cores
FILE = "people.toml"  # in the user's data folder


class Known(msgspec.Struct, frozen=True):
    role: Role
    argon2: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    person: dict[str, Known] = {}


class Passwords:
    """The people of a file, which may be missing and may change; everything raises BadInput when it can't be read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def people(self) -> dict[str, Known]:
        return _read(self._path)

    def person(self, name: str, password: str) -> Person | None:
        """Takes some tens of milliseconds, whether the name is known or not: to be called off the loop."""
        known = self.people.get(name)
        try:
            _HASHER.verify(known.argon2 if known else _nobodys(), password[:_MOST])
        except (VerificationError, InvalidHashError):
            return None
        return Person(name, known.role) if known else None

    def put(self, name: str, role: Role, password: str) -> None:
        """Raises BadInput where the name or the password won't do."""
        if not 1 <= len(name) <= 40 or not name.isprintable():
            raise BadInput("a name has 1 to 40 letters", where=repr(name))
        if not LEAST <= len(password) <= _MOST:
            raise BadInput(
                f"a password has {LEAST} to {_MOST} characters", fix="Three or four words are easy to remember"
            )
        self._write({**self.people, name: Known(role, _HASHER.hash(password))})

    def remove(self, name: str) -> None:
        if name not in self.people:
            raise BadInput("there is nobody of this name", where=name, fix="`livehost people list` names all")
        self._write({other: known for other, known in self.people.items() if other != name})

    def _write(self, people: dict[str, Known]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_name(f".{self._path.name}.new")
        rows = [
            f"[person.{_quoted(name)}]\nrole = {_quoted(known.role)}\nargon2 = {_quoted(known.argon2)}\n"
            for name, known in people.items()
        ]
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write("\n".join(rows))
        fresh.replace(self._path)


@cache
def _nobodys() -> str:
    """Checked where the name is unknown, so that the time tells nobody which names there are."""
    return _HASHER.hash("nobody has this one")


def _read(path: Path) -> dict[str, Known]:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File).person
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, msgspec.ValidationError) as trouble:
        raise BadInput(
            str(trouble), where=str(path), fix="Delete it, and name people anew with `livehost people add`"
        ) from None


def _quoted(text: str) -> str:
    """A TOML string."""
    return msgspec.json.encode(text).decode()
