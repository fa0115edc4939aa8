"""The model's stream as a structure: in any pieces, in any frame, and malformed."""

from __future__ import annotations

import contextlib
import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livehost.llm.limits import Breaker, Budget
from livehost.llm.structure import Malformed, Sentence, SentenceReader

TEXTS = st.lists(st.text(max_size=40), min_size=1, max_size=4)


def read(text: str, cuts: list[int]) -> list[Sentence]:
    reader = SentenceReader()
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    return [s for a, b in pairwise(places) for s in reader.feed(text[a:b])]


@given(TEXTS, st.lists(st.integers(0, 500)), st.sampled_from(["lines", "array", "object", "fence"]))
def test_whatever_is_cut_and_framed_how_it_likes_is_read_whole(says: list[str], cuts: list[int], frame: str) -> None:
    objects = [json.dumps({"say": say, "of": [1]}) for say in says]
    framed = {
        "lines": "\n".join(objects),
        "array": f"[{', '.join(objects)}]",
        "object": f'{{"sentences": [{", ".join(objects)}]}}',
        "fence": "```json\n" + "\n".join(objects) + "\n```",
    }[frame]
    assert read(framed, cuts) == [Sentence(say, (1,)) for say in says]


@pytest.mark.parametrize(
    "text",
    [
        '{"say": 7}',
        '{"say": "a", "of": ["x"]}',
        "{}",
        "Sure! Here it is: " * 40,
        '{"say": "' + "a" * 3000,
        "{say: 'a'}",
    ],
)
def test_what_is_no_sentence_is_told(text: str) -> None:
    with pytest.raises(Malformed):
        read(text, [])


@given(st.text(max_size=600), st.lists(st.integers(0, 600)))
def test_no_text_breaks_the_reader(text: str, cuts: list[int]) -> None:
    with contextlib.suppress(Malformed):
        assert all(isinstance(s, Sentence) for s in read(text, cuts))


def test_a_budget_by_hour_and_session() -> None:
    budget = Budget(100, 250)
    budget.spend(0, 100)
    assert budget.used_up(1000) == "the hour's 100 tokens are used up"
    assert budget.used_up(3_600_000) == ""
    budget.spend(3_600_000, 90)
    budget.spend(7_300_000, 60)
    assert budget.used_up(20_000_000) == "the session's 250 tokens are used up"
    assert Budget(0, 0).used_up(0) == ""


def test_a_breaker_opens_lets_one_try_through_and_rests_longer() -> None:
    breaker = Breaker()
    for at_ms in (0, 10, 20):
        assert breaker.lets(at_ms)
        breaker.failed(at_ms)
    assert not breaker.lets(15_000) and breaker.lets(15_020)
    breaker.failed(15_020)
    assert not breaker.lets(45_000) and breaker.lets(45_020)
    breaker.succeeded()
    breaker.failed(50_000)
    assert breaker.lets(50_001)
