"""A flood of questions: what becomes of each, how old what is spoken is, and who gets a turn."""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
from common import DEMO, Row, percentiles

from livehost import commands, events
from livehost.chat import ChatLine, Viewer
from livehost.creators import load

sys.path.append(str(Path(__file__).parents[2]))  # the storyboards of the tests
from tests.story import ScriptedHands, Story

_LINES_A_MINUTE, _MINUTES, _QUESTIONS = 10_000, 10, 40


def flood() -> Row:
    """100,000 lines in ten minutes, a third of them of 40 routine questions, the rarest a hundredth of the commonest."""
    rng = np.random.default_rng(7)
    knowledge = load(DEMO / "creators" / "anna")
    faqs = knowledge.faqs[:_QUESTIONS]
    story = Story(knowledge, ScriptedHands(clause_ms=3000))
    weights = 1 / np.arange(1, _QUESTIONS + 1) ** 1.2
    picked = rng.choice(_QUESTIONS, size=_LINES_A_MINUTE * _MINUTES, p=weights / weights.sum())
    is_question = rng.random(len(picked)) < 1 / 3
    viewers = rng.integers(3000, size=len(picked))
    began, asked = time.perf_counter(), {}
    line_of: dict[str, tuple[str, str]] = {}
    host = 0
    for number, (question, asks_it, viewer) in enumerate(zip(picked, is_question, viewers, strict=True)):
        at_ms = number * 60_000 // _LINES_A_MINUTE
        while host * 5000 <= at_ms:  # five seconds of voice, five of silence
            story.wait(max(0, host * 5000 - story.now_ms))
            turn(story, host)
            host += 1
        story.wait(max(0, at_ms - story.now_ms))
        user = f"v{viewer}"
        if asks_it:
            faq = faqs[question]
            line = story.asks(faq.question, user=user, faq=faq.id)
            line_of[line] = (faq.id, user)
            asked.setdefault(faq.id, at_ms)
        else:
            chatter = ChatLine(id=f"c{number}", user=Viewer(user, user), text="lol nice")
            story.happens(events.ChatReceived("test", chatter))
    story.wait(60_000)
    took = time.perf_counter() - began
    return fate(story, asked, line_of, took)


def turn(story: Story, number: int) -> None:
    now, utterance = story.now_ms, number // 2 + 1
    if number % 2 == 0:
        story.happens(events.HostStarted(utterance, now))
    else:
        story.happens(events.HostStopped(utterance, now), events.HostSaid(utterance, "so", "en", now - 5000, now, 0))


def fate(story: Story, asked: dict[str, int], line_of: dict[str, tuple[str, str]], took: float) -> Row:
    """What became of each question, and who had a turn."""
    item_of = {shown.line_id: shown.item for shown in story.all(commands.ShowDecision) if shown.item}
    faq_of = {item_of[line]: faq for line, (faq, _) in line_of.items() if line in item_of}
    ends: dict[str, Counter[str]] = {faq: Counter() for faq in asked}
    first_ms: dict[int, int] = {}
    last_ms: dict[int, int] = {}
    ages, open_now, longest = [], {}, 0
    for at_ms, wish in story.seen:
        if isinstance(wish, commands.ShowDecision) and wish.item:
            first_ms.setdefault(wish.item, at_ms)
            last_ms[wish.item] = at_ms
        if not isinstance(wish, commands.ShowItem):
            continue
        open_now[wish.item] = wish.state in ("held", "waiting")
        if wish.state in ("answered", "posted", "dropped", "expired") and wish.item in faq_of:
            ends[faq_of[wish.item]][f"{wish.state}{': ' + wish.reason if wish.reason else ''}"] += 1
        if wish.state == "speaking" and wish.reason == "" and wish.item in last_ms:
            ages.append((at_ms - last_ms[wish.item]) / 1000)
        longest = max(longest, sum(open_now.values()))
        if not open_now[wish.item]:
            del open_now[wish.item]
    answered = {
        item for item in faq_of if any(s.item == item and s.state == "answered" for s in story.all(commands.ShowItem))
    }
    turns_of: Counter[str] = Counter()
    for item in answered:
        turns_of.update({user for line, (_, user) in line_of.items() if item_of.get(line) == item})
    askers = {user for _, user in line_of.values()}
    counts = np.array([turns_of[user] for user in askers], dtype=float)
    unaccounted = [faq for faq, ended in ends.items() if not ended]
    return {
        "lines": len(story.envelopes),
        "core_ms_a_line": round(1000 * took / (_LINES_A_MINUTE * _MINUTES), 3),
        "questions": len(asked),
        "answered_aloud_at_least_once": sum(any(e.startswith("answered") for e in ended) for ended in ends.values()),
        "in_text_alone": sum(
            not any(e.startswith("answered") for e in ended) and bool(ended) for ended in ends.values()
        ),
        "unaccounted": unaccounted,
        "ends": dict(sum(ends.values(), Counter()).most_common()),
        "longest_list": longest,
        "seconds_since_last_asked_when_spoken": percentiles(ages, 1),
        "askers": len(askers),
        "askers_whose_question_was_spoken": int((counts > 0).sum()),
        "jain_fairness_of_turns": round(float(counts.sum() ** 2 / (len(counts) * (counts**2).sum())), 3),
    }
