"""Fits the regression over the matcher's features on labelled lines of shops, each shop judged by the fit of the others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from livehost.creators import load
from livehost.evaluation import read_cases
from livehost.meaning import Meaning
from livehost.understand.entries import FEATURES
from livehost.understand.matching import Matching
from livehost.understand.reader import Reader

SETS = Path(__file__).parents[2] / "tests" / "evaluation"
SHOPS = ("beauty", "snacks", "pets", "wardrobe", "tavern")
STRENGTH = 0.1  # of the regression: the smaller, the more cautious
Lines = list[tuple[np.ndarray, np.ndarray, bool]]  # features [entries, …], which entry is right, whether one is


def lines_of(shop: str) -> Lines:
    """Lines that an entry answers, or that nothing answers; those that a field answers teach nothing about entries."""
    knowledge = load(SETS / shop)
    matching, reader = Matching(knowledge), Reader(knowledge)
    found: Lines = []
    for case in read_cases(SETS / shop / "cases.jsonl"):
        look = reader.first_look(case.text)
        wanted = case.expect.faq
        wanted = (wanted,) if isinstance(wanted, str) else tuple(wanted or ())
        if isinstance(look, Meaning) or (case.expect.is_routine and not wanted):
            continue
        features = matching.features(look.plain)
        right = np.array([bool(entry.faq) and entry.faq in wanted for entry in matching.entries.ids])
        open_to = np.array([not e.faq or reader.may_answer(e.faq, look.plain) for e in matching.entries.ids])
        found.append((features[open_to], right[open_to] & case.expect.is_routine, case.expect.is_routine))
    return found


def fitted(lines: Lines) -> np.ndarray:
    """[features and the constant]"""
    features, right = (np.concatenate([line[n] for line in lines]) for n in (0, 1))
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-3
    regression = LogisticRegression(C=STRENGTH, max_iter=5000).fit((features - mean) / spread, right)
    weights = regression.coef_[0] / spread
    return np.array([*weights, regression.intercept_[0] - (weights * mean).sum()])


def judged(weights: np.ndarray, lines: Lines) -> str:
    sure, right = [], []
    for features, which, _ in lines:
        chances = 1 / (1 + np.exp(-(features @ weights[:-1] + weights[-1])))
        second, best = np.sort(chances)[-2:]
        sure.append(min(best, 2 * best - second))
        right.append(bool(which[chances.argmax()]))
    order = np.argsort(-np.array(sure))
    answered = np.cumsum(np.array(right)[order])
    precision = answered / np.arange(1, len(order) + 1)
    routine = sum(line[2] for line in lines)
    at = {share: answered[precision >= share].max(initial=0) / routine for share in (0.98, 0.95, 0.9)}
    return ", ".join(f"{cover:.2f} covered at {share:.0%} right" for share, cover in at.items())


shops = {shop: lines_of(shop) for shop in SHOPS}
for shop in SHOPS:
    others = [line for other in SHOPS if other != shop for line in shops[other]]
    print(f"{shop}, fitted on the others: {judged(fitted(others), shops[shop])}")
weights = fitted([line for lines in shops.values() for line in lines])
print(dict(zip(FEATURES, weights.round(2), strict=False)))
print(f"WEIGHTS = np.array({[round(float(weight), 2) for weight in weights]})")
