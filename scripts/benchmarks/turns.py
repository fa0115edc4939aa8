"""Taking turns, as a whole."""

from __future__ import annotations

from common import Row
from flood import flood
from interruptions import interruptions
from overlap import overlap, recognised


def turns() -> Row:
    """Overlap, barge-in, back-channels and a flood."""
    return {"overlap": overlap(), "recognised": recognised(), "interruptions": interruptions(), "flood": flood()}
