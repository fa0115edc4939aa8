"""A trace's pieces: plain data that a collector, a file and a test can take. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

import msgspec

Value = str | int | float | bool
PERSONAL = "livehost.personal."  # begins every attribute that tells who wrote, or what


class Span(msgspec.Struct, frozen=True):
    """A stage on a line's way; `parent` is empty for the way as a whole. Moments are milliseconds since the session began."""

    trace: str  # 32 hexadecimal digits
    span: str  # 16
    parent: str
    name: str
    start_ms: int
    end_ms: int
    failed: bool = False
    attributes: dict[str, Value] = {}


@dataclass(frozen=True)
class Stage:
    """One of a line's stages, not yet at its place in a trace."""

    name: str
    start_ms: int
    end_ms: int
    failed: bool = False
    attributes: dict[str, Value] = field(default_factory=dict)


def trace_of(identity: str, root: Stage, stages: list[Stage]) -> list[Span]:
    """The way as a whole, then its stages in the order of their beginning. The same `identity` gives the same ids."""
    trace = sha256(identity.encode()).hexdigest()[:32]
    ids = [sha256(f"{identity}/{number}".encode()).hexdigest()[:16] for number in range(len(stages) + 1)]
    ordered = sorted(stages, key=lambda stage: (stage.start_ms, stage.end_ms))
    return [_placed(root, trace, ids[0], "")] + [
        _placed(stage, trace, own, ids[0]) for stage, own in zip(ordered, ids[1:], strict=True)
    ]


def _placed(stage: Stage, trace: str, own: str, parent: str) -> Span:
    return Span(trace, own, parent, stage.name, stage.start_ms, stage.end_ms, stage.failed, stage.attributes)
