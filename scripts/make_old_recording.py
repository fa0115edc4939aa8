"""A small show with all that a version of Livehost knows, recorded by that version's own code, for tests/formats.

    git archive COMMIT | tar x -C /tmp/old
    cd /tmp/old && PYTHONPATH=/tmp/old python scripts/make_old_recording.py tests/formats/logic-N

Made once for each logic version, by the last commit that has it; kept as they are for ever.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, get_args

sys.path.insert(0, str(Path.cwd()))  # the version's own tests

from livehost import events
from livehost.chat import ChatLine, Viewer
from tests.story import Story
from tests.test_replay import record

_TARGETS = {"approve": 4, "drop": 5, "post": 4, "wrong": 1, "pin": 4, "first": 4, "host": 4, "take": 5}
_TARGETS |= dict.fromkeys(("accept", "decline", "confirm", "correct"), 1)
_WORDS = {"mode": "lively", "say": "Hello from the team.", "table": "storm-jacket", "approve": "Write to us, please."}
_ENDS = {"mute": "unmute", "pause": "resume"}


def show() -> Any:
    story: Any = Story()
    story.happens(events.PartChanged("hearing", "ok"))
    _chat(story)
    _people(story)
    _later_kinds(story)
    story.asks("is the hood removable?", user="f", faq="hood")
    story.wait(9000)
    story.act("stop")
    ended: Any = events.SessionEnded
    story.happens(ended("ended", 4200) if "cpu_ms" in ended.__struct_fields__ else ended("ended"))
    return story


def _chat(story: Any) -> None:
    story.asks("return policy?", faq="returns")
    story.host_talks(2500, "this is the ridge jacket")
    story.asks("return policy pls", user="b", faq="returns")
    story.asks("how much is it", user="b")
    story.asks("does the ridge jacket come in blue", user="c")
    story.asks("你们发加拿大吗", user="小鱼", faq="ship-canada")
    story.wait(9000)
    story.asks("where is my order 4711", user="c")
    story.wait(500)
    story.asks("can kids sit in it?", user="d")
    story.asks("kill yourself", user="e")
    story.wait(500)
    others: tuple[dict[str, Any], ...] = (
        *({"type": kind} for kind in ("gift", "subscribe", "follow")),
        {"type": "raid", "count": 20},
        {"type": "order", "product_id": "ridge-jacket", "count": 2},
        {"type": "deleted", "target_id": "m1"},
    )
    for number, fields in enumerate(others):
        line = ChatLine(id=f"x{number}", platform="test", user=Viewer("z", "Zoe"), **fields)
        story.happens(events.ChatReceived("test", line))
    story.happens(events.ChatDropped("test", 3, "too many"), events.PartChanged("chat", "lost", "gone"))
    story.wait(3000)
    story.happens(events.PartChanged("chat", "ok"))


def _people(story: Any) -> None:
    """Everything that people could do then."""
    for action in get_args(events.Action):
        if action in ("stop", "panic"):
            continue
        if action == "teach":
            story.act(action, text="Yes, kids can.", question="can kids sit in it?")
        else:
            story.act(action, _TARGETS.get(action, 0), _WORDS.get(action, ""))
        if action in _ENDS:
            story.act(_ENDS[action])
        story.wait(700)


def _later_kinds(story: Any) -> None:
    if hasattr(events, "SceneShown"):
        story.happens(events.SceneShown("Jacket"))
    if hasattr(events, "PrivacyChanged"):
        story.happens(events.PrivacyChanged(True, "break"))
        story.wait(500)
        story.happens(events.PrivacyChanged(False))
    if hasattr(events, "HostPartial"):
        story.happens(events.HostStarted(40, story.now_ms))
        story.wait(800)
        story.happens(events.HostPartial(40, "the ridge jacket is", "en"))
        story.wait(600)
        said = events.HostSaid(40, "the ridge jacket is 99 dollars", "en", story.now_ms - 1400, story.now_ms, 0)
        story.happens(events.HostStopped(40, story.now_ms), said)


print(record(Path(sys.argv[1]), show()))
