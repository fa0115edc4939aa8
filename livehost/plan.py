"""What a session was asked for, and where it begins: in a new folder, or in the one of a session that was cut off."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from livehost import __version__, clock
from livehost.core import LOGIC_VERSION
from livehost.creators import digest
from livehost.ears import BROWSER, is_path
from livehost.errors import BadInput
from livehost.knowledge import Knowledge
from livehost.record.folder import FORMAT, Header, new_folder
from livehost.record.left import left
from livehost.recording import Before
from livehost.resuming import Restored, restore
from livehost.show.address import Address

SEED = 1
_CUT_OFF_MINUTES = 15


@dataclass(frozen=True)
class Plan:
    """What `livehost run` was asked for. `mic` and `speaker`: a device, a file, "browser" or "none"."""

    creator: Path
    chats: tuple[str, ...]
    mic: str
    speaker: str
    session: Path | None
    headless: bool
    fast: bool
    pages: Address | None = None
    guests: tuple[str, ...] = ()  # devices or files with other voices
    monitor: str = "none"  # a second device for the host's ears
    fresh: bool = False  # a new session even where one that was cut off could go on
    sessions: Path = Path("sessions")  # where sessions without a name of their own go …
    room: str = ""  # … called after it; empty: after the creator's folder


@dataclass(frozen=True)
class Begun:
    """The session's folder; `restored` and `before` where it goes on."""

    folder: Path
    header: Header
    restored: Restored | None = None
    before: Before | None = None


def check(plan: Plan) -> None:
    """Raises BadInput for what can't be together."""
    if plan.fast:
        _refuse_devices(plan)
    if plan.guests and plan.mic == "none":
        raise BadInput("--guest without a microphone", fix="Give --mic, too")
    if BROWSER in (plan.mic, plan.speaker) and not plan.pages:
        raise BadInput("a browser as microphone or speaker needs the pages", fix="Add --port 8600")


def heard_by(plan: Plan, knowledge: Knowledge) -> bool:
    """Whether anybody is to be heard: the host, or visitors of the fan page."""
    twin = knowledge.creator.twin
    return plan.mic != "none" or (plan.pages is not None and twin.on and twin.microphone)


def begin(plan: Plan, knowledge: Knowledge) -> Begun:
    """A new folder."""
    folder = new_folder(plan.session or _default_folder(plan, clock.local_now()))
    header = Header(
        format=FORMAT,
        logic_version=LOGIC_VERSION,
        livehost=__version__,
        creator=plan.creator.resolve().name,
        started_at=clock.local_now().isoformat(timespec="milliseconds"),
        seed=SEED,
        knowledge=digest(knowledge),
        models={"hearing": "whisper-base int8", "voice": f"kokoro-v1.0-int8 {knowledge.creator.voice}"},
    )
    return Begun(folder, header)


def names_of(plan: Plan) -> list[Path]:
    """The folders that a session of this plan may be in which began a moment ago."""
    now = clock.local_now()
    moments = (now, now - timedelta(minutes=_CUT_OFF_MINUTES))
    return [plan.session] if plan.session else [_default_folder(plan, moment) for moment in moments]


def cut_off(plan: Plan) -> Begun | None:
    """This creator's session that was cut off a moment ago, where there is one that can go on."""
    found = left(names_of(plan), plan.creator.resolve().name, LOGIC_VERSION)
    if not found:
        return None
    folder, header, own = found
    try:
        restored = restore(folder)
    except BadInput as trouble:
        sys.stderr.write(f"livehost: {folder} was cut off and can't go on: {trouble}\n")
        own.close()
        return None
    sys.stderr.write(f"livehost: {folder} goes on, {restored.away_ms / 1000:.1f} s after it was cut off\n")
    before = Before(restored.good_bytes, restored.steps[-1], restored.now_ms, own)
    return Begun(folder, header, restored, before)


def _refuse_devices(plan: Plan) -> None:
    guests = [("--guest", guest) for guest in plan.guests]
    for name, value in (("--mic", plan.mic), ("--speaker", plan.speaker), ("--monitor", plan.monitor), *guests):
        if value != "none" and not is_path(value):
            raise BadInput(f"--fast has no device: {name} {value}", fix=f"Give {name} a file, or none")
    live = [uri for uri in plan.chats if not uri.startswith("file:")]
    if live:
        raise BadInput(f"--fast can't wait for a live chat: {live[0]}", fix="Give chats as file:PATH")


def _default_folder(plan: Plan, now: datetime) -> Path:
    return plan.sessions / f"{now:%Y-%m-%d}-{plan.room or plan.creator.resolve().name}"
