"""The report as one HTML page: both languages in it, nothing loaded from elsewhere, viewers' words as text alone."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from livehost.knowledge import Knowledge
from livehost.record.folder import Header
from livehost.review import charts
from livehost.review.fates import Fate, fate_of
from livehost.review.figures import Figures
from livehost.review.former import Former
from livehost.review.timeline import Timeline
from livehost.review.words import LANGUAGES, if_known, in_language
from livehost.show.inert import inert
from livehost.subtitles import clock

_OPEN_MOST, _UNANSWERED_MOST, _ANSWERED_MOST, _DEEDS_MOST = 12, 100, 150, 80


@dataclass(frozen=True)
class Story:
    """What the page tells."""

    session: str
    header: Header
    knowledge: Knowledge
    figures: Figures
    former: Sequence[Former]
    sound: Sequence[str]
    seen: Timeline


class Answer(msgspec.Struct, frozen=True):
    at_ms: int
    question: str
    asked: int
    said: str
    fate: Fate
    after_ms: int | None


def page(story: Story) -> str:
    return rendered(
        "report.html",
        story.knowledge,
        story=story,
        f=story.figures,
        charts=_charts(story),
        answers=_answers(story),
        most={"open": _OPEN_MOST, "unanswered": _UNANSWERED_MOST, "answered": _ANSWERED_MOST, "deeds": _DEEDS_MOST},
    )


def rendered(template: str, knowledge: Knowledge, **values: Any) -> str:
    """One of our pages, with the style and script that they share."""
    folder = Path(str(resources.files("livehost"))) / "review" / "web"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "clock": clock,
        "lasting": lasting,
        "share": share,
        "inert": inert,
        "number": number,
        "known": _known,
    }
    environment.globals |= {"t": _both, "known": _known}
    style = (folder / "report.css").read_text(encoding="utf-8")
    script = (folder / "report.js").read_text(encoding="utf-8")
    return environment.get_template(template).render(
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        hashes={"style": _hash(style), "script": _hash(script)},
        language="zh" if knowledge.creator.languages[0] == "zh" else "en",
        **values,
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _charts(story: Story) -> dict[str, Markup]:
    found = story.figures
    drawn = {}
    if found.lines:
        drawn["time"] = charts.over_time(found.slots, clock)
    if found.routine:
        drawn["reasons"] = charts.reasons(found.routine_fates)
    if found.decided:
        series = (("line → reply in the chat", found.in_text), ("line → first sound", found.aloud))
        decided = (("line → decision", found.decided),)
        drawn["times"] = charts.answer_times(series if found.in_text or found.aloud else decided)
    if story.former:
        names = [*(row.started_at[5:10] for row in story.former), story.header.started_at[5:10]]
        routine = [*(row.coverage for row in story.former), found.coverage]
        asked = [*(row.asked_coverage for row in story.former), found.asked_coverage]
        drawn["former"] = charts.shares(
            names, (("answered of what the knowledge holds", routine), ("answered of all questions", asked))
        )
    return drawn


def _answers(story: Story) -> list[Answer]:
    """What was asked and what became of it, by how many asked."""
    seen = story.seen
    rows = []
    for question in seen.questions.values():
        if not question.lines:
            continue
        first = seen.lines[question.lines[0]]
        started = [ms for n in question.spoken if (ms := seen.utterances[n].started_ms) >= 0]
        done = [reply.done_ms for n in question.posts if (reply := seen.replies[n]).done_ms >= 0 and not reply.problem]
        after = min([*started, *done], default=None)
        wait = None if after is None else after - first.at_ms
        rows.append(Answer(first.at_ms, first.text, len(question.lines), question.text, fate_of(seen, first), wait))
    return sorted(rows, key=lambda row: (-row.asked, row.at_ms))


def lasting(ms: int | None) -> str:
    if ms is None:
        return "–"
    if ms < 1000:
        return f"{ms} ms"
    return f"{ms / 1000:.1f} s" if ms < 120_000 else f"{clock(ms)}"


def share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}".replace("100.0%", "100%")


def number(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


@pass_eval_context
def _both(_context: EvalContext, words: str) -> Markup:
    """Our own words in both languages; the page shows one."""
    return Markup("").join(
        Markup('<span lang="{}">{}</span>').format(language, in_language(words, language)) for language in LANGUAGES
    )


def _known(words: str) -> Markup:
    """A name out of the recording, translated where we know it."""
    shown = {language: escape(inert(if_known(words, language), 120)) for language in LANGUAGES}
    if len(set(shown.values())) == 1:
        return shown["en"]
    return Markup("").join(Markup('<span lang="{}">{}</span>').format(*pair) for pair in shown.items())
