"""Where the co-host is heard: a device, a file, a page or nowhere, and a second device for the host's ears."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from livehost.clock import SessionClock
from livehost.ears import BROWSER, all_of, is_path
from livehost.hands import Put
from livehost.live import Part
from livehost.recording import unheard
from livehost.show.browser import BrowserSound
from livehost.sound import Tap
from livehost.speak.monitor import Monitor
from livehost.speak.paced import PacedOutput, PageSink, sound_file
from livehost.speak.player import Player
from livehost.speak.speaker import Speaker


class Output(Protocol):
    async def run(self) -> None: ...


class Wanted(Protocol):
    """Names as on the command line."""

    @property
    def speaker(self) -> str: ...
    @property
    def monitor(self) -> str: ...


def outputs(
    plan: Wanted, player: Player, session_clock: SessionClock, taps: Sequence[Tap], sound: BrowserSound
) -> list[Part]:
    """What is played, and the same for the host's ears."""
    if plan.monitor == "none":
        return [_sound_part("voice", _output(plan.speaker, player, session_clock, all_of(taps), sound))]
    monitor = Monitor()
    second = Speaker(monitor, session_clock, unheard, plan.monitor, "monitor")
    first = _output(plan.speaker, player, session_clock, all_of([*taps, monitor.tap]), sound)
    return [_sound_part("voice", first), _sound_part("monitor", second)]


def _sound_part(name: str, output: Output) -> Part:
    async def play(_put: Put) -> None:
        await output.run()

    return Part(name, play, feeds=False)


def _output(speaker: str, player: Player, session_clock: SessionClock, tap: Tap, sound: BrowserSound) -> Output:
    if speaker == BROWSER:
        return PacedOutput(player, session_clock, tap, PageSink(player, sound))
    if speaker == "none":
        return PacedOutput(player, session_clock, tap)
    if is_path(speaker):
        return PacedOutput(player, session_clock, tap, sound_file(Path(speaker)))
    return Speaker(player, session_clock, tap, speaker)
