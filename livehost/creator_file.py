"""Reads creator.toml, changes single keys of it, and tells a wrong one with the nearest known."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from livehost.errors import BadInput
from livehost.hours import read_hours
from livehost.settings import (
    Creator,
    Floor,
    Handover,
    Hearing,
    Links,
    Llm,
    Log,
    Manners,
    Memory,
    Obs,
    Policy,
    Recording,
    RundownLine,
    Scheduled,
    Speech,
    Style,
    Thresholds,
    Traces,
    Twin,
)

_WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?/?")
_PERSON = re.compile(r"telegram:-?\d{1,20}|discord:\d{15,20}")
_TABLES: dict[str, type[Any]] = {
    "policy": Policy,
    "floor": Floor,
    "manners": Manners,
    "schedule": Scheduled,
    "rundown": RundownLine,
    "matching": Thresholds,
    "llm": Llm,
    "memory": Memory,
    "style": Style,
    "obs": Obs,
    "speech": Speech,
    "hearing": Hearing,
    "recording": Recording,
    "links": Links,
    "twin": Twin,
    "handover": Handover,
    "traces": Traces,
    "log": Log,
}


def read_creator(path: Path) -> Creator:
    """creator.toml at `path`; raises BadInput that names the file, the key and the nearest known one."""
    try:
        raw = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput(
            "there is no creator.toml", where=str(path.parent), fix='Make one; it needs only name = "…"'
        ) from None
    except (OSError, UnicodeDecodeError) as trouble:
        raise BadInput(str(trouble), where=str(path), fix="Save it as UTF-8 text") from None
    try:
        creator = msgspec.convert(tomllib.loads(raw), Creator)
    except tomllib.TOMLDecodeError as trouble:
        raise BadInput(f"not valid TOML: {trouble}", where=str(path)) from None
    except msgspec.ValidationError as trouble:
        raise BadInput(explained(str(trouble), Creator, _TABLES), where=str(path)) from None
    if creator.links.redirect and not _WEB_ADDRESS.fullmatch(creator.links.redirect):
        raise BadInput(
            f"redirect {creator.links.redirect!r} is no web address of a host alone",
            where=f"{path}, [links]",
            fix="Write it as https://go.example.com",
        )
    try:
        for hours in creator.on_air:
            read_hours(hours)
    except BadInput as trouble:
        raise BadInput(trouble.what, where=str(path), fix=trouble.fix) from None
    if creator.handover.to and not _PERSON.fullmatch(creator.handover.to):
        raise BadInput(
            f"{creator.handover.to!r} is nobody's chat",
            where=f"{path}, [handover]",
            fix="Write it as telegram:NUMBER or discord:CHANNEL; livehost doctor --chat telegram:direct names numbers",
        )
    if problem := _contradiction(creator.hearing):
        raise BadInput(problem, where=f"{path}, [hearing]")
    if creator.mode == "solo" and not creator.floor.solo:
        raise BadInput('mode = "solo" must be allowed', where=str(path), fix="Write solo = true in [floor]")
    return creator


def _contradiction(hearing: Hearing) -> str:
    if hearing.engine == "openai" and not (hearing.base_url and hearing.model):
        return 'engine = "openai" needs base_url and model'
    if hearing.early_ms > hearing.end_ms:
        return f"early_ms {hearing.early_ms} is more than end_ms {hearing.end_ms}"
    return ""


def with_changes(creator: Creator, changes: Sequence[str]) -> Creator:
    """The same settings with some `key=value` (`floor.pause_ms=500`, `mode=quiet`) changed; raises BadInput."""
    table: dict[str, Any] = msgspec.to_builtins(creator)
    for change in changes:
        key, separator, value = change.partition("=")
        if not separator or not re.fullmatch(r"\w+(\.\w+)*", key.strip()):
            raise BadInput(f"{change!r} changes nothing", fix="Write it as key=value, such as floor.pause_ms=500")
        _set(table, key.strip().split("."), _value(value.strip()))
    try:
        return msgspec.convert(table, Creator)
    except msgspec.ValidationError as trouble:
        raise BadInput(explained(str(trouble), Creator, _TABLES), where=" ".join(changes)) from None


def _set(table: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for name in path[:-1]:
        inner = table.setdefault(name, {})
        table = inner if isinstance(inner, dict) else {}
    table[path[-1]] = value


def _value(text: str) -> Any:
    """As TOML reads it; what is none is taken for words."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def explained(problem: str, top: type[Any], tables: Mapping[str, type[Any]]) -> str:
    """msgspec's message, with the nearest known key where one is unknown: of `top`, or of one of its tables."""
    unknown = re.search(r"unknown field `(.+?)`(?: - at `\$\.?(\w*)[^`]*`)?", problem)
    if not unknown:
        return problem
    key, table = unknown.group(1), unknown.group(2)
    known = tables.get(table or "", top).__struct_fields__
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.4)
    hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(known)}"
    return f"unknown key {key!r}" + (f" in [{table}]" if table else "") + hint
