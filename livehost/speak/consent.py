"""The record that a person agreed to their voice being spoken with, and what makes a voice refuse.

The record's seal covers every field, the recording and the voice's own files: whoever changes one of them by hand, by
mistake or to lengthen a term, has a voice that refuses to speak. It shows tampering, it can't stop somebody who rewrites
this program: the recording of the person saying it is the proof, and stays beside.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import tomllib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from livehost.errors import LivehostError

RECORD = "consent.toml"
_ENROL = "Enrol the voice again with a new recording of consent"


class Refused(LivehostError):
    """A cloned voice that must not be spoken with (exit 1: the thing checked does not hold)."""

    exit_code = 1


class Consent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """consent.toml. Times are ISO 8601, digests SHA-256 in hexadecimal."""

    person: str
    given_at: str
    asked: str  # the sentence that was to be said, with the random words
    heard: str  # what was understood in the recording
    speaker_match: float  # cosine of the recording's speaker to the samples'
    recording: str
    recording_sha256: str
    files_sha256: dict[str, str]  # of the voice's own files
    until: str  # the last day
    creators: tuple[str, ...] = ()  # names of the creators' folders that may use it; none named: all on this computer
    uses: tuple[str, ...] = ("live", "files")
    withdrawn_at: str = ""
    seal: str = ""


class Use(msgspec.Struct, frozen=True):
    """What a voice is wanted for: "live" or "files", by which creator's folder (empty: by none), on which day."""

    kind: str
    creator: str
    day: datetime.date


def sealed(consent: Consent) -> Consent:
    return msgspec.structs.replace(consent, seal=_seal(consent))


def write(consent: Consent, folder: Path) -> None:
    """As TOML whose values are written as JSON, which TOML understands."""
    fields = msgspec.to_builtins(sealed(consent))
    table = fields.pop("files_sha256")
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items()]
    lines += ["", "[files_sha256]", *(f"{json.dumps(name)} = {json.dumps(value)}" for name, value in table.items())]
    new = folder / f".{RECORD}.new"
    new.write_text("\n".join(lines) + "\n", encoding="utf-8")
    new.replace(folder / RECORD)


def read(folder: Path, record: str = RECORD) -> Consent:
    """Raises Refused where the record can't be read as one."""
    path = folder / record
    if path.resolve().parent != folder.resolve() or not path.is_file():
        raise Refused("this voice has no record of consent and is not spoken with", where=str(folder), fix=_ENROL)
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Consent)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as trouble:
        raise Refused(f"the record of consent can't be read: {trouble}", where=str(path), fix=_ENROL) from None


def permit(folder: Path, files: Iterable[str], use: Use, record: str = RECORD) -> None:
    """Raises Refused with the reason unless the person's consent covers this use and nothing was changed since.

    `files` are those that the voice is spoken with.
    """
    consent = read(folder, record)
    reason = (
        _edited(consent, folder, files)
        or _withdrawn(consent)
        or _expired(consent, use.day)
        or _out_of_scope(consent, use)
    )
    if reason:
        raise Refused(f"this voice refuses to speak: {reason}", where=str(folder), fix=_ENROL)


def withdraw(folder: Path, now: datetime.datetime) -> list[str]:
    """Marks the consent as withdrawn and deletes the voice's own files; the record and the recording stay as proof.

    Returns what was deleted. Raises Refused where there is no record.
    """
    consent = read(folder)
    if not consent.withdrawn_at:
        write(msgspec.structs.replace(consent, withdrawn_at=now.isoformat(timespec="seconds")), folder)
    gone = []
    for name in consent.files_sha256:
        path = folder / name
        if path.resolve().parent == folder.resolve() and path.is_file():
            path.unlink()
            gone.append(name)
    return gone


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _edited(consent: Consent, folder: Path, files: Iterable[str]) -> str:
    if consent.seal != _seal(consent):
        return f"{RECORD} was edited after the consent was given"
    if consent.withdrawn_at:
        return ""
    for name, expected in {consent.recording: consent.recording_sha256, **consent.files_sha256}.items():
        path = folder / name
        if not path.is_file():
            return f"{name} is missing"
        if digest(path) != expected:
            return f"{name} was changed after the consent was given"
    strange = [name for name in files if name not in consent.files_sha256]
    return f"{strange[0]} is none of the files that the consent was given for" if strange else ""


def _withdrawn(consent: Consent) -> str:
    return f"{consent.person} withdrew the consent on {consent.withdrawn_at[:10]}" if consent.withdrawn_at else ""


def _expired(consent: Consent, today: datetime.date) -> str:
    try:
        until, since = datetime.date.fromisoformat(consent.until), datetime.date.fromisoformat(consent.given_at[:10])
    except ValueError:
        return "the consent's days can't be read"
    if today > until:
        return f"the consent ended on {until}"
    return f"the consent is only given from {since} on: is this computer's date right?" if today < since else ""


def _out_of_scope(consent: Consent, use: Use) -> str:
    if use.kind not in consent.uses:
        return f"the consent is for {', '.join(consent.uses)}, not for {use.kind}"
    if use.creator and consent.creators and use.creator not in consent.creators:
        return f"the consent is for {', '.join(consent.creators)}, not for {use.creator}"
    return ""


def _seal(consent: Consent) -> str:
    fields = msgspec.to_builtins(msgspec.structs.replace(consent, seal=""))
    return hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
