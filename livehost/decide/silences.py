"""Why the co-host may say nothing aloud now: people, privacy, the mode, the platforms' rules, the budget of spoken seconds."""

from __future__ import annotations

from collections.abc import Callable

from livehost import commands
from livehost.commands import Command, Silence
from livehost.decide.air import Air
from livehost.decide.modes import Conduct, strictest
from livehost.decide.mouth import Mouth
from livehost.decide.rations import Rations

TEXT_ONLY: frozenset[Silence] = frozenset(
    {"quiet", "scene", "host away", "off air"}
)  # … answers go out in text meanwhile


class Silences:
    def __init__(
        self, conduct: Conduct, air: Air, mouth: Mouth, rations: Rations, wish: Callable[[Command], None]
    ) -> None:
        self._conduct = conduct
        self._air = air
        self._mouth = mouth
        self._rations = rations
        self._wish = wish
        self._platforms: set[str] = set()
        self.paused = self._muted = self._private = False
        self.scene = ""  # that OBS shows
        self._muted_until_ms = 0  # 0: until somebody unmutes

    def seen_on(self, platform: str) -> None:
        """The room is there, too; its rules count from now on."""
        self._platforms.add(platform)

    # --- people

    def mute(self, at_ms: int, minutes: float = 0) -> None:
        """For so many minutes; 0: until somebody unmutes."""
        self._muted = True
        self._muted_until_ms = at_ms + round(minutes * 60_000) if minutes else 0
        self._mouth.cut_now("mute")

    def unmute(self) -> None:
        self._muted, self._muted_until_ms = False, 0
        self.open_gate()

    def private(self, *, on: bool) -> None:
        """Nothing is said while the host is in private; what was being said comes back afterwards."""
        self._private = on
        if on:
            self._mouth.cut_now("private")
        self.open_gate()

    def open_gate(self) -> None:
        """Where nobody wants it closed."""
        if not self._muted and not self._private:
            self._wish(commands.OpenGate())

    @property
    def by_people(self) -> bool:
        return self._muted or self.paused or self._private

    # --- time

    def advance(self, at_ms: int) -> None:
        if self._muted_until_ms and at_ms >= self._muted_until_ms:
            self.unmute()

    def now(self, at_ms: int) -> tuple[Silence, int]:
        """Why nothing may be begun aloud now, and until when where that is known."""
        if self._private:
            return "private", 0
        if self._muted:
            return "muted", self._muted_until_ms
        if self.paused:
            return "held", 0
        if not self._conduct.rules.aloud:
            return "quiet", 0
        if not self._air.on(at_ms):
            return "off air", self._air.until_ms(at_ms)
        if self.scene in self._conduct.creator.obs.quiet_scenes:
            return "scene", 0
        if 0 < self._alone_from_ms <= at_ms:
            return "host away", 0
        opens_ms = self._rations.opens_at_ms(at_ms)
        return ("budget", opens_ms) if opens_ms > at_ms else ("", 0)

    def moments(self, at_ms: int) -> list[int]:
        """When something follows from the time alone."""
        return [self._muted_until_ms, self._alone_from_ms, self._air.until_ms(at_ms)]

    @property
    def _alone_from_ms(self) -> int:
        """From when a platform takes the room for unattended; 0: none does."""
        own = self._conduct.creator.platforms
        minutes = strictest(sorted(self._platforms | set(own)), own).host_within_minutes
        heard_ms = self._mouth.host_heard_ms
        return heard_ms + round(minutes * 60_000) if minutes and not self._mouth.host_speaks else 0
