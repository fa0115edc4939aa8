"""From a tool's answer to the few values that may be believed: by path, type and bounds. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from livehost.errors import LivehostError
from livehost.knowledge import ToolField

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_UNSAYABLE = re.compile(r"[<>{}\[\]|`\\\x00-\x1f\u200b-\u200f\u202a-\u202e]|https?:|www\.|@")
_YES = {True: "yes", False: "no", "true": "yes", "false": "no", "yes": "yes", "no": "no", "open": "yes", "closed": "no"}


def values_of(answer: Any, fields: Mapping[str, ToolField]) -> dict[str, str]:
    """Raises LivehostError for a value that is missing, of another sort, or out of its bounds."""
    found: dict[str, str] = {}
    for name, field in fields.items():
        value = at_path(answer, field.path)
        if value is None and field.optional:
            continue
        found[name] = _checked(name, value, field)
    return found


def at_path(answer: Any, path: str) -> Any:
    """ "data.tables[0].minutes"; None where there is nothing."""
    for name, number in _STEP.findall(path):
        if number:
            answer = answer[int(number)] if isinstance(answer, list) and int(number) < len(answer) else None
        else:
            answer = answer.get(name) if isinstance(answer, dict) else None
    return answer


def _checked(name: str, value: Any, field: ToolField) -> str:
    match field.type:
        case "number":
            return _number(name, value, field)
        case "yes_no":
            key = value.casefold() if isinstance(value, str) else value
            if not isinstance(key, (bool, str)) or key not in _YES:
                raise LivehostError(f"{name} is neither yes nor no")
            return _YES[key]
        case _:
            text = str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
            if not text.strip() or len(text) > field.longest or _UNSAYABLE.search(text):
                raise LivehostError(f"{name} is no short plain text")
            return " ".join(text.split())


def _number(name: str, value: Any, field: ToolField) -> str:
    try:
        number = float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else None
    except ValueError:
        number = None
    if number is None:
        raise LivehostError(f"{name} is no number")
    if not field.least <= number <= field.most:
        raise LivehostError(f"{name} is out of its bounds {field.least:g} to {field.most:g}")
    return str(value).strip() if not isinstance(value, float) or value != int(value) else str(int(value))
