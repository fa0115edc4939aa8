"""Corrections of many evenings → proposals: what could stand otherwise in the creator's folder. Pure.

approved                   → the question's wordings for the entry
edited                     → the entry's answer, or a new entry; a word spelled as it is said: pronunciation.csv
dropped, marked as wrong   → the wordings as ones that the entry is not asked with; with a correction: a new entry
often wrong, never right   → a higher threshold
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from livehost.knowledge import Faq, Knowledge
from livehost.lessons.corrections import Correction, same_words

Kind = Literal["wording", "not asked so", "answer", "entry", "pronunciation", "threshold"]
_WORDINGS_MOST = 8
_WRONG_LEAST = 3  # answers marked as wrong, before a threshold is proposed
_STRICTER = 0.04
_ANSWER_MOST = 500
_WORD = re.compile(r"[^\W\d_][\w'’-]*|\d[\d.,:%]*|[^\s\w]")
_SPELLED = re.compile(r"[A-Za-z][A-Za-z' -]{1,30}")


class Proposal(msgspec.Struct, frozen=True):
    """`times` it was corrected so, in `sessions`. What is left empty does not belong to its kind."""

    kind: Kind
    times: int
    sessions: tuple[str, ...]
    why: str  # the question, and who said what to it
    faq: str = ""
    wordings: tuple[str, ...] = ()
    question: str = ""
    answer: str = ""
    before: str = ""  # an answer as it stands
    product_id: str = ""
    word: str = ""
    say: str = ""
    setting: str = ""
    value: float = 0.0

    @property
    def key(self) -> str:
        """The same proposal has the same key in every run."""
        told = (self.kind, self.faq, *sorted(map(same_words, self.wordings)), same_words(self.question), self.answer)
        text = "\n".join((*told, self.word, self.say, self.setting))
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def proposals(found: Sequence[Correction], knowledge: Knowledge) -> list[Proposal]:
    """Of what is not in the creator's folder already; where people contradict each other, nothing."""
    every = [
        *_wordings(found, knowledge),
        *_edits(found, knowledge),
        *_pronunciations(found, knowledge),
        *_thresholds(found, knowledge),
    ]
    joined: dict[str, Proposal] = {}
    for one in every:
        seen = joined.get(one.key)
        joined[one.key] = (
            msgspec.structs.replace(
                seen, times=seen.times + one.times, sessions=tuple(dict.fromkeys((*seen.sessions, *one.sessions)))
            )
            if seen
            else one
        )
    return sorted(joined.values(), key=lambda p: (-p.times, p.kind, p.faq, p.key))


def _entry_of(one: Correction, knowledge: Knowledge) -> Faq | None:
    """The entry that was to be said."""
    if one.faq in knowledge.faq_by_id:
        return knowledge.faq_by_id[one.faq]
    return next((faq for faq in knowledge.faqs if faq.answer and faq.answer == one.answer), None)


def _wordings(found: Iterable[Correction], knowledge: Knowledge) -> Iterator[Proposal]:
    verdicts: dict[tuple[str, str], set[str]] = {}
    groups: dict[tuple[str, str], list[Correction]] = {}
    for one in found:
        entry = _entry_of(one, knowledge)
        if entry is None or one.verdict == "edited":
            continue
        for wording in one.wordings:
            verdicts.setdefault((entry.id, same_words(wording)), set()).add(one.verdict)
        groups.setdefault((entry.id, one.verdict), []).append(one)
    for (faq_id, verdict), members in groups.items():
        entry = knowledge.faq_by_id[faq_id]
        known = {same_words(w) for w in (entry.wordings if verdict == "right" else entry.not_asked)}
        new: dict[str, str] = {}
        for wording in (w for one in members for w in one.wordings):
            plain = same_words(wording)
            if plain not in known and len(verdicts[faq_id, plain]) == 1:
                new.setdefault(plain, wording)
        if new:
            yield Proposal(
                kind="wording" if verdict == "right" else "not asked so",
                times=len(members),
                sessions=_sessions(members),
                why=_why(members[0]),
                faq=faq_id,
                wordings=tuple(new.values())[:_WORDINGS_MOST],
            )


def _edits(found: Iterable[Correction], knowledge: Knowledge) -> Iterator[Proposal]:
    """Other words that a person sent: the answer of the entry, or a question that has none yet."""
    for one in found:
        is_correction = one.action == "wrong" and one.words
        if not one.words or not (one.verdict == "edited" or is_correction) or len(one.words) > _ANSWER_MOST:
            continue
        if _respelled(one, knowledge):
            continue
        entry = _entry_of(one, knowledge)
        told = {"times": 1, "sessions": (one.session,), "why": _why(one), "answer": one.words}
        if entry and one.verdict == "edited" and entry.answer != one.words:
            yield Proposal(kind="answer", faq=entry.id, before=entry.answer, **told)  # type: ignore[arg-type]
        elif not entry or is_correction:
            known = {same_words(w) for faq in knowledge.faqs for w in faq.wordings if faq.answer == one.words}
            if same_words(one.question) not in known:
                yield Proposal(
                    kind="entry",
                    question=one.question,
                    wordings=one.wordings[1:_WORDINGS_MOST],
                    product_id=one.product_id if one.product_id in knowledge.product_by_id else "",
                    **told,  # type: ignore[arg-type]
                )


def _pronunciations(found: Iterable[Correction], knowledge: Knowledge) -> Iterator[Proposal]:
    for one in found:
        if one.verdict == "edited" and (changed := _respelled(one, knowledge)):
            word, say = changed
            yield Proposal("pronunciation", 1, (one.session,), _why(one), word=word, say=say)


def _respelled(one: Correction, knowledge: Knowledge) -> tuple[str, str] | None:
    """One name of the creator's that an edit spells otherwise, and nothing else changed: it was said wrongly."""
    old, new = _WORD.findall(one.answer), _WORD.findall(one.words)
    changes = [c for c in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if c[0] != "equal"]
    if len(changes) != 1 or changes[0][0] != "replace":
        return None
    _, a, b, c, d = changes[0]
    word, say = " ".join(old[a:b]), " ".join(new[c:d])
    names = " ".join(" ".join((p.title, p.brand, *p.also_called)) for p in knowledge.products)
    is_name = b - a == 1 and word in _WORD.findall(f"{names} {knowledge.creator.name} {knowledge.creator.cohost}")
    if not is_name or not _SPELLED.fullmatch(say) or say in names or d - c > 4:
        return None
    return word, say


def _thresholds(found: Sequence[Correction], knowledge: Knowledge) -> Iterator[Proposal]:
    """Answers that went out and were marked as wrong, again and again, with hardly one held that was right."""
    wrong = [one for one in found if one.action == "wrong"]
    held_right = [one for one in found if one.verdict == "right"]
    at = knowledge.creator.matching.question
    if len(wrong) >= _WRONG_LEAST and len(wrong) > 2 * len(held_right):
        value = round(min(0.99, at + _STRICTER), 2)
        if value > at:
            yield Proposal(
                "threshold", len(wrong), _sessions(wrong), _why(wrong[0]), setting="matching.question", value=value
            )
    if len(held_right) >= 2 * _WRONG_LEAST and not wrong:
        value = round(max(0.5, at - _STRICTER), 2)
        if value < at:
            yield Proposal(
                "threshold",
                len(held_right),
                _sessions(held_right),
                _why(held_right[0]),
                setting="matching.question",
                value=value,
            )


def _sessions(found: Iterable[Correction]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.session for one in found))


def _why(one: Correction) -> str:
    said = f" → {one.words}" if one.words else ""
    return f"{one.question} ({one.who}: {one.action}{said})"
