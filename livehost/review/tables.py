"""Tables for a spreadsheet: every question of a session, and the unanswered ones as a faq.csv to fill in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from livehost.knowledge import Knowledge
from livehost.review.fates import fate_of
from livehost.review.timeline import Question, Timeline
from livehost.review.unanswered import Unanswered

_COLUMNS = (
    *("item", "first_at_ms", "question", "askers", "kind", "route", "confidence", "faq", "product_id"),
    *("outcome", "last_state", "reason", "said", "link", "decided_ms", "in_text_ms", "aloud_ms", "heard_ms"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FORM_MOST = 500


def question_table(seen: Timeline, knowledge: Knowledge) -> str:
    """A row for each question that waited for an answer."""
    return _table(_COLUMNS, (_row(seen, knowledge, question) for question in seen.questions.values() if question.lines))


def _row(seen: Timeline, knowledge: Knowledge, question: Question) -> tuple[object, ...]:
    first = seen.lines[question.lines[0]]
    product = knowledge.product_by_id.get(first.product_id)
    replies = [seen.replies[n] for n in question.posts]
    spoken = [seen.utterances[n] for n in question.spoken]
    started = [u.started_ms for u in spoken if u.started_ms >= 0]
    done = [r.done_ms for r in replies if r.done_ms >= 0 and not r.problem]
    last = question.stands[-1]
    return (
        question.item,
        first.at_ms,
        first.text,
        len(question.lines),
        first.kind,
        first.route,
        first.confidence,
        first.faq,
        first.product_id,
        fate_of(seen, first),
        last.state,
        last.reason,
        question.text,
        product.shop if product else "",
        first.decided_ms - first.at_ms,
        done[0] - first.at_ms if done else "",
        started[0] - first.at_ms if started else "",
        sum(u.heard_ms for u in spoken) or "",
    )


def faq_form(rows: Sequence[Unanswered]) -> str:
    """faq.csv with empty ids and answers: `livehost import` makes the ids, and leaves out rows without an answer."""
    filled = (
        ("", row.question, "", row.product_id, "|".join(words.replace("|", "/") for words in row.wordings))
        for row in rows[:_FORM_MOST]
    )
    return _table(["id", "question", "answer", "product_id", "also_asked"], filled)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(head)
    writer.writerows([[_harmless(cell) for cell in row] for row in rows])
    return written.getvalue()


def _harmless(cell: object) -> object:
    """A spreadsheet runs a cell that begins like a formula; an apostrophe in front keeps it text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
