"""What the benchmarks share."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from livehost.creators import load

DEMO = Path(__file__).parents[2] / "livehost" / "demo"
LIVEHOST = [sys.executable, "-m", "livehost"]
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
Row = dict[str, Any]
PEERS_ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}


def percentiles(values: Sequence[float], digits: int = 3) -> Row:
    ordered = sorted(values)
    at = {p: ordered[min(len(ordered) - 1, len(ordered) * p // 100)] for p in (50, 90, 99)}
    return {
        "n": len(ordered),
        **{f"p{p}": round(value, digits) for p, value in at.items()},
        "max": round(ordered[-1], digits),
    }


def sentences(name: str, count: int) -> list[str]:
    return [faq.answer for faq in load(DEMO / "creators" / name).faqs[:count]]


def chat(name: str) -> list[Row]:
    return [
        json.loads(line) for line in (DEMO / "sessions" / name / "chat.jsonl").read_text(encoding="utf-8").splitlines()
    ]
