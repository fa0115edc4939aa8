"""The quality budget: lines written and labelled apart from the program, on shops and rooms it was not made for.

The bounds stand a little below what was measured when they were set; raise them with every gain.
"""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import pytest

from livehost.asking import Asker
from livehost.creators import demo_creators, load
from livehost.evaluation import evaluate, read_cases
from livehost.gathering import gather
from livehost.understand.clusters import ByMeaning, QuestionClusters
from livehost.understand.matching import Matching
from livehost.understand.sentences import Sentences
from tests.conftest import ROOT

pytestmark = pytest.mark.models
SETS = ROOT / "tests" / "evaluation"
# coverage, precision. The first two helped to fit the matcher; the others were written apart and not looked at for it.
BUDGET = [
    ("beauty", 0.50, 0.95),
    ("snacks", 0.54, 0.93),
    ("outdoor", 0.34, 0.92),
    ("home", 0.38, 0.86),
    ("channel", 0.50, 0.83),
]


@pytest.mark.parametrize(("shop", "coverage", "precision"), BUDGET)
def test_answers_on_a_foreign_shop(shop: str, coverage: float, precision: float, tmp_path: Path) -> None:
    knowledge = load(SETS / shop)
    asker = Asker(knowledge, Matching(knowledge, tmp_path / "cache.sqlite"))
    found = evaluate(read_cases(SETS / shop / "cases.jsonl"), asker)
    assert found.coverage >= coverage
    assert found.precision >= precision


def test_the_questions_of_a_room(tmp_path: Path) -> None:
    raw = (SETS / "rooms" / "large.jsonl").read_bytes().splitlines()
    label = {row["id"]: row["question"] for row in map(json.loads, raw)}
    creators = [load(folder) for folder in demo_creators()]
    cache = tmp_path / "cache.sqlite"
    clusters = QuestionClusters(ByMeaning(Sentences(cache)))
    item_of = {
        line: item.item
        for item in gather(raw, Asker(creators[0], Matching(creators[0], cache)), clusters)
        for line in item.ids
    }
    same = together = both = 0
    for one, other in combinations(label, 2):
        joined = one in item_of and item_of[one] == item_of.get(other)
        same += label[one] == label[other]
        together += joined
        both += joined and label[one] == label[other]
    assert 2 * both / (same + together) >= 0.60
