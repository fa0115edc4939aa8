"""How good the answers are: labelled chat lines against the decisions, as coverage, precision and confusion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from livehost.asking import Asker
from livehost.decision import Decision, Kind, Route
from livehost.errors import BadInput

OneOrMore = str | tuple[str, ...] | None


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a line should come to; a list means that each of its members is right, and what is left out may be anything."""

    kind: Kind | tuple[Kind, ...] | None = None
    route: Route | tuple[Route, ...] | None = None
    faq: OneOrMore = None
    product_id: OneOrMore = None
    say: tuple[str, ...] = ()  # each must stand in the answer or its link

    @property
    def is_routine(self) -> bool:
        """Whether the line counts for coverage: it is routine without a doubt."""
        return _several(self.kind) == ("routine",) or (self.kind is None and bool(self.faq or self.product_id))


class Case(msgspec.Struct, frozen=True):
    """A line of a file of cases. `table` is the product that is shown when the line is written."""

    text: str
    expect: Expect
    id: str = ""
    table: str = ""


class Miss(msgspec.Struct, frozen=True):
    """A case that came out otherwise; `fault` is "said wrongly", "not answered" or "other kind"."""

    fault: str
    id: str
    text: str
    expect: Expect
    decision: Decision


class Evaluation(msgspec.Struct, frozen=True):
    """`coverage`: answered routine cases ÷ routine cases; `precision`: right ÷ answered, 1 when nothing was answered.

    A question back ("which one?") counts as unanswered where the line was routine, and as a wrong answer elsewhere.
    """

    cases: int
    routine: int
    answered: int
    right: int
    asked_back: int
    coverage: float
    precision: float
    confusion: dict[str, dict[str, dict[str, int]]]  # "kinds" and "routes" → expected → decided → cases
    misses: tuple[Miss, ...]


def read_cases(path: Path) -> list[Case]:
    """Raises BadInput that names the file and the line."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as trouble:
        raise BadInput(f"it can't be read: {trouble.strerror}", where=str(path)) from None
    cases = list(_cases(lines, path))
    if not cases:
        raise BadInput("there is no case in it", where=str(path), fix='Each line is {"text": "…", "expect": {…}}')
    return cases


def _cases(lines: Iterable[bytes], path: Path) -> Iterator[Case]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield msgspec.json.decode(line, type=Case)
        except (msgspec.DecodeError, UnicodeDecodeError) as trouble:
            raise BadInput(
                f"not a case: {trouble}",
                where=f"{path}, line {number}",
                fix='Each line is {"text": "…", "expect": {"kind": …, "faq": …, "product_id": …, "route": …, "say": […]}}',
            ) from None


def evaluate(cases: Iterable[Case], asker: Asker) -> Evaluation:
    """Each case on its own, as if nobody had asked before."""
    kinds: dict[str, Counter[str]] = {}
    routes: dict[str, Counter[str]] = {}
    misses: list[Miss] = []
    total: Counter[str] = Counter()
    for case in cases:
        decision = asker.ask(case.text, case.table)
        total["cases"] += 1
        _count(kinds, case.expect.kind, decision.kind)
        _count(routes, case.expect.route, decision.route)
        fault = _judge(case.expect, decision, total)
        if fault:
            misses.append(Miss(fault, case.id, case.text, case.expect, decision))
    return Evaluation(
        cases=total["cases"],
        routine=total["routine"],
        answered=total["answered"],
        right=total["right"],
        asked_back=total["asked back"],
        coverage=_share(total["covered"], total["routine"], 0.0),
        precision=_share(total["right"], total["answered"], 1.0),
        confusion={"kinds": _plain(kinds), "routes": _plain(routes)},
        misses=tuple(misses),
    )


def _judge(expect: Expect, decision: Decision, total: Counter[str]) -> str:
    """What was wrong, if anything; counts what precision and coverage are made of."""
    total["routine"] += expect.is_routine
    total["asked back"] += decision.asks_back and decision.route == "answer"
    if decision.route != "answer" or (decision.asks_back and expect.is_routine):
        if expect.is_routine and _accepts(expect.route, "answer"):
            return "not answered"
        return "" if _accepts(expect.kind, decision.kind) and _accepts(expect.route, decision.route) else "other kind"
    total["answered"] += 1
    total["covered"] += expect.is_routine
    right = not decision.asks_back and _is_right(expect, decision)
    total["right"] += right
    return "" if right else "said wrongly"


def _is_right(expect: Expect, decision: Decision) -> bool:
    return (
        _accepts(expect.kind, "routine")
        and _accepts(expect.route, "answer")
        and _accepts(expect.faq, decision.faq)
        and _accepts(expect.product_id, decision.product_id)
        and all(words in decision.answer or words in decision.link for words in expect.say)
    )


def _several(expected: OneOrMore) -> tuple[str, ...]:
    return (expected,) if isinstance(expected, str) else expected or ()


def _accepts(expected: OneOrMore, found: str) -> bool:
    return not expected or found in _several(expected)


def _count(table: dict[str, Counter[str]], expected: OneOrMore, decided: str) -> None:
    if expected:
        right = decided if decided in _several(expected) else _several(expected)[0]
        table.setdefault(right, Counter())[decided] += 1


def _plain(table: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {expected: dict(decided.most_common()) for expected, decided in sorted(table.items())}


def _share(part: int, whole: int, empty: float) -> float:
    return round(part / whole, 4) if whole else empty


def in_words(found: Evaluation, most: int = 20) -> str:
    """For a person: the two shares, what was said wrongly first, then the rest of what was missed."""
    lines = [
        f"{found.cases} cases, {found.routine} of them routine; {found.answered} answered, {found.right} of these rightly"
        + (f"; asked back {found.asked_back} times" if found.asked_back else ""),
        f"coverage {found.coverage:.1%}, precision {found.precision:.1%}",
    ]
    ordered = sorted(found.misses, key=lambda miss: miss.fault != "said wrongly")
    for miss in ordered[:most]:
        reasons = ", ".join(miss.decision.reasons)
        lines.append(f"  {miss.fault}: {miss.text!r} → {miss.decision.kind}, {miss.decision.answer!r} ({reasons})")
    if len(ordered) > most:
        lines.append(f"  and {len(ordered) - most} more; --json has them all")
    return "\n".join(lines)
