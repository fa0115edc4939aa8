"""What the shared raw frames say: ids, kinds, amounts and digests of texts, each compared by eye with its raw frame.

`lines_of` gives the same for what a decoder makes of a file now.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

from livehost.chat import ChatLine
from livehost.decoding import decode_file, decoder

FILE = Path(__file__).parent / "frames.json"
_FOLDERS = {
    "twitch": ("twitch/chatterino", "*.json"),
    "youtube": ("youtube", "[cp]*/*.json"),
    "bilibili": ("bilibili", "*.jsonl"),
}


def platform_files(chat: Path) -> list[tuple[str, Path]]:
    """Platform and file of every raw frame of the fixtures."""
    return [
        (platform, path)
        for platform, (folder, pattern) in _FOLDERS.items()
        for path in sorted((chat / folder).rglob(pattern))
    ]


def lines_of(platform: str, path: Path) -> dict[str, Any]:
    unknown: Counter[str] = Counter()
    lines = [_said(line) for line in decode_file(path, decoder(platform), unknown)]
    return {"lines": lines, "unknown": dict(sorted(unknown.items()))}


def expected() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def _said(line: ChatLine) -> dict[str, Any]:
    """Names and texts as digests: they are those of real viewers."""
    gift = line.gift and [_digest(line.gift.name), line.gift.count, line.gift.value, line.gift.currency]
    told = {
        "type": line.type,
        "id": line.id,
        "at_ms": line.at_ms,
        "user": line.user.id,
        "name": _digest(line.user.name),
        "roles": list(line.user.roles),
        "text": _digest(line.text),
        "gift": gift,
        "months": line.months,
        "gifted": line.gifted,
        "count": line.count,
        "target": line.target_id or line.target_user,
    }
    return {key: value for key, value in told.items() if value}


def _digest(text: str) -> str:
    return text and hashlib.sha256(text.encode()).hexdigest()[:12]
