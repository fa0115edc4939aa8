"""Our decoder of YouTube's page beside chat-downloader's and pytchat's own parsers, on raw frames in a folder.

    python -m venv /tmp/parsers && /tmp/parsers/bin/pip install chat-downloader pytchat
    .venv/bin/python scripts/compare_youtube.py FOLDER --python /tmp/parsers/bin/python

Prints one JSON document: how many items each parser made, how many of them agree with ours, and every difference.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

THEIRS = r"""
import json, sys
from chat_downloader.sites.youtube import YouTubeChatDownloader
from pytchat.processors.default.processor import DefaultProcessor

def inner(action):
    if "replayChatItemAction" in action:
        return [one for each in action["replayChatItemAction"]["actions"] for one in inner(each)]
    return [action]

def by_downloader(action):
    item = (action.get("addChatItemAction") or {}).get("item")
    if not item:
        return None
    found = YouTubeChatDownloader._parse_item(item)
    kind = next(iter(item))
    money = found.get("money") or {}
    return {"id": found.get("message_id"), "user": (found.get("author") or {}).get("id"),
            "name": (found.get("author") or {}).get("name"), "text": found.get("message") or "", "kind": kind,
            "at_ms": int(found.get("timestamp") or 0) // 1000, "value": money.get("amount"), "currency": money.get("currency")}

def by_pytchat(action):
    made = DefaultProcessor().process([{"video_id": "x", "timeout": 1, "chatdata": [action]}]).items
    if not made:
        return None
    one = made[0]
    return {"id": one.id, "user": one.author.channelId, "name": one.author.name, "text": one.message, "kind": one.type,
            "at_ms": int(one.timestamp or 0), "value": one.amountValue, "currency": one.currency}

for line in sys.stdin:
    for action in inner(json.loads(line)):
        out = {"action": action}
        for name, parse in (("chat-downloader", by_downloader), ("pytchat", by_pytchat)):
            try:
                out[name] = parse(action)
            except Exception as trouble:
                out[name] = {"fault": repr(trouble)[:100]}
        print(json.dumps(out))
"""


def actions_of(path: Path) -> list[Any]:
    data = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(data, list):
        return data
    page = (data.get("response") or data).get("continuationContents", {}).get("liveChatContinuation", {})
    found = page.get("actions", [])
    return found if isinstance(found, list) else []


def ours(action: Any) -> dict[str, Any] | None:
    from livehost.ingest.frames import UnknownFrame
    from livehost.ingest.youtube_frames import decode

    try:
        (line,) = decode(json.dumps(action))
    except UnknownFrame:
        return None
    gift = line.gift
    made: dict[str, Any] = {"id": line.id, "user": line.user.id, "name": line.user.name, "text": line.text}
    made |= {"at_ms": line.at_ms, "value": gift.value if gift else None, "currency": gift.currency if gift else None}
    return made if line.type not in ("deleted", "banned") else None


def differences(mine: dict[str, Any] | None, theirs: dict[str, Any] | None) -> list[str]:
    if mine is None or theirs is None or "fault" in theirs:
        return (
            []
            if not mine and not theirs
            else [f"ours {'yes' if mine else 'no'}, theirs {theirs and theirs.get('fault', 'yes')}"]
        )
    names = ["id", "user", "name", "text", "at_ms"] + ["value", "currency"] * (mine["value"] is not None)
    return [name for name in names if (mine[name] or None) != (theirs[name] or None)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--python", required=True, help="that of the environment with both packages")
    chosen = parser.parse_args()
    lines = [json.dumps(a) for path in sorted(chosen.folder.rglob("*.json")) for a in actions_of(path)]
    done = subprocess.run(
        [chosen.python, "-c", THEIRS], input="\n".join(lines), capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = {}
    for row in map(json.loads, done.stdout.splitlines()):
        mine = ours(row["action"])
        kind = next(iter((row["action"].get("addChatItemAction") or {}).get("item", {})), "") or next(
            iter(row["action"])
        )
        for name in ("chat-downloader", "pytchat"):
            tally = found.setdefault(name, {"theirs": 0, "ours": 0, "agree": 0, "differences": {}})
            tally["theirs"] += row[name] is not None and "fault" not in row[name]
            tally["ours"] += mine is not None
            what = differences(mine, row[name])
            tally["agree"] += mine is not None and not what
            for one in what:
                key = f"{kind}: {one}"
                tally["differences"].setdefault(key, []).append(
                    [mine and mine.get(one), row[name] and row[name].get(one)]
                )
    print(json.dumps(found, ensure_ascii=False, indent=1))
    sys.stderr.write(done.stderr[-300:])


main()
