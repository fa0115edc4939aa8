"""tools.toml: look-ups that a creator allows, what is taken out of a viewer's line for them, and what is said of their results.

Pure but for `read_toolbox`. A tool's wordings are matched like those of a FAQ entry; its answers are the creator's own
sentences with values of the result in them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from livehost.errors import BadInput
from livehost.knowledge import Faq, Knowledge, Tool, ToolWording

PREFIX = "tool:"  # of the ids by which tools stand among the FAQ entries
_HOLE = re.compile(r"\{(\w+)\}")
_CONDITION = re.compile(r"\s*(\w+)\s*(==|!=|<=|>=|<|>)\s*(.+?)\s*")
_SAMPLES_MOST = 3

Values = Mapping[str, str]
Operator = Literal["==", "!=", "<", "<=", ">", ">="]


class McpServer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A server started by `command`, or reached at `url`."""

    command: tuple[str, ...] = ()
    url: str = ""


class Toolbox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file. `hosts` are all that may be called, as host or host:port; a private address must be named itself."""

    hosts: tuple[str, ...] = ()
    mcp: dict[str, McpServer] = {}
    tool: tuple[Tool, ...] = ()


def read_toolbox(path: Path) -> Toolbox:
    """Empty where there is no file; raises BadInput that names the tool and what is wrong with it."""
    if not path.exists():
        return Toolbox()
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as trouble:
        raise BadInput(f"not valid TOML: {trouble}", where=str(path)) from None
    return toolbox_of(raw, str(path))


def toolbox_of(raw: Mapping[str, Any], where: str) -> Toolbox:
    """Raises BadInput."""
    try:
        box = msgspec.convert(raw, Toolbox)
    except msgspec.ValidationError as trouble:
        raise BadInput(str(trouble), where=where) from None
    seen: set[str] = set()
    for tool in box.tool:
        if wrong := _wrong(tool, box) or ("this id is another tool's, too" if tool.id in seen else ""):
            raise BadInput(f"tool {tool.id!r}: {wrong}", where=where)
        seen.add(tool.id)
    return box


def _wrong(tool: Tool, box: Toolbox) -> str:
    if not (tool.asked or tool.fields or tool.kind) or not tool.step or not tool.answer:
        return "it needs asked (or fields, or kind), a [[tool.step]] and a [[tool.answer]]"
    known = {p.name for p in tool.parameter} | ({"account"} if tool.private else set()) | {"product"}
    for step in tool.step:
        if bool(step.get) + bool(step.post) + bool(step.mcp) != 1:
            return "a step has one of get, post and mcp"
        if step.mcp and (step.mcp not in box.mcp or not step.call):
            return f"mcp = {step.mcp!r} needs a table [mcp.{step.mcp}] and call"
        if not step.mcp and not allowed(step.get or step.post, box.hosts):
            return f"the host of {step.get or step.post} is not in hosts"
        if (step.post or step.writes) and not (tool.writes or tool.reads):
            return "a post changes something: say writes = true, or reads = true where it does not"
        holes = _holes([step.get, step.post, *map(str, {**step.body, **step.arguments}.values())])
        if loose := holes - known:
            return f"{{{loose.pop()}}} is no parameter"
        known |= set(step.fields)
    holes = _holes(text for a in tool.answer for text in (a.en, a.zh))
    if loose := holes - known:
        return f"{{{loose.pop()}}} is neither a parameter nor a field"
    written = {p.name for p in tool.parameter if p.type == "text"}
    if loose := holes & written:
        return f"{{{loose.pop()}}} is a viewer's own words: say a field of the result instead"
    conditions = [text for text in (*(s.when for s in tool.step), *(a.when for a in tool.answer)) if text]
    unread = [text for text in conditions if not all(_CONDITION.fullmatch(part) for part in text.split(" and "))]
    return f"when = {unread[0]!r} is no condition such as 'minutes <= 10'" if unread else ""


def allowed(url: str, hosts: Iterable[str]) -> bool:
    """Whether an address, or one with holes in its path, may be called: http or https, a host of the list, no user in it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    named = (host, f"{host}:{port or (443 if parts.scheme == 'https' else 80)}")
    return (
        parts.scheme in ("http", "https")
        and not _HOLE.search(parts.netloc)
        and "@" not in parts.netloc
        and any(name in hosts for name in named)
    )


def askable(knowledge: Knowledge) -> Knowledge:
    """The knowledge with its tools among the FAQ entries, for whoever reads and matches lines."""
    if not knowledge.tools:
        return knowledge
    entries = (_entry(tool) for tool in knowledge.tools if tool.asked)
    return msgspec.structs.replace(knowledge, faqs=(*knowledge.faqs, *entries))


def tool_of(faq: str, knowledge: Knowledge) -> Tool | None:
    """The tool that stands behind an id among the FAQ entries."""
    return next((tool for tool in knowledge.tools if f"{PREFIX}{tool.id}" == faq), None)


def _entry(tool: Tool) -> Faq:
    """Without an answer of its own."""
    wordings = [filled for wording in tool.asked for filled in _samples(wording, tool)]
    return Faq(f"{PREFIX}{tool.id}", wordings[0], "", also_asked=tuple(wordings[1:]))


def _samples(wording: str, tool: Tool) -> list[str]:
    """A wording with some of the values in it that viewers will put there."""
    made = [wording]
    for parameter in tool.parameter:
        hole = f"{{{parameter.name}}}"
        names = [names[0] for names in parameter.choices.values()][:_SAMPLES_MOST] or list(
            parameter.examples[:_SAMPLES_MOST]
        )
        if hole in wording:
            made = [text.replace(hole, name) for text in made for name in (names or [""])]
    return [" ".join(text.split()) for text in made[: _SAMPLES_MOST * 2]]


# --- conditions and sentences


def holds(condition: str, values: Values) -> bool:
    """ "minutes <= 10 and open == yes"; a value that is not there fulfils nothing."""
    for part in condition.split(" and ") if condition else ():
        match = _CONDITION.fullmatch(part)
        if not match or match[1] not in values or not _compare(values[match[1]], match[2], match[3].strip("'\"")):
            return False
    return True


def _compare(left: str, operator: str, right: str) -> bool:
    try:
        order = (Decimal(left) > Decimal(right)) - (Decimal(left) < Decimal(right))
    except InvalidOperation:
        if operator not in ("==", "!="):
            return False
        order = int(left.casefold() != right.casefold())
    return {"==": order == 0, "!=": order != 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[
        operator
    ]


def sentence(wording: ToolWording, language: str, values: Values, tool: Tool) -> str:
    """In the language where there are words in it, with the values as people say them."""
    template = (wording.zh or wording.en) if language == "zh" else (wording.en or wording.zh)
    spoken = "zh" if template == wording.zh and wording.zh else "en"
    return _HOLE.sub(lambda m: _as_said(m[1], values, tool, spoken), template)


def _as_said(name: str, values: Values, tool: Tool, language: str) -> str:
    value = values.get(name, "")
    parameter = next((p for p in tool.parameter if p.name == name), None)
    names = parameter.choices.get(value, ()) if parameter else ()
    chinese = [n for n in names if re.search("[㐀-鿿]", n)]
    latin = [n for n in names if n not in chinese]
    fitting = (chinese if language == "zh" else latin) or list(names)
    return fitting[0] if fitting else value


def _holes(texts: Iterable[str]) -> set[str]:
    return {name for text in texts for name in _HOLE.findall(text)}
