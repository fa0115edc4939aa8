"""`livehost decode`: a platform's raw frames, kept in a file, to chat lines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from livehost.chat import ChatLine
from livehost.errors import BadInput
from livehost.ingest.frames import Decode, UnknownFrame
from livehost.ingest.lines import cleaned
from livehost.tables import read_text


def decoder(platform: str) -> Decode:
    """Raises BadInput for a platform that nobody decodes."""
    known = _decoders()
    if platform not in known:
        raise BadInput(f"{platform!r} can't be decoded", fix=f"Known are: {', '.join(sorted(known))}")
    found: Decode = known[platform].load()
    return found


@cache
def _decoders() -> dict[str, EntryPoint]:
    """What is installed, looked up once: that reads the metadata of every package."""
    return {point.name: point for point in entry_points(group="livehost.decoder")}


def decode_file(path: Path, decode: Decode, unknown: Counter[str]) -> Iterator[ChatLine]:
    """The lines of all frames in order; what was not understood is counted by its kind in `unknown`."""
    for frame in frames(read_text(path)):
        try:
            yield from map(cleaned, decode(frame))
        except UnknownFrame as trouble:
            unknown[trouble.kind] += 1
        except ValueError as trouble:
            unknown[f"broken: {trouble}"[:80]] += 1


def frames(content: str) -> Iterator[str]:
    """One JSON document (a frame, an array of frames, or objects that hold one as `input`), else one frame a line."""
    try:
        whole = json.loads(content)
    except (ValueError, RecursionError):
        yield from (line for line in content.split("\n") if line.strip())
    else:
        yield from _inside(whole)


def _inside(data: Any) -> Iterator[str]:
    if isinstance(data, list):
        for one in data:
            yield from _inside(one) if isinstance(one, dict) else [one if isinstance(one, str) else json.dumps(one)]
    elif isinstance(data, dict) and "input" in data:
        yield from _inside(data["input"])
    else:
        yield data if isinstance(data, str) else json.dumps(data)
