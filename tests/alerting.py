"""The alerts' rules over what /metrics serves, as far as ours go: a metric, its labels, a comparison."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

_SELECTOR = re.compile(r"livehost_part_ok\{part(?P<how>=~|!~|=)\"(?P<value>[^\"]*)\"\} == 0")
_PART = re.compile(r'livehost_part_ok\{part="((?:[^"\\]|\\.)*)"\} (\d)')


@dataclass(frozen=True)
class Rule:
    name: str
    expr: str
    summary: str
    description: str

    def concerns(self, part: str) -> bool:
        """Whether it fires for that part's trouble; a rule about something else never does."""
        if not (found := _SELECTOR.fullmatch(self.expr)):
            return False
        same = bool(re.fullmatch(found["value"] if found["how"] != "=" else re.escape(found["value"]), part))
        return same != (found["how"] == "!~")


def rules_of(path: Path) -> list[Rule]:
    groups = yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
    return [
        Rule(rule["alert"], rule["expr"], rule["annotations"]["summary"], rule["annotations"]["description"])
        for group in groups
        for rule in group["rules"]
    ]


def firing(rules: list[Rule], metrics: str) -> dict[str, str]:
    """Part in trouble → the alert's name."""
    troubled = [part for part, ok in _PART.findall(metrics) if ok == "0"]
    return {part: rule.name for part in troubled for rule in rules if rule.concerns(part)}
