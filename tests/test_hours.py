"""When the show is on air."""

from __future__ import annotations

from datetime import datetime

import pytest

from livehost.errors import BadInput
from livehost.hours import next_change, next_show, on_air, read_hours


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    """In the week from Monday, the 23rd of November 2026, on."""
    return datetime(2026, 11, 23 + day, hour, minute)


def test_a_show_past_midnight_belongs_to_the_day_it_began_on() -> None:
    hours = [read_hours("fri 22:00-1:30"), read_hours("Mon-Tue  20:00-21:00")]
    assert [on_air(hours, moment) for moment in (_at(4, 21, 59), _at(4, 22), _at(5, 1, 29), _at(5, 1, 30))] == [
        False,
        True,
        True,
        False,
    ]
    assert [on_air(hours, _at(day, 20, 30)) for day in range(7)] == [True, True, False, False, False, False, False]
    assert next_show(hours, _at(1, 20, 30)) == _at(4, 22)
    assert next_show(hours, _at(5, 0)) == datetime(2026, 11, 30, 20)
    assert (next_change(hours, _at(1, 20, 30)), next_change(hours, _at(1, 21))) == (_at(1, 21), _at(4, 22))


def test_days_may_run_over_the_weekend_and_hours_over_each_other() -> None:
    hours = [read_hours("sat-mon 9:00-12:00"), read_hours("daily 11:00-13:00")]
    assert [on_air(hours, _at(day, 9)) for day in range(7)] == [True, False, False, False, False, True, True]
    assert next_change(hours, _at(0, 10)) == _at(0, 13), "the second goes on where the first ends"
    assert next_change([read_hours("daily 0:00-24:00")], _at(0, 10)) is None
    assert (next_change([], _at(0, 10)), next_show([], _at(0, 10)), on_air([], _at(0, 10))) == (None, None, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "friday 19:00-23:00",
        "fri 19-23",
        "fri 19:00-19:00",
        "fri 25:00-26:00",
        "fri 9:61-10:00",
        "daily-fri 9:00-10:00",
    ],
)
def test_what_are_no_hours_is_told(text: str) -> None:
    with pytest.raises(BadInput, match="on_air"):
        read_hours(text)
