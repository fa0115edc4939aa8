"""How good the answers are: labelled chat lines against the decisions, as coverage, precision and confusion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from livehost.asking import Asker
from livehost.clock import stopwatch
from livehost.decision import Decision, Kind, Route
from livehost.errors import BadInput

OneOrMore = str | tuple[str, ...] | None
_PRECISIONS = (0.9, 0.95, 0.98)
_BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)  # most answers are given above 0.8


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


class Bin(msgspec.Struct, frozen=True):
    """Answers that were given with a confidence from `least` on up to the next bin's: how many, and how many rightly."""

    least: float
    answered: int
    right: int
    confidence: float  # on average


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
    coverage_at: dict[str, float] = {}  # at a precision of so much, if only the surest were answered
    calibration: tuple[Bin, ...] = ()
    calibration_error: float = 0.0  # how far confidence and share of right answers are apart, on average
    latency_ms: dict[str, float] = {}  # a decision's, on this machine: p50, p90, p99


class Budget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of TOML: what must not be fallen below. Times are none of it: they are the machine's."""

    coverage: float
    precision: float


def read_budget(path: Path) -> Budget:
    """Raises BadInput."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Budget)
    except (OSError, msgspec.DecodeError) as trouble:
        raise BadInput(
            f"not a budget: {trouble}", where=str(path), fix="Write coverage = 0.5 and precision = 0.95"
        ) from None


def over_budget(found: Evaluation, budget: Budget) -> list[str]:
    """What got worse than it may, in words."""
    pairs = (("coverage", found.coverage, budget.coverage), ("precision", found.precision, budget.precision))
    return [f"{name} is {value:.1%}, and must be {least:.1%} or more" for name, value, least in pairs if value < least]


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
    given: list[_Given] = []
    took: list[float] = []
    total: Counter[str] = Counter()
    for case in cases:
        passed = stopwatch()
        decision = asker.ask(case.text, case.table)
        took.append(1000 * passed())
        total["cases"] += 1
        _count(kinds, case.expect.kind, decision.kind)
        _count(routes, case.expect.route, decision.route)
        before = total.copy()
        fault = _judge(case.expect, decision, total)
        if total["answered"] > before["answered"]:
            given.append(
                _Given(decision.confidence, total["right"] > before["right"], total["covered"] > before["covered"])
            )
        if fault:
            misses.append(Miss(fault, case.id, case.text, case.expect, decision))
    bins = _calibration(given)
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
        coverage_at={str(wanted): _coverage_at(wanted, given, total["routine"]) for wanted in _PRECISIONS},
        calibration=bins,
        calibration_error=_error(bins),
        latency_ms=_percentiles(took),
    )


class _Given(NamedTuple):
    """An answer; `covered`: to a routine case."""

    confidence: float
    right: bool
    covered: bool


def _coverage_at(wanted: float, given: Iterable[_Given], routine: int) -> float:
    """The share of routine cases that could be answered, the surest first, before precision falls below `wanted`."""
    best = right = covered = 0
    for count, one in enumerate(sorted(given, key=lambda g: -g.confidence), 1):
        right += one.right
        covered += one.covered
        best = covered if right / count >= wanted else best
    return _share(best, routine, 0.0)


def _calibration(given: Iterable[_Given]) -> tuple[Bin, ...]:
    groups: dict[float, list[_Given]] = {}
    for one in given:
        groups.setdefault(max(least for least in _BINS if one.confidence >= least), []).append(one)
    return tuple(
        Bin(least, len(some), sum(g.right for g in some), round(sum(g.confidence for g in some) / len(some), 4))
        for least, some in sorted(groups.items())
    )


def _error(bins: Iterable[Bin]) -> float:
    """Expected calibration error (Naeini et al. 2015) over these bins."""
    listed = list(bins)
    count = sum(b.answered for b in listed)
    return round(sum(abs(b.right - b.confidence * b.answered) for b in listed) / count, 4) if count else 0.0


def _percentiles(values: Iterable[float]) -> dict[str, float]:
    ordered = sorted(values)
    if not ordered:
        return {}
    return {f"p{p}": round(ordered[min(len(ordered) - 1, len(ordered) * p // 100)], 2) for p in (50, 90, 99)}


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
        f"coverage {found.coverage:.1%}, precision {found.precision:.1%}; if only the surest were answered, "
        + ", ".join(f"{covered:.1%} at {float(wanted):.0%}" for wanted, covered in found.coverage_at.items()),
    ]
    if found.calibration:
        said = "  ".join(f"{b.confidence:.2f}: {b.right / b.answered:.2f} ({b.answered})" for b in found.calibration)
        lines.append(f"confidence: right  {said}; apart by {found.calibration_error:.3f}")
    if found.latency_ms:
        lines.append("a decision took " + ", ".join(f"{name} {ms:.1f} ms" for name, ms in found.latency_ms.items()))
    ordered = sorted(found.misses, key=lambda miss: miss.fault != "said wrongly")
    for miss in ordered[:most]:
        reasons = ", ".join(miss.decision.reasons)
        lines.append(f"  {miss.fault}: {miss.text!r} → {miss.decision.kind}, {miss.decision.answer!r} ({reasons})")
    if len(ordered) > most:
        lines.append(f"  and {len(ordered) - most} more; --json has them all")
    return "\n".join(lines)
