"""What became of a chat line, in one word of a known list."""

from __future__ import annotations

from typing import Literal

from livehost.review.timeline import Line, Question, Timeline

Fate = Literal[
    "answered aloud",
    "answered in text",
    "asked back",
    "answered by the host",
    "shown to the host",
    "taken by a person",
    "held, never decided",
    "dropped by a person",
    "too old",
    "dropped",
    "open at the end",
    "ignored",
    "undecided",
]
ANSWERED: tuple[Fate, ...] = ("answered aloud", "answered in text")
_PEOPLE_REASONS = ("dropped by a moderator", "skipped", "skip", "stopped", "stop", "marked as wrong")


def fate_of(seen: Timeline, line: Line) -> Fate:
    """What became of a chat line."""
    if line.decided_ms < 0:
        return "undecided"
    question = seen.questions.get(line.item)
    if question is not None:
        fate = fate_of_question(seen, question)
        return "asked back" if line.asks_back and fate in ANSWERED else fate
    return {"host": "shown to the host", "ignore": "ignored"}.get(line.route, "dropped")  # type: ignore[return-value]


def fate_of_question(seen: Timeline, question: Question) -> Fate:
    """An answer in the chat counts even where its speech was dropped or grew too old."""
    states = question.states
    if "answered" in states:
        return "answered aloud"
    if "posted" in states or any(r.done_ms >= 0 and not r.problem for r in (seen.replies[n] for n in question.posts)):
        return "answered in text"
    last = question.stands[-1]
    if last.state == "dropped":
        if last.reason in ("the host answered", "answered"):
            return "answered by the host"
        return "dropped by a person" if last.reason in _PEOPLE_REASONS else "dropped"
    if last.state in ("host", "taken"):
        return "shown to the host" if last.state == "host" else "taken by a person"
    if last.state == "expired":
        return "held, never decided" if states == {"held", "expired"} else "too old"
    return "held, never decided" if last.state == "held" else "open at the end"
