"""When the show is on air: "fri 19:00-23:00", "mon-thu 20:00-22:00", "daily 9:00-1:00", by the clock on the wall. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from livehost.errors import BadInput

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"(daily|[a-z]{3})(?:-([a-z]{3}))? (\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)")
_DAY = timedelta(days=1)
_AHEAD_DAYS = 8


class Hours(NamedTuple):
    """On each of `days` (0: Monday) from `begins` on for `lasts`, past midnight, too."""

    days: tuple[int, ...]
    begins: timedelta
    lasts: timedelta


def read_hours(text: str) -> Hours:
    """Raises BadInput for what are no hours."""
    found = _HOURS.fullmatch(" ".join(text.lower().split()))
    days = _days(found[1], found[2] or found[1]) if found else ()
    if not found or not days:
        raise BadInput(f"on_air {text!r} are no hours", fix='Write them as "fri 19:00-23:00" or "daily 20:00-22:30"')
    begins, ends = (timedelta(hours=int(found[at]), minutes=int(found[at + 1])) for at in (3, 5))
    if max(begins, ends) > _DAY or int(found[4]) > 59 or int(found[6]) > 59 or begins == ends:
        raise BadInput(f"on_air {text!r} are no hours of a day", fix="Write them as 19:00-23:00, or 22:00-01:00")
    return Hours(days, begins, ends - begins if ends > begins else ends - begins + _DAY)


def on_air(hours: Iterable[Hours], now: datetime) -> bool:
    return any(begins <= now < ends for begins, ends in _shows(hours, now))


def next_change(hours: Iterable[Hours], now: datetime) -> datetime | None:
    """When the next show begins or the one of now ends; None: there is none."""
    shows = list(_shows(hours, now))
    moments = [moment for show in shows for moment in show]
    return min((m for m in moments if m > now and on_air(hours, m) != on_air(hours, now)), default=None)


def next_show(hours: Iterable[Hours], now: datetime) -> datetime | None:
    return min((begins for begins, _ in _shows(hours, now) if begins > now), default=None)


def _shows(hours: Iterable[Hours], now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """From yesterday's, which may go on past midnight, to those of a week from now."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for ahead in range(-1, _AHEAD_DAYS):
        day = midnight + ahead * _DAY
        for each in hours:
            if day.weekday() in each.days:
                yield day + each.begins, day + each.begins + each.lasts


def _days(first: str, last: str) -> tuple[int, ...]:
    """ "fri" to "mon" are four days; nothing for what are no days."""
    if first == "daily":
        return tuple(range(7)) if last == "daily" else ()
    if first not in _DAYS or last not in _DAYS:
        return ()
    begins = _DAYS.index(first)
    return tuple((begins + at) % 7 for at in range((_DAYS.index(last) - begins) % 7 + 1))
