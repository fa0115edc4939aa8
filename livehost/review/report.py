"""`livehost report`: a session as one self-contained page, with its figures as JSON and its questions as CSV beside it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from livehost.errors import BadInput, LivehostError
from livehost.knowledge import Knowledge
from livehost.record.folder import EVENTS, Header, read_header, read_knowledge
from livehost.record.tracks import TRACKS, tracks_there
from livehost.review.figures import Figures, figures
from livehost.review.former import Former, former_sessions
from livehost.review.page import Story, page
from livehost.review.tables import faq_form, question_table
from livehost.review.timeline import Timeline
from livehost.review.timeline_reader import read_timeline
from livehost.review.unanswered import Group
from livehost.understand.clusters import ByLetters, ByMeaning, QuestionClusters
from livehost.understand.normalise import plain_line
from livehost.understand.sentences import Sentences

REPORT, FIGURES, QUESTIONS, FORM = "report.html", "report.json", "report.csv", "unanswered-faq.csv"
Passed = Callable[[int], None]
_ALIKE = 0.8


class Reported(msgspec.Struct, frozen=True):
    """report.json. `events_bytes` tells whether the recording has grown since."""

    format: int
    session: str
    header: Header
    events_bytes: int
    sound: tuple[str, ...]  # the tracks that are there
    figures: Figures
    former: tuple[Former, ...]


@dataclass(frozen=True)
class Written:
    page: Path
    figures: Path
    questions: Path
    form: Path


def make_report(folder: Path, group: Group, out: Path | None = None, passed: Passed = lambda _: None) -> Written:
    """Writes report.html into the session's folder, or to `out`, and the rest beside it; `group` puts questions together.
    Raises BadInput."""
    target = out or folder / REPORT
    header, knowledge, seen = read_header(folder), read_knowledge(folder), read_timeline(folder, passed)
    reported = Reported(
        format=1,
        session=folder.resolve().name,
        header=header,
        events_bytes=(folder / EVENTS).stat().st_size,
        sound=tuple(TRACKS[name] for name in tracks_there(folder)),
        figures=figures(seen, knowledge, group),
        former=former_sessions(folder, header),
    )
    return _write(target, reported, knowledge, seen)


def grouping() -> Group:
    """By meaning. Without the embedding by letters, and only what is very near: a wrong wording in a FAQ entry does harm."""
    sentences = Sentences()
    if sentences.works:
        clusters = QuestionClusters(ByMeaning(sentences))
    else:
        likeness = ByLetters()
        likeness.enough = _ALIKE
        clusters = QuestionClusters(likeness)
    return lambda text: clusters.add(plain_line(text).plain)


def _write(target: Path, reported: Reported, knowledge: Knowledge, seen: Timeline) -> Written:
    beside = target.with_suffix("")
    is_own = target.name == REPORT
    written = Written(
        page=target,
        figures=target.with_name(FIGURES) if is_own else beside.with_suffix(".json"),
        questions=target.with_name(QUESTIONS) if is_own else beside.with_suffix(".csv"),
        form=target.with_name(FORM if is_own else f"{beside.name}-{FORM}"),
    )
    story = Story(reported.session, reported.header, knowledge, reported.figures, reported.former, reported.sound, seen)
    try:
        written.page.write_text(page(story), encoding="utf-8")
        written.figures.write_bytes(msgspec.json.format(msgspec.json.encode(reported), indent=1))
        written.questions.write_text(question_table(seen, knowledge), encoding="utf-8-sig", newline="")
        written.form.write_text(faq_form(reported.figures.unanswered), encoding="utf-8-sig", newline="")
    except OSError as trouble:
        raise BadInput(
            f"the report can't be written: {trouble.strerror}", where=str(target), fix="Name another file with -o"
        ) from None
    return written


def report_after(folder: Path) -> Path | None:
    """At a session's end: where the report is. A trouble with it is told on stderr and spoils nothing else."""
    try:
        return make_report(folder, grouping()).page
    except LivehostError as trouble:
        sys.stderr.write(f"livehost: no report: {trouble}\n")
        return None
