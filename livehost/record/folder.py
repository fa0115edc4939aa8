"""A session's folder: its header, the knowledge as it was at the start, and where the tracks lie. Public format."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import msgspec

from livehost.errors import BadInput
from livehost.knowledge import Knowledge

FORMAT = 1
EVENTS, HOST_TRACK, COHOST_TRACK = "events.jsonl", "host.opus", "cohost.opus"
HEADER, KNOWLEDGE = "session.toml", "knowledge/knowledge.json"


class Changed(msgspec.Struct, frozen=True):
    """What was taken out of a recording afterwards. `verified` tells whether it replayed identically before (None: it was
    of another logic version); `differing` events no longer follow from those before them."""

    at: str  # ISO 8601 with zone
    viewers: int
    lines: int
    differing: int
    why: str  # "forgotten", or "exported"
    verified: bool | None = None


class Header(msgspec.Struct, frozen=True):
    """session.toml. `models` are names and versions; `knowledge` is the SHA-256 of knowledge/knowledge.json."""

    format: int
    logic_version: int
    livehost: str
    creator: str
    started_at: str  # ISO 8601 with zone; at_ms 0
    seed: int
    knowledge: str
    models: dict[str, str] = {}
    changed: Changed | None = None


def new_folder(wanted: Path) -> Path:
    """Makes `wanted`, or with a number behind it when it is there already: a session is never overwritten."""
    for number in range(1, 10_000):
        folder = wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as trouble:
            raise BadInput(
                f"the session's folder can't be made: {trouble.strerror}",
                where=str(folder),
                fix="Name another with --session",
            ) from None
        return folder
    raise BadInput("there are 10,000 sessions of this name", where=str(wanted), fix="Name another with --session")


def write_header(folder: Path, header: Header, knowledge: Knowledge) -> None:
    try:
        (folder / HEADER).write_text(_toml(header), encoding="utf-8")
        (folder / KNOWLEDGE).parent.mkdir(exist_ok=True)
        (folder / KNOWLEDGE).write_bytes(msgspec.json.encode(knowledge, order="deterministic"))
    except OSError as trouble:
        raise BadInput(
            f"the session can't be written: {trouble.strerror}",
            where=str(folder),
            fix="Free some space, or name another folder",
        ) from None


def rewrite_header(folder: Path, header: Header) -> None:
    """The header alone, whole or not at all."""
    fresh = folder / f".{HEADER}.new"
    fresh.write_text(_toml(header), encoding="utf-8")
    fresh.replace(folder / HEADER)


def _toml(header: Header) -> str:
    plain = [key for key in Header.__struct_fields__ if key not in ("models", "changed")]
    lines = [f"{key} = {json.dumps(getattr(header, key), ensure_ascii=False)}" for key in plain]
    lines += ["", "[models]", *(f"{json.dumps(name)} = {json.dumps(value)}" for name, value in header.models.items())]
    if header.changed:
        table = msgspec.structs.asdict(header.changed)
        lines += ["", "[changed]", *(f"{key} = {json.dumps(v)}" for key, v in table.items() if v is not None)]
    return "\n".join(lines) + "\n"


def read_header(folder: Path) -> Header:
    """Raises BadInput when the folder is no session, or of a format that this version does not know."""
    path = folder / HEADER
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(
            "there is no session here", where=str(folder), fix="Give the folder that holds session.toml"
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as trouble:
        raise BadInput(f"the header can't be read: {trouble}", where=str(path)) from None
    found = table.get("format")
    if isinstance(found, int) and found > FORMAT:
        raise BadInput(
            f"recorded in format {found}; this livehost reads up to {FORMAT}", where=str(path), fix="Update livehost"
        )
    try:
        return msgspec.convert(table, Header)
    except msgspec.ValidationError as trouble:
        raise BadInput(f"the header does not hold what it must: {trouble}", where=str(path)) from None


def read_knowledge(folder: Path) -> Knowledge:
    path = folder / KNOWLEDGE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Knowledge)
    except (OSError, msgspec.DecodeError) as trouble:
        raise BadInput(f"the session's knowledge can't be read: {trouble}", where=str(path)) from None
