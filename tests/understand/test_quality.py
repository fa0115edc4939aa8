"""The quality budget: lines written and labelled apart from the program, on shops and rooms it was not made for.

The bounds (budget.toml beside the cases) stand a little below what was measured when they were set; raise them with every gain.
The reader's 8-bit sums differ by processor: the same code answers 64 or 61.6 % of outdoor, 67 or 65.0 % of channel.
"""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import pytest

from livehost.asking import Asker
from livehost.creators import demo_creators, load
from livehost.evaluation import evaluate, over_budget, read_budget, read_cases
from livehost.gathering import gather
from livehost.understand.clusters import ByMeaning, QuestionClusters
from livehost.understand.matching import Matching
from livehost.understand.sentences import Sentences
from tests.conftest import ROOT

pytestmark = pytest.mark.models
SETS = ROOT / "tests" / "evaluation"
# beauty, snacks, pets, wardrobe and tavern helped to train the matcher, outdoor, home and channel to set its thresholds;
# music, eyewear and farm were written apart, and what was answered wrongly there was looked at once, after the last training.
ALWAYS = frozenset({"ceramics", "cycling", "channel"})  # two that nothing was made with, and one without products
SHOPS = [
    pytest.param(name, marks=() if name in ALWAYS else pytest.mark.long)
    for name in sorted(path.parent.name for path in SETS.glob("*/budget.toml"))
]


@pytest.mark.parametrize("shop", SHOPS)
def test_answers_on_a_foreign_shop_keep_to_their_budget(shop: str, tmp_path: Path) -> None:
    knowledge = load(SETS / shop)
    asker = Asker(knowledge, Matching(knowledge, tmp_path / "cache.sqlite"))
    found = evaluate(read_cases(SETS / shop / "cases.jsonl"), asker)
    assert over_budget(found, read_budget(SETS / shop / "budget.toml")) == []


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
