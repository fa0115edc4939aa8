"""What each mode and each platform allows, as data; and what holds now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from livehost.settings import Creator, Mode


@dataclass(frozen=True)
class ModeRules:
    asks_first: bool = False  # a person approves whatever goes out
    aloud: bool = True
    eager: bool = False  # a short pause is enough, and it leads in with a word of its own
    fills_silence: bool = False  # offers suggested questions when nobody says anything for long
    holds_room: bool = False  # presents the run-down when nobody says anything for long


MODES: dict[Mode, ModeRules] = {
    "ask-first": ModeRules(asks_first=True),
    "quiet": ModeRules(aloud=False),
    "polite": ModeRules(),
    "lively": ModeRules(eager=True, fills_silence=True),
    "solo": ModeRules(eager=True, fills_silence=True, holds_room=True),
}


@dataclass(frozen=True)
class PlatformRules:
    host_within_minutes: float = 0.0  # it speaks only when the host was heard within so many minutes; 0: always


# Douyin forbids rooms that are unattended or carried by an AI alone; its rules name no number of minutes.
PLATFORMS: dict[str, PlatformRules] = {"douyin": PlatformRules(host_within_minutes=3.0)}


def strictest(platforms: Iterable[str], own: Mapping[str, Mapping[str, object]]) -> PlatformRules:
    """The rules of all platforms at once. `own` are the creator's [platforms], which may only be stricter."""
    limits: list[float] = []
    for name in platforms:
        built_in = PLATFORMS.get(name, PlatformRules()).host_within_minutes
        wanted = own.get(name, {}).get("host_within_minutes", 0)
        limits += [float(limit) for limit in (built_in, wanted) if isinstance(limit, int | float) and limit > 0]
    return PlatformRules(host_within_minutes=min(limits, default=0.0))


class Conduct:
    """How the co-host behaves now: the creator's settings, and the mode that people chose."""

    def __init__(self, creator: Creator) -> None:
        self.creator = creator
        self.mode: Mode = creator.mode

    @property
    def rules(self) -> ModeRules:
        return MODES[self.mode]

    @property
    def language(self) -> str:
        return self.creator.languages[0]

    @property
    def pause_ms(self) -> int:
        floor = self.creator.floor
        return floor.lively_pause_ms if self.rules.eager else floor.pause_ms
