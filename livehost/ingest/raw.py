"""Looking into a frame that may hold anything: every look gives the type that was asked for, or its empty value. Pure."""

from __future__ import annotations

import datetime
import json
import math
from typing import Any

_MOST = 2**53


def parse(raw: str) -> Any:
    """JSON of any shape; raises ValueError, for what is nested too deep as well."""
    try:
        return json.loads(raw)
    except RecursionError:
        raise ValueError("nested too deep") from None


def look(data: Any, *path: str | int) -> Any:
    """What lies at `path`, or None."""
    for step in path:
        if isinstance(step, str):
            data = data.get(step) if isinstance(data, dict) else None
        else:
            data = data[step] if isinstance(data, list) and -len(data) <= step < len(data) else None
    return data


def text(data: Any, *path: str | int) -> str:
    """Text, or a whole number as text (platforms change their minds about ids)."""
    found = look(data, *path)
    if isinstance(found, bool):
        return ""
    return found if isinstance(found, str) else str(found) if isinstance(found, int) and abs(found) < _MOST else ""


def number(data: Any, *path: str | int) -> float:
    """A finite number, or text that is one; else 0."""
    found = look(data, *path)
    try:
        value = float(found[:40] if isinstance(found, str) else found) if isinstance(found, str | int | float) else 0.0
    except (ValueError, OverflowError):
        return 0.0
    return value if math.isfinite(value) and abs(value) < _MOST else 0.0


def whole(data: Any, *path: str | int) -> int:
    return int(number(data, *path))


def listed(data: Any, *path: str | int) -> list[Any]:
    found = look(data, *path)
    return found if isinstance(found, list) else []


def moment_ms(iso: str) -> int:
    """Milliseconds since 1970 of an ISO 8601 moment, however many digits its seconds have; 0 when it is none."""
    try:
        found = datetime.datetime.fromisoformat(iso[:40])
        if found.tzinfo is None:
            found = found.replace(tzinfo=datetime.UTC)
        return max(0, round(found.timestamp() * 1000))
    except (ValueError, OverflowError):
        return 0
