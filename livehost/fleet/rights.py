"""Who may do what in which room. Pure."""

from __future__ import annotations

from typing import Literal

from livehost.fleet.settings import RoomOf
from livehost.show.signin import Person

# nothing; see it; approve, drop and mute; open its own console, too, where answers are taught
Right = Literal["none", "see", "act", "edit"]
_ORDER: tuple[Right, ...] = ("none", "see", "act", "edit")


def right_of(person: Person, room: RoomOf) -> Right:
    """The owner may all; everybody else what the room says of their name, and a viewer changes nothing anywhere."""
    if person.role == "owner":
        return "edit"
    named: tuple[tuple[Right, tuple[str, ...]], ...] = (
        ("edit", room.editors),
        ("act", room.moderators),
        ("see", room.viewers),
    )
    right: Right = next((right for right, names in named if person.name in names), "none")
    return right if person.may_act or right == "none" else "see"


def at_least(right: Right, wanted: Right) -> bool:
    return _ORDER.index(right) >= _ORDER.index(wanted)
