"""How often strangers may ask."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from livehost.show.doorman import Doorman


def test_a_minutes_worth_at_once_and_then_one_by_one() -> None:
    door = Doorman(6)
    assert [door.wait_seconds("a", 0) for _ in range(7)] == [0] * 6 + [10]
    assert door.wait_seconds("b", 0) == 0
    assert door.wait_seconds("a", 9_000) == 1
    assert door.wait_seconds("a", 10_000) == 0


def test_many_addresses_together_have_a_bound_as_well() -> None:
    door = Doorman(6, all_per_minute=60)
    assert sum(door.wait_seconds(f"address {n}", 0) == 0 for n in range(3000)) == 60


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 20_000)), max_size=200))
def test_nobody_gets_more_than_the_rate_allows(asks: list[tuple[str, int]]) -> None:
    door, now, let_in = Doorman(6), 0, dict.fromkeys("abc", 0)
    for address, later in asks:
        now += later
        let_in[address] += door.wait_seconds(address, now) == 0
    assert all(count <= 6 + now / 10_000 for count in let_in.values())
