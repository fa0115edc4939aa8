"""FAQ tables and the commands of chat bots → rows of faq.csv."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from livehost.errors import BadInput

Row = dict[str, str]
COLUMNS = ("id", "question", "answer", "product_id", "also_asked")
# $(user), ${user}, {user}: an answer that the bot puts together each time is none that can be said.
_VARIABLE = re.compile(r"\$\(|\$\{|\{[a-z_.]+\}")
_ACTION = re.compile(r"^[/.](?:me|timeout|ban|announce)\b", re.I)


def faq_rows(table: Iterable[Row]) -> list[Row]:
    """A table with `question` and `answer`; an id is made from the question where there is none."""
    made: dict[str, Row] = {}
    for row in table:
        identity = row.get("id", "") or _slug(row["question"], made)
        made[identity] = {"id": identity, **{name: row.get(name, "") for name in COLUMNS[1:]}}
    return list(made.values())


def bot_rows(exported: Any, where: str) -> tuple[list[Row], list[str]]:
    """Commands of Nightbot or StreamElements, and those left out with the reason."""
    listed = exported.get("commands", exported.get("data")) if isinstance(exported, dict) else exported
    if not isinstance(listed, list) or not all(isinstance(command, dict) for command in listed):
        raise BadInput(
            "there is no list of commands in it", where=where, fix="Give Nightbot's or StreamElements' export"
        )
    made: dict[str, Row] = {}
    left_out: list[str] = []
    for command in listed:
        name = str(command.get("name") or command.get("command") or "").lstrip("!").strip()
        says = str(command.get("message") or command.get("reply") or "").strip()
        reason = _unfit(command, name, says)
        if reason:
            left_out.append(f"!{name or '?'}: {reason}")
            continue
        others = [alias for field in ("aliases", "keywords") for alias in _names(command.get(field))]
        identity = _slug(name, made)
        made[identity] = {
            "id": identity,
            "question": f"{_spaced(name)}?",
            "answer": _ACTION.sub("", says).strip(),
            "product_id": "",
            "also_asked": "|".join(dict.fromkeys(f"{_spaced(other)}?" for other in others)),
        }
    return list(made.values()), left_out


def _unfit(command: dict[str, Any], name: str, says: str) -> str:
    if not name or not says:
        return "it has no name or no text"
    if command.get("enabled") is False:
        return "it is switched off"
    if _VARIABLE.search(says):
        return "its text is made by the bot each time"
    if str(command.get("userLevel", "everyone")) not in ("everyone", "regular") or _level(command) > _EVERYONE:
        return "it is not for everyone"
    return ""


_EVERYONE = 100  # StreamElements' accessLevel of any viewer


def _level(command: dict[str, Any]) -> int:
    level = command.get("accessLevel", _EVERYONE)
    return level if isinstance(level, int) else _EVERYONE


def _names(value: Any) -> list[str]:
    return [str(name).lstrip("!") for name in value if str(name).strip()] if isinstance(value, list) else []


def _spaced(name: str) -> str:
    """pcSpecs, pc_specs → pc specs"""
    return re.sub(r"[_-]+|(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _slug(text: str, taken: dict[str, Row]) -> str:
    base = "-".join(re.findall(r"[a-z0-9]+|[㐀-鿿]+", text.lower()))[:40].strip("-") or "entry"
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
