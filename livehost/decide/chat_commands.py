"""What moderators may write in the chat to stop it, each line a word and perhaps a number of minutes. Pure."""

from __future__ import annotations

import re

from livehost.chat import Viewer
from livehost.events import Action

_MAY = frozenset({"moderator", "mod", "broadcaster", "owner", "streamer", "host", "admin", "房管", "主播"})
_MODES = {"quiet", "polite", "lively"}
_ACTIONS: dict[str, Action] = {
    "stop": "stop",
    "mute": "mute",
    "unmute": "unmute",
    "skip": "skip",
    "hold": "pause",
    "pause": "pause",
    "resume": "resume",
    "clear": "clear",
    "panic": "panic",
    "wrong": "wrong",
    "report": "report",
    "停": "stop",
    "停止": "stop",
    "闭嘴": "stop",
    "静音": "mute",
    "取消静音": "unmute",
    "跳过": "skip",
    "暂停": "pause",
    "继续": "resume",
    "清空": "clear",
    "说错了": "wrong",
    "错了": "wrong",
    "小结": "report",
}
_LINE = re.compile(
    r"\s*[!！](?P<word>[a-z]+|[㐀-鿿]+)\s*(?P<minutes>\d{1,4}(?:\.\d)?)?\s*(?:m|min|分钟?)?\s*", re.IGNORECASE
)


def chat_command(text: str, viewer: Viewer) -> tuple[Action, str] | None:
    """The action and its text, when this viewer may give it."""
    found = _LINE.fullmatch(text[:40])
    if not found or not _MAY & {role.lower() for role in viewer.roles}:
        return None
    word = found["word"].lower()
    if word in _MODES:
        return "mode", word
    action = _ACTIONS.get(word)
    return (action, found["minutes"] or "" if action == "mute" else "") if action else None
