"""Runs a tool's steps in order and gives the values they brought, each as evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from livehost.clock import stopwatch
from livehost.errors import LivehostError
from livehost.knowledge import Tool, ToolStep
from livehost.toolbox import Toolbox, holds
from livehost.tools.mcp_servers import McpServers
from livehost.tools.values import values_of
from livehost.tools.web import Web

_HOLE = re.compile(r"\{(\w+)\}")
_KEPT_MOST = 500  # results

Values = dict[str, str]


class Runner:
    """May be used from several threads."""

    def __init__(self, box: Toolbox) -> None:
        self._tools = {tool.id: tool for tool in box.tool}
        self._web = Web(box.hosts)
        self._mcp = McpServers(box.mcp, box.hosts)
        self._kept: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[Callable[[], float], Values]] = {}

    def run(self, name: str, arguments: Mapping[str, str]) -> Values:
        """Field → value, without the arguments. Raises LivehostError."""
        tool = self._tools.get(name)
        if tool is None:
            raise LivehostError(f"there is no tool {name!r}")
        key = (name, tuple(sorted(arguments.items())))
        kept = self._kept.get(key)
        if kept and kept[0]() < tool.cache_seconds and not tool.writes:
            return kept[1]
        values = self._steps(tool, arguments)
        if tool.cache_seconds and not tool.writes:
            self._kept[key] = (stopwatch(), values)
            while len(self._kept) > _KEPT_MOST:
                self._kept.pop(next(iter(self._kept)))
        return values

    def warm_up(self) -> None:
        """Raises LivehostError."""
        self._mcp.warm_up()

    def close(self) -> None:
        self._web.close()
        self._mcp.close()

    def _steps(self, tool: Tool, arguments: Mapping[str, str]) -> Values:
        values: Values = {}
        spent = stopwatch()
        for step in tool.step:
            if not holds(step.when, {**arguments, **values}):
                continue
            left = tool.seconds - spent()
            if left <= 0:
                raise LivehostError("took too long")
            values |= values_of(self._call(step, {**arguments, **values}, left), step.fields)
        return values

    def _call(self, step: ToolStep, values: Mapping[str, str], seconds: float) -> Any:
        if step.mcp:
            return self._mcp.call(step.mcp, step.call, _filled(step.arguments, values), seconds)
        url = _HOLE.sub(lambda m: quote(values.get(m[1], ""), safe=""), step.get or step.post)
        body = _filled(step.body, values) if step.post else None
        return self._web.json(url, seconds, body, step.headers)


def _filled(template: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """A value that is one hole alone, and a number, goes out as a number."""
    return {name: _one(value, values) for name, value in template.items()}


def _one(value: Any, values: Mapping[str, str]) -> Any:
    if not isinstance(value, str):
        return value
    filled = _HOLE.sub(lambda m: values.get(m[1], ""), value)
    alone = _HOLE.fullmatch(value) is not None
    return int(filled) if alone and re.fullmatch(r"\d{1,9}", filled) else filled
