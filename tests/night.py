"""What happens in a long night, made out of a short recording: its chat and its host again and again, with variation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from livehost import events
from livehost.chat import ChatLine, Viewer
from livehost.commands import Among
from livehost.events import Candidate, Event
from livehost.review.timeline_reader import read_timeline

RECORDED = Path(__file__).parent / "recordings"
_ENDINGS = ("", " pls", "??", " 🙏", " thx", "!!", " anyone?", " 😍😍")
_ACTS: tuple[events.Action, ...] = ("skip", "pause", "resume", "mute", "unmute", "drop", "approve", "wrong")


def finds_of(source: Path) -> Callable[[str, Among], tuple[Candidate, ...]]:
    """What the matcher found when the recording was made."""
    known = read_timeline(source).matches

    def finds(text: str, among: Among) -> tuple[Candidate, ...]:
        return known.get(text, ()) if among == "questions" else ()

    return finds


def inputs(source: Path, length_ms: int, lines: int) -> Iterator[tuple[int, Event]]:
    """`lines` of chat; the host speaks half of the time, a moderator acts every two minutes."""
    came = [*_chat(source, length_ms, lines), *_host(source, length_ms), *_acts(length_ms)]
    return iter(sorted(came, key=lambda one: one[0]))


def _chat(source: Path, length_ms: int, lines: int) -> Iterator[tuple[int, Event]]:
    texts = [line.text for line in read_timeline(source).lines if line.type == "message"]
    for number in range(lines):
        at_ms = length_ms * number // lines
        viewer = Viewer(f"u{number * 7919 % 20011}", f"viewer {number * 7919 % 20011}")
        line = ChatLine(at_ms=at_ms, platform="test", id=f"m{number}", user=viewer)
        if number % 500 == 499:
            line = msgspec.structs.replace(line, type="order", product_id="ridge-jacket", count=1)
        elif number % 300 == 299:
            line = msgspec.structs.replace(line, type="deleted", target_id=f"m{number - 1}")
        else:
            repeated = number // len(texts)
            text = texts[number * 31 % len(texts)] + _ENDINGS[repeated % len(_ENDINGS)]
            line = msgspec.structs.replace(line, text=text)
        yield at_ms, events.ChatReceived("test", line)


def _host(source: Path, length_ms: int) -> Iterator[tuple[int, Event]]:
    """The show's utterances again and again, with as much silence behind each as it was long."""
    told = read_timeline(source).host
    at_ms, number = 3000, 0
    while at_ms < length_ms - 15_000:
        words = told[number % len(told)]
        number += 1
        lasts = words.end_ms - words.start_ms
        end_ms = at_ms + lasts
        yield at_ms + 60, events.HostStarted(number, at_ms)
        yield end_ms + 300, events.HostStopped(number, end_ms)
        yield end_ms + 450, events.HostSaid(number, words.text, words.language, at_ms, end_ms, 400)
        at_ms = end_ms + max(1200, lasts)


def _acts(length_ms: int) -> Iterator[tuple[int, Event]]:
    for number, at_ms in enumerate(range(120_000, length_ms, 120_000)):
        action = _ACTS[number % len(_ACTS)]
        target = number + 1 if action in ("drop", "approve", "wrong") else 0
        yield at_ms, events.Acted(action, "mod" if number % 2 else "lee", target)
